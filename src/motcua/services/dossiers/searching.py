"""Finding a dossier at the desk: by its code or the end of it, by the applicant's name or identity number."""

from __future__ import annotations

import re
import unicodedata

from django.db.models import F

from motcua.engines.ledger.actor import Actor
from motcua.engines.organisations.queries import directory
from motcua.foundation import clock
from motcua.foundation.text import fold
from motcua.services.dossiers.folding import FoldedName
from motcua.services.dossiers.models import Dossier
from motcua.services.dossiers.queries import visible_to

SHORTEST_NAME = 3
_TAIL = re.compile(r"\d{6}-\d{1,6}")
_NUMBER = re.compile(r"\d{1,6}")
_IDENTITY = re.compile(r"\d{9}|\d{12}")
_CODE = re.compile(r"(?=.*\d)[A-Z0-9][A-Z0-9.\-]{2,59}")


def search(actor: Actor, text: str, *, limit: int = 50) -> list[Dossier]:
    """Dossiers within the asker's scope, newest first; nothing for a text too short to find by."""
    wanted = " ".join(unicodedata.normalize("NFC", text).split())[:100]
    code = wanted.upper()
    found = visible_to(actor).select_related("case")
    if _IDENTITY.fullmatch(wanted):
        found = found.filter(applicant__identity_number=wanted)
    elif _TAIL.fullmatch(wanted) or _NUMBER.fullmatch(wanted):
        day, _, number = wanted.rpartition("-")
        tail = f"{day or format(clock.today(), '%y%m%d')}-{number.zfill(4)}"
        codes = [f"{unit.code}-{tail}" for unit in directory().all]
        found = found.filter(code__in=codes)
    elif _CODE.fullmatch(code):
        found = found.filter(code__startswith=code)
    else:
        name = fold(wanted)
        if len(name) < SHORTEST_NAME:
            return []
        found = found.annotate(folded=FoldedName(F("applicant_name"))).filter(folded__contains=name)
    return sorted(found[:limit], key=lambda dossier: dossier.submitted_at, reverse=True)
