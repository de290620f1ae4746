"""Counts of a minute by one statement each, in a table that writes no log ahead."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_squashed_0002_api_tokens")]

    operations = [
        migrations.CreateModel(
            name="Counted",
            fields=[
                ("name", models.CharField(max_length=255, primary_key=True, serialize=False)),
                ("minute", models.BigIntegerField(db_index=True)),
                ("number", models.PositiveIntegerField()),
            ],
        ),
        migrations.RunSQL("ALTER TABLE accounts_counted SET UNLOGGED", migrations.RunSQL.noop, elidable=True),
    ]
