"""The reference for streaming from one machine to another: files over HTTP, with ranges.

usage: python3 -m lab.webserver DIRECTORY ADDRESS PORT
Python's own server has no ranges, without which a player cannot reach an index at a film's end.
"""

import os
import re
import sys
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

RANGE = re.compile(r"bytes=(\d+)-(\d*)$")


class Handler(SimpleHTTPRequestHandler):
    """Answers GET with one range or the whole file."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        try:
            file = open(self.translate_path(self.path), "rb")
        except OSError:
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        with file:
            size = os.fstat(file.fileno()).st_size
            asked = RANGE.match(self.headers.get("Range", ""))
            first = int(asked[1]) if asked else 0
            last = min(int(asked[2]) if asked and asked[2] else size - 1, size - 1)
            if first > last:
                self.send_error(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
                return
            self.send_response(HTTPStatus.PARTIAL_CONTENT if asked else HTTPStatus.OK)
            self.send_header("Accept-Ranges", "bytes")
            self.send_header("Content-Length", str(last - first + 1))
            if asked:
                self.send_header("Content-Range", f"bytes {first}-{last}/{size}")
            self.end_headers()
            self.wfile.flush()
            try:
                self.connection.setblocking(True)
                while first <= last:
                    first += os.sendfile(
                        self.connection.fileno(), file.fileno(), first, last - first + 1
                    )
            except (BrokenPipeError, ConnectionResetError):
                # A player that jumps drops the connection.
                self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        pass


def serve(directory: str, address: str, port: int) -> Server:
    """A server that runs once `serve_forever` is called; port 0 takes any that is free."""
    return Server((address, port), partial(Handler, directory=directory))


if __name__ == "__main__":
    serve(sys.argv[1], sys.argv[2], int(sys.argv[3])).serve_forever()
