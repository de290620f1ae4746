"""Who comes to the meeting, and where, is kept once: on the timeline, where it can be redacted."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("review", "0001_postmortem")]

    operations = [
        migrations.RemoveField(model_name="postmortem", name="attendees"),
        migrations.RemoveField(model_name="postmortem", name="link"),
    ]
