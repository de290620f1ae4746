"""A product with somebody to tell, monitors that look and monitors that listen; and when all of it has become calm."""

import time
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from accounts.models import Scope, Team, User
from foundation import moment
from incidents.models import Clock
from monitoring.alerts.sources import connect, key_of
from monitoring.models import AlertChange, AlertPayload, Kind, Monitor, StatusChange
from monitoring.push_keys import push_url
from notifications.models import Channel, Delivery, State
from notifications.models import Kind as Way
from notifications.ways import add_channel
from products.contacts import add_contact
from products.models import Product
from products.token_products import make_narrow_token
from tests.factories import join, make_monitor, make_product

PUSHED_EVERY_S = 86_400
LOOK_S = 2
# Once the storm is over: how late a breach may be told, and a message be sent.
IN_TIME, LATE = timedelta(seconds=2), timedelta(seconds=10)


def set_up(services: str, count: int, pushed: int, room: str) -> dict[str, Any]:
    """Returns the script's token, the paths to push to, by monitor, and the one to send alerts to."""
    by = User.objects.filter(is_administrator=True).earliest("pk")
    product = Product.objects.filter(slug="chaos").first() or make_product(Team.objects.first(), name="Chaos")
    Team.objects.filter(pk=product.team_id).update(time_zone=by_day(moment.now()))
    product.refresh_from_db()
    join(by, product.team, "manager")
    add_contact(product, label="Duty", address="duty@example.test", by=by)
    add_channel(kind=Way.WEBHOOK, name="room", config={"url": room}, by=by, team=product.team)
    assert Channel.objects.count() == 1
    for number in range(count):
        make_monitor(
            product, name=f"Service {number}", target=f"{services}/{number}", interval_s=1, retry_s=1,
            fail_after=1, recover_after=1,
        )  # fmt: skip
    paths = {}
    for number in range(pushed):
        waiting = make_monitor(
            product, name=f"Pushed {number}", kind=Kind.SUMMARY, target="", interval_s=PUSHED_EVERY_S,
            fail_after=1, recover_after=1,
        )  # fmt: skip
        paths[waiting.slug] = "/in/push/" + push_url(waiting).rpartition("/")[2]
    _token, text = make_narrow_token(by, by=None, name="chaos", scopes=Scope.values)
    source = connect(product, by=None, tool="generic", name="Alerts")
    return {"token": text, "paths": paths, "alerts": f"/in/generic/{key_of(source)}"}


def by_day(now: datetime) -> str:
    """A zone in which it is about ten in the morning: at night much of what is told waits for eight o'clock."""
    return f"Etc/GMT{now.hour - 10:+d}" if now.hour - 10 <= 12 else "Etc/GMT-11"


def calm(seconds: float, *, hastened: bool) -> dict[str, int]:
    """Wait until nothing is left to be done; returns what still is after that time."""
    end = time.monotonic() + seconds
    # The services do not change any more: what a look finds that began after this stays so.
    settled = moment.now() + timedelta(seconds=LOOK_S)
    while True:
        if hastened:
            hasten()
        left = {name: count for name, count in _left(settled).items() if count}
        if not left or time.monotonic() > end:
            return left
        time.sleep(0.5)


def _left(settled: datetime) -> dict[str, int]:
    """In the order in which one leads to the next: a look to a change, that to a clock and to messages. Clocks of what
    nobody ended go on for hours: what they bring after the storm is only to be in time."""
    now = moment.now()
    waiting = Delivery.objects.filter(state=State.PENDING)
    looking = Monitor.objects.filter(kind=Kind.HTTP)
    return {
        "looks": looking.filter(Q(looked_at=None) | Q(looked_at__lt=settled)).count(),
        "changes": StatusChange.objects.unhandled().count(),
        "alerts": AlertPayload.objects.filter(judged_at=None).count()
        + AlertChange.objects.filter(handled_at=None).count(),
        "clocks": Clock.objects.ticking().filter(due_at__lte=now - IN_TIME).count(),
        "messages": waiting.filter(Q(created_at__lt=settled) | Q(due_at__lt=now - LATE)).count(),
    }


def hasten() -> None:
    """As if the leases of the dead and the rests after failures were over, for who cannot wait 90 s for them."""
    now = moment.now()
    waiting = Delivery.objects.filter(state=State.PENDING)
    # One that was taken within the last seconds may really be under way.
    waiting.filter(lease_until__lt=now + timedelta(seconds=87)).update(lease_until=now)
    waiting.filter(Q(lease_until=None) | Q(lease_until__lte=now)).update(due_at=now)
