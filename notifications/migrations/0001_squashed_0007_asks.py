"""All tables of this app, as they are since 0007."""

import uuid

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import foundation.text
from foundation.tables import Tables


class Migration(migrations.Migration):
    replaces = [
        ("notifications", "0001_initial"),
        ("notifications", "0002_held"),
        ("notifications", "0003_refusals_and_carriers"),
        ("notifications", "0004_held_index"),
        ("notifications", "0005_audience"),
        ("notifications", "0006_more_channels"),
        ("notifications", "0007_asks"),
    ]

    initial = True

    dependencies = [
        ("accounts", "0002_api_tokens"),
        ("products", "0009_stages_of_a_store"),
    ]

    operations = [
        Tables(
            tables=[
                migrations.CreateModel(
                    name="Channel",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("email", "E-mail"),
                                    ("ntfy", "ntfy (phone)"),
                                    ("slack", "Slack and compatible"),
                                    ("teams", "Microsoft Teams"),
                                    ("matrix", "Matrix"),
                                    ("webhook", "Signed webhook"),
                                    ("apprise", "Another service (apprise)"),
                                    ("inapp", "In Nightdesk"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("name", models.CharField(max_length=80, validators=[foundation.text.plain_text])),
                        ("sealed", models.TextField()),
                        ("shown", models.CharField(max_length=200)),
                        ("archived_at", models.DateTimeField(null=True)),
                        (
                            "created_at",
                            models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                        ),
                        (
                            "team",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="channels",
                                to="accounts.team",
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="channels",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "audience",
                            models.CharField(
                                choices=[
                                    ("internal", "The team: everything that is told of an incident"),
                                    ("users", "Users: only what is written for them, such as status updates"),
                                ],
                                default="internal",
                                max_length=10,
                            ),
                        ),
                        ("key", models.CharField(blank=True, default="", max_length=43)),
                        (
                            "products",
                            models.ManyToManyField(
                                blank=True, related_name="channels", to="products.product"
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["name", "pk"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("team__isnull", False), ("user", None)),
                                    models.Q(("team", None), ("user__isnull", False)),
                                    _connector="OR",
                                ),
                                name="channel_is_a_teams_or_a_persons",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("kind", "inapp"), _negated=True),
                                name="inapp_needs_no_channel",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("audience", "internal"),
                                    models.Q(("audience", "users"), ("team__isnull", False)),
                                    _connector="OR",
                                ),
                                name="only_a_teams_channel_is_for_users",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("key", ""), _negated=True),
                                fields=("key",),
                                name="key_of_one_channel",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Delivery",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("uid", models.UUIDField(default=uuid.uuid4, unique=True)),
                        ("about", models.CharField(db_index=True, max_length=60)),
                        ("key", models.CharField(max_length=20)),
                        ("recipient", models.CharField(max_length=270)),
                        ("route", models.CharField(max_length=40)),
                        ("lane", models.CharField(max_length=40)),
                        ("label", models.CharField(max_length=200)),
                        ("address", models.EmailField(blank=True, max_length=254)),
                        ("subject", models.CharField(max_length=300)),
                        ("body", models.TextField()),
                        ("path", models.CharField(blank=True, max_length=200)),
                        ("offers", models.JSONField(default=list)),
                        ("rank", models.PositiveSmallIntegerField(default=4)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("pending", "waiting"),
                                    ("sent", "sent"),
                                    ("dead", "not delivered"),
                                    ("skipped", "not sent"),
                                    ("cancelled", "no longer needed"),
                                    ("held", "held since the restore"),
                                ],
                                default="pending",
                                max_length=10,
                            ),
                        ),
                        ("reason", models.CharField(blank=True, max_length=500)),
                        (
                            "created_at",
                            models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                        ),
                        ("due_at", models.DateTimeField()),
                        ("first_due_at", models.DateTimeField()),
                        ("sent_at", models.DateTimeField(null=True)),
                        ("attempts", models.PositiveSmallIntegerField(default=0)),
                        ("lease_token", models.UUIDField(null=True)),
                        ("lease_until", models.DateTimeField(null=True)),
                        ("noted_at", models.DateTimeField(null=True)),
                        ("answer", models.CharField(blank=True, max_length=20)),
                        ("answered_at", models.DateTimeField(null=True)),
                        (
                            "channel",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="deliveries",
                                to="notifications.channel",
                            ),
                        ),
                        (
                            "team",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.team",
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "carrier",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="carried",
                                to="notifications.delivery",
                            ),
                        ),
                        ("refused_at", models.DateTimeField(null=True)),
                        ("asks", models.BooleanField(default=False)),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("state", "pending")),
                                fields=["lane", "rank", "-id"],
                                name="delivery_waiting",
                            ),
                            models.Index(
                                condition=models.Q(("noted_at", None), ("state", "dead")),
                                fields=["team"],
                                name="delivery_alarming",
                            ),
                            models.Index(
                                condition=models.Q(("route", "inapp")),
                                fields=["user", "-id"],
                                name="delivery_inapp",
                            ),
                            models.Index(
                                condition=models.Q(("state", "held")), fields=["team"], name="delivery_held"
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("about", "recipient", "route", "key"), name="told_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("state__in", ["pending", "sent", "dead", "skipped", "cancelled", "held"])
                                ),
                                name="delivery_state_known",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Attempt",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("number", models.PositiveSmallIntegerField()),
                        ("started_at", models.DateTimeField()),
                        ("ended_at", models.DateTimeField(null=True)),
                        ("outcome", models.CharField(blank=True, max_length=10)),
                        ("detail", models.CharField(blank=True, max_length=500)),
                        (
                            "delivery",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="tries",
                                to="notifications.delivery",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["number"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("delivery", "number"), name="one_attempt_per_number"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Heard",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("event", models.CharField(max_length=80)),
                        ("at", models.DateTimeField()),
                        (
                            "channel",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="notifications.channel",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [models.Index(fields=["at"], name="heard_when")],
                        "constraints": [
                            models.UniqueConstraint(fields=("channel", "event"), name="heard_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Thread",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("ref", models.CharField(max_length=40)),
                        ("room", models.CharField(max_length=80)),
                        ("stamp", models.CharField(max_length=40)),
                        (
                            "channel",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="threads",
                                to="notifications.channel",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [models.Index(fields=["room", "stamp"], name="thread_by_place")],
                        "constraints": [
                            models.UniqueConstraint(fields=("channel", "ref"), name="one_thread_per_incident")
                        ],
                    },
                ),
            ],
        ),
    ]
