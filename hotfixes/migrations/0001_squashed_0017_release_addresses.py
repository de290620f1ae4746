"""All tables of this app, as they are since 0017, and four eyes as the database's own rule.

Nobody approves what they wrote, asked for or began, whoever a row names: neither who began the hotfix, nor who asked
for its review last, nor who said that they pushed it, nor by name or address who wrote its commits. An approval is not
edited, only withdrawn once. Plain SQL on purpose: no client can ask it to look away.
"""

import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import foundation.text
from foundation.tables import Tables

FOUR_EYES = """
CREATE FUNCTION approval_by_somebody_else() RETURNS trigger LANGUAGE plpgsql AS $$
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

CREATE TRIGGER approval_by_somebody_else BEFORE INSERT ON hotfixes_approval
    FOR EACH ROW EXECUTE FUNCTION approval_by_somebody_else();

CREATE FUNCTION approval_is_not_edited() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.withdrawn_at IS NULL
        AND to_jsonb(NEW) - 'withdrawn_at' = to_jsonb(OLD) - 'withdrawn_at' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'an approval is withdrawn, never edited: % is refused', TG_OP
        USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER approval_is_not_edited BEFORE UPDATE OR DELETE ON hotfixes_approval
    FOR EACH ROW EXECUTE FUNCTION approval_is_not_edited();
"""

FOUR_EYES_AWAY = """
DROP TRIGGER approval_is_not_edited ON hotfixes_approval;
DROP FUNCTION approval_is_not_edited();
DROP TRIGGER approval_by_somebody_else ON hotfixes_approval;
DROP FUNCTION approval_by_somebody_else();
"""


class Migration(migrations.Migration):
    replaces = [
        ("hotfixes", "0001_decision"),
        ("hotfixes", "0002_words_on_the_timeline"),
        ("hotfixes", "0003_facts_without_words"),
        ("hotfixes", "0004_hotfixes_and_checks"),
        ("hotfixes", "0005_audits"),
        ("hotfixes", "0006_judged_and_told"),
        ("hotfixes", "0007_what_was_found"),
        ("hotfixes", "0008_said_on_the_forge"),
        ("hotfixes", "0009_beside_the_checks"),
        ("hotfixes", "0010_what_was_seen_lately"),
        ("hotfixes", "0011_rollbacks_watches_questions_approvals"),
        ("hotfixes", "0012_four_eyes"),
        ("hotfixes", "0013_previews_and_rollback_steps"),
        ("hotfixes", "0014_look_again"),
        ("hotfixes", "0015_smoke_ticks"),
        ("hotfixes", "0016_four_eyes_of_everybody"),
        ("hotfixes", "0017_release_addresses"),
    ]

    initial = True

    dependencies = [
        ("accounts", "0002_api_tokens"),
        ("incidents", "0012_limits_before"),
        ("monitoring", "0002_receivers"),
        ("products", "0010_deployments_followed"),
    ]

    operations = [
        Tables(
            tables=[
                migrations.CreateModel(
                    name="Decision",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("number", models.PositiveSmallIntegerField()),
                        (
                            "choice",
                            models.CharField(
                                choices=[
                                    ("hotfix", "Hotfix"),
                                    ("rollback", "Rollback"),
                                    ("mitigate", "Contain it first"),
                                    ("defer", "Leave it for a release"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("option", models.CharField(blank=True, max_length=40)),
                        ("option_title", models.CharField(blank=True, max_length=200)),
                        (
                            "to",
                            models.CharField(
                                blank=True, max_length=80, validators=[foundation.text.plain_text]
                            ),
                        ),
                        ("role", models.CharField(max_length=80)),
                        ("right", models.CharField(max_length=12)),
                        ("token", models.CharField(blank=True, max_length=80)),
                        ("at", models.DateTimeField()),
                        ("facts", models.JSONField()),
                        ("digest", models.CharField(max_length=64)),
                        ("superseded_at", models.DateTimeField(null=True)),
                        (
                            "by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "event",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="decision",
                                to="incidents.timelineevent",
                            ),
                        ),
                        (
                            "incident",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="decisions",
                                to="incidents.incident",
                            ),
                        ),
                        ("emergency", models.BooleanField(default=False)),
                        ("revisit_at", models.DateTimeField(null=True)),
                        ("revisit_told_at", models.DateTimeField(null=True)),
                    ],
                    options={
                        "ordering": ["-at", "-pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("incident", "number"), name="one_decision_per_number"
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("superseded_at", None)),
                                fields=("incident",),
                                name="one_standing_decision",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("choice__in", ["hotfix", "rollback", "mitigate", "defer"])
                                ),
                                name="decision_choice_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("superseded_at", None),
                                    ("superseded_at__gte", models.F("at")),
                                    _connector="OR",
                                ),
                                name="superseded_later",
                            ),
                        ],
                        "indexes": [
                            models.Index(
                                condition=models.Q(
                                    ("revisit_at__isnull", False),
                                    ("revisit_told_at", None),
                                    ("superseded_at", None),
                                ),
                                fields=["revisit_at"],
                                name="decision_revisit_due",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Hotfix",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("number", models.PositiveBigIntegerField(unique=True)),
                        ("policy", models.JSONField()),
                        ("called", models.CharField(max_length=80)),
                        ("component", models.CharField(blank=True, max_length=60)),
                        ("old_version", models.CharField(blank=True, max_length=40)),
                        ("new_version", models.CharField(blank=True, max_length=40)),
                        (
                            "base_tag",
                            models.CharField(
                                blank=True,
                                max_length=250,
                                validators=[foundation.text.plain_text, foundation.text.single_line],
                            ),
                        ),
                        (
                            "branch",
                            models.CharField(
                                blank=True,
                                max_length=250,
                                validators=[foundation.text.plain_text, foundation.text.single_line],
                            ),
                        ),
                        ("slug", models.CharField(blank=True, max_length=60)),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("open", "open"),
                                    ("released", "released"),
                                    ("abandoned", "abandoned"),
                                ],
                                default="open",
                                max_length=10,
                            ),
                        ),
                        ("started_at", models.DateTimeField()),
                        ("ended_at", models.DateTimeField(null=True)),
                        ("look_at", models.DateTimeField(null=True)),
                        ("lease_token", models.UUIDField(null=True)),
                        ("looked_at", models.DateTimeField(null=True)),
                        (
                            "incident",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="hotfixes",
                                to="incidents.incident",
                            ),
                        ),
                        (
                            "product",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="hotfixes",
                                to="products.product",
                            ),
                        ),
                        (
                            "repository",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="hotfixes",
                                to="products.repository",
                            ),
                        ),
                        (
                            "started_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("judged_seq", models.PositiveIntegerField(default=0)),
                        ("closed_at", models.DateTimeField(null=True)),
                        ("verify_at", models.DateTimeField(null=True)),
                        ("preflight", models.JSONField(default=list)),
                        ("guard", models.JSONField(default=list)),
                        ("authors", models.JSONField(default=list)),
                    ],
                    options={
                        "ordering": ["-number"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("look_at__isnull", False)),
                                fields=["look_at"],
                                name="hotfix_look_due",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("status", "open")),
                                fields=("incident", "product"),
                                name="one_open_hotfix_per_product",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("status__in", ["open", "released", "abandoned"])),
                                name="hotfix_status_known",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ForgeReading",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("data", models.JSONField(default=dict)),
                        ("etags", models.JSONField(default=dict)),
                        ("read_at", models.DateTimeField(null=True)),
                        ("tried_at", models.DateTimeField(null=True)),
                        ("trouble", models.CharField(blank=True, max_length=24)),
                        ("detail", models.CharField(blank=True, max_length=300)),
                        ("until", models.DateTimeField(null=True)),
                        (
                            "hotfix",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="forge_reading",
                                to="hotfixes.hotfix",
                            ),
                        ),
                        ("said", models.JSONField(default=dict)),
                    ],
                ),
                migrations.CreateModel(
                    name="Evidence",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("tests", "tests"),
                                    ("smoke", "smoke tests"),
                                    ("artifact", "artifact"),
                                    ("note", "note"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("passed", models.BooleanField(null=True)),
                        ("summary", models.CharField(blank=True, max_length=500)),
                        ("url", models.URLField(blank=True, max_length=1000)),
                        ("data", models.JSONField(default=dict)),
                        ("head", models.CharField(blank=True, max_length=64)),
                        ("at", models.DateTimeField()),
                        ("token", models.CharField(blank=True, max_length=80)),
                        (
                            "by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "hotfix",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="evidence",
                                to="hotfixes.hotfix",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name_plural": "evidence",
                        "ordering": ["pk"],
                    },
                ),
                migrations.CreateModel(
                    name="CheckResult",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("key", models.CharField(max_length=40)),
                        (
                            "verdict",
                            models.CharField(
                                choices=[
                                    ("PASS", "done"),
                                    ("STATED", "stated"),
                                    ("FAIL", "not right"),
                                    ("WARN", "worth a look"),
                                    ("PENDING", "waiting"),
                                    ("UNKNOWN", "can't tell"),
                                    ("N/A", "not needed"),
                                ],
                                max_length=8,
                            ),
                        ),
                        ("summary", models.TextField()),
                        ("proof", models.JSONField(default=list)),
                        ("facts", models.JSONField(default=dict)),
                        ("next_text", models.TextField(blank=True)),
                        ("next_commands", models.JSONField(default=list)),
                        ("observed_at", models.DateTimeField()),
                        ("looked_at", models.DateTimeField()),
                        ("superseded_at", models.DateTimeField(null=True)),
                        (
                            "hotfix",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="results",
                                to="hotfixes.hotfix",
                            ),
                        ),
                        ("told", models.BooleanField(default=False)),
                    ],
                    options={
                        "ordering": ["pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("superseded_at", None)),
                                fields=("hotfix", "key"),
                                name="one_answer_per_check",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "verdict__in",
                                        ["PASS", "STATED", "FAIL", "WARN", "PENDING", "UNKNOWN", "N/A"],
                                    )
                                ),
                                name="verdict_known",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Attestation",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("key", models.CharField(max_length=40)),
                        ("role", models.CharField(blank=True, max_length=80)),
                        ("at", models.DateTimeField()),
                        (
                            "verdict",
                            models.CharField(
                                choices=[
                                    ("PASS", "done"),
                                    ("STATED", "stated"),
                                    ("FAIL", "not right"),
                                    ("WARN", "worth a look"),
                                    ("PENDING", "waiting"),
                                    ("UNKNOWN", "can't tell"),
                                    ("N/A", "not needed"),
                                ],
                                max_length=8,
                            ),
                        ),
                        ("digest", models.CharField(max_length=64)),
                        ("withdrawn_at", models.DateTimeField(null=True)),
                        ("url", models.URLField(blank=True, max_length=1000)),
                        (
                            "by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "event",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="incidents.timelineevent",
                            ),
                        ),
                        (
                            "hotfix",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="%(class)ss",
                                to="hotfixes.hotfix",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["pk"],
                        "abstract": False,
                    },
                ),
                migrations.CreateModel(
                    name="Mirror",
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
                                choices=[
                                    ("new", "not read yet"),
                                    ("ready", "read"),
                                    ("trouble", "cannot be read"),
                                ],
                                default="new",
                                max_length=8,
                            ),
                        ),
                        (
                            "due_at",
                            models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                        ),
                        ("lease_token", models.UUIDField(null=True)),
                        ("asked_at", models.DateTimeField(null=True)),
                        ("percent", models.PositiveSmallIntegerField(null=True)),
                        ("phase", models.CharField(blank=True, max_length=12)),
                        ("trouble", models.CharField(blank=True, max_length=24)),
                        ("detail", models.CharField(blank=True, max_length=300)),
                        ("trouble_since", models.DateTimeField(null=True)),
                        ("failures", models.PositiveIntegerField(default=0)),
                        ("looked_at", models.DateTimeField(null=True)),
                        ("good_at", models.DateTimeField(null=True)),
                        ("size", models.PositiveBigIntegerField(default=0)),
                        ("refs", models.PositiveIntegerField(default=0)),
                        ("default_branch", models.CharField(blank=True, max_length=250)),
                        (
                            "repository",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="mirror",
                                to="products.repository",
                            ),
                        ),
                        ("found", models.JSONField(default=dict)),
                        ("hook", models.JSONField(default=dict)),
                    ],
                    options={
                        "indexes": [models.Index(fields=["due_at"], name="mirror_due")],
                    },
                ),
                migrations.CreateModel(
                    name="Override",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("key", models.CharField(max_length=40)),
                        ("role", models.CharField(blank=True, max_length=80)),
                        ("at", models.DateTimeField()),
                        (
                            "verdict",
                            models.CharField(
                                choices=[
                                    ("PASS", "done"),
                                    ("STATED", "stated"),
                                    ("FAIL", "not right"),
                                    ("WARN", "worth a look"),
                                    ("PENDING", "waiting"),
                                    ("UNKNOWN", "can't tell"),
                                    ("N/A", "not needed"),
                                ],
                                max_length=8,
                            ),
                        ),
                        ("digest", models.CharField(max_length=64)),
                        ("withdrawn_at", models.DateTimeField(null=True)),
                        ("needs_second", models.BooleanField(default=False)),
                        (
                            "by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "event",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="incidents.timelineevent",
                            ),
                        ),
                        (
                            "hotfix",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="%(class)ss",
                                to="hotfixes.hotfix",
                            ),
                        ),
                        (
                            "second",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["pk"],
                        "abstract": False,
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("withdrawn_at", None)),
                                fields=("hotfix", "key"),
                                name="one_override_per_check",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("second", None),
                                    models.Q(("second", models.F("by")), _negated=True),
                                    _connector="OR",
                                ),
                                name="second_is_somebody_else",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RefObservation",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("name", models.TextField()),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("created", "created"),
                                    ("moved", "moved"),
                                    ("forced", "forced"),
                                    ("deleted", "deleted"),
                                    ("untold", "untold"),
                                ],
                                max_length=8,
                            ),
                        ),
                        ("oid", models.CharField(blank=True, max_length=64)),
                        ("commit", models.CharField(blank=True, max_length=64)),
                        ("seen_at", models.DateTimeField()),
                        (
                            "repository",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="observations",
                                to="products.repository",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["pk"],
                        "indexes": [
                            models.Index(fields=["repository", "name", "-id"], name="ref_latest_first"),
                            models.Index(fields=["repository", "seen_at"], name="ref_seen"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="HookSeen",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("delivery", models.CharField(max_length=200)),
                        ("event", models.CharField(max_length=80)),
                        ("sha256", models.CharField(max_length=64)),
                        ("body", models.BinaryField(blank=True)),
                        ("received_at", models.DateTimeField()),
                        (
                            "repository",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="hooks_seen",
                                to="products.repository",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("repository", "delivery"), name="one_delivery_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="AuditRun",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("url", models.CharField(max_length=500)),
                        (
                            "username",
                            models.CharField(
                                blank=True, max_length=100, validators=[foundation.text.plain_text]
                            ),
                        ),
                        ("token", models.TextField(blank=True)),
                        (
                            "product",
                            models.CharField(
                                blank=True, max_length=60, validators=[foundation.text.plain_text]
                            ),
                        ),
                        (
                            "tag",
                            models.CharField(
                                blank=True, max_length=200, validators=[foundation.text.plain_text]
                            ),
                        ),
                        (
                            "limit",
                            models.PositiveSmallIntegerField(
                                default=20,
                                validators=[
                                    django.core.validators.MinValueValidator(1),
                                    django.core.validators.MaxValueValidator(50),
                                ],
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("waiting", "waiting"),
                                    ("running", "running"),
                                    ("done", "done"),
                                    ("failed", "failed"),
                                    ("cancelled", "cancelled"),
                                ],
                                default="waiting",
                                max_length=10,
                            ),
                        ),
                        (
                            "due_at",
                            models.DateTimeField(
                                db_default=django.db.models.functions.datetime.Now(), null=True
                            ),
                        ),
                        ("lease_token", models.UUIDField(null=True)),
                        ("tries", models.PositiveSmallIntegerField(default=0)),
                        ("percent", models.PositiveSmallIntegerField(default=0)),
                        ("phase", models.CharField(blank=True, max_length=12)),
                        ("trouble", models.CharField(blank=True, max_length=24)),
                        ("detail", models.CharField(blank=True, max_length=300)),
                        ("result", models.JSONField(null=True)),
                        (
                            "asked_at",
                            models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                        ),
                        ("done_at", models.DateTimeField(null=True)),
                        (
                            "by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="audits",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "team",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="audits",
                                to="accounts.team",
                            ),
                        ),
                        (
                            "version",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="products.processversion",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-pk"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("due_at__isnull", False)),
                                fields=["due_at"],
                                name="audit_due",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("state__in", ["waiting", "running"])),
                                fields=("by",),
                                name="one_audit_under_way",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("done_at", None), ("state__in", ["waiting", "running"])),
                                    models.Q(
                                        ("done_at__isnull", False),
                                        ("due_at", None),
                                        ("state__in", ["done", "failed", "cancelled"]),
                                        ("token", ""),
                                    ),
                                    _connector="OR",
                                ),
                                name="audit_over_forgets",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Watch",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("remedy", models.CharField(blank=True, max_length=24)),
                        ("kept_from", models.DateTimeField()),
                        ("counts_from", models.DateTimeField(null=True)),
                        ("least_s", models.PositiveIntegerField()),
                        ("coverage", models.PositiveSmallIntegerField(default=95)),
                        ("max_gap", models.PositiveSmallIntegerField(default=3)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("running", "running"),
                                    ("met", "finished"),
                                    ("failed", "failed"),
                                    ("stopped", "stopped"),
                                ],
                                default="running",
                                max_length=8,
                            ),
                        ),
                        ("restarts", models.PositiveSmallIntegerField(default=0)),
                        ("extended_s", models.PositiveIntegerField(default=0)),
                        ("ended_at", models.DateTimeField(null=True)),
                        ("look_until", models.DateTimeField(null=True)),
                        ("facts", models.JSONField(default=dict)),
                        ("look_at", models.DateTimeField(null=True)),
                        (
                            "incident",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="watches",
                                to="incidents.incident",
                            ),
                        ),
                        (
                            "product",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="watches",
                                to="products.product",
                            ),
                        ),
                        (
                            "watcher",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["pk"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("look_at__isnull", False)),
                                fields=["look_at"],
                                name="watch_look_due",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("state", "running")),
                                fields=("incident", "product", "remedy"),
                                name="one_running_watch_per_remedy",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("state__in", ["running", "met", "failed", "stopped"])),
                                name="watch_state_known",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="WatchSample",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("at", models.DateTimeField()),
                        (
                            "verdict",
                            models.CharField(
                                choices=[("good", "good"), ("bad", "bad"), ("unknown", "can't tell")],
                                max_length=8,
                            ),
                        ),
                        ("confirmed", models.BooleanField(default=False)),
                        ("detail", models.CharField(blank=True, max_length=200)),
                        (
                            "target",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="monitoring.target",
                            ),
                        ),
                        (
                            "watch",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="samples",
                                to="hotfixes.watch",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["at", "pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("watch", "target", "at"), name="one_sample_per_look"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Approval",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("head", models.CharField(max_length=64)),
                        ("role", models.CharField(blank=True, max_length=80)),
                        ("at", models.DateTimeField()),
                        ("digest", models.CharField(max_length=64)),
                        ("withdrawn_at", models.DateTimeField(null=True)),
                        (
                            "by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "event",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="incidents.timelineevent",
                            ),
                        ),
                        (
                            "hotfix",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="approvals",
                                to="hotfixes.hotfix",
                            ),
                        ),
                        (
                            "requested_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["pk"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("requested_by", None),
                                    models.Q(("requested_by", models.F("by")), _negated=True),
                                    _connector="OR",
                                ),
                                name="approver_is_somebody_else",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("head", ""), _negated=True), name="approval_names_a_head"
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("withdrawn_at", None)),
                                fields=("hotfix", "head", "by"),
                                name="one_approval_per_head_and_person",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Question",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("about", models.CharField(blank=True, max_length=40)),
                        ("at", models.DateTimeField()),
                        ("answered_at", models.DateTimeField(null=True)),
                        (
                            "answer",
                            models.OneToOneField(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="incidents.timelineevent",
                            ),
                        ),
                        (
                            "answered_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "event",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="incidents.timelineevent",
                            ),
                        ),
                        (
                            "incident",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="questions",
                                to="incidents.incident",
                            ),
                        ),
                        (
                            "to",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["pk"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("answer", None), ("answered_at", None), ("answered_by", None)),
                                    models.Q(("answer__isnull", False), ("answered_at__isnull", False)),
                                    _connector="OR",
                                ),
                                name="answer_is_whole",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Rollback",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("number", models.PositiveBigIntegerField(unique=True)),
                        ("option", models.JSONField(default=dict)),
                        ("option_key", models.CharField(blank=True, max_length=40)),
                        ("from_version", models.CharField(blank=True, max_length=40)),
                        ("to_version", models.CharField(blank=True, max_length=40)),
                        (
                            "from_ref",
                            models.CharField(
                                blank=True,
                                max_length=250,
                                validators=[foundation.text.plain_text, foundation.text.single_line],
                            ),
                        ),
                        (
                            "to_ref",
                            models.CharField(
                                blank=True,
                                max_length=250,
                                validators=[foundation.text.plain_text, foundation.text.single_line],
                            ),
                        ),
                        (
                            "status",
                            models.CharField(
                                choices=[("open", "open"), ("done", "done"), ("abandoned", "abandoned")],
                                default="open",
                                max_length=10,
                            ),
                        ),
                        ("started_at", models.DateTimeField()),
                        ("back_at", models.DateTimeField(null=True)),
                        ("ended_at", models.DateTimeField(null=True)),
                        ("preconditions", models.JSONField(default=list)),
                        ("preview", models.JSONField(default=dict)),
                        ("preview_digest", models.CharField(blank=True, max_length=64)),
                        ("look_at", models.DateTimeField(null=True)),
                        (
                            "decision",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="rollbacks",
                                to="hotfixes.decision",
                            ),
                        ),
                        (
                            "hotfix",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="rollbacks",
                                to="hotfixes.hotfix",
                            ),
                        ),
                        (
                            "incident",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="rollbacks",
                                to="incidents.incident",
                            ),
                        ),
                        (
                            "product",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="rollbacks",
                                to="products.product",
                            ),
                        ),
                        (
                            "started_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-number"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("look_at__isnull", False)),
                                fields=["look_at"],
                                name="rollback_look_due",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("status", "open")),
                                fields=("incident", "product"),
                                name="one_open_rollback_per_product",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("status__in", ["open", "done", "abandoned"])),
                                name="rollback_status_known",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Tally",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("remedy", models.CharField(blank=True, max_length=24)),
                        (
                            "kind",
                            models.CharField(
                                choices=[("errors", "errors"), ("user_reports", "users' reports")],
                                max_length=12,
                            ),
                        ),
                        ("count", models.PositiveIntegerField()),
                        ("since", models.DateTimeField()),
                        ("until", models.DateTimeField()),
                        (
                            "source",
                            models.CharField(
                                blank=True, max_length=80, validators=[foundation.text.plain_text]
                            ),
                        ),
                        ("url", models.URLField(blank=True, max_length=1000)),
                        ("token", models.CharField(blank=True, max_length=80)),
                        ("at", models.DateTimeField()),
                        (
                            "by",
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
                                related_name="tallies",
                                to="incidents.incident",
                            ),
                        ),
                        (
                            "product",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="products.product",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name_plural": "tallies",
                        "ordering": ["pk"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("kind__in", ["errors", "user_reports"])),
                                name="tally_kind_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("until__gte", models.F("since"))),
                                name="tally_ends_after_begin",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Download",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "url",
                            models.CharField(
                                max_length=1000,
                                validators=[foundation.text.plain_text, foundation.text.single_line],
                            ),
                        ),
                        ("status", models.PositiveSmallIntegerField(default=0)),
                        ("size", models.PositiveBigIntegerField(null=True)),
                        ("trouble", models.CharField(blank=True, max_length=40)),
                        ("detail", models.CharField(blank=True, max_length=300)),
                        ("looked_at", models.DateTimeField(null=True)),
                        ("look_at", models.DateTimeField(null=True)),
                        ("lease_token", models.UUIDField(null=True)),
                        (
                            "product",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="downloads",
                                to="products.product",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["pk"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("look_at__isnull", False)),
                                fields=["look_at"],
                                name="download_look_due",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("product", "url"), name="one_download_per_address"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Preview",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "from_ref",
                            models.CharField(
                                max_length=250,
                                validators=[foundation.text.plain_text, foundation.text.single_line],
                            ),
                        ),
                        (
                            "to_ref",
                            models.CharField(
                                max_length=250,
                                validators=[foundation.text.plain_text, foundation.text.single_line],
                            ),
                        ),
                        ("from_commit", models.CharField(blank=True, max_length=64)),
                        ("to_commit", models.CharField(blank=True, max_length=64)),
                        ("data", models.JSONField(default=dict)),
                        ("digest", models.CharField(blank=True, max_length=64)),
                        ("made_at", models.DateTimeField(null=True)),
                        ("trouble", models.CharField(blank=True, max_length=24)),
                        ("detail", models.CharField(blank=True, max_length=300)),
                        ("asked_at", models.DateTimeField()),
                        ("look_at", models.DateTimeField(null=True)),
                        ("lease_token", models.UUIDField(null=True)),
                        ("tries", models.PositiveSmallIntegerField(default=0)),
                        (
                            "product",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="previews",
                                to="products.product",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["pk"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("look_at__isnull", False)),
                                fields=["look_at"],
                                name="preview_look_due",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("product", "from_ref", "to_ref"), name="one_preview_per_way_back"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RollbackStep",
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
                        ("position", models.PositiveSmallIntegerField()),
                        (
                            "part",
                            models.CharField(
                                choices=[("before", "Before"), ("do", "Do"), ("after", "Afterwards")],
                                max_length=8,
                            ),
                        ),
                        ("title", models.CharField(max_length=200)),
                        ("shown_by", models.CharField(blank=True, max_length=20)),
                        ("commands", models.JSONField(default=list)),
                        ("house", models.BooleanField(default=False)),
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
                            "rollback",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="steps",
                                to="hotfixes.rollback",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["position"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("rollback", "position"), name="one_rollback_step_per_position"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("part__in", ["before", "do", "after"])),
                                name="rollback_step_part_known",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SmokeTick",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("item", models.CharField(max_length=40)),
                        ("passed", models.BooleanField()),
                        ("at", models.DateTimeField()),
                        (
                            "by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "watch",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="ticks",
                                to="hotfixes.watch",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["at", "pk"],
                    },
                ),
                migrations.CreateModel(
                    name="ReleaseAddress",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("option", models.CharField(max_length=64)),
                        (
                            "address",
                            models.CharField(
                                max_length=500,
                                validators=[foundation.text.plain_text, foundation.text.single_line],
                            ),
                        ),
                        ("at", models.DateTimeField()),
                        (
                            "by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "product",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="release_addresses",
                                to="products.product",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name_plural": "release addresses",
                        "ordering": ["pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("product", "option"), name="one_release_address_per_way_back"
                            )
                        ],
                    },
                ),
            ],
        ),
        migrations.RunSQL(FOUR_EYES, FOUR_EYES_AWAY),
    ]
