"""Files on the timeline. A redaction destroys their bytes with the words, whoever writes it (see 0004)."""

import django.db.models.deletion
from django.db import migrations, models

DESTROY = """
CREATE OR REPLACE FUNCTION timeline_destroy() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    gone bigint;
BEGIN
    DELETE FROM incidents_timelinepayload WHERE event_id = NEW.supersedes_id;
    DELETE FROM incidents_attachment WHERE event_id = NEW.supersedes_id RETURNING blob_id INTO gone;
    DELETE FROM foundation_blob WHERE id = gone;
    RETURN NULL;
END $$;
"""

UNDO = """
CREATE OR REPLACE FUNCTION timeline_destroy() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    DELETE FROM incidents_timelinepayload WHERE event_id = NEW.supersedes_id;
    RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("foundation", "0003_blobs"),
        ("incidents", "0009_checklist"),
    ]

    operations = [
        migrations.CreateModel(
            name="Attachment",
            fields=[
                (
                    "event",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="attachment",
                        serialize=False,
                        to="incidents.timelineevent",
                    ),
                ),
                (
                    "blob",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="foundation.blob"
                    ),
                ),
            ],
        ),
        migrations.RunSQL(DESTROY, UNDO),
    ]
