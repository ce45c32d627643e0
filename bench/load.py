"""A small load generator: many kept connections in one process, so that it takes little of the machine it measures."""

from __future__ import annotations

import selectors
import socket
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class Outcome:
    """What came back. ``latencies`` in seconds, one for each answer."""

    seconds: float
    statuses: Counter[int] = field(default_factory=Counter)
    latencies: list[float] = field(default_factory=list)

    @property
    def answered(self) -> int:
        return sum(self.statuses.values())

    @property
    def per_second(self) -> float:
        return self.answered / self.seconds

    def percentile(self, share: float) -> float:
        """Latency in milliseconds below which this share of answers came."""
        ordered = sorted(self.latencies)
        return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def request(
    method: str, path: str, *, headers: dict[str, str] | None = None, body: bytes = b"", host: str = "localhost"
) -> bytes:
    """One HTTP/1.1 request as bytes."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host}", "Connection: keep-alive"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    if body or method == "POST":
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


class _Connection:
    def __init__(self, address: tuple[str, int]) -> None:
        self.address = address
        self.socket = self._connect()
        self.received = b""
        self.sent_at = 0.0

    def _connect(self) -> socket.socket:
        made = socket.create_connection(self.address)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return made

    def send(self, data: bytes) -> None:
        self.received = b""
        self.sent_at = time.perf_counter()
        self.socket.sendall(data)

    def read(self) -> int | None:
        """The status once the answer is whole."""
        piece = self.socket.recv(1 << 18)
        if not piece:
            raise ConnectionError("closed in the middle of an answer")
        self.received += piece
        end = self.received.find(b"\r\n\r\n")
        if end < 0:
            return None
        head = self.received[:end].lower()
        if b"transfer-encoding: chunked" in head:
            return int(self.received[9:12]) if self.received.endswith(b"0\r\n\r\n") else None
        length = 0
        at = head.find(b"content-length:")
        if at >= 0:
            length = int(head[at + 15 :].split(b"\r\n", 1)[0])
        if len(self.received) < end + 4 + length:
            return None
        return int(self.received[9:12])


def run(
    address: tuple[str, int], make: Callable[[], bytes | None], *, connections: int = 8, seconds: float = 5.0
) -> Outcome:
    """Sends what ``make`` gives over ``connections`` until the time is over, or ``make`` gives ``None``."""
    chosen = selectors.DefaultSelector()
    open_connections = 0
    began = time.perf_counter()
    outcome = Outcome(0.0)
    for _ in range(connections):
        first = make()
        if first is None:
            break
        connection = _Connection(address)
        connection.send(first)
        chosen.register(connection.socket, selectors.EVENT_READ, connection)
        open_connections += 1
    while open_connections:
        for key, _ in chosen.select(timeout=30):
            connection = key.data
            status = connection.read()
            if status is None:
                continue
            now = time.perf_counter()
            outcome.statuses[status] += 1
            outcome.latencies.append(now - connection.sent_at)
            following = make() if now - began < seconds else None
            if following is None:
                chosen.unregister(connection.socket)
                connection.socket.close()
                open_connections -= 1
            else:
                connection.send(following)
    outcome.seconds = time.perf_counter() - began
    chosen.close()
    return outcome
