"""The portal's form against the raw database: session, CSRF, validation of every answer, three files, one dossier.

python -m bench.form [--json] [--seconds 5]
"""

from __future__ import annotations

import argparse
import json
import sys
from datetime import timedelta
from itertools import count
from random import Random
from typing import Any
from uuid import UUID

from bench import load, raw
from bench.web import CONNECTIONS, Row, Setting, pdf, server

GOAL = 0.10
SECRET = "b" * 32


def drafts(setting: Setting, owner: Any, amount: int) -> list[UUID]:
    """Filled drafts of one citizen, ready to be submitted, each with three files."""
    from motcua.engines.files.actions import store
    from motcua.engines.forms.samples import sample_answers
    from motcua.foundation import clock
    from motcua.foundation.keys import new_id
    from motcua.services.dossiers.models import Draft
    from motcua.services.procedures.forms import chosen_form

    form, version_id = chosen_form(setting.procedure)
    answers = sample_answers(form, Random(766))
    uploads = [str(store(pdf(number), f"giay-to-{number}.pdf", owner.id).id) for number in range(3)]
    waiting = iter(uploads)
    for path, field in form.walk():
        if field.type == "file" and answers.get(path):
            answers[path] = [key for key in (next(waiting, None),) if key]
    now = clock.now()
    rows = [
        Draft(
            id=new_id(),
            owner_id=owner.id,
            party_id=owner.party_id,
            procedure_version_id=setting.procedure.id,
            form_version_id=version_id,
            competent_id=setting.communes[number % len(setting.communes)].id,
            answers=answers,
            started_at=now,
            saved_at=now,
            expires_at=now + timedelta(days=30),
        )
        for number in range(amount)
    ]
    Draft.objects.bulk_create(rows, batch_size=1000)
    return [row.id for row in rows]


def session_of(user: Any) -> str:
    """The cookie of a session in which the user is signed in."""
    from django.conf import settings
    from django.test import Client

    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def measure(seconds: float) -> Row:
    """One row of the table."""
    from motcua.interfaces.cli import database

    reached = database.ensure()
    from bench.rows import submission_script
    from motcua.engines.accounts.models import User

    setting = Setting()
    citizen = User.objects.get(username="demo-citizen")
    script, _ = submission_script(setting.actor, setting.submission())
    raw_rate = raw.script_rate(reached.owner_url, script, seconds=seconds, clients=CONNECTIONS)
    waiting = iter(drafts(setting, citizen, int(2_000 * (seconds + 1))))
    headers = {
        "Cookie": f"sessionid={session_of(citizen)}; csrftoken={SECRET}",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    sent = count()

    def submit() -> bytes | None:
        draft = next(waiting, None)
        if draft is None:
            return None
        next(sent)
        body = f"csrfmiddlewaretoken={SECRET}".encode()
        return load.request("POST", f"/drafts/{draft}/submit/", headers=headers, body=body)

    with server() as address:
        load.run(address, submit, connections=CONNECTIONS, seconds=1)
        outcome = load.run(address, submit, connections=CONNECTIONS, seconds=seconds)
    refused = sum(number for status, number in outcome.statuses.items() if status != 302)
    return Row("submit the portal's form", outcome.per_second, raw_rate, GOAL, 0, outcome.percentile(0.95), refused)


def main() -> None:
    """Prints the row; exit 1 when the goal is missed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--seconds", type=float, default=5.0)
    given = parser.parse_args()
    row = measure(given.seconds)
    if given.json:
        print(json.dumps(row.as_dict()))
    else:
        print(
            f"{row.name}: {row.per_second:.0f}/s of {row.raw:.0f} raw = {row.share:.1%} (goal {row.goal:.0%}), "
            f"p95 {row.p95_ms:.1f} ms, {row.refused} refused"
        )
    sys.exit(0 if row.ok else 1)


if __name__ == "__main__":
    main()
