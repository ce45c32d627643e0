from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('dossiers', '0008_group_parts'),
    ]

    operations = [
        migrations.AddField(
            model_name='dossier',
            name='sets',
            field=models.PositiveSmallIntegerField(default=1, help_text='Sets of papers handed in'),
        ),
        migrations.AddField(
            model_name='dossiercomponent',
            name='certified',
            field=models.PositiveSmallIntegerField(default=0, help_text='Certified copies handed in'),
        ),
    ]
