"""The verbs of an incident.

Each is one function: guard, compare-and-set, record, clocks: `lifecycle.perform` does it in one
transaction.
"""

from datetime import UTC, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import User
from foundation import moment
from foundation.blobs import Upload
from incidents.clocks import timing
from incidents.lifecycle.lifecycle import Step, perform
from incidents.models import OPEN, Incident, Status, TimelineEvent
from incidents.roles.roles import LEAD as LEAD
from incidents.roles.roles import assign as assign
from incidents.telling import recipients, reminders, telling
from notifications.queue import Recipient
from products.models import Severity
from products.vocabulary import EventKind

ACKNOWLEDGE = Step(EventKind.ACKNOWLEDGED, OPEN, guard=Q(acknowledged_at=None))
CONFIRM_SEVERITY = Step(EventKind.SEVERITY_CONFIRMED, (Status.TRIAGE,), Status.ACTIVE)
DESCRIBE = Step(EventKind.DESCRIBED, tuple(Status))
BREAK_GLASS = Step(EventKind.ASSIGNED, tuple(Status))
PASS_ON = Step(EventKind.NOTED, OPEN)
NOTE = Step(EventKind.NOTED, tuple(Status))
MITIGATE = Step(EventKind.MITIGATED, (Status.TRIAGE, Status.ACTIVE), Status.MONITORING)
RESOLVE = Step(EventKind.RESOLVED, OPEN, Status.RESOLVED)
REOPEN = Step(
    EventKind.REOPENED,
    (Status.RESOLVED, Status.CLOSED, Status.DECLINED, Status.DEFERRED, Status.DUPLICATE),
    Status.ACTIVE,
)
# What a reopening takes back.
ENDED = {"resolved_at": None, "remedy_at": None, "deferred_to": "", "duplicate_of": None}

DESCRIBED = (
    "title", "impact", "workaround", "users_affected", "users_estimated", "users_source",
    "security", "data_loss", "affected_version", "environment", "reported_at",
)  # fmt: skip


def acknowledge(
    incident: Incident, *, by: User | None, at: datetime | None = None, **how: Any
) -> TimelineEvent:
    """Somebody has seen it and is on it.

    The first one wins; stops the clock `acknowledged`, never `response` (C14). `how` says by which way
    (`by_link=True`); a duty mailbox has no person, `source` and `label` name it.
    """
    return perform(incident, ACKNOWLEDGE, by=by, at=at, stamp="acknowledged_at", measured=True, **how)


def pass_on(
    incident: Incident, *, by: User | None, recipient: str, at: datetime | None = None, **how: Any
) -> TimelineEvent:
    """Somebody who was told cannot take it: the next contact is asked at once, and the timeline says so.

    `recipient` is the key of who cannot (`user:7`).
    """
    with transaction.atomic():
        Incident.objects.select_for_update(of=("self",)).get(pk=incident.pk)
        heir = recipients.next_after(incident, recipient)
        stranded = heir is None
        if heir:
            to = [heir]
        elif telling.is_stranded(incident):
            # Said once: each who cannot either would otherwise ring for all the others again.
            to = []
        else:
            to = recipients.all_hands(incident, but=recipient)
        event = perform(
            incident,
            PASS_ON,
            by=by,
            at=at,
            text=_passed(incident, heir),
            cannot=True,
            stranded=stranded,
            **how,
        )
        telling.pass_on(incident, event, to, stranded=stranded)
        return event


def _passed(incident: Incident, heir: Recipient | None) -> str:
    if heir is None:
        return _("Can't take it. Nobody is left to ask.")
    later = telling.waits_until(incident)
    if later:
        return _("Can't take it. Asked next: %(who)s, at %(at)s.") % {"who": heir.label, "at": later}
    return _("Can't take it. Asked next: %(who)s.") % {"who": heir.label}


def confirm_severity(
    incident: Incident, *, by: User, at: datetime | None = None, text: str = "", **shown: Any
) -> TimelineEvent:
    """The proposed severity is right: triage is over. `shown`: a link or a file that shows it."""
    facts = {"severity": incident.severity.label, **shown}
    return perform(incident, CONFIRM_SEVERITY, by=by, at=at, text=text, **facts)


def change_severity(
    incident: Incident,
    *,
    by: User,
    severity: Severity,
    reason: str,
    seen: Severity | None = None,
    at: datetime | None = None,
) -> TimelineEvent:
    """Another severity, with the reason; in triage this confirms it too. `seen` is the one that the person looked at.

    Running clocks get the new targets and keep accrued pauses.
    """
    _check_change(incident, severity, reason)
    seen = seen or incident.severity
    # Compare-and-set on what the person saw; two changes at once must not overwrite each other.
    to = Status.ACTIVE if incident.status == Status.TRIAGE else None
    guard = Q(severity=seen, status=incident.status)
    step = Step(EventKind.SEVERITY_CHANGED, OPEN, to, guard)
    changes, was, now = {"severity": severity}, seen.label, severity.label
    return perform(incident, step, by=by, at=at, text=reason, changes=changes, was=was, now=now)


def _check_change(incident: Incident, severity: Severity, reason: str) -> None:
    if severity.version_id != incident.process_version_id:
        raise ValidationError(
            {"severity": _("This severity belongs to another process. Choose one of this incident's.")}
        )
    if not reason.strip():
        raise ValidationError({"reason": _("Say why: the next reader was not there.")})
    if severity.pk == incident.severity_id:
        raise ValidationError({"severity": _("It is %(severity)s already.") % {"severity": severity.label}})


def describe(
    incident: Incident, *, by: User, at: datetime | None = None, **facts: Any
) -> TimelineEvent | None:
    """What is known: title, impact, workaround, people affected, flags, version, when it was reported.

    Records old and new of what differs; None if nothing does.
    """
    unknown = set(facts) - set(DESCRIBED)
    if unknown:
        raise TypeError(f"describe() does not take {sorted(unknown)}")
    with transaction.atomic():
        current = Incident.objects.select_for_update(of=("self",)).get(pk=incident.pk)
        changed = {name: value for name, value in facts.items() if getattr(current, name) != value}
        if not changed:
            return None
        check_reported(changed.get("reported_at"), moment.now())
        told = {name: [_plain(getattr(current, name)), _plain(value)] for name, value in changed.items()}
        event = perform(incident, DESCRIBE, by=by, at=at, changes=changed, changed=told)
        if "reported_at" in changed:
            timing.report_again(incident, event.recorded_at)
            reminders.refresh(incident, str(event.get_kind_display()).lower())
        return event


def check_reported(at: datetime | None, now: datetime) -> None:
    if at and at > now:
        raise ValidationError({"reported_at": _("This is in the future. When did somebody tell you?")})


def _plain(value: Any) -> str | int | bool | None:
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
    return value if isinstance(value, str | int | bool | None) else str(value)


def break_glass(incident: Incident, *, by: User, reason: str, at: datetime | None = None) -> TimelineEvent:
    """An administrator opens a private incident: they take part from now on, and everybody in it reads why."""
    if not reason.strip():
        raise ValidationError({"reason": _("Say why you must read this.")})
    return perform(
        incident, BREAK_GLASS, by=by, at=at, text=reason, role=str(_("Administrator")), break_glass=True
    )


def note(
    incident: Incident, *, by: User, text: str = "", at: datetime | None = None, file: Upload | None = None
) -> TimelineEvent:
    """A sentence, a file or both for the timeline, in any status; late knowledge carries its own `at`, not in the
    future."""
    if not text.strip() and file is None:
        raise ValidationError({"text": _("Write something first.")})
    if at and at > moment.now():
        raise ValidationError({"at": _("This is in the future.")})
    return perform(incident, NOTE, by=by, at=at, text=text, file=file)


def mitigate(incident: Incident, *, by: User, text: str = "", at: datetime | None = None) -> TimelineEvent:
    """The damage is contained; the cause may remain. The first remedial fact stops `response` (C14)."""
    return perform(incident, MITIGATE, by=by, at=at, text=text)


def resolve(incident: Incident, *, by: User, text: str = "", at: datetime | None = None) -> TimelineEvent:
    """It is over for the people affected."""
    return perform(incident, RESOLVE, by=by, at=at, text=text, stamp="resolved_at", measured=True)


def reopen(incident: Incident, *, by: User, reason: str, at: datetime | None = None) -> TimelineEvent:
    """It was not over.

    The promise to respond starts anew; raises ValidationError if its monitor has opened another incident
    meanwhile.
    """
    if not reason.strip():
        raise ValidationError({"reason": _("Say what came back.")})
    try:
        return perform(incident, REOPEN, by=by, at=at, text=reason, changes=ENDED)
    except IntegrityError as error:
        if "one_open_incident_per_target" not in str(error):
            raise
        other = Incident.objects.open().filter(target=incident.target_id).first()
        raise ValidationError(
            _("%(other)s is open for the same monitor. Go on there, and note here what you know.")
            % {"other": other}
        ) from error
