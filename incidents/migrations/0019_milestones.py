"""What figures of thousands of incidents are made of, in an index of its own."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("incidents", "0018_alerted")]

    operations = [
        migrations.AddIndex(
            model_name="timelineevent",
            index=models.Index(
                condition=models.Q(
                    (
                        "kind__in",
                        ("mitigated", "decided", "resolved", "reopened", "declined", "deferred", "corrected"),
                    )
                ),
                fields=["incident", "seq"],
                include=("id", "kind", "occurred_at", "recorded_at", "supersedes"),
                name="timeline_milestones",
            ),
        ),
    ]
