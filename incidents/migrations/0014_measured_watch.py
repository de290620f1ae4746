"""The clock of a watch is over when the watch says so, and takes as much longer as nobody looked."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("incidents", "0013_obligations")]

    operations = [
        migrations.AddField("clock", "measured", models.BooleanField(default=False)),
        migrations.AddField("clock", "extended_s", models.PositiveIntegerField(default=0)),
    ]
