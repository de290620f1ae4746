"""What goes first where much waits: whoever is to be woken, then what says that it is over, then what can wait."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_squashed_0002_api_tokens"),
        ("notifications", "0001_squashed_0007_asks"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="delivery",
            name="delivery_waiting",
        ),
        migrations.AddField(
            model_name="delivery",
            name="urgency",
            field=models.PositiveSmallIntegerField(
                choices=[(0, "rings"), (1, "over"), (2, "waits")], db_default=0, default=0
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("state", "pending")),
                fields=["lane", "urgency", "rank", "-id", "due_at"],
                name="delivery_in_turn",
            ),
        ),
    ]
