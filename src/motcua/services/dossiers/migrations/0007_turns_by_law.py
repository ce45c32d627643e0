from django.db import migrations, models

import motcua.foundation.keys


class Migration(migrations.Migration):
    dependencies = [
        ("dossiers", "0006_access_and_ratings"),
    ]

    operations = [
        migrations.AddField(
            model_name="dossier",
            name="counts_late",
            field=models.BooleanField(
                default=False,
                help_text="Late whatever its date: more than one supplement was asked for (index 766)",
            ),
        ),
        migrations.AddField(
            model_name="supplementrequest",
            name="asked_late",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="result",
            name="proof",
            field=models.CharField(
                blank=True,
                choices=[("signed", "Signed for on paper"), ("code", "Pickup code"), ("sent", "Sent")],
                help_text="What shows that the person has it",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="result",
            name="tracking",
            field=models.CharField(blank=True, help_text="The post's number of the parcel", max_length=60),
        ),
        migrations.AddField(
            model_name="result",
            name="reminded_at",
            field=models.DateTimeField(help_text="When the person was last told to collect it", null=True),
        ),
        migrations.DeleteModel(name="Extension"),
        migrations.CreateModel(
            name="Extension",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=motcua.foundation.keys.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("number", models.PositiveSmallIntegerField(default=1)),
                ("allowance", models.CharField(max_length=30)),
                ("old_due", models.DateTimeField()),
                ("new_due", models.DateTimeField()),
                ("reason", models.CharField(max_length=40)),
                ("explanation", models.TextField(max_length=2000)),
                ("basis", models.CharField(blank=True, max_length=120)),
                ("decided_at", models.DateTimeField()),
                ("decided_by", models.UUIDField()),
                (
                    "dossier",
                    models.ForeignKey(
                        on_delete=models.deletion.PROTECT, related_name="extensions", to="dossiers.dossier"
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="extension",
            constraint=models.UniqueConstraint(fields=("dossier", "number"), name="extension_number"),
        ),
        migrations.AddConstraint(
            model_name="extension",
            constraint=models.CheckConstraint(
                condition=models.Q(("new_due__gt", models.F("old_due"))), name="extension_goes_forward"
            ),
        ),
        migrations.CreateModel(
            name="Adjustment",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=motcua.foundation.keys.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("number", models.PositiveSmallIntegerField(default=1)),
                ("at", models.DateTimeField()),
                ("by", models.UUIDField()),
                ("before", models.JSONField(default=dict)),
                ("after", models.JSONField(default=dict)),
                ("files", models.JSONField(default=dict)),
                ("seen_at", models.DateTimeField(null=True)),
                ("seen_by", models.UUIDField(null=True)),
                (
                    "dossier",
                    models.ForeignKey(
                        on_delete=models.deletion.PROTECT, related_name="adjustments", to="dossiers.dossier"
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="adjustment",
            constraint=models.UniqueConstraint(fields=("dossier", "number"), name="adjustment_number"),
        ),
    ]
