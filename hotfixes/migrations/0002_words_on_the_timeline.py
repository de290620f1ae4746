"""Why somebody decided is kept once: on the timeline, where it can be redacted."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("hotfixes", "0001_decision")]

    operations = [migrations.RemoveField(model_name="decision", name="reason")]
