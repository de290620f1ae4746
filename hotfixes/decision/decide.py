"""The verb `decide`: hotfix, roll back, contain first, or leave it for a release. Ten at once: one wins."""

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from foundation import moment
from foundation.crash import crashpoint
from hotfixes.decision import facts as known
from hotfixes.decision import revisiting, telling
from hotfixes.decision.deciders import EMERGENCY, Decider, decider, in_emergency, refusal
from hotfixes.decision.options import options
from hotfixes.lifecycle import start as hotfixes
from hotfixes.models import Choice, Decision
from hotfixes.rollback import start as rollbacks
from incidents import glance
from incidents.lifecycle import exits, transitions
from incidents.lifecycle.lifecycle import Step, TooLate, perform
from incidents.models import OPEN, Incident, Status, TimelineEvent
from incidents.roles import holding
from incidents.roles import roles as roles_of
from incidents.telling import recipients
from incidents.timeline.timeline import MACHINE
from incidents.work.report import check_moment
from products.vocabulary import EventKind

DECIDE = Step(EventKind.DECIDED, OPEN)
# What each choice begins.
BEGINS = {Choice.HOTFIX: EventKind.HOTFIX_STARTED, Choice.ROLLBACK: EventKind.ROLLBACK_STARTED}


class Decided(TooLate):
    """Somebody has decided: `standing` says what. To decide anew one names it."""

    def __init__(self, incident: Incident, standing: Decision) -> None:
        super().__init__(incident, DECIDE)
        self.standing = standing

    @property
    def words(self) -> str:
        words = {"what": self.standing.words, "who": self.standing.by, "n": self.standing.number}
        return _("%(who)s has decided: %(what)s (decision %(n)s).") % words


class Changed(ValidationError):
    """What was shown is not so any more: to be looked at again before it is decided on."""


def decide(
    incident: Incident,
    *,
    by: User,
    choice: str,
    reason: str,
    option: str = "",
    to: str = "",
    instead_of: int = 0,
    seen: str = "",
    emergency: bool = False,
    revisit: bool = False,
    at: datetime | None = None,
) -> Decision:
    """Decide in the role that lets `by`, and begin it: the promise to respond is kept by beginning (C14).

    `emergency`: whoever responds may, where nobody with the role can be reached; it is told aloud. `revisit`: who
    decided is told to look again in 15 minutes.

    `option` names a rollback option (needed where there are several), `to` the release of a deferral, `instead_of` the
    number of the decision this one replaces, `seen` what was shown (facts.seen). In triage it confirms the severity.
    Raises PermissionDenied, Decided, TooLate, Changed, or ValidationError by field.
    """
    with transaction.atomic():
        Incident.objects.select_for_update().values_list("pk").get(pk=incident.pk)
        now = incident.read_again()
        if incident.status not in OPEN:
            raise TooLate(incident, DECIDE)
        with glance.anew(incident):
            role = _role(incident, by, emergency=emergency)
            before = standing(incident)
            if before and before.number != instead_of:
                raise Decided(incident, before)
            chosen = _chosen(incident, choice, option, reason)
            check_moment(incident, at)
            shown = _as_seen(incident, seen, now)
        crashpoint("verb.decide_checked")
        made = _record(incident, by, role, chosen, reason=reason, to=to, shown=shown, revisit=revisit, at=at)
        crashpoint("verb.decide_recorded")
        return made


def _as_seen(incident: Incident, seen: str, now: datetime) -> dict[str, Any]:
    """The facts of `now`. Raises Changed where they are not those that `seen` is the digest of."""
    shown = known.facts(incident, now)
    if seen and seen != known.seen(shown):
        what = known.changed(seen, shown)
        said = [_("It is about: %(what)s.") % {"what": "; ".join(what)}] if what else []
        raise Changed(
            " ".join([_("Something has changed since you looked."), *said, _("Look again, then decide.")])
        )
    return shown


def standing(incident: Incident) -> Decision | None:
    """The decision that counts now: the latest, unless the incident was opened again since."""
    found = next((one for one in decisions(incident) if one.superseded_at is None), None)
    return found if found and found.event.recorded_at >= recipients.opened_at(incident) else None


def decisions(incident: Incident) -> list[Decision]:
    """All of it, the latest first, with who and why: asked once for a page."""
    rows = incident.decisions.with_words().order_by("-number")
    return glance.few(incident, "decisions", lambda: list(rows))


def _role(incident: Incident, by: User, *, emergency: bool) -> Decider:
    found = decider(incident, by) or (in_emergency(incident, by) if emergency else None)
    if found is None:
        raise PermissionDenied(refusal(incident))
    return found


def _chosen(incident: Incident, choice: str, option: str, reason: str) -> dict[str, Any]:
    if choice not in Choice.values:
        raise ValidationError(
            {"choice": _("Choose one of these: %(all)s.") % {"all": ", ".join(Choice.values)}}
        )
    if not reason.strip():
        raise ValidationError({"reason": _("Say why: the next reader was not there.")})
    if choice != Choice.ROLLBACK:
        if option:
            raise ValidationError({"option": _("Only a rollback has options.")})
        return {"choice": Choice(choice), "option": "", "option_title": ""}
    ways = {way["key"]: way for way in options(incident)}
    if not option and len(ways) == 1:
        option = next(iter(ways))
    if option not in ways and (option or ways):
        raise ValidationError({"option": _("Choose one of these: %(all)s.") % {"all": ", ".join(ways)}})
    title = ways[option]["title"] if option else ""
    return {"choice": Choice.ROLLBACK, "option": option, "option_title": title}


def _record(
    incident: Incident,
    by: User,
    role: Decider,
    chosen: dict[str, Any],
    *,
    reason: str,
    to: str,
    shown: dict[str, Any],
    revisit: bool,
    at: datetime | None,
) -> Decision:
    if incident.status == Status.TRIAGE:
        transitions.confirm_severity(incident, by=by, at=at)
    # Who decides in a role has it from then on, if nobody does. A deputy only stands in.
    if role.right == holding.Standing.LISTED and role.role not in holding.held(incident):
        roles_of.claim(incident, role.role, by=by, at=at)
    choice = chosen["choice"]
    release = (" ".join(to.split()) or exits.release_of(incident)) if choice == Choice.DEFER else ""
    number = incident.decisions.count() + 1
    digest = known.digest(shown)
    loud: dict[str, Any] = {"emergency": True} if role.right == EMERGENCY else {}
    event = perform(
        incident, DECIDE, by=by, at=at, text=reason,
        choice=str(choice), option=chosen["option"], what=chosen["option_title"] or release, role=role.words,
        right=role.right, number=number, digest=digest, **loud,
    )  # fmt: skip
    if number > 1:
        incident.decisions.standing().update(superseded_at=max(moment.now(), event.occurred_at))
    decision = Decision.objects.create(
        incident=incident, number=number, to=release, by=by, role=role.words, right=role.right,
        token=by.by_token, at=event.occurred_at, facts=known.kept(shown), digest=digest, event=event,
        emergency=bool(loud), revisit_at=event.occurred_at + revisiting.AFTER if revisit else None, **chosen,
    )  # fmt: skip
    if loud:
        telling.in_emergency(incident, event)
    _begin(incident, decision, by=by, release=release, reason=reason, event=event)
    return decision


def _begin(
    incident: Incident, decision: Decision, *, by: User, release: str, reason: str, event: TimelineEvent
) -> None:
    """What follows from it. What somebody has begun already since it was opened is not begun twice."""
    choice = Choice(decision.choice)
    if rollbacks.decided(decision, by=by, event=event):
        incident.read_again()
        return
    if choice == Choice.DEFER:
        exits.defer(incident, by=by, to=release, reason=reason, at=event.occurred_at)
        return
    kind = BEGINS.get(choice)
    since = recipients.opened_at(incident)
    # What was taken back or given up goes on no more.
    again = choice == Choice.HOTFIX and hotfixes.again(incident)
    if kind and (again or not incident.events.filter(kind=kind, recorded_at__gte=since).exists()):
        facts: dict[str, Any] = hotfixes.anew(incident, incident.product) if again else {}
        perform(
            incident, Step(kind, OPEN), by=by, at=event.occurred_at, measured=True, source=MACHINE,
            implied_by=str(EventKind.DECIDED), **facts,
        )  # fmt: skip
        if choice == Choice.HOTFIX:
            hotfixes.decided(incident)
            incident.read_again()


glance.register_few("decisions", Decision.objects.all())
