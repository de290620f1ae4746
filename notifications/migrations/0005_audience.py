"""A team's channel may be meant for users: what is told inside the team never goes there."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("notifications", "0004_held_index")]

    operations = [
        migrations.AddField(
            model_name="channel",
            name="audience",
            field=models.CharField(
                choices=[
                    ("internal", "The team: everything that is told of an incident"),
                    ("users", "Users: only what is written for them, such as status updates"),
                ],
                default="internal",
                max_length=10,
            ),
        ),
        migrations.AddConstraint(
            model_name="channel",
            constraint=models.CheckConstraint(
                condition=Q(audience="internal") | Q(audience="users", team__isnull=False),
                name="only_a_teams_channel_is_for_users",
            ),
        ),
    ]
