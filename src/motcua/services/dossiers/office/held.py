"""What the State already holds of what an officer is about to ask for (ND118 Đ5.1i, ND309 Đ2), and where it is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch

from motcua.engines.organisations.queries import directory
from motcua.services.dossiers.models import Dossier, DossierComponent, DossierFile, Result
from motcua.services.dossiers.rules import HELD_BASIS
from motcua.services.procedures.words import folded

LOOKED_THROUGH: Final = 200
"""Of one party, the latest so many results and papers are compared."""

EXCUSES: Final = ("outage", "inaccurate")
"""Why something held may be asked for all the same: the system is down, or what it has is wrong (ND309 Đ2)."""

BETTER_COPY: Final = frozenset(
    {"unreadable", "expired", "not_certified", "not_signed", "wrong_form", "incomplete", "inconsistent"}
)
"""Reasons that are about a file which is in the dossier: they ask for a better one, not for the same again."""

_LEADING = re.compile(r"^(?:(?:\d+|mot|hai|ban|sao|chinh|chup|goc|co|chung thuc|giay to|kem theo|theo mau)\s+)+")
_ANEW = re.compile(
    r"^(?:to khai|don(?! vi)|giay (?:de nghi|dang k[iy]|uy quyen)|phieu (?:de nghi|yeu cau|dang k[iy]|khai)"
    r"|(?:van ban|cong van) (?:de nghi|uy quyen)|to trinh|bao cao|cam ket|danh sach|thong bao)\b"
)
"""What is written anew for each matter: one that was handed in with another dossier says nothing about this one."""

_KEEP = 2


@dataclass(frozen=True, slots=True)
class Held:
    """One paper that the State has. ``place``: file of this dossier, result, or paper handed in before."""

    place: str
    name: str
    code: str
    dossier_id: UUID
    agency: str
    number: str = ""
    paper_code: str = ""

    def where(self) -> str:
        """The place in Vietnamese, for a message: the words are those of the papers themselves."""
        said = f"{self.name}{' số ' + self.number if self.number else ''}"
        return f"{said} ({self.code}, {self.agency})"


def kernel(name: str) -> str:
    """What a paper is called without what is said around it: copies, counts, brackets. Two papers with the same
    kernel are the same kind of paper. Empty when too little is left to compare."""
    bare = re.split(r"[(\[;:,.]", name, maxsplit=1)[0]
    left = _LEADING.sub("", folded(bare))
    return left if len(left.split()) >= _KEEP else ""


def in_dossier(dossier: Dossier, component: str) -> list[Held]:
    """Files of this dossier that were handed in for a component."""
    if not component:
        return []
    rows = DossierFile.objects.filter(dossier=dossier, component__key=component).exclude(
        component__verdict__in=["missing", "invalid"]
    )
    agency = _agency(dossier.received_at_id)
    return [Held("file", row.name, dossier.code, dossier.pk, agency) for row in rows.order_by("added_at")]


def elsewhere(dossier: Dossier, names: Sequence[str]) -> dict[str, list[Held]]:
    """By name: results that the same party has been given, and papers they handed in with other dossiers. A result
    fits when its type's code or its kernel does. Two queries."""
    wanted = {name: "" if _ANEW.match(core := kernel(name)) else core for name in names}
    found: dict[str, list[Held]] = {name: [] for name in names}
    if dossier.applicant_id is None or not any(wanted.values()):
        return found
    results = (
        Result.objects.select_related("dossier")
        .filter(dossier__applicant=dossier.applicant_id, approved=True, returned_at__isnull=False)
        .exclude(dossier=dossier)
        .order_by("-signed_at")[:LOOKED_THROUGH]
    )
    for result in results:
        mine = kernel(result.name)
        for name, core in wanted.items():
            if (result.type_code and result.type_code in name) or (core and core == mine):
                found[name].append(_of_result(result))
    papers = (
        DossierComponent.objects.select_related("dossier")
        .filter(Exists(DossierFile.objects.filter(component=OuterRef("pk"))), dossier__applicant=dossier.applicant_id)
        .exclude(dossier=dossier)
        .exclude(verdict__in=["missing", "invalid"])
        .order_by("-dossier__submitted_at", "id")
        .prefetch_related(Prefetch("files", DossierFile.objects.only("name", "component_id")))[:LOOKED_THROUGH]
    )
    for paper in papers:
        mine = kernel(paper.name)
        for name, core in wanted.items():
            if core and core == mine:
                agency = _agency(paper.dossier.competent_id)
                found[name].append(Held("paper", paper.name, paper.dossier.code, paper.dossier_id, agency))
    return found


def held(dossier: Dossier, items: Sequence[dict[str, str]]) -> list[list[Held]]:
    """For each item of a request what the State has already; empty where the request is right or excused."""
    asked = [item for item in items if item.get("held") not in EXCUSES]
    outside = elsewhere(dossier, list(dict.fromkeys(item["name"] for item in asked)))
    return [
        []
        if item.get("held") in EXCUSES
        else [
            *([] if item.get("code") in BETTER_COPY else in_dossier(dossier, item.get("component", ""))),
            *outside[item["name"]],
        ]
        for item in items
    ]


def _of_result(result: Result) -> Held:
    return Held(
        "result",
        result.name,
        result.dossier.code,
        result.dossier_id,
        _agency(result.dossier.competent_id),
        result.number,
        result.paper_code,
    )


def _agency(key: UUID) -> str:
    unit = directory().by_id.get(key)
    return unit.name if unit else ""


__all__ = ["BETTER_COPY", "EXCUSES", "HELD_BASIS", "Held", "elsewhere", "held", "in_dossier", "kernel"]
