"""Do the screens stay as fast with a million dossiers as with ten thousand?

python -m bench.scale --measure [--json]           the pages on this database (DATABASE_URL or MOTCUA_HOME)
python -m bench.scale --small HOME --large HOME    both, and the ratio; homes as ``make bench-data`` fills them

Without homes: ``.motcua/bench-small`` (10,000) and ``.motcua/bench-large``; fill the large one with
``MOTCUA_HOME=.motcua/bench-large make bench-data N=1000000``.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

MOST = 1.5
ROUNDS = 60
HOME = Path(__file__).resolve().parents[1] / ".motcua"


def pages() -> dict[str, Callable[[], Any]]:
    """The screens, as the people of the demo province open them."""
    from django.test import Client
    from django.urls import reverse

    from bench.linked import ensure_group
    from motcua.engines.accounts.models import User
    from motcua.engines.organisations.models import Appointment, Unit
    from motcua.foundation import clock
    from motcua.interfaces.signing_in.sessions import PERSONA, SECOND_FACTOR
    from motcua.services.dossiers.models import Dossier

    def signed_in(username: str) -> Client:
        client = Client()
        client.force_login(User.objects.get(username=username), backend="django.contrib.auth.backends.ModelBackend")
        session = client.session
        session[PERSONA] = username  # as the one click of demo mode leaves it
        session.save()
        return client

    def leading() -> Client:
        """The leader of the whole province, whose lists and numbers reach every unit."""
        unit = Unit.objects.get(kind="province")
        user, _ = User.objects.get_or_create(
            username="bench-leader", defaults={"full_name": "Lãnh đạo tỉnh", "official": True}
        )
        for role in ("leader", "head"):
            Appointment.objects.get_or_create(
                user=user, unit=unit, role_id=role, defaults={"valid_from": clock.today()}
            )
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        session = client.session
        session[SECOND_FACTOR] = clock.now().isoformat()
        session.save()
        return client

    counter, citizen, leader = signed_in("demo-counter"), signed_in("demo-citizen"), leading()
    mine = Dossier.objects.filter(applicant=User.objects.get(username="demo-citizen").party_id).latest("submitted_at")
    seen = Dossier.objects.filter(case__tasks__unit__appointments__user__username="demo-counter").latest("submitted_at")
    addresses = {
        "worklist": (counter, reverse("desk:worklist")),
        "dossier at the desk": (counter, reverse("desk:dossier", args=[seen.pk])),
        "my dossiers": (citizen, reverse("portal:my_dossiers")),
        "my dossier": (citizen, reverse("portal:dossier", args=[mine.code])),
        "leader's screen": (leader, reverse("desk:leader")),
        "what waits to be signed": (leader, reverse("desk:decide")),
        "worklist of a province": (leader, f"{reverse('desk:worklist')}?view=unit"),
        "its late work": (leader, f"{reverse('desk:worklist')}?view=unit&due=late"),
    }
    addresses["linked time line"] = (leader, reverse("desk:dossier", args=[ensure_group()]))

    def opener(client: Client, path: str) -> Callable[[], Any]:
        def open_page() -> None:
            answer = client.get(path)
            if answer.status_code != 200:
                raise RuntimeError(f"{path}: {answer.status_code}")

        return open_page

    return {name: opener(client, path) for name, (client, path) in addresses.items()}


def measure() -> dict[str, Any]:
    """Milliseconds of each page (median of 60, after a warm-up) and how many dossiers there are."""
    os.environ.setdefault("MOTCUA_DEMO", "1")
    from motcua.interfaces.cli import database, statics

    database.ensure()
    statics.collect()  # pages name their styles by what was collected into this home
    from django.conf import settings

    from motcua.services.dossiers.models import Dossier

    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "testserver"]
    found: dict[str, Any] = {}
    for name, open_page in pages().items():
        for _ in range(10):
            open_page()
        taken = []
        for _ in range(ROUNDS):
            began = time.perf_counter()
            open_page()
            taken.append(time.perf_counter() - began)
        found[name] = round(1000 * statistics.median(taken), 2)
    return {"dossiers": Dossier.objects.count(), "pages": found}


def _measured(home: Path) -> dict[str, Any]:
    environment = {**os.environ, "MOTCUA_HOME": str(home)}
    environment.pop("DATABASE_URL", None)
    finished = subprocess.run(
        [sys.executable, "-m", "bench.scale", "--measure", "--json"],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return dict(json.loads(finished.stdout.strip().splitlines()[-1]))


def main() -> None:
    """Prints times and ratios; exit 1 where a page has become too slow."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--measure", action="store_true")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--small", type=Path, default=HOME / "bench-small")
    parser.add_argument("--large", type=Path, default=HOME / "bench-large")
    given = parser.parse_args()
    if given.measure:
        found = measure()
        print(json.dumps(found) if given.json else "\n".join(f"{k:<22}{v:>8} ms" for k, v in found["pages"].items()))
        return
    if not given.large.exists():
        print(f"No large data set: MOTCUA_HOME={given.large} make bench-data N=1000000")
        sys.exit(1)
    if not given.small.exists():
        subprocess.run(
            [sys.executable, "-m", "bench.data", "--dossiers", "10000"],
            env={**os.environ, "MOTCUA_HOME": str(given.small)},
            check=True,
        )
    small, large = _measured(given.small), _measured(given.large)
    worst = 0.0
    print(f"{'':<22}{small['dossiers']:>10,}{large['dossiers']:>12,}   ratio (at most {MOST})")
    for name, before in small["pages"].items():
        ratio = large["pages"][name] / before
        worst = max(worst, ratio)
        print(f"{name:<22}{before:>7} ms{large['pages'][name]:>9} ms{ratio:>8.2f}")
    sys.exit(0 if worst <= MOST else 1)


if __name__ == "__main__":
    main()
