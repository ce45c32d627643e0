"""Steps that were open before a step knew its role (cases 0005) get the role that their flow asks for: until then they
stood in the lists of the whole unit. Counters follow by the reader, from the moves that the ledger is told of here."""

import json
from collections import Counter
from uuid import NAMESPACE_URL, uuid5

from django.db import migrations, transaction
from motcua.engines.ledger.actor import SYSTEM
from motcua.engines.ledger.chain import GENESIS, canonical, event_hash
from motcua.foundation import clock

PORTION = 5000
STREAM = uuid5(NAMESPACE_URL, "motcua:upgrade:roles_of_open_steps")

ASKED = """
    SELECT v.id AS version, s.step ->> 'key' AS key, s.step ->> 'role' AS role
    FROM flows_flowversion v, jsonb_path_query(v.steps, '$[*] ? (@.role != "" && @.role != null)') AS s(step)
"""

STATES = ("open", "waiting")
"""Each by itself: the partial indexes of open and of waiting work are seen, and nothing closed is looked at."""

GIVE = f"""
WITH asked AS ({ASKED}),
chosen AS (
    SELECT t.id, asked.role FROM cases_task t JOIN cases_case c ON c.id = t.case_id
    JOIN asked ON asked.version = c.flow_version_id AND asked.key = t.step
    WHERE t.unit_id = %s AND t.state = '{{state}}' AND t.role = ''
    LIMIT {PORTION} FOR UPDATE OF t)
UPDATE cases_task t SET role = chosen.role FROM chosen WHERE t.id = chosen.id
RETURNING t.unit_id::text, t.stage, t.state, (t.due_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date::text,
    t.assignee_id::text, t.answerable_id::text, t.role
"""
"""One unit's open steps, so many at a time: each statement looks at that unit's open work alone."""


def give_roles(apps, schema_editor):
    connection = schema_editor.connection
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT EXISTS ({ASKED})")
        if not cursor.fetchone()[0]:
            return
        for state in STATES:
            cursor.execute(f"SELECT DISTINCT unit_id FROM cases_task WHERE state = '{state}'")
            for (unit,) in cursor.fetchall():
                while portion(connection, cursor, unit, state) == PORTION:
                    pass


def portion(connection, cursor, unit, state):
    """One transaction: the steps, and one event with what it did to the worklists. Returns how many steps."""
    with transaction.atomic(using=connection.alias):
        cursor.execute(GIVE.format(state=state), [unit])
        given = cursor.fetchall()
        if given:
            tell(cursor, Counter(given))
    return len(given)


def tell(cursor, given):
    """The moves as ``cases.actions`` records them: from the list without a role to the one with it."""
    work = []
    for (unit, stage, state, due_on, person, answerable, role), tasks in given.items():
        place = [unit, stage, state, due_on]
        work += [[*place, -tasks, person, answerable], [*place, tasks, person, answerable, role]]
    data = {"steps": sum(given.values()), "work": work}
    cursor.execute("SELECT seq, hash FROM ledger_event WHERE stream = %s ORDER BY seq DESC LIMIT 1", [STREAM])
    last = cursor.fetchone()
    seq, head = (last[0] + 1, bytes(last[1])) if last else (1, GENESIS)
    now, actor, kind = clock.now(), SYSTEM.as_recorded(), "tasks.roles_given"
    cursor.execute(
        "INSERT INTO ledger_event (stream, seq, at, kind, actor, data, prev_hash, hash) "
        "VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
        [STREAM, seq, now, kind, json.dumps(actor), canonical(data).decode(), head,
         event_hash(head, STREAM, seq, now, kind, actor, data)],
    )


class Migration(migrations.Migration):

    # in portions, each committed: an installation with a million open steps is not locked meanwhile, and one that was
    # broken off goes on where it stood
    atomic = False

    dependencies = [
        ('cases', '0005_role_of_a_step'),
        ('dossiers', '0014_waiting_files'),
        ('flows', '0001_initial'),
        ('ledger', '0001_initial'),
    ]

    operations = [
        migrations.RunPython(give_roles, migrations.RunPython.noop, elidable=True),
    ]
