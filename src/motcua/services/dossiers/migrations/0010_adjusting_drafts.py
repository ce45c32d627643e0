import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dossiers", "0009_sets_and_certified"),
    ]

    operations = [
        migrations.AlterField(
            model_name="dossierfile",
            name="kind",
            field=models.CharField(
                choices=[
                    ("submitted", "Submitted"),
                    ("supplement", "Supplement"),
                    ("working", "Working paper"),
                    ("result", "Result"),
                    ("replaced", "Replaced"),
                ],
                default="submitted",
                max_length=12,
            ),
        ),
        migrations.AddField(
            model_name="draft",
            name="adjusts",
            field=models.ForeignKey(
                help_text="The dossier that its applicant is changing with it (ND118 Đ21)",
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="adjustment_drafts",
                to="dossiers.dossier",
            ),
        ),
    ]
