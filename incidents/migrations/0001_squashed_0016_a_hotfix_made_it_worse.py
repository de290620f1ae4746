"""All tables of this app, as they are since 0016, and what the database itself keeps of the timeline.

It numbers, stamps and chains events and refuses to change or delete them; a redaction destroys the words and the bytes
of a file by itself, so who writes it need not be allowed to delete anything (config/database/roles.py). Plain SQL on purpose: no
client can ask it to look away. The rules are written down in docs/timeline.md.

The clock of a simulation: the real verbs run by it, in a transaction that the database will not let commit.
`public.clock_timestamp()` stands behind PostgreSQL's own until a transaction puts its schema first (incidents/
simulation/stage.py). It tells another time only while a row lies in its table, and a row in this table makes the
commit fail: no entry of a timeline that stays can carry a made-up moment, whoever asks for one.
"""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import foundation.text
from foundation.tables import Tables

TIMELINE = """
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

CREATE FUNCTION timeline_destroy() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    gone bigint;
BEGIN
    DELETE FROM incidents_timelinepayload WHERE event_id = NEW.supersedes_id;
    DELETE FROM incidents_attachment WHERE event_id = NEW.supersedes_id RETURNING blob_id INTO gone;
    DELETE FROM foundation_blob WHERE id = gone;
    RETURN NULL;
END $$;

CREATE TRIGGER timeline_destroy AFTER INSERT ON incidents_timelineevent
    FOR EACH ROW WHEN (NEW.kind = 'redacted') EXECUTE FUNCTION timeline_destroy();
"""

TIMELINE_AWAY = """
DROP TRIGGER timeline_destroy ON incidents_timelineevent;
DROP FUNCTION timeline_destroy();
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

SIMULATED_MOMENT = """
CREATE TABLE incidents_simulatedmoment (at timestamptz NOT NULL);

CREATE FUNCTION simulation_never_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a simulation never stays: roll this transaction back'
        USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE CONSTRAINT TRIGGER simulation_never_stays AFTER INSERT OR UPDATE ON incidents_simulatedmoment
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION simulation_never_stays();

CREATE FUNCTION clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE AS $$
    SELECT coalesce((SELECT at FROM incidents_simulatedmoment LIMIT 1), pg_catalog.clock_timestamp())
$$;
"""

SIMULATED_MOMENT_AWAY = """
DROP FUNCTION IF EXISTS public.clock_timestamp();
DROP TABLE incidents_simulatedmoment;
DROP FUNCTION simulation_never_stays();
"""


class Migration(migrations.Migration):
    replaces = [
        ("incidents", "0001_initial"),
        ("incidents", "0002_append_only"),
        ("incidents", "0003_clock_warnings"),
        ("incidents", "0004_destroy_by_trigger"),
        ("incidents", "0005_damage_contained"),
        ("incidents", "0006_clocks_of_a_process"),
        ("incidents", "0007_roles"),
        ("incidents", "0008_exits"),
        ("incidents", "0009_checklist"),
        ("incidents", "0010_attachments"),
        ("incidents", "0011_simulated_moment"),
        ("incidents", "0012_limits_before"),
        ("incidents", "0013_obligations"),
        ("incidents", "0014_measured_watch"),
        ("incidents", "0015_reminders"),
        ("incidents", "0016_a_hotfix_made_it_worse"),
    ]

    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        ("foundation", "0003_blobs"),
        ("monitoring", "0002_receivers"),
        ("products", "0004_role_holders"),
    ]

    operations = [
        Tables(
            tables=[
                migrations.CreateModel(
                    name="TimelineEvent",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("seq", models.PositiveIntegerField(db_default=0)),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("declared", "Declared"),
                                    ("acknowledged", "Acknowledged"),
                                    ("described", "Described"),
                                    ("severity_confirmed", "Severity confirmed"),
                                    ("severity_changed", "Severity changed"),
                                    ("assigned", "Assigned"),
                                    ("handed_over", "Handed over"),
                                    ("noted", "Note"),
                                    ("updated", "Update"),
                                    ("asked", "Question"),
                                    ("answered", "Answer"),
                                    ("mitigated", "Damage contained"),
                                    ("resolved", "Resolved"),
                                    ("reopened", "Reopened"),
                                    ("closed", "Closed"),
                                    ("declined", "Declined"),
                                    ("deferred", "Deferred"),
                                    ("duplicate_marked", "Marked as a duplicate"),
                                    ("corrected", "Corrected"),
                                    ("redacted", "Redacted"),
                                    ("decided", "Decided"),
                                    ("hotfix_started", "Hotfix started"),
                                    ("rollback_started", "Rollback started"),
                                    ("branch_seen", "Branch seen"),
                                    ("fix_pushed", "Fix pushed"),
                                    ("review_requested", "Review requested"),
                                    ("approved", "Approved"),
                                    ("approval_dismissed", "Approval dismissed"),
                                    ("merged", "Merged"),
                                    ("tagged", "Tagged"),
                                    ("released", "Released"),
                                    ("deploy_started", "Deployment started"),
                                    ("deployed", "Deployed"),
                                    ("deploy_failed", "Deployment failed"),
                                    ("rolled_back", "Rolled back"),
                                    ("regressed", "It got worse"),
                                    ("smoke_passed", "Smoke tests passed"),
                                    ("smoke_failed", "Smoke tests failed"),
                                    ("watch_opened", "Watch opened"),
                                    ("watch_extended", "Watch extended"),
                                    ("watch_met", "Watch finished"),
                                    ("watch_failed", "Watch failed"),
                                    ("message_sent", "Message sent"),
                                    ("check_changed", "Check changed"),
                                    ("overridden", "Overridden"),
                                    ("attested", "Attested"),
                                    ("clock_breached", "Time ran out"),
                                    ("clock_paused", "Clock paused"),
                                    ("clock_resumed", "Clock resumed"),
                                    ("clock_waived", "Clock waived"),
                                    ("monitor_down", "Monitor down"),
                                    ("monitor_up", "Monitor up"),
                                    ("alert_received", "Alert received"),
                                    ("postmortem_scheduled", "Postmortem scheduled"),
                                    ("postmortem_published", "Postmortem published"),
                                ],
                                max_length=30,
                            ),
                        ),
                        ("occurred_at", models.DateTimeField()),
                        (
                            "recorded_at",
                            models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                        ),
                        ("source", models.CharField(max_length=40)),
                        ("subject", models.CharField(blank=True, default="", max_length=20)),
                        ("payload_digest", models.CharField(max_length=64)),
                        ("canonical", models.TextField(db_default="")),
                        ("prev_hash", models.CharField(db_default="", max_length=64)),
                        ("hash", models.CharField(db_default="", max_length=64)),
                        (
                            "actor",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "incident",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="events",
                                to="incidents.incident",
                            ),
                        ),
                        (
                            "supersedes",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="superseded_by",
                                to="incidents.timelineevent",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("incident", "seq"), name="timeline_gapless")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Incident",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("number", models.PositiveBigIntegerField(unique=True)),
                        (
                            "title",
                            models.CharField(
                                max_length=200,
                                validators=[foundation.text.plain_text, foundation.text.single_line],
                            ),
                        ),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("triage", "Triage"),
                                    ("active", "Active"),
                                    ("monitoring", "Damage contained"),
                                    ("resolved", "Resolved"),
                                    ("closed", "Closed"),
                                    ("declined", "Declined"),
                                    ("deferred", "Deferred"),
                                    ("duplicate", "Duplicate"),
                                ],
                                max_length=12,
                            ),
                        ),
                        (
                            "mode",
                            models.CharField(
                                choices=[
                                    ("live", "Live"),
                                    ("drill", "Drill"),
                                    ("retrospective", "Retrospective"),
                                ],
                                default="live",
                                max_length=14,
                            ),
                        ),
                        ("private", models.BooleanField(default=False)),
                        (
                            "impact",
                            models.TextField(
                                blank=True, max_length=4000, validators=[foundation.text.plain_text]
                            ),
                        ),
                        (
                            "workaround",
                            models.TextField(
                                blank=True, max_length=4000, validators=[foundation.text.plain_text]
                            ),
                        ),
                        ("users_affected", models.PositiveBigIntegerField(blank=True, null=True)),
                        ("users_estimated", models.BooleanField(default=False)),
                        (
                            "users_source",
                            models.CharField(
                                blank=True, max_length=200, validators=[foundation.text.plain_text]
                            ),
                        ),
                        ("security", models.BooleanField(default=False)),
                        ("data_loss", models.BooleanField(default=False)),
                        (
                            "affected_version",
                            models.CharField(
                                blank=True, max_length=80, validators=[foundation.text.plain_text]
                            ),
                        ),
                        ("detected_at", models.DateTimeField()),
                        ("declared_at", models.DateTimeField()),
                        ("acknowledged_at", models.DateTimeField(null=True)),
                        ("resolved_at", models.DateTimeField(null=True)),
                        ("timeline_seq", models.PositiveIntegerField(default=0)),
                        ("timeline_hash", models.CharField(blank=True, default="", max_length=64)),
                        (
                            "declared_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "environment",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                to="products.environment",
                            ),
                        ),
                        (
                            "lead",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "process_version",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="products.processversion"
                            ),
                        ),
                        (
                            "product",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="incidents",
                                to="products.product",
                            ),
                        ),
                        (
                            "severity",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="products.severity"
                            ),
                        ),
                        (
                            "target",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="incidents",
                                to="monitoring.target",
                            ),
                        ),
                        ("reported_at", models.DateTimeField(null=True)),
                        ("roles_due_at", models.DateTimeField(null=True)),
                        (
                            "deferred_to",
                            models.CharField(
                                blank=True, default="", max_length=80, validators=[foundation.text.plain_text]
                            ),
                        ),
                        (
                            "duplicate_of",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="duplicates",
                                to="incidents.incident",
                            ),
                        ),
                        ("remedy_at", models.DateTimeField(null=True)),
                        ("update_due_at", models.DateTimeField(null=True)),
                        ("remind_at", models.DateTimeField(null=True)),
                        ("escalate_at", models.DateTimeField(null=True)),
                        ("escalated", models.PositiveSmallIntegerField(default=0)),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["-declared_at", "-id"], name="incident_newest_first"),
                            models.Index(fields=["product", "status"], name="incident_by_product"),
                            models.Index(
                                condition=models.Q(
                                    ("roles_due_at__isnull", False),
                                    ("status__in", ("triage", "active", "monitoring")),
                                ),
                                fields=["roles_due_at"],
                                name="incident_roles_due",
                            ),
                            models.Index(
                                condition=models.Q(
                                    ("remind_at__isnull", False),
                                    ("status__in", ("triage", "active", "monitoring")),
                                ),
                                fields=["remind_at"],
                                name="incident_remind_due",
                            ),
                            models.Index(
                                condition=models.Q(
                                    ("acknowledged_at", None),
                                    ("escalate_at__isnull", False),
                                    ("status__in", ["triage", "active", "monitoring"]),
                                ),
                                fields=["escalate_at"],
                                name="incident_escalate",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("status__in", ("triage", "active", "monitoring"))),
                                fields=("target",),
                                name="one_open_incident_per_target",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "status__in",
                                        [
                                            "triage",
                                            "active",
                                            "monitoring",
                                            "resolved",
                                            "closed",
                                            "declined",
                                            "deferred",
                                            "duplicate",
                                        ],
                                    )
                                ),
                                name="incident_status_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("detected_at__lte", models.F("declared_at"))),
                                name="detected_before_declared",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("duplicate_of", models.F("pk")), _negated=True),
                                name="no_duplicate_of_itself",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("status", "duplicate"), _negated=True),
                                    ("duplicate_of__isnull", False),
                                    _connector="OR",
                                ),
                                name="duplicate_of_something",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("status", "deferred"), _negated=True),
                                    models.Q(("deferred_to", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="deferred_to_a_release",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Assignment",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("role", models.CharField(max_length=40)),
                        ("label", models.CharField(max_length=80)),
                        ("since", models.DateTimeField()),
                        ("until", models.DateTimeField(null=True)),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "incident",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="assignments",
                                to="incidents.incident",
                            ),
                        ),
                        ("break_glass", models.BooleanField(default=False)),
                        (
                            "by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("note", models.CharField(blank=True, max_length=1000)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("until", None)),
                                fields=("incident", "role"),
                                name="one_holder_per_role",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Participant",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("since", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                        (
                            "incident",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="participants",
                                to="incidents.incident",
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("incident", "user"), name="participates_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="TimelinePayload",
                    fields=[
                        (
                            "event",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                primary_key=True,
                                related_name="payload",
                                serialize=False,
                                to="incidents.timelineevent",
                            ),
                        ),
                        ("salt", models.CharField(max_length=32)),
                        ("body", models.TextField()),
                        ("label", models.CharField(blank=True, max_length=200)),
                    ],
                ),
                migrations.CreateModel(
                    name="RedactionRequest",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("reason", models.TextField(max_length=1000)),
                        ("asked_at", models.DateTimeField()),
                        ("settled_at", models.DateTimeField(null=True)),
                        ("confirmed", models.BooleanField(null=True)),
                        ("alone", models.BooleanField(default=False)),
                        (
                            "asked_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "settled_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "event",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="redaction_requests",
                                to="incidents.timelineevent",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("settled_at", None)),
                                fields=("event",),
                                name="one_open_redaction_request",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("settled_by", None),
                                    ("alone", True),
                                    ("confirmed", False),
                                    models.Q(("settled_by", models.F("asked_by")), _negated=True),
                                    _connector="OR",
                                ),
                                name="redaction_needs_a_second_person",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Clock",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("subject", models.CharField(blank=True, default="", max_length=20)),
                        ("key", models.CharField(max_length=40)),
                        ("cycle", models.PositiveSmallIntegerField(default=1)),
                        ("label", models.CharField(max_length=80)),
                        (
                            "kind",
                            models.CharField(
                                choices=[("commitment", "commitment"), ("target", "target")], max_length=12
                            ),
                        ),
                        ("severity", models.CharField(max_length=40)),
                        ("target", models.CharField(max_length=80)),
                        ("target_s", models.PositiveIntegerField(null=True)),
                        ("started_at", models.DateTimeField()),
                        ("due_at", models.DateTimeField(null=True)),
                        ("due_set_at", models.DateTimeField()),
                        ("stopped_at", models.DateTimeField(null=True)),
                        ("breached_at", models.DateTimeField(null=True)),
                        ("noticed_at", models.DateTimeField(null=True)),
                        ("cancelled_at", models.DateTimeField(null=True)),
                        ("pauses", models.JSONField(default=list)),
                        (
                            "incident",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="clocks",
                                to="incidents.incident",
                            ),
                        ),
                        (
                            "started_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="incidents.timelineevent",
                            ),
                        ),
                        (
                            "stopped_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="incidents.timelineevent",
                            ),
                        ),
                        ("warn_at", models.DateTimeField(null=True)),
                        ("at_least", models.BooleanField(default=False)),
                        ("calendar", models.JSONField(null=True)),
                        ("holds", models.JSONField(default=list)),
                        ("start", models.CharField(default="detected_at", max_length=60)),
                        ("waived_at", models.DateTimeField(null=True)),
                        ("limits_before", models.JSONField(default=list)),
                        ("measured", models.BooleanField(default=False)),
                        ("extended_s", models.PositiveIntegerField(default=0)),
                        ("warned", models.PositiveSmallIntegerField(default=0)),
                        ("idle_s", models.PositiveIntegerField(default=0)),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(
                                    ("at_least", False),
                                    ("breached_at", None),
                                    ("cancelled_at", None),
                                    ("due_at__isnull", False),
                                    ("stopped_at", None),
                                    ("waived_at", None),
                                ),
                                fields=["due_at"],
                                name="clock_due",
                            ),
                            models.Index(
                                condition=models.Q(
                                    ("breached_at", None),
                                    ("cancelled_at", None),
                                    ("stopped_at", None),
                                    ("waived_at", None),
                                    ("warn_at__isnull", False),
                                ),
                                fields=["warn_at"],
                                name="clock_warn",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("incident", "subject", "key", "cycle"), name="one_clock_per_cycle"
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(
                                    ("cancelled_at", None), ("stopped_at", None), ("waived_at", None)
                                ),
                                fields=("incident", "subject", "key"),
                                name="one_running_clock_per_key",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="TimelineLine",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("language", models.CharField(default="en", max_length=10)),
                        ("template_version", models.PositiveSmallIntegerField()),
                        ("html", models.TextField()),
                        (
                            "event",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="lines",
                                to="incidents.timelineevent",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("event", "language"), name="one_line_per_language"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ChecklistItem",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[("open", "open"), ("done", "done"), ("not_needed", "not needed")],
                                default="open",
                                max_length=10,
                            ),
                        ),
                        ("done_at", models.DateTimeField(null=True)),
                        ("subject", models.CharField(blank=True, default="", max_length=20)),
                        ("position", models.PositiveSmallIntegerField()),
                        ("title", models.CharField(max_length=200)),
                        ("check_key", models.CharField(blank=True, default="", max_length=40)),
                        ("step", models.CharField(blank=True, default="", max_length=40)),
                        ("done_on", models.JSONField(default=list)),
                        (
                            "done_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "done_by_event",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="incidents.timelineevent",
                            ),
                        ),
                        (
                            "incident",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="checklist",
                                to="incidents.incident",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["position"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("incident", "subject", "position"), name="one_box_per_position"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="StepMark",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[("open", "open"), ("done", "done"), ("not_needed", "not needed")],
                                default="open",
                                max_length=10,
                            ),
                        ),
                        ("done_at", models.DateTimeField(null=True)),
                        ("subject", models.CharField(blank=True, default="", max_length=20)),
                        ("key", models.CharField(max_length=40)),
                        (
                            "done_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "done_by_event",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="incidents.timelineevent",
                            ),
                        ),
                        (
                            "incident",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="step_marks",
                                to="incidents.incident",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("incident", "subject", "key"), name="one_mark_per_step"
                            )
                        ],
                    },
                ),
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
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="foundation.blob",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="Obligation",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("message", models.CharField(max_length=40)),
                        ("title", models.CharField(max_length=200)),
                        ("cycle", models.PositiveIntegerField()),
                        ("role", models.CharField(blank=True, max_length=80)),
                        ("due_at", models.DateTimeField()),
                        ("late_at", models.DateTimeField()),
                        ("done_at", models.DateTimeField(null=True)),
                        ("outcome", models.CharField(blank=True, max_length=8)),
                        ("told_due_at", models.DateTimeField(null=True)),
                        ("told_late_at", models.DateTimeField(null=True)),
                        ("look_at", models.DateTimeField(null=True)),
                        (
                            "incident",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="obligations",
                                to="incidents.incident",
                            ),
                        ),
                        (
                            "owner",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["due_at", "pk"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("look_at__isnull", False)),
                                fields=["look_at"],
                                name="obligation_look_due",
                            ),
                            models.Index(
                                condition=models.Q(("done_at", None)),
                                fields=["owner", "due_at"],
                                name="obligation_owed_by",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("incident", "message", "cycle"), name="owed_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("done_at", None), ("outcome", "")),
                                    models.Q(
                                        ("done_at__isnull", False),
                                        ("look_at", None),
                                        ("outcome__in", ["sent", "moot"]),
                                    ),
                                    _connector="OR",
                                ),
                                name="obligation_ends_whole",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("late_at__gte", models.F("due_at"))),
                                name="obligation_late_after_due",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Reminder",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("stage", models.PositiveSmallIntegerField()),
                        ("at", models.DateTimeField()),
                        ("noticed_at", models.DateTimeField()),
                        ("due_at", models.DateTimeField()),
                        ("about", models.CharField(blank=True, default="", max_length=60)),
                        (
                            "clock",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="reminders",
                                to="incidents.clock",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("about", ""), _negated=True),
                                fields=["about"],
                                name="reminder_told",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("clock", "stage"), name="reminded_once")
                        ],
                    },
                ),
            ],
        ),
        migrations.RunSQL(TIMELINE, TIMELINE_AWAY),
        migrations.RunSQL(SIMULATED_MOMENT, SIMULATED_MOMENT_AWAY),
    ]
