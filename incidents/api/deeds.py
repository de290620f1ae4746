"""What a script's words mean to the verbs that cannot take them as they are: names for people, severities, entries."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.access import authorize
from accounts.models import Membership, User
from incidents.api.writing import environment_of, people
from incidents.lifecycle import exits, transitions
from incidents.messages import updates
from incidents.models import Incident, RedactionRequest, Status, TimelineEvent
from incidents.roles import roles
from incidents.timeline import corrections
from products.models import Severity


def change_severity(incident: Incident, *, by: User, severity: str, **facts: Any) -> None:
    rows = Severity.objects.filter(version=incident.process_version_id)
    chosen = rows.filter(key__iexact=severity).first()
    if chosen is None:
        keys = ", ".join(rows.order_by("position").values_list("key", flat=True))
        raise ValidationError(
            {"severity": _("This incident's process has these: %(keys)s.") % {"keys": keys}}
        )
    if chosen == incident.severity and incident.status == Status.TRIAGE:
        # A script that sets what it found need not know that this was proposed already.
        transitions.confirm_severity(incident, by=by, text=facts.pop("reason"), **facts)
        return
    transitions.change_severity(incident, by=by, severity=chosen, **facts)


def describe(incident: Incident, *, by: User, **facts: Any) -> None:
    if "users_affected" in facts:
        facts |= people(facts.pop("users_affected")) or {"users_affected": None}
    if "flags" in facts:
        flags = facts.pop("flags")
        facts |= {name: name in flags for name in ("security", "data_loss")}
    if facts.get("environment"):
        facts["environment"] = environment_of(incident.product, facts["environment"])
    transitions.describe(incident, by=by, **facts)


def update(incident: Incident, *, by: User, audience: str | None = None, **facts: Any) -> None:
    updates.update(incident, by=by, audience=audience or "", **facts)


def assign(incident: Incident, *, by: User, user: str, role: str = roles.LEAD, **facts: Any) -> None:
    roles.assign(incident, by=by, user=_member(incident, user), role=role, **facts)


def hand_over(incident: Incident, *, by: User, role: str, user: str, **facts: Any) -> None:
    roles.hand_over(incident, role, to=_member(incident, user), by=by, **facts)


def _member(incident: Incident, address: str) -> User:
    members = Membership.objects.filter(team=incident.product.team_id).values("user")
    found = User.objects.filter(email=address.lower(), is_active=True, pk__in=members).first()
    if found is None:
        raise ValidationError({"user": _("Nobody in this team has this address.")})
    return found


def mark_duplicate(incident: Incident, *, by: User, of: str, **facts: Any) -> None:
    exits.mark_duplicate(incident, by=by, of=exits.original(by, of), **facts)


def correct(incident: Incident, *, by: User, seq: int, **facts: Any) -> None:
    corrections.correct(_event(incident, seq), by=by, **facts)


def redact(incident: Incident, *, by: User, seq: int, decision: str = "ask", reason: str = "") -> None:
    event = _event(incident, seq)
    if decision == "ask":
        corrections.ask_redaction(event, by=by, reason=reason)
        return
    waiting = RedactionRequest.objects.filter(event=event, settled_at=None).first()
    if waiting is None:
        raise ValidationError({"decision": _("Nobody has asked to redact this entry.")})
    authorize(by, "settle", waiting)
    if decision == "confirm":
        corrections.confirm_redaction(waiting, by=by)
    else:
        corrections.decline_redaction(waiting, by=by)


def _event(incident: Incident, seq: int) -> TimelineEvent:
    event = incident.events.select_related("payload", "incident").filter(seq=seq).first()
    if event is None:
        raise ValidationError({"seq": _("The timeline has no such entry.")})
    return event
