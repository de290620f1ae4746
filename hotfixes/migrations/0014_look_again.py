from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("hotfixes", "0013_previews_and_rollback_steps")]

    operations = [
        migrations.AddField("decision", "revisit_told_at", models.DateTimeField(null=True)),
        migrations.AddIndex(
            "decision",
            models.Index(
                condition=models.Q(revisit_at__isnull=False, revisit_told_at=None, superseded_at=None),
                fields=["revisit_at"],
                name="decision_revisit_due",
            ),
        ),
    ]
