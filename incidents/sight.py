"""One incident for one person: who may not know of it is refused before its row is read, which joins a dozen tables.

It takes no statement more: the one that reads what somebody is in their teams tells whether one of these has it. So
what is out of reach costs what is not there costs.
"""

from collections.abc import Callable

from django.db.models import OuterRef, Subquery

from accounts.access import knows_roles, roles_with
from accounts.models import User
from incidents.models import Incident, Participant
from incidents.models.incident import IncidentQuerySet, number_of


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
    held = named.filter(product__team=OuterRef("team")).values("private")
    private = next((told for told in roles_with(user, Subquery(held)) if told is not None), None)
    if private is None or (
        private and not Participant.objects.filter(incident__in=named, user=user).exists()
    ):
        raise Incident.DoesNotExist

    def taking_part(incident: Incident) -> Incident:
        incident.__dict__["reader"] = user.pk
        return incident

    return taking_part if private else lambda incident: incident
