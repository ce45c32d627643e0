"""Every sentence that foundation hands up has its Vietnamese, with the same parameters."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

import motcua.foundation as foundation
from motcua.foundation.working_time import DEFAULT_CALENDAR
from motcua.foundation.working_time.public_holidays import holidays_of

SOURCE = Path(foundation.__path__[0])
PART = SOURCE.parent / "locale" / "vi" / "parts" / "foundation.po"
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]")


def _sentences() -> Iterator[str]:
    """String literals that begin like a sentence or hold parameters, where texts are made."""
    for path in SOURCE.rglob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        docs = {
            id(node.body[0].value)
            for node in ast.walk(tree)
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
            and node.body
            and isinstance(node.body[0], ast.Expr)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Expr):
                docs.add(id(node.value))
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
                text = node.value
                if PLACEHOLDER.search(text) or re.fullmatch(r"[A-Z“][^%]* [^%]*\.", text):
                    yield text
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Text":
                first = node.args[0]
                if isinstance(first, ast.Constant):
                    yield first.value


@pytest.fixture(scope="module")
def vietnamese() -> dict[str, str]:
    with PART.open("rb") as file:
        catalog = read_po(file, locale="vi", abort_invalid=True)
    return {str(message.id): str(message.string) for message in catalog if message.id}


def test_every_sentence_is_translated(vietnamese: dict[str, str]) -> None:
    # The errors' own text is translated with the pages; the others speak to programmers.
    others = {
        "Please check the marked answers.",
        "A moment needs a time zone.",
        "The simulated moment needs a time zone.",
    }
    sentences = set(_sentences()) - others
    assert len(sentences) > 60
    assert sorted(sentences - vietnamese.keys()) == []


def test_every_holiday_is_translated(vietnamese: dict[str, str]) -> None:
    assert DEFAULT_CALENDAR.public_holidays
    named = [text for year in range(2010, 2050) for text in holidays_of(year).off.values() if not text.params]
    assert sorted({text.msgid for text in named} - vietnamese.keys()) == []


def test_parameters_are_the_same(vietnamese: dict[str, str]) -> None:
    for msgid, text in vietnamese.items():
        assert text, msgid
        assert sorted(PLACEHOLDER.findall(msgid)) == sorted(PLACEHOLDER.findall(text)), msgid
