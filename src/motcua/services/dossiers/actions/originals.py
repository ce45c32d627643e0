"""Original papers of the applicant: handed back with the result, or before, each on record (ND118 Đ22)."""

from __future__ import annotations

from collections.abc import Mapping

from motcua.engines.ledger.parts import parts
from motcua.engines.ledger.work import Work
from motcua.engines.organisations.queries import directory
from motcua.foundation.errors import Invalid, NotAllowed
from motcua.services.dossiers.actions.common import Action, record
from motcua.services.dossiers.models import Dossier, DossierComponent


@Action
def hand_back(work: Work, dossier: Dossier, *, originals: Mapping[str, int]) -> dict[str, int]:
    """Gives originals back before or after the result, by component key. Also after a refusal, a withdrawal or a stop.

    Raises ``NotAllowed`` for who is not of the counter or the agency; ``Invalid`` for none, or more than came in.
    """
    units = directory()
    keys = {dossier.received_at_id, dossier.competent_id}
    if not any(
        work.actor.may(permission, units.unit(key).path)
        for key in keys
        for permission in ("dossier.receive", "dossier.return")
    ):
        raise NotAllowed("You may not do this. Please ask the unit that holds the dossier.")
    fields = problems_of_originals(dossier, originals)
    if not any(originals.values()):
        fields["originals"] = ["Say which originals are handed back."]
    if fields:
        raise Invalid(fields=fields)
    given = hand_back_originals(work, dossier, originals)
    record(work, dossier, "dossier.originals_returned", {"handed_back": given, "basis": "ND118 Đ22"})
    return given


def kept_originals(dossier: Dossier) -> list[DossierComponent]:
    """Components of which the office still has originals."""
    rows: list[DossierComponent] = parts(dossier, "components")
    return [row for row in rows if row.originals > row.handed_back]


def problems_of_originals(dossier: Dossier, originals: Mapping[str, int]) -> dict[str, list[str]]:
    """What is wrong with a hand-back, by field."""
    known = {row.key: row for row in parts(dossier, "components")} if originals else {}
    for key, count in originals.items():
        row = known.get(key)
        if row is None or not 0 <= count <= row.originals - row.handed_back:
            return {"originals": ["No more originals can be handed back than were handed in."]}
    return {}


def hand_back_originals(work: Work, dossier: Dossier, originals: Mapping[str, int]) -> dict[str, int]:
    """Counts them back, as part of a greater action. Returns what the event says."""
    given = {key: count for key, count in originals.items() if count}
    for row in parts(dossier, "components") if given else []:
        if count := given.get(row.key):
            row.handed_back += count
            work.change(row, "handed_back")
    return given
