"""Whose a clock is: the role whose step ends it, who has that role, and who stands in. Reads only."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.models import User
from incidents.models import Clock, Incident
from incidents.roles import holding
from products.process.roles import ProcessRole
from products.vocabulary import EventKind

type Named = tuple[User, str]


@dataclass(frozen=True)
class Whose:
    """Each as (person, what they are here); None for nobody."""

    holder: Named | None = None
    deputy: Named | None = None


def whose(incident: Incident, clock: Clock) -> Whose:
    """The holder of the role whose step ends `clock`; else the lead, else whoever acknowledged: somebody is on it."""
    stops = _stops(incident, clock)
    role = _role(incident, stops)
    if role and role.decides:
        return _decider(incident, role)
    has = holding.held(incident).get(role.key) if role else None
    holder = (has.user, role.label) if has and role else _on_it(incident)
    stand_in = _stand_in(incident, role, holder) if role else None
    return Whose(holder, stand_in)


def as_deputy(role: ProcessRole) -> str:
    return _("deputy %(role)s") % {"role": role.label}


def _stops(incident: Incident, clock: Clock) -> frozenset[str]:
    rules = incident.process_version.clocks()
    return frozenset(next((rule.stop for rule in rules if rule.key == clock.key), ()))


def _role(incident: Incident, stops: frozenset[str]) -> ProcessRole | None:
    """Of the decision, of the step or of the message that ends it; of what has none: who executes."""
    roles = {role.key: role for role in holding.roles_of(incident)}
    if EventKind.DECIDED in stops:
        return next((role for role in roles.values() if role.decides), None)
    document = incident.process_version.document
    for step in document.get("steps") or []:
        if stops & set(step.get("done_on") or ()):
            return roles.get(step.get("role") or "")
    for message in document.get("messages") or []:
        if f"{EventKind.MESSAGE_SENT}:{message['key']}" in stops:
            return roles.get(message.get("role") or "")
    return next((role for role in roles.values() if role.executes), None)


def _decider(incident: Incident, role: ProcessRole) -> Whose:
    """Being listed is what counts: the first of them has it by default, the next one may decide instead."""
    asked = holding.deciders(incident)
    holder = (asked[0], role.label) if asked else None
    return Whose(holder, (asked[1], as_deputy(role)) if len(asked) > 1 else None)


def _on_it(incident: Incident) -> Named | None:
    if incident.lead:
        return incident.lead, _("Lead")
    if incident.acknowledged_at is None:
        return None
    seen = (
        incident.events.filter(kind=EventKind.ACKNOWLEDGED).select_related("actor").order_by("-seq").first()
    )
    return (seen.actor, "") if seen and seen.actor else None


def _stand_in(incident: Incident, role: ProcessRole, holder: Named | None) -> Named | None:
    """Nobody is the deputy of themselves. Whoever is listed first has the role by default: they are among the contacts
    who are told where nobody has it."""
    people = holding.listed(incident)
    mine = people.get(role.key, [])
    order = [(one, as_deputy(role)) for one in (*mine[1:], *holding.stand_ins(role, people))]
    if mine and holder:
        order.insert(0, (mine[0], role.label))
    return next((one for one in order if holder is None or one[0].pk != holder[0].pk), None)
