"""Every clock reminds people of itself at half, three quarters and nine tenths of its time, each stage once; who is
asked next to acknowledge, where no clock says when."""

import django.db.models.deletion
from django.db import migrations, models

# A running one reminds as a new one does, from its first stage that is still to come.
RUNNING = """
UPDATE incidents_clock SET
    warned = CASE WHEN due_at - make_interval(secs => target_s * 0.1) <= now() THEN 90
                  WHEN due_at - make_interval(secs => target_s * 0.25) <= now() THEN 75
                  WHEN due_at - make_interval(secs => target_s * 0.5) <= now() THEN 50 ELSE 0 END,
    warn_at = CASE WHEN due_at - make_interval(secs => target_s * 0.1) <= now() THEN NULL
                   WHEN due_at - make_interval(secs => target_s * 0.25) <= now()
                       THEN due_at - make_interval(secs => target_s * 0.1)
                   WHEN due_at - make_interval(secs => target_s * 0.5) <= now()
                       THEN due_at - make_interval(secs => target_s * 0.25)
                   ELSE due_at - make_interval(secs => target_s * 0.5) END
WHERE stopped_at IS NULL AND cancelled_at IS NULL AND waived_at IS NULL AND breached_at IS NULL
  AND due_at IS NOT NULL AND target_s IS NOT NULL AND NOT at_least AND calendar IS NULL"""


class Migration(migrations.Migration):
    dependencies = [("incidents", "0014_measured_watch")]

    operations = [
        migrations.CreateModel(
            name="Reminder",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("stage", models.PositiveSmallIntegerField()),
                ("at", models.DateTimeField()),
                ("noticed_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("about", models.CharField(blank=True, default="", max_length=60)),
                (
                    "clock",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reminders",
                        to="incidents.clock",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("about", ""), _negated=True),
                        fields=["about"],
                        name="reminder_told",
                    )
                ],
                "constraints": [models.UniqueConstraint(fields=("clock", "stage"), name="reminded_once")],
            },
        ),
        migrations.RemoveIndex(model_name="clock", name="clock_warn"),
        migrations.AddField(
            model_name="clock", name="warned", field=models.PositiveSmallIntegerField(default=0)
        ),
        migrations.AddField(model_name="clock", name="idle_s", field=models.PositiveIntegerField(default=0)),
        migrations.RunSQL(RUNNING, reverse_sql=migrations.RunSQL.noop),
        migrations.RemoveField(model_name="clock", name="warned_at"),
        migrations.AddIndex(
            model_name="clock",
            index=models.Index(
                condition=models.Q(
                    ("breached_at", None),
                    ("cancelled_at", None),
                    ("stopped_at", None),
                    ("waived_at", None),
                    ("warn_at__isnull", False),
                ),
                fields=["warn_at"],
                name="clock_warn",
            ),
        ),
        migrations.AddField(model_name="incident", name="escalate_at", field=models.DateTimeField(null=True)),
        migrations.AddField(
            model_name="incident", name="escalated", field=models.PositiveSmallIntegerField(default=0)
        ),
        migrations.AddIndex(
            model_name="incident",
            index=models.Index(
                condition=models.Q(
                    ("acknowledged_at", None),
                    ("escalate_at__isnull", False),
                    ("status__in", ["triage", "active", "monitoring"]),
                ),
                fields=["escalate_at"],
                name="incident_escalate",
            ),
        ),
    ]
