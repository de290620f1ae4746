"""One message about one incident: its subject, its body, what may be tapped. A private one says its ref alone."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from incidents import glance
from incidents.models import Incident, TimelineEvent
from notifications import queue
from notifications.links import DECIDE
from notifications.queue import ACKNOWLEDGE, CANNOT, Message, Recipient
from notifications.routes import own_channels
from products.vocabulary import ClockKey

# What asks whoever decides: their link shows the card.
UNDECIDED = "undecided"
# What says that it is over.
RESOLVED = "resolved"
WAITING = "waiting"
# A locked phone shows some forty characters: severity, ref and product must be among them.
SEVERITY_SHOWN, PRODUCT_SHOWN = 14, 16


def about(event: TimelineEvent) -> str:
    """The key of what is told because of `event`: `INC-42/17`."""
    return f"{event.incident.ref}/{event.seq}"


def tell(
    incident: Incident,
    about: str,
    key: str,
    to: list[Recipient],
    headline: str,
    line: str,
    *,
    wake: bool | None = None,
    path: str = "",
    offers: tuple[str, ...] = (),
) -> None:
    """Write it for each of `to`, once. `wake`: whether it may ring at night, if not as the severity says; `path` is
    the page it leads to, if not the incident's; `offers` what else may be tapped."""
    if not to:
        return
    said = message(incident, key, headline, line, path=path)
    people = {one.user.pk: one.user for one in to if one.user}
    own = glance.steady(incident, f"own {sorted(people)}", lambda: own_channels(people.values()))
    queue.tell(
        about=about,
        key=key,
        to=to,
        message=replace(said, offers=(*offers, *said.offers)),
        team=incident.product.team,
        rank=incident.severity.rank,
        wake=incident.severity.wake if wake is None else wake,
        now=glance.now(incident),
        own=own,
    )
    found = glance.known(incident, WAITING)
    if found is not None:
        glance.know(incident, WAITING, found | {key})


def waiting(incident: Incident) -> frozenset[str]:
    """The keys of what may still wait to be sent about it: mostly there is nothing to call off."""
    return glance.steady(incident, WAITING, lambda: queue.waiting(incident.ref))


def call_off(incident: Incident, *, reason: str, keys: Collection[str], of_people: bool = False) -> None:
    """What waits with one of `keys` is moot, `of_people`: for people alone. For a verb, in its transaction."""
    if not waiting(incident).isdisjoint(keys):
        queue.cancel(incident.ref, reason=reason, keys=keys, of_people=of_people)
        # What one of them carried waits again.
        glance.forget(incident, WAITING)


def message(incident: Incident, key: str, headline: str, line: str, *, path: str = "") -> Message:
    asks = key != RESOLVED and not incident.acknowledged_at
    return Message(
        subject=_subject(incident, headline, over=key == RESOLVED),
        body=_body(incident, line, open_=key != RESOLVED),
        path=path or incident.get_absolute_url(),
        over=key == RESOLVED,
        offers=(DECIDE,) if key == UNDECIDED else (ACKNOWLEDGE, CANNOT) if asks else (),
    )


def _subject(incident: Incident, headline: str, *, over: bool) -> str:
    """`CRITICAL INC-42 Staff Mobile: time ran out: Sign-in fails`; what is over says so first, so that people sleep
    on. A private one is only its ref."""
    what = f"{_short(incident.severity.label, SEVERITY_SHOWN)} {incident.ref}"
    what += " " + (_("(private)") if incident.private else _short(incident.product.name, PRODUCT_SHOWN))
    parts = [headline, what] if over else [what, headline]
    return ": ".join(part for part in (*parts, "" if incident.private else incident.title) if part)


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def _body(incident: Incident, line: str, *, open_: bool) -> str:
    lines = [line] if line else []
    if not incident.private:
        place = f", {incident.environment}" if incident.environment else ""
        lines.append(f"{incident.product}{place}")
        if incident.impact:
            lines.append(incident.impact[:500])
    lines.append(_("Detected %(at)s.") % {"at": time_of(incident, incident.detected_at)})
    clock = glance.last_run(incident, ClockKey.RESPONSE) if open_ else None
    if clock and clock.due_at and not clock.stopped_at:
        lines.append(
            _("Respond by %(due)s (%(target)s).")
            % {"due": time_of(incident, clock.due_at), "target": clock.target}
        )
    return "\n".join(lines)


def time_of(incident: Incident, at: datetime | None) -> str:
    """In the team's zone, which is named: whoever reads it may be elsewhere."""
    return f"{at.astimezone(ZoneInfo(incident.product.team.time_zone)):%d %b %H:%M %Z}" if at else ""
