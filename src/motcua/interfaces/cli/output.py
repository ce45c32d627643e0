"""What commands print: one document on standard output, everything else on standard error."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol, TypeVar
from uuid import UUID

import click

T = TypeVar("T")


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, UUID | Path | Decimal):
        return str(value)
    if isinstance(value, set | frozenset):
        return sorted(value)
    if hasattr(value, "__str__") and type(value).__module__.startswith("django.utils.functional"):
        return str(value)  # a text that waits for its language
    raise TypeError(f"{type(value).__name__} has no JSON form here.")


def emit(document: Any) -> None:
    """Prints ``document`` as one JSON document on standard output: dates as ISO 8601, keys as text."""
    click.echo(json.dumps(document, ensure_ascii=False, indent=2, default=_plain))


def note(text: str) -> None:
    """A line for the person at the terminal; standard error, so that it never mixes with a document."""
    click.echo(text, err=True)


class Progress(Protocol):
    """A bar that moves: ``advance(n)`` by n, ``total(n)`` sets the end when it is known later."""

    def advance(self, steps: float = 1) -> None: ...
    def total(self, steps: float) -> None: ...


class _Silent:
    def advance(self, steps: float = 1) -> None: ...
    def total(self, steps: float) -> None: ...


@contextmanager
def progress(label: str, total: float | None = None) -> Iterator[Progress]:
    """A progress bar on standard error; nothing at all where nobody looks (no terminal, or CI)."""
    if not sys.stderr.isatty() or os.environ.get("CI"):
        yield _Silent()
        return
    # rich takes 60 ms to load; only a bar is worth that.
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bars

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Bars(*columns, console=Console(stderr=True)) as bars:
        task = bars.add_task(label, total=total)

        class _Bar:
            def advance(self, steps: float = 1) -> None:
                bars.advance(task, steps)

            def total(self, steps: float) -> None:
                bars.update(task, total=steps)

        yield _Bar()


def track(items: Iterable[T], label: str, total: float | None = None) -> Iterator[T]:
    """Passes ``items`` on while a bar follows."""
    with progress(label, total) as bar:
        for item in items:
            yield item
            bar.advance()
