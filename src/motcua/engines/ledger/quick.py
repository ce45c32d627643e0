"""Rows that actions make by the dozen, built past the framework's general constructor, which takes ten times as long.

The same result as ``models.Model(**values)``: defaults filled in, related rows remembered on both sides, unknown names
refused. Left out are only the signals around construction, which nothing here listens to.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models.base import ModelState


class QuickRow(models.Model):
    """Base of models of which actions make many."""

    class Meta:
        abstract = True

    if not TYPE_CHECKING:

        def __init__(self, *values: Any, **named: Any) -> None:
            if values:  # as the database gives them
                super().__init__(*values, **named)
                return
            self._state = ModelState()
            fixed, made, columns, others = _plan(type(self))
            held = self.__dict__
            held.update(fixed)
            for name, make in made:
                if name not in named:
                    held[name] = make()
            for name, value in named.items():
                if name in columns:
                    held[name] = value
                elif name in others:
                    setattr(self, name, value)
                else:
                    raise TypeError(f"{type(self).__name__} has no {name!r}")


Plan = tuple[dict[str, Any], tuple[tuple[str, Callable[[], Any]], ...], frozenset[str], frozenset[str]]


@cache
def _plan(model: type[models.Model]) -> Plan:
    """Defaults that are the same for every row, those made for each, columns, and related rows by name."""
    fixed: dict[str, Any] = {}
    made: list[tuple[str, Callable[[], Any]]] = []
    for field in model._meta.concrete_fields:
        if field.has_default() and callable(field.default):
            made.append((field.attname, field.default))
        else:
            fixed[field.attname] = field.get_default()
    columns = frozenset(field.attname for field in model._meta.concrete_fields)
    related = {field.name for field in model._meta.concrete_fields if field.is_relation}
    return fixed, tuple(made), columns, frozenset(related | {"pk"})
