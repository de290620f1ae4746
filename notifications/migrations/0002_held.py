"""A delivery that waited when a backup was made is held after a restore, until a person releases it."""

from django.db import migrations, models
from django.db.models import Q

STATES = ["pending", "sent", "dead", "skipped", "cancelled", "held"]


class Migration(migrations.Migration):
    dependencies = [("notifications", "0001_initial")]

    operations = [
        migrations.AlterField(
            model_name="delivery",
            name="state",
            field=models.CharField(
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
        migrations.RemoveConstraint(model_name="delivery", name="delivery_state_known"),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.CheckConstraint(
                condition=Q(("state__in", STATES)), name="delivery_state_known"
            ),
        ),
    ]
