"""A scanner that speaks clamd's protocol over a real socket; it finds the word EICAR."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class _Handler(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        command = b""
        while not command.endswith(b"\0"):
            command += self.rfile.read(1)
        if command == b"zPING\0":
            self.wfile.write(b"PONG\0")
            return
        body = b""
        while length := int.from_bytes(self.rfile.read(4), "big"):
            body += self.rfile.read(length)
        self.wfile.write(b"stream: Eicar-Test FOUND\0" if b"EICAR" in body else b"stream: OK\0")


@contextmanager
def clamd() -> Iterator[str]:
    """Runs it; gives its ``host:port``."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
