"""The database itself keeps the timeline: it numbers, stamps and chains events and refuses to change or delete them.

Plain SQL on purpose: no client can ask it to look away. The rules are written down in docs/timeline.md.
"""

from django.db import migrations

CHAIN = """
CREATE FUNCTION timeline_iso(moment timestamptz) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT to_char(moment AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
$$;

CREATE FUNCTION timeline_chain() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    head incidents_incident%ROWTYPE;
    superseded integer;
BEGIN
    -- The row lock makes numbers gapless: the next writer waits for this transaction.
    SELECT * INTO STRICT head FROM incidents_incident WHERE id = NEW.incident_id FOR UPDATE;
    IF NEW.supersedes_id IS NOT NULL THEN
        SELECT seq INTO STRICT superseded FROM incidents_timelineevent
        WHERE id = NEW.supersedes_id AND incident_id = NEW.incident_id;
    END IF;
    NEW.seq := head.timeline_seq + 1;
    NEW.recorded_at := clock_timestamp();
    NEW.prev_hash := head.timeline_hash;
    NEW.canonical := jsonb_build_array(
        'nightdesk-1', 'INC-' || head.number, NEW.seq::text, NEW.kind, timeline_iso(NEW.occurred_at),
        timeline_iso(NEW.recorded_at), coalesce(NEW.actor_id::text, ''), NEW.source, NEW.subject,
        coalesce(superseded::text, ''), NEW.payload_digest
    )::text;
    NEW.hash := encode(sha256(convert_to(NEW.prev_hash || E'\\n' || NEW.canonical, 'UTF8')), 'hex');
    UPDATE incidents_incident SET timeline_seq = NEW.seq, timeline_hash = NEW.hash WHERE id = NEW.incident_id;
    RETURN NEW;
END $$;

CREATE TRIGGER timeline_chain BEFORE INSERT ON incidents_timelineevent
    FOR EACH ROW EXECUTE FUNCTION timeline_chain();

CREATE FUNCTION timeline_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the timeline is append-only: % on % is refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER timeline_no_change BEFORE UPDATE OR DELETE ON incidents_timelineevent
    FOR EACH ROW EXECUTE FUNCTION timeline_refuse();

CREATE FUNCTION timeline_guard_payload() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND EXISTS (
        SELECT 1 FROM incidents_timelineevent WHERE kind = 'redacted' AND supersedes_id = OLD.event_id
    ) THEN
        RETURN OLD;
    END IF;
    -- A person who is anonymised loses the name beside the event; what happened stays. No other name may take its place.
    IF TG_OP = 'UPDATE' AND NEW.label = '' AND (NEW.event_id, NEW.salt, NEW.body) = (OLD.event_id, OLD.salt, OLD.body) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'the timeline is append-only: % on % is refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER timeline_guard_payload BEFORE UPDATE OR DELETE ON incidents_timelinepayload
    FOR EACH ROW EXECUTE FUNCTION timeline_guard_payload();

CREATE FUNCTION timeline_guard_head() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Only the chain's own trigger moves the head: forward, one event at a time, onto an event's hash.
    IF (NEW.timeline_seq, NEW.timeline_hash) IS DISTINCT FROM (OLD.timeline_seq, OLD.timeline_hash)
       AND pg_trigger_depth() < 2 THEN
        RAISE EXCEPTION 'the timeline is append-only: its head is moved by inserting events'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    -- The ref is hashed into every event.
    IF NEW.number <> OLD.number THEN
        RAISE EXCEPTION 'the timeline is append-only: an incident keeps its number'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER timeline_guard_head BEFORE UPDATE OF timeline_seq, timeline_hash, number ON incidents_incident
    FOR EACH ROW EXECUTE FUNCTION timeline_guard_head();

CREATE TRIGGER timeline_no_truncate BEFORE TRUNCATE ON incidents_timelineevent
    FOR EACH STATEMENT EXECUTE FUNCTION timeline_refuse();
CREATE TRIGGER timeline_no_truncate BEFORE TRUNCATE ON incidents_timelinepayload
    FOR EACH STATEMENT EXECUTE FUNCTION timeline_refuse();
"""

UNDO = """
DROP TRIGGER timeline_no_truncate ON incidents_timelinepayload;
DROP TRIGGER timeline_no_truncate ON incidents_timelineevent;
DROP TRIGGER timeline_guard_head ON incidents_incident;
DROP FUNCTION timeline_guard_head();
DROP TRIGGER timeline_guard_payload ON incidents_timelinepayload;
DROP FUNCTION timeline_guard_payload();
DROP TRIGGER timeline_no_change ON incidents_timelineevent;
DROP FUNCTION timeline_refuse();
DROP TRIGGER timeline_chain ON incidents_timelineevent;
DROP FUNCTION timeline_chain();
DROP FUNCTION timeline_iso(timestamptz);
"""


class Migration(migrations.Migration):
    dependencies = [("incidents", "0001_initial")]
    operations = [migrations.RunSQL(CHAIN, UNDO)]
