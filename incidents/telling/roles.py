"""Who has to hear one line of the remedy because of their role (K138–K140): who decides and whoever decided, who
watches. What went wrong is also for whoever works on it, and for the rooms.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from incidents.lifecycle import setbacks
from incidents.models import Incident, TimelineEvent
from incidents.roles import holding
from incidents.telling import recipients
from incidents.telling.notice import about, tell
from notifications.links import DECIDE
from notifications.queue import Recipient
from products.process.roles import ProcessRole
from products.vocabulary import EventKind

DEPLOYED, SMOKE_FAILED, WATCH_FAILED, WATCH_PASSED = (
    "deployed",
    "smoke_failed",
    "watch_failed",
    "watch_passed",
)
WATCH_BEGUN, REGRESSED, TAKEN_BACK = "watch_begun", "regressed", "taken_back"
# So much of what somebody wrote stands in a message about it.
QUOTED = 500


def deciders(incident: Incident) -> list[tuple[User, str]]:
    """Who decides now, by role, and whoever has decided since it was opened the last time."""
    found = [(user, label(incident)) for user in holding.deciders(incident)[:1]]
    last = incident.events.filter(kind=EventKind.DECIDED, recorded_at__gte=recipients.opened_at(incident))
    event = last.select_related("actor", "payload").order_by("-seq").first()
    if event and event.actor:
        found.append((event.actor, str(event.data.get("role", ""))))
    return found


def label(incident: Incident) -> str:
    """What the process calls who decides."""
    return next((role.label for role in holding.roles_of(incident) if role.decides), "")


def _deployed(incident: Incident, event: TimelineEvent) -> None:
    _good(incident, event, DEPLOYED, _("deployed"), _("What was decided is deployed: %(what)s."))


def _watch_passed(incident: Incident, event: TimelineEvent) -> None:
    """It can wait for the morning."""
    line = _("The watch is over and nothing was seen: %(what)s.")
    _good(incident, event, WATCH_PASSED, _("the watch passed"), line, wake=False)


def _smoke_failed(incident: Incident, event: TimelineEvent) -> None:
    line = _("The smoke tests failed: %(what)s. Mend it again, or roll back?")
    _bad(incident, event, SMOKE_FAILED, _("smoke tests failed"), line)


def _watch_failed(incident: Incident, event: TimelineEvent) -> None:
    line = _("The watch showed a fault: %(what)s. Mend it again, or roll back?")
    _bad(incident, event, WATCH_FAILED, _("the watch failed"), line)


def _regressed(incident: Incident, event: TimelineEvent) -> None:
    line = _("It got worse since what was decided: %(what)s. Mend it again, or roll back?")
    _bad(incident, event, REGRESSED, _("it got worse"), line)


def _taken_back(incident: Incident, event: TimelineEvent) -> None:
    """Whoever decides, with the link to the card, and all whom the incident concerns; of what is over, as news for the
    morning that leads to its page, where it can be opened again."""
    said = setbacks.sentence(event, incident.process_version.document, incident.product.team.time_zone)
    over = not incident.is_open
    todo = _("Reopen it to decide anew.") if over else _("Decide anew: a new hotfix, or contain it?")
    asked = _but(recipients.named(incident, deciders(incident)), event)
    headline, line = _("the fix was taken back"), f"{said} {todo}"
    wake = False if over else None
    if not over:
        tell(
            incident, about(event), TAKEN_BACK, [replace(one, may_act=True) for one in asked], headline, line,
            path=reverse("decision_card", args=[incident.ref]), offers=(DECIDE,),
        )  # fmt: skip
    to = recipients.each_once([*asked, *_but(recipients.concerned(incident), event)])
    told = {one.key for one in asked} if not over else set()
    tell(
        incident,
        about(event),
        TAKEN_BACK,
        [one for one in to if one.key not in told],
        headline,
        line,
        wake=wake,
    )


def _good(
    incident: Incident, event: TimelineEvent, key: str, headline: str, line: str, *, wake: bool | None = None
) -> None:
    to = _but(recipients.named(incident, deciders(incident)), event)
    tell(incident, about(event), key, to, headline, line % {"what": _what(incident, event)}, wake=wake)


def _bad(incident: Incident, event: TimelineEvent, key: str, headline: str, line: str) -> None:
    """To whoever decides, with the link to the card; to whoever works on it, and the rooms. The contacts need not be
    woken for work under way."""
    said = line % {"what": _what(incident, event)}
    if event.text and not incident.private:
        said += f"\n{event.text[:QUOTED]}"
    asked = _but(recipients.named(incident, deciders(incident)), event)
    tell(
        incident, about(event), key, [replace(one, may_act=True) for one in asked], headline, said,
        path=reverse("decision_card", args=[incident.ref]), offers=(DECIDE,),
    )  # fmt: skip
    mine = {one.key for one in asked}
    working = recipients.named(incident, [(one.user, one.label) for one in holding.held(incident).values()])
    others = [one for one in _but(working, event) if one.key not in mine]
    tell(incident, about(event), key, [*others, *recipients.rooms(incident)], headline, said)


def _watch_begun(incident: Incident, event: TimelineEvent) -> None:
    """The watch is somebody's: who has the role, or else who is asked for it."""
    asked = incident.process_version.document.get("watch") or {}
    role = _watcher(incident, str(asked.get("role") or ""))
    if role is None:
        return
    has = holding.held(incident).get(role.key)
    to = recipients.named(incident, [(has.user, role.label)]) if has else recipients.for_role(incident, role)
    line = _("%(least)s at least.") % {"least": event.data.get("least") or asked.get("for", "")}
    looked_at = ", ".join(one["title"] for one in asked.get("look_at") or [])
    if looked_at:
        line += " " + _("Look at: %(what)s.") % {"what": looked_at}
    # Who began it by their own word has it before them.
    cause = incident.events.filter(seq=event.data.get("because", 0)).select_related("actor").first()
    tell(incident, about(event), WATCH_BEGUN, _but(to, cause or event), _("the watch is yours"), line)


def _watcher(incident: Incident, key: str) -> ProcessRole | None:
    roles = holding.roles_of(incident)
    return next((role for role in roles if role.key == key), next((r for r in roles if r.watches), None))


def _but(to: list[Recipient], event: TimelineEvent) -> list[Recipient]:
    return [one for one in to if one.user is None or one.user.pk != event.actor_id]


def _what(incident: Incident, event: TimelineEvent) -> str:
    """`HF-3, v0.1.1`: the remedy and what it is of, as far as the event says."""
    told = [event.subject, str(event.data.get("version") or event.data.get("what") or "")]
    return ", ".join(part for part in told if part) or incident.ref


AFTER: Mapping[EventKind, Callable[[Incident, TimelineEvent], None]] = MappingProxyType(
    {
        EventKind.DEPLOYED: _deployed,
        EventKind.REGRESSED: _regressed,
        EventKind.SMOKE_FAILED: _smoke_failed,
        EventKind.TAKEN_BACK: _taken_back,
        EventKind.WATCH_FAILED: _watch_failed,
        EventKind.WATCH_MET: _watch_passed,
        EventKind.WATCH_OPENED: _watch_begun,
    }
)
