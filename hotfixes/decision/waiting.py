"""How many decisions wait for a reader: the number beside "Decide" on every page."""

from collections.abc import Callable

from django.db.models import Exists, OuterRef
from django.http import HttpRequest

from accounts.models import User
from hotfixes.decision import deciders
from hotfixes.models import Decision
from incidents.lifecycle import setbacks
from incidents.models import Incident
from incidents.models.incident import IncidentQuerySet
from incidents.overview import overview
from products.models import RoleHolder

MOST = 20


def count(request: HttpRequest) -> dict[str, Callable[[], int]]:
    """Context processor: `decisions_waiting`, read when a page draws its navigation."""
    # A refused host is answered before anybody is signed in.
    user = getattr(request, "user", None)
    return {"decisions_waiting": lambda: waiting_for(user) if isinstance(user, User) else 0}


def waiting_for(user: User) -> int:
    """Open incidents of products that list `user`, which they may decide and nobody has; as administrator alone none.

    One query for who is listed nowhere, a handful for the others.
    """
    listed = RoleHolder.objects.filter(user=user, product=OuterRef("product"))
    found = waiting(Incident.objects.read_by(user).open().filter(Exists(listed)), MOST)
    with overview(found):
        return sum(is_mine(one, user) for one in found)


def waiting(incidents: IncidentQuerySet, most: int) -> list[Incident]:
    """Of the first `most` those on which nobody has decided, or what was decided does not hold (A37); as `for_list`."""
    decisions = Decision.objects.in_force().filter(incident=OuterRef("pk"))
    found = incidents.for_list().annotate(decided=Exists(decisions))[:most]
    decided = {one.pk for one in found if one.__dict__["decided"]}
    failed = setbacks.among(decided) if decided else set()
    return [one for one in found if one.pk not in decided - failed]


def is_mine(incident: Incident, user: User) -> bool:
    """As somebody who is listed, not as administrator."""
    role = deciders.decider(incident, user)
    return role is not None and not role.broke_glass
