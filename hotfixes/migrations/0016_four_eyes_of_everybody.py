"""Four eyes for the database, whoever a row names: neither who began the hotfix, nor who asked for its review last, nor
who said that they pushed it approves it, also where `requested_by` names somebody else.
"""

from django.db import migrations

RULE = """
CREATE OR REPLACE FUNCTION approval_by_somebody_else() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    fix hotfixes_hotfix%ROWTYPE;
    person accounts_user%ROWTYPE;
    asked bigint;
BEGIN
    SELECT * INTO STRICT fix FROM hotfixes_hotfix WHERE id = NEW.hotfix_id;
    SELECT * INTO STRICT person FROM accounts_user WHERE id = NEW.by_id;
    SELECT actor_id INTO asked FROM incidents_timelineevent
        WHERE incident_id = fix.incident_id AND kind = 'review_requested' AND actor_id IS NOT NULL
        ORDER BY seq DESC LIMIT 1;
    IF NEW.by_id IN (coalesce(NEW.requested_by_id, 0), coalesce(fix.started_by_id, 0), coalesce(asked, 0)) OR EXISTS (
        SELECT FROM jsonb_array_elements_text(fix.authors) author
        WHERE lower(author) IN (lower(person.email), nullif(lower(person.name), ''))
    ) OR EXISTS (
        SELECT FROM incidents_timelineevent
        WHERE incident_id = fix.incident_id AND kind = 'fix_pushed' AND actor_id = NEW.by_id
    ) THEN
        RAISE EXCEPTION 'an approval needs somebody who neither wrote the fix nor asked for it'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'approval_by_somebody_else';
    END IF;
    RETURN NEW;
END $$;
"""

BEFORE = """
CREATE OR REPLACE FUNCTION approval_by_somebody_else() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    fix hotfixes_hotfix%ROWTYPE;
    person accounts_user%ROWTYPE;
BEGIN
    SELECT * INTO STRICT fix FROM hotfixes_hotfix WHERE id = NEW.hotfix_id;
    SELECT * INTO STRICT person FROM accounts_user WHERE id = NEW.by_id;
    IF NEW.by_id = coalesce(NEW.requested_by_id, fix.started_by_id) OR EXISTS (
        SELECT FROM jsonb_array_elements_text(fix.authors) author
        WHERE lower(author) IN (lower(person.email), nullif(lower(person.name), ''))
    ) THEN
        RAISE EXCEPTION 'an approval needs somebody who neither wrote the fix nor asked for it'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'approval_by_somebody_else';
    END IF;
    RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("hotfixes", "0015_smoke_ticks")]

    operations = [migrations.RunSQL(RULE, BEFORE)]
