"""All tables of this app, as they are since 0003."""

import django.db.models.functions.datetime
from django.db import migrations, models

from foundation.tables import Tables


class Migration(migrations.Migration):
    replaces = [
        ("foundation", "0001_initial"),
        ("foundation", "0002_heartbeat"),
        ("foundation", "0003_blobs"),
    ]

    initial = True

    dependencies = []

    operations = [
        Tables(
            tables=[
                migrations.CreateModel(
                    name="RefCounter",
                    fields=[
                        ("kind", models.CharField(max_length=8, primary_key=True, serialize=False)),
                        ("last", models.PositiveBigIntegerField(default=0)),
                    ],
                ),
                migrations.CreateModel(
                    name="IdempotencyKey",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("actor", models.CharField(max_length=80)),
                        ("key", models.CharField(max_length=200)),
                        ("digest", models.CharField(max_length=64)),
                        ("answer", models.CharField(max_length=200)),
                        ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                    ],
                    options={
                        "indexes": [models.Index(fields=["at"], name="idempotency_by_age")],
                        "constraints": [
                            models.UniqueConstraint(fields=("actor", "key"), name="one_answer_per_key")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Heartbeat",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("name", models.CharField(max_length=20)),
                        ("process", models.CharField(max_length=20)),
                        ("role", models.CharField(max_length=10)),
                        ("label", models.CharField(max_length=120)),
                        ("started_at", models.DateTimeField()),
                        ("pulse_at", models.DateTimeField()),
                        ("beat_at", models.DateTimeField()),
                        ("silent_since", models.DateTimeField(null=True)),
                        ("progress", models.BigIntegerField(default=0)),
                        ("figures", models.JSONField(default=dict)),
                        ("ended_at", models.DateTimeField(null=True)),
                        ("ending", models.CharField(default="", max_length=200)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("process", "name"), name="one_heartbeat_per_loop")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Blob",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("sha256", models.CharField(max_length=64)),
                        ("size", models.PositiveIntegerField()),
                        ("type", models.CharField(max_length=40)),
                        ("bytes", models.BinaryField()),
                        ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                    ],
                ),
            ],
        ),
    ]
