"""A mail server for one machine: takes everything, delivers nothing, shows it on a page.

``python -m motcua.simulators.mail`` listens for SMTP on 2525 and shows the letters on http://127.0.0.1:8025/.
Three kinds of addresses behave badly, so that failures can be tried: ``later…@`` is refused for now (451) the first
two times, ``never…@`` for good (550), ``full…@`` takes the address and refuses the letter (552).
"""

from __future__ import annotations

import argparse
import asyncio
import html
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from motcua.foundation import clock

LONGEST_LINE = 2000
MOST_BYTES = 20 * 1024 * 1024
PATIENCE = 60.0
LATER_TIMES = 2


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter as it came over the wire."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes
    at: datetime

    @property
    def message(self) -> EmailMessage:
        return message_from_bytes(self.raw, policy=policy.default)

    @property
    def subject(self) -> str:
        return str(self.message["Subject"]).strip()

    @property
    def text(self) -> str:
        body = self.message.get_body(("plain",))
        return str(body.get_content()) if body is not None else ""


@dataclass(slots=True)
class Mailbox:
    """All letters, oldest first; also written to ``folder`` as .eml files where one is given."""

    folder: Path | None = None
    letters: list[Letter] = field(default_factory=list)
    tries: Counter[str] = field(default_factory=Counter)

    def take(self, letter: Letter) -> None:
        self.letters.append(letter)
        if self.folder is not None:
            self.folder.mkdir(parents=True, exist_ok=True)
            name = f"{letter.at:%Y%m%d-%H%M%S}-{len(self.letters):05d}.eml"
            (self.folder / name).write_bytes(letter.raw)

    def refuses(self, address: str) -> str | None:
        """What the server says to this recipient instead of yes."""
        self.tries[address] += 1
        if address.startswith("never"):
            return "550 5.1.1 There is no such mailbox"
        if address.startswith("later") and self.tries[address] <= LATER_TIMES:
            return "451 4.7.1 Please try again later"
        return None


class _Session:
    """One conversation in SMTP (RFC 5321), as much of it as senders use."""

    def __init__(self, box: Mailbox, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.box, self.reader, self.writer = box, reader, writer
        self.sender: str | None = None
        self.recipients: list[str] = []

    async def say(self, text: str) -> None:
        self.writer.write(f"{text}\r\n".encode())
        await self.writer.drain()

    async def run(self) -> None:
        await self.say("220 motcua mail simulator")
        while line := await asyncio.wait_for(self.reader.readline(), PATIENCE):
            verb, _, rest = line.decode("utf-8", "replace").strip().partition(" ")
            answer = await self.answer(verb.upper(), rest.strip())
            await self.say(answer)
            if verb.upper() == "QUIT":
                return

    async def answer(self, verb: str, rest: str) -> str:
        if verb == "EHLO":
            await self.say("250-motcua mail simulator")
            await self.say("250-8BITMIME")
            await self.say("250-SMTPUTF8")
            return f"250 SIZE {MOST_BYTES}"
        if verb == "MAIL":
            self.sender, self.recipients = _address(rest), []
            return "250 2.1.0 OK"
        if verb == "RCPT":
            if self.sender is None:
                return "503 5.5.1 MAIL first"
            address = _address(rest)
            if refusal := self.box.refuses(address):
                return refusal
            self.recipients.append(address)
            return "250 2.1.5 OK"
        if verb == "DATA":
            return await self.data()
        if verb == "RSET":
            self.sender, self.recipients = None, []
        if verb in ("HELO", "RSET", "NOOP", "VRFY"):
            return "250 2.0.0 OK"
        return "221 2.0.0 Bye" if verb == "QUIT" else "502 5.5.1 Not known here"

    async def data(self) -> str:
        if not self.recipients or self.sender is None:
            return "503 5.5.1 RCPT first"
        await self.say("354 Go on, end with a dot alone")
        lines: list[bytes] = []
        size = 0
        while (line := await asyncio.wait_for(self.reader.readline(), PATIENCE)) not in (b".\r\n", b".\n", b""):
            size += len(line)
            lines.append(line[1:] if line.startswith(b".") else line)
        if size > MOST_BYTES or any(address.startswith("full") for address in self.recipients):
            return "552 5.2.2 The mailbox is full"
        self.box.take(Letter(self.sender, tuple(self.recipients), b"".join(lines), clock.now()))
        self.sender, self.recipients = None, []
        return "250 2.0.0 Taken"


def _address(text: str) -> str:
    return text.partition(":")[2].strip().partition(" ")[0].strip("<>")


def _page(box: Mailbox) -> str:
    letters = "".join(
        f"<article><h2>{html.escape(letter.subject)}</h2>"
        f"<p>{letter.at:%Y-%m-%d %H:%M:%S} to {html.escape(', '.join(letter.recipients))}</p>"
        f"<pre>{html.escape(letter.text)}</pre></article>"
        for letter in reversed(box.letters[-100:])
    )
    return (
        "<!doctype html><html lang=vi><meta charset=utf-8><title>Thư mô phỏng</title>"
        f"<h1>Thư mô phỏng ({len(box.letters)})</h1>{letters or '<p>Chưa có thư nào.</p>'}</html>"
    )


async def _show(box: Mailbox, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while (await asyncio.wait_for(reader.readline(), PATIENCE)).strip():
        pass
    body = _page(box).encode()
    head = (
        "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Security-Policy: default-src 'none'\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    writer.write(head.encode() + body)
    await writer.drain()


async def listen(box: Mailbox, host: str, smtp_port: int, page_port: int | None) -> list[asyncio.Server]:
    """Opens the doors; port 0 lets the system choose."""

    async def mail(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, TimeoutError):
            await _Session(box, reader, writer).run()
        writer.close()

    async def page(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, TimeoutError):
            await _show(box, reader, writer)
        writer.close()

    servers = [await asyncio.start_server(mail, host, smtp_port, limit=MOST_BYTES)]
    if page_port is not None:
        servers.append(await asyncio.start_server(page, host, page_port, limit=LONGEST_LINE * 10))
    return servers


async def serve(host: str, smtp_port: int, page_port: int, folder: Path | None) -> None:
    """Runs until cancelled."""
    servers = await listen(Mailbox(folder), host, smtp_port, page_port)
    await asyncio.gather(*(server.serve_forever() for server in servers))


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="A mail server for one machine that delivers nothing.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--smtp", type=int, default=2525, help="port for SMTP")
    parser.add_argument("--page", type=int, default=8025, help="port of the page that shows the letters")
    parser.add_argument("--folder", type=Path, help="where to keep the letters as .eml files")
    given = parser.parse_args()
    with suppress(KeyboardInterrupt):
        asyncio.run(serve(given.host, given.smtp, given.page, given.folder))


if __name__ == "__main__":
    main()
