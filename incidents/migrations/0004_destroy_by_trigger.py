"""A redaction destroys the words by itself: who writes the event need not be allowed to delete a payload.

So the app's database role can only add to the timeline (config/database/roles.py). The function runs as the owner.
"""

from django.db import migrations

DESTROY = """
CREATE FUNCTION timeline_destroy() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    DELETE FROM incidents_timelinepayload WHERE event_id = NEW.supersedes_id;
    RETURN NULL;
END $$;

CREATE TRIGGER timeline_destroy AFTER INSERT ON incidents_timelineevent
    FOR EACH ROW WHEN (NEW.kind = 'redacted') EXECUTE FUNCTION timeline_destroy();
"""

UNDO = """
DROP TRIGGER timeline_destroy ON incidents_timelineevent;
DROP FUNCTION timeline_destroy();
"""


class Migration(migrations.Migration):
    dependencies = [("incidents", "0003_clock_warnings")]
    operations = [migrations.RunSQL(DESTROY, UNDO)]
