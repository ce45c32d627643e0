"""Walking the pages as somebody and gathering the forms that stand on them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html.parser import HTMLParser

from django.test import Client


@dataclass(frozen=True)
class Form:
    """A form as it stands on a page: where it goes, what it sends by itself, where files may be put."""

    action: str
    fields: tuple[tuple[str, str], ...]
    files: tuple[str, ...]


class _Forms(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.page = page
        self.found: list[Form] = []
        self._open: tuple[str, list[tuple[str, str]], list[str]] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form" and given.get("method", "").lower() == "post":
            self._open = (given.get("action") or self.page, [], [])
        name = given.get("name", "")
        if self._open is None or not name or name == "csrfmiddlewaretoken":
            return
        if tag == "input" and given.get("type") == "file":
            self._open[2].append(name)
        elif tag in ("input", "button", "select", "textarea"):
            self._open[1].append((name, given.get("value", "")))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form" and self._open is not None:
            action, fields, files = self._open
            self.found.append(Form(action.split("#")[0], tuple(fields), tuple(files)))
            self._open = None


def forms_of(page: str, address: str) -> list[Form]:
    parser = _Forms(address)
    parser.feed(page)
    return parser.found


# Leaving and changing language or theme say nothing about a form; allauth's own pages are theirs.
LEFT_OUT = ("/sign-out/", "/language/", "/theme/")
MOST_PAGES = 60


def shape_of(address: str) -> str:
    """An address with ``#`` for keys, codes and names of messages: what one page of its kind is known by."""
    address = re.sub(r"/notices/[^/]+/\w+/\w+/", "/notices/#/", address)
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|H[\d.]+-\d+-\d+|\b\d\.\d{6}\b|\d+", "#", address)


def walk(door: Client, starts: list[str]) -> dict[tuple[str, tuple[str, ...]], Form]:
    """The forms on all pages that can be reached, a page of each kind being enough."""
    found: dict[tuple[str, tuple[str, ...]], Form] = {}
    waiting, seen = list(starts), set()
    while waiting and len(seen) < MOST_PAGES:
        address = waiting.pop(0)
        kind = shape_of(address.split("?")[0])
        if kind in seen or not address.startswith("/") or address.startswith("/static"):
            continue
        seen.add(kind)
        answer = door.get(address)
        if answer.status_code != 200 or "text/html" not in answer["Content-Type"]:
            continue
        text = answer.content.decode()
        for form in forms_of(text, address):
            if not form.action.startswith(LEFT_OUT):
                found.setdefault((shape_of(form.action), tuple(name for name, _ in form.fields)), form)
        waiting += re.findall(r'href="(/[^"#]*)', text)
    return found


def file_field(door: Client, start: str) -> tuple[str, str]:
    """The first page of a draft that takes a file: its address and the name of the field."""
    for part in sorted(set(re.findall(rf"{start}parts/[\w-]+/", door.get(start).content.decode()))):
        for form in forms_of(door.get(part).content.decode(), part):
            if form.files:
                return part, form.files[0]
    raise AssertionError("no page takes a file")
