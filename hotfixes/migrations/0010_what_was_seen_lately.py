"""Now asks at every refresh which tags were seen lately, and since when each repository is watched."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("hotfixes", "0009_beside_the_checks")]

    operations = [
        migrations.AddIndex(
            model_name="refobservation",
            index=models.Index(fields=["repository", "seen_at"], name="ref_seen"),
        )
    ]
