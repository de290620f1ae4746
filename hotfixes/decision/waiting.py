"""How many decisions wait for a reader: the number beside "Decide" on every page."""

from collections.abc import Callable

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Q
from django.db.models.fields.json import KeyTransform
from django.http import HttpRequest

from accounts.models import User
from hotfixes.decision import deciders
from hotfixes.models import Decision
from incidents.lifecycle import setbacks
from incidents.models import Assignment, Incident
from incidents.models.incident import IncidentQuerySet
from products.models import RoleHolder
from products.process.roles import ProcessRole

MOST = 100  # as many as the list looks at
DECIDED = Exists(Decision.objects.in_force().filter(incident=OuterRef("pk")))


def count(request: HttpRequest) -> dict[str, Callable[[], int]]:
    """Context processor: `decisions_waiting`, read when a page draws its navigation."""
    # A refused host is answered before anybody is signed in.
    user = getattr(request, "user", None)
    return {"decisions_waiting": lambda: waiting_for(user) if isinstance(user, User) else 0}


def waiting_for(user: User) -> int:
    """Open incidents of products that list `user`, which they may decide and nobody has; as administrator alone none.

    One query, and a small one before it, which is all for who is listed nowhere, that is nearly everybody: every page
    asks it, and so does every page that follows what happens, each time.
    """
    holds = RoleHolder.objects.filter(user=user).order_by()
    products = set(holds.values_list("product_id", flat=True))
    if not products:
        return 0
    listed = holds.filter(product=OuterRef("product"))
    taken = Assignment.objects.filter(incident=OuterRef("pk"), until=None)
    told = setbacks.asked().filter(incident=OuterRef("pk")).order_by("seq")
    rows = Incident.objects.visible_to(user).open().filter(product__in=products).annotate(
        decided=DECIDED,
        told=ArraySubquery(told.values("kind")),
        roles=KeyTransform("roles", "process_version__document"),
        taken=ArraySubquery(taken.values("role")),
        listed=ArraySubquery(listed.values("role")),
    ).filter(Q(decided=False) | Exists(told.filter(kind__in=setbacks.ANSWERED_BY)))  # fmt: skip
    found = rows.values_list("decided", "told", "product__team", "roles", "taken", "listed")[:MOST]
    return sum(
        deciders.is_asked([ProcessRole.from_json(role) for role in roles or ()], user, team, taken, listed)
        for decided, told, team, roles, taken, listed in found
        if not decided or setbacks.stands(told)
    )


def waiting(incidents: IncidentQuerySet, most: int) -> list[Incident]:
    """Of the first `most` those on which nobody has decided, or what was decided does not hold (A37); as `for_list`."""
    found = incidents.for_list().annotate(decided=DECIDED)[:most]
    decided = {one.pk for one in found if one.__dict__["decided"]}
    failed = setbacks.among(decided) if decided else set()
    return [one for one in found if one.pk not in decided - failed]


def is_mine(incident: Incident, user: User) -> bool:
    """As somebody who is listed, not as administrator."""
    role = deciders.decider(incident, user)
    return role is not None and not role.broke_glass
