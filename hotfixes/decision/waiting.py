"""How many decisions wait for a reader: the number beside "Decide" on every page."""

from collections.abc import Callable

from django.http import HttpRequest

from accounts.models import User
from hotfixes.decision import deciders
from hotfixes.decision.decide import standing
from incidents import glance
from incidents.lifecycle import setbacks
from incidents.models import Incident
from products.models import RoleHolder

MOST = 20


def count(request: HttpRequest) -> dict[str, Callable[[], int]]:
    """Context processor: `decisions_waiting`, read when a page draws its navigation."""
    # A refused host is answered before anybody is signed in.
    user = getattr(request, "user", None)
    return {"decisions_waiting": lambda: waiting_for(user) if isinstance(user, User) else 0}


def waiting_for(user: User) -> int:
    """Open incidents of products that list `user`, which they may decide and nobody has; as administrator alone none.

    Who is listed nowhere is asked for with one query.
    """
    products = list(RoleHolder.objects.filter(user=user).values_list("product", flat=True).distinct())
    if not products:
        return 0
    found = glance.in_view(Incident.objects.read_by(user).open().for_page().filter(product__in=products))
    return sum(_waits_for(one, user) for one in found[:MOST])


def _waits_for(incident: Incident, user: User) -> bool:
    with glance.glance(incident):
        return waits(incident) and is_mine(incident, user)


def waits(incident: Incident) -> bool:
    """Nobody has decided, or what was decided does not hold (A37)."""
    return standing(incident) is None or setbacks.of(incident) is not None


def is_mine(incident: Incident, user: User) -> bool:
    role = deciders.decider(incident, user)
    return role is not None and not role.broke_glass
