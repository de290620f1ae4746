"""Whether anything is held is asked on every page where an alarm stands."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("notifications", "0003_refusals_and_carriers")]

    operations = [
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(condition=Q(("state", "held")), fields=["team"], name="delivery_held"),
        ),
    ]
