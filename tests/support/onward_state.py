"""How the State reorganises while dossiers are open: documents, and the model of where units and people go by them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

LAND = "Đất đai"


@dataclass(frozen=True)
class Step:
    """A reorganisation. ``codes``: where the work (of a field, where it matters) and the people of a code go;
    ``mine``: which of several successors takes a person, by where they first sat."""

    changes: Callable[[dict[str, list[str]]], list[dict[str, Any]]]
    codes: dict[str, str]
    of_field: dict[str, dict[str, str]] = field(default_factory=dict)
    of_people: dict[str, dict[str, str]] = field(default_factory=dict)

    def heir(self, code: str, *, of_field: str = "", home: str = "") -> str:
        """Where what is at ``code`` is afterwards; divisions keep their place below."""
        known = dict(self.codes)
        known |= self.of_field.get(of_field, {}) if of_field else {}
        known |= self.of_people.get(home, {}) if home else {}
        for old, new in known.items():
            if code == old or code.startswith(old + "."):
                return new + code.removeprefix(old)
        return code

    def document(self, name: str, effective: date, people: dict[str, list[str]]) -> dict[str, Any]:
        """As an administrator would hand it in. ``people``: user names by where they first sat."""
        return {
            "name": name,
            "basis": f"Nghị quyết {name}",
            "effective": effective.isoformat(),
            "changes": self.changes(people),
        }


def _ward(code: str, name: str, ward: str) -> dict[str, Any]:
    return {"code": code, "name": f"Ủy ban nhân dân phường {name}", "short_name": f"P. {name}", "ward_code": ward}


MERGE = Step(
    lambda people: [
        {"kind": "merge", "from": ["H57.100", "H57.101"], "to": _ward("H57.150", "Hương Giang", "19800")},
    ],
    {"H57.100": "H57.150", "H57.101": "H57.150"},
)
DISSOLVE = Step(
    lambda people: [{"kind": "dissolve", "from": "H57.11", "to": "H57.10"}],
    {"H57.11": "H57.10"},
)
SPLIT = Step(
    lambda people: [
        {
            "kind": "split",
            "from": "H57.150",
            "to": [
                {"unit": _ward("H57.151", "Ngự Bình", "19801"), "people": people["H57.100"]},
                {"unit": _ward("H57.152", "Vỹ Dạ", "19802"), "of_fields": [LAND], "people": people["H57.101"]},
            ],
        }
    ],
    {"H57.150": "H57.151"},
    {LAND: {"H57.150": "H57.152"}},
    {"H57.101": {"H57.150": "H57.152"}},
)
STEPS = (MERGE, DISSOLVE, SPLIT)
