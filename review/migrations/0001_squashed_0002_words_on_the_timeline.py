"""All tables of this app, as they are since 0002."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import foundation.text
from foundation.tables import Tables


class Migration(migrations.Migration):
    replaces = [("review", "0001_postmortem"), ("review", "0002_words_on_the_timeline")]

    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        ("incidents", "0011_simulated_moment"),
    ]

    operations = [
        Tables(
            tables=[
                migrations.CreateModel(
                    name="Postmortem",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[("in_progress", "In progress"), ("reviewed", "Reviewed")],
                                default="in_progress",
                                max_length=12,
                            ),
                        ),
                        ("meets_at", models.DateTimeField(null=True)),
                        ("scheduled_at", models.DateTimeField(null=True)),
                        ("reviewed_at", models.DateTimeField(null=True)),
                        ("snapshot", models.JSONField(null=True)),
                        ("digest", models.CharField(blank=True, max_length=64)),
                        (
                            "event",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="incidents.timelineevent",
                            ),
                        ),
                        (
                            "incident",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="postmortem",
                                to="incidents.incident",
                            ),
                        ),
                        (
                            "reviewed_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "scheduled_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "indexes": [models.Index(fields=["state"], name="postmortem_by_state")],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("state__in", ["in_progress", "reviewed"])),
                                name="postmortem_state_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state", "reviewed"), _negated=True),
                                    models.Q(
                                        ("reviewed_at__isnull", False),
                                        ("reviewed_by__isnull", False),
                                        ("snapshot__isnull", False),
                                        models.Q(("digest", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="postmortem_reviewed_by_somebody",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Answer",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("key", models.CharField(max_length=40)),
                        ("number", models.PositiveIntegerField()),
                        (
                            "text",
                            models.TextField(
                                blank=True, max_length=20000, validators=[foundation.text.plain_text]
                            ),
                        ),
                        ("at", models.DateTimeField()),
                        (
                            "by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "postmortem",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="answers",
                                to="review.postmortem",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["key", "number"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("postmortem", "key", "number"), name="one_answer_per_number"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ActionItem",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("number", models.PositiveSmallIntegerField()),
                        (
                            "text",
                            models.CharField(
                                max_length=300,
                                validators=[foundation.text.plain_text, foundation.text.single_line],
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("test", "Test"),
                                    ("ci", "CI"),
                                    ("monitoring", "Monitoring"),
                                    ("docs", "Docs"),
                                    ("process", "Process"),
                                    ("other", "Other"),
                                ],
                                max_length=12,
                            ),
                        ),
                        ("due", models.DateField()),
                        (
                            "state",
                            models.CharField(
                                choices=[("open", "Open"), ("done", "Done"), ("dropped", "Dropped")],
                                default="open",
                                max_length=8,
                            ),
                        ),
                        ("revision", models.PositiveIntegerField(default=1)),
                        ("at", models.DateTimeField()),
                        ("settled_at", models.DateTimeField(null=True)),
                        (
                            "reason",
                            models.CharField(
                                blank=True, max_length=1000, validators=[foundation.text.plain_text]
                            ),
                        ),
                        (
                            "by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "owner",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "settled_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "postmortem",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="actions",
                                to="review.postmortem",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["number"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("state", "open")),
                                fields=["due", "id"],
                                name="action_open_by_due",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("postmortem", "number"), name="one_action_per_number"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("state__in", ["open", "done", "dropped"])),
                                name="action_state_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("kind__in", ["test", "ci", "monitoring", "docs", "process", "other"])
                                ),
                                name="action_kind_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state", "dropped"), _negated=True),
                                    models.Q(("reason", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="action_dropped_with_a_reason",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("settled_at", None), ("settled_at__gte", models.F("at")), _connector="OR"
                                ),
                                name="action_settled_later",
                            ),
                        ],
                    },
                ),
            ],
        ),
    ]
