"""One incident for one person: who may not know of it is refused before its row is read, which joins a dozen tables.

It takes no statement more: the one that reads what somebody is in their teams tells whether one of these has it. So
what is out of reach costs what is not there costs.
"""

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
    number = number_of(ref)
    if user.is_administrator or knows_roles(user):
        return rows.get(number=number)
    held = Incident.objects.filter(number=number, product__team=OuterRef("team")).values("private")
    private = next((told for told in roles_with(user, Subquery(held)) if told is not None), None)
    takes_part = private and Participant.objects.filter(incident__number=number, user=user).exists()
    if private is None or (private and not takes_part):
        raise Incident.DoesNotExist(ref)
    found = rows.get(number=number)
    if takes_part:
        found.__dict__["reader"] = user.pk
    return found
