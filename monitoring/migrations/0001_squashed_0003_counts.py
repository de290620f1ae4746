"""All tables of this app, as they are since 0003."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import foundation.text
from foundation.tables import Tables


class Migration(migrations.Migration):
    replaces = [
        ("monitoring", "0001_initial"),
        ("monitoring", "0002_receivers"),
        ("monitoring", "0003_counts"),
    ]

    initial = True

    dependencies = [
        ("products", "0010_deployments_followed"),
    ]

    operations = [
        Tables(
            tables=[
                migrations.CreateModel(
                    name="Monitor",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("slug", models.SlugField(max_length=80, unique=True)),
                        (
                            "name",
                            models.CharField(
                                max_length=120, validators=[foundation.text.plain_text], verbose_name="name"
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("http", "An address that answers"),
                                    ("summary", "A summary of several targets (JSON)"),
                                    ("heartbeat", "A script that reports in"),
                                    ("file", "Files: that they are there, and what they hold"),
                                    ("prometheus", "A number that Prometheus knows"),
                                ],
                                max_length=12,
                            ),
                        ),
                        (
                            "target",
                            models.CharField(
                                blank=True,
                                max_length=2000,
                                validators=[foundation.text.plain_text],
                                verbose_name="address",
                            ),
                        ),
                        ("interval_s", models.PositiveIntegerField(default=60, verbose_name="look every")),
                        (
                            "retry_s",
                            models.PositiveIntegerField(
                                default=10, verbose_name="look again after a failure"
                            ),
                        ),
                        (
                            "fail_after",
                            models.PositiveSmallIntegerField(
                                default=3, verbose_name="failures until it counts"
                            ),
                        ),
                        (
                            "recover_after",
                            models.PositiveSmallIntegerField(
                                default=2, verbose_name="good looks until it is over"
                            ),
                        ),
                        ("expect", models.JSONField(blank=True, default=dict)),
                        ("mapping", models.JSONField(blank=True, default=str)),
                        (
                            "opens_incident",
                            models.BooleanField(
                                default=True, verbose_name="open an incident when it goes down"
                            ),
                        ),
                        (
                            "severity",
                            models.CharField(
                                blank=True,
                                default="",
                                max_length=40,
                                validators=[foundation.text.plain_text],
                                verbose_name="severity",
                            ),
                        ),
                        ("enabled", models.BooleanField(default=True, verbose_name="watch it")),
                        (
                            "created_at",
                            models.DateTimeField(
                                db_default=django.db.models.functions.datetime.Now(), editable=False
                            ),
                        ),
                        ("archived_at", models.DateTimeField(blank=True, editable=False, null=True)),
                        (
                            "due_at",
                            models.DateTimeField(
                                db_default=django.db.models.functions.datetime.Now(), editable=False
                            ),
                        ),
                        ("lease_token", models.UUIDField(blank=True, editable=False, null=True)),
                        ("looked_at", models.DateTimeField(blank=True, editable=False, null=True)),
                        ("code", models.CharField(blank=True, default="", editable=False, max_length=40)),
                        ("detail", models.CharField(blank=True, default="", editable=False, max_length=400)),
                        ("latency_ms", models.FloatField(blank=True, editable=False, null=True)),
                        ("kept", models.TextField(blank=True, default="", editable=False)),
                        (
                            "kept_code",
                            models.CharField(blank=True, default="", editable=False, max_length=40),
                        ),
                        ("kept_at", models.DateTimeField(blank=True, editable=False, null=True)),
                        (
                            "product",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="monitors",
                                to="products.product",
                                verbose_name="product",
                            ),
                        ),
                        ("listening_since", models.DateTimeField(blank=True, editable=False, null=True)),
                        ("pushed_at", models.DateTimeField(blank=True, editable=False, null=True)),
                    ],
                    options={
                        "verbose_name": "monitor",
                        "verbose_name_plural": "monitors",
                        "indexes": [
                            models.Index(
                                condition=models.Q(("archived_at", None), ("enabled", True)),
                                fields=["due_at"],
                                name="monitor_due",
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("interval_s__range", (1, 86400))),
                                name="monitor_interval_1s_to_1d",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("retry_s__range", (1, 86400))),
                                name="monitor_retry_1s_to_1d",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("fail_after__range", (1, 100))),
                                name="monitor_fail_after_1_to_100",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("recover_after__range", (1, 100))),
                                name="monitor_recover_after_1_to_100",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("kind__in", ["http", "summary", "heartbeat", "file", "prometheus"])
                                ),
                                name="monitor_kind_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("target", ""), _negated=True),
                                    models.Q(("kind__in", ["http", "prometheus"]), _negated=True),
                                    _connector="OR",
                                ),
                                name="monitor_has_an_address_or_waits",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Target",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("key", models.CharField(max_length=200)),
                        ("name", models.CharField(max_length=200)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("down", "Down"),
                                    ("degraded", "Degraded"),
                                    ("unknown", "Can't tell"),
                                    ("up", "Up"),
                                ],
                                default="unknown",
                                max_length=12,
                            ),
                        ),
                        ("settled", models.CharField(blank=True, default="", max_length=12)),
                        (
                            "seen",
                            models.CharField(
                                choices=[
                                    ("down", "Down"),
                                    ("degraded", "Degraded"),
                                    ("unknown", "Can't tell"),
                                    ("up", "Up"),
                                ],
                                default="unknown",
                                max_length=12,
                            ),
                        ),
                        ("since", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                        ("fails", models.PositiveIntegerField(default=0)),
                        ("oks", models.PositiveIntegerField(default=0)),
                        ("checked_at", models.DateTimeField(null=True)),
                        ("fresh_until", models.DateTimeField(null=True)),
                        ("code", models.CharField(blank=True, default="", max_length=40)),
                        ("detail", models.CharField(blank=True, default="", max_length=400)),
                        ("latency_ms", models.FloatField(null=True)),
                        ("uptime_percent", models.FloatField(null=True)),
                        (
                            "created_at",
                            models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                        ),
                        ("archived_at", models.DateTimeField(null=True)),
                        (
                            "monitor",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="targets",
                                to="monitoring.monitor",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(
                                    models.Q(("state", "unknown"), _negated=True), ("archived_at", None)
                                ),
                                fields=["fresh_until"],
                                name="target_goes_stale",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("monitor", "key"), name="one_target_per_key"),
                            models.CheckConstraint(
                                condition=models.Q(("state__in", ["down", "degraded", "unknown", "up"])),
                                name="target_state_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("state", "unknown"),
                                    models.Q(("fresh_until__isnull", False), ("state", models.F("settled"))),
                                    _connector="OR",
                                ),
                                name="target_claims_only_what_was_seen",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="StatusChange",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "was",
                            models.CharField(
                                choices=[
                                    ("down", "Down"),
                                    ("degraded", "Degraded"),
                                    ("unknown", "Can't tell"),
                                    ("up", "Up"),
                                ],
                                max_length=12,
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("down", "Down"),
                                    ("degraded", "Degraded"),
                                    ("unknown", "Can't tell"),
                                    ("up", "Up"),
                                ],
                                max_length=12,
                            ),
                        ),
                        ("at", models.DateTimeField()),
                        (
                            "recorded_at",
                            models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                        ),
                        ("code", models.CharField(blank=True, default="", max_length=40)),
                        ("detail", models.CharField(blank=True, default="", max_length=400)),
                        ("handled_at", models.DateTimeField(null=True)),
                        ("outcome", models.CharField(blank=True, default="", max_length=80)),
                        (
                            "target",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="changes",
                                to="monitoring.target",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["target", "-at", "-id"], name="change_by_target"),
                            models.Index(
                                condition=models.Q(("handled_at", None)),
                                fields=["id"],
                                name="change_unhandled",
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("was", models.F("state")), _negated=True),
                                name="change_changes_something",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("was__in", ["down", "degraded", "unknown", "up"]),
                                    ("state__in", ["down", "degraded", "unknown", "up"]),
                                ),
                                name="change_states_known",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Receiver",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("digest", models.CharField(max_length=64, unique=True)),
                        ("sealed", models.TextField()),
                        (
                            "made_at",
                            models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                        ),
                        ("size", models.PositiveIntegerField(null=True)),
                        ("head", models.TextField(blank=True, default="")),
                        ("files", models.JSONField(blank=True, default=list)),
                        (
                            "monitor",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="receiver",
                                to="monitoring.monitor",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="Count",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("what", models.CharField(max_length=12)),
                        ("number", models.FloatField()),
                        ("over_s", models.PositiveIntegerField(default=0)),
                        ("reach_s", models.PositiveIntegerField()),
                        ("asked", models.CharField(max_length=16)),
                        ("since", models.DateTimeField()),
                        ("until", models.DateTimeField()),
                        (
                            "target",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="counts",
                                to="monitoring.target",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["since", "pk"],
                        "indexes": [models.Index(fields=["target", "until"], name="count_of_target")],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("what__in", ["errors", "user_reports"])),
                                name="count_kind_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("until__gte", models.F("since"))),
                                name="count_ends_after_its_begin",
                            ),
                        ],
                    },
                ),
            ],
        ),
    ]
