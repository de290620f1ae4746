"""What the process beside the worker can be asked to do (benchmarks/inside.py). All of it goes through the verbs."""

import resource
import time
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from accounts.models import Team, User
from benchmarks import verifying
from benchmarks.story import sentence
from benchmarks.two_years import live_through
from foundation import moment
from hotfixes.decision.asking import answer, ask
from hotfixes.decision.proposing import propose
from hotfixes.lifecycle.start import start
from incidents.lifecycle import transitions
from incidents.lifecycle.declare import declare
from incidents.models import Clock, Incident, TimelineEvent
from monitoring import sweep
from monitoring.models import Monitor, Target
from notifications import queue
from notifications.models import Channel, Delivery, Kind
from notifications.queue import Message, Recipient
from notifications.ways import add_channel
from products.models import Product, RoleHolder
from products.vocabulary import EventKind
from tests.factories import make_monitor, make_product


def _administrator() -> User:
    return User.objects.filter(is_administrator=True).earliest("pk")


def _product() -> Product:
    """The one product, of the first start's team if there was one."""
    return Product.objects.first() or make_product(Team.objects.first())


def _incident(ref: str) -> Incident:
    return Incident.objects.select_related("product__team", "severity").get(number=int(ref.split("-")[1]))


def incident(entries: int = 1) -> dict[str, str]:
    """An incident with that many entries, as people write them."""
    by = _administrator()
    found = declare(
        _product(), by=by, title="Sign-in fails for all staff", severity=_product().severities().first()
    )
    for number in range(entries - 1):
        transitions.note(found, by=by, text=sentence(number))
    return {"ref": found.ref, "path": found.get_absolute_url()}


def two_years() -> dict[str, Any]:
    """Two years of the product's life, and one open incident with what people said of it; returns its ref and rows."""
    rows = live_through(_product())
    found, by = _incident(incident(entries=40)["ref"]), _administrator()
    for number in range(5):
        transitions.describe(found, by=by, users_affected=1000 + 40 * number)
        propose(found, by=by, choice="hotfix", text=sentence(number), cause="known")
        asked = ask(found, by=by, text=sentence(number))
        answer(asked, by=by, text=sentence(number + 1))
    return {"ref": found.ref, "rows": rows}


def night() -> dict[str, Any]:
    """Two years, and four more open incidents, each at another point; who asks is the one who decides."""
    found, by, product = two_years(), _administrator(), _product()
    RoleHolder.objects.get_or_create(product=product, role="product_owner", user=by, position=1)
    _opened, taken, contained, mended = (_incident(incident(entries=10)["ref"]) for _ in range(4))
    transitions.acknowledge(taken, by=by)
    transitions.mitigate(contained, by=by)
    start(mended, by=by)
    return {**found, "product": product.name}


def note(ref: str, text: str) -> float:
    """Write a note; returns the moment (ms since 1970) right before COMMIT was sent: nobody can know earlier."""
    with transaction.atomic():
        transitions.note(_incident(ref), by=_administrator(), text=text)
        return time.time() * 1000


def resolve(ref: str) -> None:
    transitions.resolve(_incident(ref), by=_administrator(), text="It came back.")


def due(after_s: float, title: str) -> int:
    """An incident whose clock `acknowledged` runs out in `after_s` seconds; returns the clock's id."""
    severity = _product().severities().first()
    assert severity
    seconds = severity.target("acknowledged").seconds
    assert seconds
    found = declare(
        _product(),
        by=_administrator(),
        title=title,
        severity=severity,
        detected_at=moment.now() - timedelta(seconds=seconds - after_s),
    )
    return found.clocks.get(key="acknowledged").pk


def lateness(clocks: list[int]) -> list[float]:
    """Seconds from each clock's due moment to the moment its breach was recorded; those that have breached."""
    found = []
    for clock in Clock.objects.filter(pk__in=clocks).exclude(breached_at=None):
        events = TimelineEvent.objects.filter(incident=clock.incident_id, kind=EventKind.CLOCK_BREACHED)
        recorded: list[datetime] = [
            event.recorded_at for event in events if event.data.get("key") == "acknowledged"
        ]
        assert len(recorded) == 1, f"{len(recorded)} breaches of one clock"
        assert clock.due_at
        found.append((recorded[0] - clock.due_at).total_seconds())
    return found


def monitor(url: str, **facts: Any) -> int:
    """Watch `url`; returns the target's id."""
    return make_monitor(_product(), target=url, **facts).targets.get().pk


def state(target: int) -> str:
    return Target.objects.get(pk=target).state


def many_monitors(count: int, url: str) -> None:
    """That many http monitors of `url`, each with its target."""
    monitors = Monitor.objects.bulk_create(
        Monitor(product=_product(), slug=f"m{n}", name=f"m{n}", kind="http", target=url) for n in range(count)
    )
    Target.objects.bulk_create(Target(monitor=monitor, key="", name="") for monitor in monitors)


def probe_all() -> dict[str, float]:
    """Make every monitor due and probe all of them; every one must have answered.

    Returns `checks`, `wall` and this process's `cpu` seconds."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE monitoring_monitor SET due_at = clock_timestamp(), lease_token = NULL")
    count, was, began, checks = Monitor.objects.count(), _cpu(), time.monotonic(), 0
    before = moment.now()
    while checks < count:
        done = sweep.probe_due(1000)
        assert done, f"only {checks} of {count} were due"
        checks += done
    took = {"checks": checks, "wall": time.monotonic() - began, "cpu": _cpu() - was}
    good = Monitor.objects.filter(code="", looked_at__gte=before, lease_token=None)
    assert good.count() == count, f"only {good.count()} of {count} answered and were stored"
    return took


def mails(count: int) -> None:
    """That many mails to a duty mailbox, each about an incident of its own."""
    for number in range(count):
        _tell(f"INC-{number + 1}/1", Recipient("Duty", address="duty@example.test"))


def room(url: str) -> int:
    """A room of the team; returns its channel's id."""
    team = _product().team
    return add_channel(kind=Kind.SLACK, name=url[:80], config={"url": url}, by=_administrator(), team=team).pk


def hang(channel: int, count: int) -> None:
    """That many messages to a room."""
    to = Recipient("Room", channel=Channel.objects.get(pk=channel))
    for number in range(count):
        _tell(f"INC-{number + 1}/1", to)


def ring(channel: int, number: int) -> float:
    """One message to a room; returns the moment (seconds since 1970) right before COMMIT was sent."""
    with transaction.atomic():
        _tell(f"INC-{number + 5001}/1", Recipient("Room", channel=Channel.objects.get(pk=channel)))
        return time.time()


def pile(channel: int, count: int) -> None:
    """That many messages at once, to a room or, without one, to a duty mailbox."""
    room = Channel.objects.filter(pk=channel).first()
    to = Recipient("Room", channel=room) if room else Recipient("Duty", address="duty@example.test")
    first = Delivery.objects.count()
    with transaction.atomic():
        for number in range(first, first + count):
            _tell(f"INC-{number + 9001}/1", to)


def waiting() -> int:
    return Delivery.objects.waiting().count()


def unsent_mails() -> int:
    return Delivery.objects.filter(route=Kind.EMAIL).exclude(state="sent").count()


def _tell(about: str, to: Recipient) -> None:
    message = Message(f"CRITICAL {about}: Sign-in fails", "Nobody can sign in.", "/")
    queue.tell(about=about, key="opened", to=[to], message=message, team=_product().team, rank=1, wake=True)


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


OPERATIONS = {
    operation.__name__: operation
    for operation in (
        incident,
        two_years,
        night,
        note,
        resolve,
        due,
        lateness,
        monitor,
        state,
        many_monitors,
        probe_all,
        mails,
        room,
        hang,
        ring,
        pile,
        waiting,
        unsent_mails,
    )
} | verifying.OPERATIONS
