"""Teams, Matrix and apprise; where a room answers us, where it has what was said, and what we heard from it."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_api_tokens"),
        ("notifications", "0005_audience"),
        ("products", "0009_stages_of_a_store"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
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
            ],
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
            ],
        ),
        migrations.AddField(
            model_name="channel",
            name="key",
            field=models.CharField(blank=True, default="", max_length=43),
        ),
        migrations.AlterField(
            model_name="channel",
            name="kind",
            field=models.CharField(
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
        migrations.AddConstraint(
            model_name="channel",
            constraint=models.UniqueConstraint(
                condition=models.Q(("key", ""), _negated=True), fields=("key",), name="key_of_one_channel"
            ),
        ),
        migrations.AddField(
            model_name="heard",
            name="channel",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="notifications.channel"
            ),
        ),
        migrations.AddField(
            model_name="thread",
            name="channel",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="threads",
                to="notifications.channel",
            ),
        ),
        migrations.AddIndex(
            model_name="heard",
            index=models.Index(fields=["at"], name="heard_when"),
        ),
        migrations.AddConstraint(
            model_name="heard",
            constraint=models.UniqueConstraint(fields=("channel", "event"), name="heard_once"),
        ),
        migrations.AddIndex(
            model_name="thread",
            index=models.Index(fields=["room", "stamp"], name="thread_by_place"),
        ),
        migrations.AddConstraint(
            model_name="thread",
            constraint=models.UniqueConstraint(fields=("channel", "ref"), name="one_thread_per_incident"),
        ),
    ]
