"""Readings are part of the dossiers' own record of who looked and why."""

from django.db import migrations

COPY = """
INSERT INTO dossiers_access (id, dossier_id, party_id, day, at, officer_id, role, why, way, reason, note)
SELECT gen_random_uuid(), r.dossier_id, d.applicant_id, r.day, r.first_at, r.reader_id, '', 'task', 'desk', '', ''
FROM desk_reading r JOIN dossiers_dossier d ON d.case_id = r.dossier_id
ON CONFLICT DO NOTHING
"""


class Migration(migrations.Migration):

    dependencies = [
        ('desk', '0002_readings'),
        ('dossiers', '0006_access_and_ratings'),
    ]

    operations = [
        migrations.RunSQL(COPY, migrations.RunSQL.noop),
        migrations.DeleteModel(
            name='Reading',
        ),
    ]
