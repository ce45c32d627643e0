"""Where texts for a screen hide: errors raised in code, tags in templates, and what nobody has marked."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

# Names that are the same in every language.
SAME = {
    *(
        "motcua",
        "qr",
        "pdf",
        "vi",
        "en",
        "url",
        "id",
        "cccd",
        "vneid",
        "bpmn",
        "xml",
        "api",
        "json",
        "csv",
        "vnd",
        "svg",
    ),
    *(
        "english",
        "tiếng",
        "việt",
        "enter",
        "esc",
        "ctrl",
        "http",
        "https",
        "sha",
        "kb",
        "mb",
        "png",
        "jpg",
        "docx",
        "xlsx",
    ),
}
SPOKEN_ATTRIBUTES = {"title", "alt", "placeholder", "aria-label", "aria-description", "aria-roledescription"}
WORD = re.compile(r"[^\W\d_]{2,}")
CLASS_NAME = re.compile(r"\b[a-z]+(?:(?:-|--|__)[a-z0-9]+)+\b")  # a block that fills in a class attribute
GAP = "\x00"  # stands for a tag or variable of the template


@cache
def error_types(source: Path) -> frozenset[str]:
    """Names of all classes that descend from MotcuaError, found by reading, not by importing."""
    bases: dict[str, set[str]] = {}
    for path in source.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ClassDef):
                names = {base.id if isinstance(base, ast.Name) else getattr(base, "attr", "") for base in node.bases}
                bases.setdefault(node.name, set()).update(names)
    found = {"MotcuaError"}
    while more := {name for name, parents in bases.items() if parents & found} - found:
        found |= more
    return frozenset(found)


def errors_texts(path: Path, source: Path) -> Iterator[tuple[int, str]]:
    """Messages of errors: the first argument, what ``fields`` holds, and defaults in the error classes."""
    names = error_types(source)
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call):
            called = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            if called in names:
                if node.args:
                    yield from _literals(node.args[0])
                for keyword in node.keywords:
                    if keyword.arg == "fields" and isinstance(keyword.value, ast.Dict):
                        for value in keyword.value.values:
                            yield from _literals(value)
                    elif keyword.arg == "message":
                        yield from _literals(keyword.value)
        elif isinstance(node, ast.Assign | ast.AugAssign) and not isinstance(node.value, ast.Dict):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(_is_field(target) for target in targets):
                yield from _literals(node.value)
        elif isinstance(node, ast.ClassDef) and node.name in names:
            for item in node.body:
                if isinstance(item, ast.FunctionDef) and item.name == "__init__":
                    for default in item.args.defaults:
                        yield from _literals(default)


def _is_field(target: ast.expr) -> bool:
    """``fields["name"] = [...]``: the usual way to collect what is wrong with a form."""
    return isinstance(target, ast.Subscript) and isinstance(target.value, ast.Name) and target.value.id == "fields"


def _literals(node: ast.expr) -> Iterator[tuple[int, str]]:
    if isinstance(node, ast.Constant):
        if isinstance(node.value, str) and " " in node.value.strip():
            yield node.lineno, node.value
    elif isinstance(node, ast.IfExp):
        yield from _literals(node.body)
        yield from _literals(node.orelse)
    elif isinstance(node, ast.List | ast.Tuple):
        for item in node.elts:
            yield from _literals(item)


def template_source(text: str) -> str:
    """A template as lines of Python with calls to gettext in their places."""
    _configure()
    from django.utils.translation.template import templatize

    # Indentation means something to Python's tokenizer and nothing in a template.
    return "\n".join(line.lstrip() for line in str(templatize(text)).splitlines())


def bare_texts(path: Path) -> Iterator[tuple[int, str]]:
    """Words of a template that a person reads and that no tag translates."""
    _configure()
    from django.template.base import Lexer, TokenType

    pieces: list[str] = []
    inside: str | None = None
    for token in Lexer(path.read_text()).tokenize():
        gap = GAP + "\n" * token.contents.count("\n")
        if token.token_type == TokenType.BLOCK:
            name = token.contents.split(maxsplit=1)[0]
            if inside:
                if name == f"end{inside}":
                    inside = None
            elif name in {"blocktranslate", "blocktrans", "comment", "verbatim"}:
                inside = name
            pieces.append(gap)
        elif token.token_type == TokenType.TEXT:
            pieces.append(token.contents if not inside else "\n" * token.contents.count("\n"))
        else:
            pieces.append(gap)
    reader = _Reader()
    reader.feed("".join(pieces))
    reader.close()
    yield from reader.found


class _Reader(HTMLParser):
    """Gathers what is read or read out."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[int, str]] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"script", "style", "code", "kbd", "samp"}:
            self.silent += 1
        for name, value in attrs:
            if name in SPOKEN_ATTRIBUTES and value:
                self._look(value)

    def handle_endtag(self, tag: str) -> None:
        if tag in {"script", "style", "code", "kbd", "samp"}:
            self.silent = max(0, self.silent - 1)

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self._look(data)

    def _look(self, text: str) -> None:
        if text.lstrip().startswith("<") or '="' in text:
            return  # a part of a tag: the template is a piece that another one takes in
        words = [word for word in WORD.findall(CLASS_NAME.sub("", text)) if word.lower() not in SAME]
        if words:
            self.found.append((self.getpos()[0], " ".join(text.replace(GAP, "…").split())))


@cache
def _configure() -> None:
    from django.conf import settings

    if not settings.configured:
        settings.configure(USE_I18N=True)
