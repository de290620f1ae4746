"""Where a hotfix of an incident came after another one of the same product, what was told before it is not its own."""

from django.db import migrations, models

EARLIER_WORDS = """
    UPDATE hotfixes_hotfix AS mine SET begun_seq = COALESCE((
        SELECT max(told.seq) FROM incidents_timelineevent AS told
        WHERE told.incident_id = mine.incident_id AND told.recorded_at < mine.started_at), 0)
    WHERE EXISTS (
        SELECT 1 FROM hotfixes_hotfix AS earlier
        WHERE earlier.incident_id = mine.incident_id AND earlier.product_id = mine.product_id
        AND earlier.number < mine.number)
"""


class Migration(migrations.Migration):
    dependencies = [
        ("hotfixes", "0019_taken_back"),
        ("incidents", "0017_fix_taken_back"),
    ]

    operations = [
        migrations.AddField(
            model_name="hotfix",
            name="begun_seq",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.RunSQL(EARLIER_WORDS, migrations.RunSQL.noop),
    ]
