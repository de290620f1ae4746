"""One incident for one person: who may not know of it is refused before its row is read, which joins a dozen tables.

It takes no statement more: the one that reads what somebody is in their teams tells whether one of these has it. So
what is out of reach costs what is not there costs.
"""

from collections.abc import Callable

from django.db.models import Case, Exists, OuterRef, Subquery, Value, When

from accounts.access import knows_roles, roles_with
from accounts.models import User
from incidents.models import Incident, Participant
from incidents.models.incident import IncidentQuerySet, number_of

# Why one of their teams may know of it: everybody there may, or they take part in a private one.
OPEN, LET_IN = "open", "let_in"


def in_sight(user: User, ref: str, rows: IncidentQuerySet) -> Incident:
    """The incident called `ref`, as `rows` read it. Raises Incident.DoesNotExist, and seldom returns one out of sight:
    the caller asks the rules as ever (accounts/access.py), which read nothing more then.

    For administrators, who are in every team, and for whose roles are known, the rules alone tell.
    """
    known = reader_of(user, Incident.objects.filter(number=number_of(ref)))
    return known(rows.by_ref(ref))


def reader_of(user: User, named: IncidentQuerySet) -> Callable[[Incident], Incident]:
    """The same for what belongs to the incident `named`: what is returned takes the incident once that is read."""
    if user.is_administrator or knows_roles(user):
        return lambda incident: incident
    let_in = When(Exists(Participant.objects.filter(incident=OuterRef("pk"), user=user)), then=Value(LET_IN))
    # Nothing where they are not let in: how long it takes must not tell that it is there.
    reach = Case(When(private=False, then=Value(OPEN)), let_in)
    held = named.filter(product__team=OuterRef("team")).annotate(reach=reach).values("reach")
    told = next((one for one in roles_with(user, Subquery(held)) if one), None)
    if told is None:
        raise Incident.DoesNotExist

    def taking_part(incident: Incident) -> Incident:
        incident.__dict__["reader"] = user.pk
        return incident

    return taking_part if told == LET_IN else lambda incident: incident
