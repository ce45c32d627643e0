"""Small caches of slowly changing data inside one process: read again after some seconds, or at once when told."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Generic, TypeVar
from weakref import WeakSet

T = TypeVar("T")
_all: WeakSet[Remembered[object]] = WeakSet()


class Remembered(Generic[T]):
    """A value that is loaded when first asked for and again after ``seconds``."""

    def __init__(self, load: Callable[[], T], *, seconds: float = 30.0) -> None:
        self._load = load
        self._seconds = seconds
        self._value: T | None = None
        self._until = 0.0
        _all.add(self)  # type: ignore[arg-type]

    def __call__(self) -> T:
        moment = time.monotonic()
        value = self._value
        if value is None or moment >= self._until:
            value = self._load()
            self._value, self._until = value, moment + self._seconds
        return value

    def forget(self) -> None:
        """The next call loads afresh."""
        self._value = None

    def expire(self) -> None:
        """As if the seconds were over."""
        self._until = 0.0


def forget_all() -> None:
    """Forgets everything remembered in this process."""
    for each in _all:
        each.forget()
