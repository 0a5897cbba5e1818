"""The reference for moving a film: the least that encrypted and verified takes, and nothing else.

usage: python3 -m lab.pipe send FILE CERTIFICATE | fetch FILE PORT
Reads, hashes with SHA-256 and sends over TLS 1.3, or receives, hashes and writes, in one thread of OpenSSL
and the kernel; no blocks, no requests, no other peers. Prints JSON lines as lab.torrent does.
"""

import hashlib
import socket
import ssl
import sys
import time
from pathlib import Path

from lab.reference import say

# What the program sends and checks at a time.
PIECE_BYTES = 64 * 1024


def send(film: Path, certificate: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.load_cert_chain(certificate)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        say(ready=listener.getsockname()[1])
        plain, _ = listener.accept()
        with context.wrap_socket(plain, server_side=True) as connection, film.open("rb") as file:
            while piece := file.read(PIECE_BYTES):
                hashlib.sha256(piece).digest()
                connection.sendall(piece)
    sys.stdin.read()


def fetch(film: Path, port: int) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    # Who sends is no question here.
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    piece = memoryview(bytearray(PIECE_BYTES))
    say(ready=0)
    sys.stdin.readline()
    began = time.monotonic()
    with socket.create_connection(("127.0.0.1", port)) as plain, film.open("wb", 0) as file:
        with context.wrap_socket(plain) as connection:
            filled = 1
            while filled:
                filled = received(connection, piece)
                hashlib.sha256(piece[:filled]).digest()
                file.write(piece[:filled])
    say(complete=time.monotonic() - began)
    sys.stdin.read()


def received(connection: ssl.SSLSocket, piece: memoryview) -> int:
    """Fills a piece, or what is left; returns how much that is."""
    filled = 0
    while filled < len(piece):
        count = connection.recv_into(piece[filled:])
        if count == 0:
            break
        filled += count
    return filled


def main() -> None:
    role, film, last = sys.argv[1:]
    if role == "send":
        send(Path(film), Path(last))
    else:
        fetch(Path(film), int(last))


if __name__ == "__main__":
    main()
