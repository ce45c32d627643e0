from django.db import migrations


class Migration(migrations.Migration):
    """What all workers count together (attempts to sign in), as Django's database cache keeps it."""

    dependencies = [
        ("accounts", "0004_former_address"),
    ]

    operations = [
        migrations.RunSQL(
            # Unlogged: counters of minutes need not outlive a crash, and cost no write-ahead log.
            "CREATE UNLOGGED TABLE shared_cache ("
            "cache_key varchar(255) PRIMARY KEY, value text NOT NULL, expires timestamp with time zone NOT NULL);"
            "CREATE INDEX shared_cache_expires ON shared_cache (expires);",
            "DROP TABLE shared_cache;",
        ),
    ]
