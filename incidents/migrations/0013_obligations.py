"""What is owed to people, as rows that are found when the incident is over; when a status update is due."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [
        ("incidents", "0012_limits_before"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField("incident", "update_due_at", models.DateTimeField(null=True)),
        migrations.AddField("incident", "remind_at", models.DateTimeField(null=True)),
        migrations.AddIndex(
            "incident",
            models.Index(
                fields=["remind_at"],
                condition=Q(status__in=("triage", "active", "monitoring"), remind_at__isnull=False),
                name="incident_remind_due",
            ),
        ),
        migrations.CreateModel(
            name="Obligation",
            fields=[
                ("id", models.BigAutoField(
                    auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                )),
                ("message", models.CharField(max_length=40)),
                ("title", models.CharField(max_length=200)),
                ("cycle", models.PositiveIntegerField()),
                ("role", models.CharField(blank=True, max_length=80)),
                ("due_at", models.DateTimeField()),
                ("late_at", models.DateTimeField()),
                ("done_at", models.DateTimeField(null=True)),
                ("outcome", models.CharField(blank=True, max_length=8)),
                ("told_due_at", models.DateTimeField(null=True)),
                ("told_late_at", models.DateTimeField(null=True)),
                ("look_at", models.DateTimeField(null=True)),
                ("incident", models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="obligations", to="incidents.incident"
                )),
                ("owner", models.ForeignKey(
                    null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+",
                    to=settings.AUTH_USER_MODEL,
                )),
            ],
            options={
                "ordering": ["due_at", "pk"],
                "indexes": [
                    models.Index(
                        fields=["look_at"], condition=Q(look_at__isnull=False), name="obligation_look_due"
                    ),
                    models.Index(
                        fields=["owner", "due_at"], condition=Q(done_at=None), name="obligation_owed_by"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=["incident", "message", "cycle"], name="owed_once"),
                    models.CheckConstraint(
                        condition=Q(done_at=None, outcome="")
                        | Q(done_at__isnull=False, look_at=None, outcome__in=["sent", "moot"]),
                        name="obligation_ends_whole",
                    ),
                    models.CheckConstraint(
                        condition=Q(late_at__gte=F("due_at")), name="obligation_late_after_due"
                    ),
                ],
            },
        ),
    ]  # fmt: skip
