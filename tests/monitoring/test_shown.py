"""What is no longer fresh is shown as "can't tell" at once, everywhere, while no worker is there to write it down."""

import pytest
from django.test import Client

from foundation import moment
from incidents.lifecycle.declare import declare
from monitoring.api.shapes import monitor_shape, with_targets
from monitoring.board import board
from monitoring.claim import claim_due
from monitoring.history import past
from monitoring.models import Monitor, Target
from monitoring.probes.result import Outcome, Result, State
from monitoring.store import store
from products.models import Product
from tests.factories import make_monitor, make_user
from tests.monitoring.conftest import let_pass

pytestmark = pytest.mark.django_db
MINUTES_3 = 181  # two intervals and a minute, and a second


def watched(state: State = "up", name: str = "Checkout") -> Monitor:
    monitor = make_monitor(Product.objects.first(), name=name, interval_s=60, fail_after=1)
    claimed = claim_due(500)
    seen = Outcome(results=(Result(key="", name="", state=state),))
    store(claimed.token, [(each, seen) for each in claimed.monitors if each.pk == monitor.pk])
    return monitor


@pytest.fixture
def admin(client: Client) -> Client:
    client.force_login(make_user("root@example.test", is_administrator=True))
    return client


def shown_everywhere(admin: Client, monitor: Monitor) -> set[str]:
    """The state by board, monitor page, API and incident page."""
    user = make_user(f"{moment.now():%f}@example.test", is_administrator=True)
    line = board(user, now=moment.now()).groups[0].lines[0]
    page = admin.get(monitor.get_absolute_url()).context
    read = monitor_shape(with_targets(Monitor.objects.all()).get())
    incident = declare(
        monitor.product, by=None, title="Slow", target=Target.objects.get(), source="monitor", label="m"
    )
    of_incident = admin.get(incident.get_absolute_url()).context["page"].target
    type(incident).objects.filter(pk=incident.pk).update(target=None)
    return {line.state, page["state"], read["state"], read["targets"][0]["state"], of_incident.state}


def test_it_is_up_while_that_is_fresh_and_nobody_can_tell_after_it(admin: Client) -> None:
    monitor = watched()
    assert shown_everywhere(admin, monitor) == {"up"}
    let_pass(MINUTES_3)
    assert shown_everywhere(admin, monitor) == {"unknown"}
    assert Target.objects.get().state == "up"  # nobody has written it down


def test_the_strip_ends_where_nobody_watched_any_more() -> None:
    watched()
    let_pass(3600)
    day = past(list(Target.objects.all()), moment.now()).whole.windows[1]
    assert (round(day.up), round(day.up + day.unwatched)) == (180, 86_400)


def test_down_is_not_claimed_longer_than_it_is_known() -> None:
    watched("down")
    assert Target.objects.down().count() == 1
    let_pass(MINUTES_3)
    assert Target.objects.down().count() == 0


def test_the_worst_comes_first_by_what_is_shown() -> None:
    stale = watched("down")
    let_pass(MINUTES_3)
    fresh = watched("degraded", "Other")
    assert [target.monitor for target in Target.objects.worst_first()] == [fresh, stale]
    assert [target.monitor for target in Target.objects.shown_in(["unknown", "up"])] == [stale]
