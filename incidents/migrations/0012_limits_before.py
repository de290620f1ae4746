"""Each clock keeps which limits held before, for its sum."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("incidents", "0011_simulated_moment"),
    ]

    operations = [
        migrations.AddField(
            model_name="clock",
            name="limits_before",
            field=models.JSONField(default=list),
        ),
    ]
