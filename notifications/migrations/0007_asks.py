"""A message that asks somebody to take it has a button in a room that can say who pressed it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notifications", "0006_more_channels")]

    operations = [
        migrations.AddField(model_name="delivery", name="asks", field=models.BooleanField(default=False)),
    ]
