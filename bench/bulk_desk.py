"""One act on five hundred dossiers, as the desk begins it and a worker carries it on.

    python -m bench.bulk_desk [--json] [--dossiers 500]

Works on dossiers that are open in the database (``make bench-data``), and on new ones where these are too few; what is
done stays done.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from typing import Any, Final

MOST_SECONDS: Final = 10.0
VERBS: Final = ("claim", "pass_on")


def measure(dossiers: int) -> list[dict[str, Any]]:
    """A row per act: seconds for all, how many were done and how many refused."""
    from motcua.interfaces.cli import database

    database.ensure()
    from bench.transitions import officer, prepare
    from motcua.engines.organisations.queries import directory
    from motcua.services.dossiers.office import bulk

    actor = officer()
    user = _appointed(actor)
    top = next(unit for unit in directory().all if unit.kind == "province")
    post = f"head@{top.id}"
    bulk.__dict__["AT_ONCE"] = 0  # all is carried on apart from the request, as by a worker
    rows: list[dict[str, Any]] = []
    for verb in VERBS:
        found = [dossier_id for dossier_id, _ in prepare(verb, dossiers)]
        if not found:
            rows.append({"verb": verb, "dossiers": 0, "ok": False})
            continue
        began = time.perf_counter()
        run = bulk.begin_run(user, verb, found, params={"opinion": "Đủ điều kiện"}, post=post, token=str(began))
        asked = time.perf_counter() - began
        bulk.carry_on(run.pk)
        seconds = time.perf_counter() - began
        progress = bulk.progress(run)
        rows.append(
            {
                "verb": verb,
                "dossiers": len(found),
                "asked_seconds": round(asked, 2),
                "seconds": round(seconds, 2),
                "done": progress.done,
                "refused": progress.refused,
                "ok": seconds * 500 / max(len(found), 1) <= MOST_SECONDS and progress.over,
            }
        )
    return rows


def _appointed(actor: Any) -> Any:
    """The same person with the appointment that the run asks for again when it runs."""
    from motcua.engines.accounts.models import User
    from motcua.engines.accounts.queries import actor_of
    from motcua.engines.organisations.models import Appointment, Role, Unit
    from motcua.foundation import clock

    person = User.objects.get(pk=actor.id)
    unit = Unit.objects.get(kind="province")
    Appointment.objects.get_or_create(
        user=person, unit=unit, role=Role.objects.get(pk="head"), defaults={"valid_from": clock.today()}
    )
    return actor_of(person)


def main() -> None:
    """Prints the table; exit 1 when an act takes too long."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--dossiers", type=int, default=500)
    given = parser.parse_args()
    rows = measure(given.dossiers)
    if given.json:
        print(json.dumps(rows))
    else:
        for row in rows:
            print(
                f"{row['verb']:<10}{row['dossiers']:>5} dossiers{row.get('seconds', 0):>8} s "
                f"(at most {MOST_SECONDS:.0f} for 500), {row.get('done', 0)} done, {row.get('refused', 0)} refused  "
                f"{'yes' if row['ok'] else 'NO'}"
            )
    sys.exit(0 if all(row["ok"] for row in rows) else 1)


if __name__ == "__main__":
    main()
