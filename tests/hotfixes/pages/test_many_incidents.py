"""What Now and Decide ask of the database does not grow with what is open, in whichever state it is."""

from collections.abc import Callable
from itertools import cycle

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from foundation import moment
from hotfixes.decision.asking import ask
from hotfixes.decision.decide import decide
from hotfixes.lifecycle.start import start
from hotfixes.models import Decision
from incidents.lifecycle import transitions
from incidents.lifecycle.declare import declare
from incidents.models import Incident
from monitoring.models import Target
from products.models import Product, RoleHolder
from tests.factories import make_monitor, make_product
from tests.signing import sign_in

type Deed = Callable[[Incident, User, User], object]

# What happened to it; `ada` responds, `olga` decides.
DEEDS: dict[str, Deed] = {
    "untouched": lambda incident, ada, olga: None,
    "acknowledged": lambda incident, ada, olga: transitions.acknowledge(incident, by=ada),
    "contained": lambda incident, ada, olga: transitions.mitigate(incident, by=ada),
    "asked": lambda incident, ada, olga: ask(incident, by=olga, text="Since when?"),
    "decided": lambda incident, ada, olga: decide(incident, by=olga, choice="mitigate", reason="A line"),
    "hotfix": lambda incident, ada, olga: start(incident, by=ada),
    "reopened": lambda incident, ada, olga: (
        decide(incident, by=olga, choice="mitigate", reason="A line"),
        transitions.resolve(incident, by=ada),
        transitions.reopen(incident, by=ada, reason="It came back"),
    ),
    "to look at again": lambda incident, ada, olga: (
        decide(incident, by=olga, choice="mitigate", reason="A line"),
        Decision.objects.filter(incident=incident).update(revisit_at=moment.now()),
    ),
    "resolved while down": lambda incident, ada, olga: (
        transitions.resolve(incident, by=ada),
        down(incident.product),
    ),
}


def down(product: Product) -> int:
    now = moment.now()
    monitor = make_monitor(product, name=f"Shop {product.pk}")
    return Target.objects.filter(monitor=monitor).update(
        state="down", settled="down", since=now, fresh_until=now + monitor.fresh_for
    )


def one_of_each(ada: User, olga: User) -> None:
    """On a product of its own each: what is the same for all would be read once. Every other one is private."""
    for private, (name, deed) in zip(cycle((False, True)), DEEDS.items(), strict=False):
        where = make_product(ada.memberships.get().team, name=f"P{Product.objects.count()}")
        RoleHolder.objects.create(product=where, role="product_owner", user=olga, position=1)
        severity = where.severities().get(key="CRITICAL")
        incident = declare(where, by=ada, title=name, severity=severity, private=private)
        incident.participants.get_or_create(user=olga)
        deed(incident, ada, olga)


def test_what_pages_ask_does_not_grow_with_the_incidents(ada: User, olga: User) -> None:
    phones = {"ada": sign_in(ada), "olga": sign_in(olga)}
    for phone in phones.values():
        phone.get("/")  # when a device was last seen is noted once in ten minutes
    counts = []
    for _again in range(2):
        one_of_each(ada, olga)
        counts.append(
            {(who, path[:8]): _asked(phone, path) for who, phone in phones.items() for path in _paths()}
        )
    assert counts[0] == counts[1]


def _paths() -> tuple[str, ...]:
    shown = "&".join(f"shown={number}" for number in Incident.objects.values_list("number", flat=True))
    return "/", f"/?{shown}", "/decisions/", "/incidents/", "/products/", "/declare/"


def _asked(phone: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        answer = phone.get(path)
    assert answer.status_code == 200
    return len(asked)
