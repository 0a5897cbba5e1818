"""The reference for moving a film: libtorrent, one process for each side.

usage: python3 -m lab.torrent seed FILE | fetch FILE DIRECTORY HOST:PORT… [--in-order]
FILE is hashed by both sides, before anything is measured, so that they agree on the torrent.
Prints JSON lines: {"ready": port}, and of a fetch {"first": seconds} and {"complete": seconds}.
"""

import argparse
import importlib
import sys
import time
from pathlib import Path
from typing import Any

from lab.reference import say

try:
    # It has no types.
    libtorrent: Any = importlib.import_module("libtorrent")
except ImportError:
    libtorrent = None

# The same size as the program's own chunks.
PIECE_BYTES = 512 * 1024


def session(address: str) -> Any:
    """A session that talks to nobody but the peers it is given, in plain TCP."""
    return libtorrent.session(
        {
            "listen_interfaces": f"{address}:0",
            "enable_dht": False,
            "enable_lsd": False,
            "enable_upnp": False,
            "enable_natpmp": False,
            "enable_outgoing_utp": False,
            "enable_incoming_utp": False,
            "out_enc_policy": 2,
            "in_enc_policy": 2,
            "allow_multiple_connections_per_ip": True,
            "upload_rate_limit": 0,
            "download_rate_limit": 0,
            "local_service_announce_interval": 3600,
            # Its own figures for fast networks.
            "send_buffer_watermark": 3 << 20,
            "send_buffer_watermark_factor": 150,
            "max_queued_disk_bytes": 16 << 20,
            "request_queue_time": 3,
        }
    )


def describe(film: Path) -> Any:
    files = libtorrent.file_storage()
    libtorrent.add_files(files, str(film))
    torrent = libtorrent.create_torrent(files, PIECE_BYTES)
    libtorrent.set_piece_hashes(torrent, str(film.parent))
    return libtorrent.torrent_info(torrent.generate())


def add(running: Any, info: Any, directory: Path, *, seeds: bool, in_order: bool) -> Any:
    parameters = libtorrent.add_torrent_params()
    parameters.ti = info
    parameters.save_path = str(directory)
    flags = parameters.flags
    flags &= ~libtorrent.torrent_flags.paused
    flags &= ~libtorrent.torrent_flags.auto_managed
    if seeds:
        flags |= libtorrent.torrent_flags.seed_mode
    if in_order:
        flags |= libtorrent.torrent_flags.sequential_download
    parameters.flags = flags
    return running.add_torrent(parameters)


def fetch(handle: Any, peers: list[str]) -> None:
    began = time.monotonic()
    for peer in peers:
        host, _, port = peer.rpartition(":")
        handle.connect_peer((host, int(port)))
    is_first = True
    while True:
        status = handle.status()
        if is_first and status.num_pieces > 0:
            say(first=time.monotonic() - began)
            is_first = False
        if status.is_seeding or status.is_finished:
            break
        time.sleep(0.005)
    say(complete=time.monotonic() - began, uploaded=handle.status().total_payload_upload)


def main() -> int:
    if libtorrent is None:
        print("Missing: python3-libtorrent (the name is Debian's).", file=sys.stderr)
        return 3
    parser = argparse.ArgumentParser(description="One side of a libtorrent transfer.")
    parser.add_argument("role", choices=["seed", "fetch"])
    parser.add_argument("film", type=Path)
    parser.add_argument("directory", type=Path, nargs="?")
    parser.add_argument("--address", default="127.0.0.1")
    parser.add_argument("--in-order", action="store_true")
    options = parser.parse_args()

    info = describe(options.film)
    running = session(options.address)
    seeds = options.role == "seed"
    directory = options.film.parent if seeds else options.directory
    handle = add(running, info, directory, seeds=seeds, in_order=options.in_order)
    say(ready=running.listen_port())
    # A fetch begins when it is told where to, on one line, so that hashing is not measured.
    for line in sys.stdin:
        if not seeds:
            fetch(handle, line.split())
    say(uploaded=handle.status().total_payload_upload)
    return 0


if __name__ == "__main__":
    sys.exit(main())
