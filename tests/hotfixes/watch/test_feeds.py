"""Monitors that count errors by themselves: part of the watch, and of "zero errors" (K60, K62, K63, K75)."""

import uuid
from datetime import timedelta
from typing import Any, cast

import pytest
from django.test import Client

from hotfixes.checks.shapes import Result as Checked
from hotfixes.checks.watch import counts as check
from hotfixes.judging import surroundings
from hotfixes.watch import shown, tallies
from incidents.messages.claims import Claims, Finding
from incidents.work import work
from monitoring.models import Count, Monitor
from monitoring.probes import result as seen
from monitoring.probes.result import Outcome
from monitoring.store import store
from products.models import Product
from tests.factories import make_monitor
from tests.hotfixes.watch.conftest import NIGHT, STEPS, Night, begun_with

EVERY = 10  # minutes between two looks; each counts what came in twice that time
PROMETHEUS = {"query": f"sum(increase(app_errors_total[{2 * EVERY}m]))"}


class Feeding:
    """A night with a monitor that counts, looked at beside the other one and as often."""

    def __init__(self, night: Night) -> None:
        self.night = night
        self.monitor = Monitor.objects.get(name="Errors")

    def read(self, number: float | None) -> None:
        token = uuid.uuid4()
        Monitor.objects.filter(pk=self.monitor.pk).update(lease_token=token)
        self.monitor.refresh_from_db()
        count = seen.Count(number or 0, "errors", 2 * EVERY * 60)
        outcome = (
            Outcome(code="connect", detail="Nothing accepted the connection.")
            if number is None
            else Outcome((seen.Result("", "Errors", "up", count=count),))
        )
        store(token, [(self.monitor, outcome)])

    def go(self, until: float, number: float | None = 0) -> None:
        """As Night.go; each look reads `number`, None: nobody answers."""
        now = (self.night.clock.now - NIGHT).total_seconds() / 60
        for n in range(1, int((until - now) / EVERY) + 1):
            self.night.to(now + EVERY * n)
            self.night.look("up")
            self.read(number)
            if n % 2 == 0:
                self.night.judge()
        self.night.to(until)
        self.night.judge()

    def zero(self) -> Finding:
        night = self.night
        return Claims(work.read(night.incident), night.clock.now).judge("zero_errors", night.hotfix.ref)

    def checked(self) -> Checked:
        return check.errors(surroundings.context(self.night.hotfix, cast(Any, None), {}))


def counting(product: Product) -> None:
    Monitor.objects.filter(product=product).update(interval_s=EVERY * 60)
    make_monitor(product, name="Errors", kind="prometheus", interval_s=EVERY * 60, expect=PROMETHEUS)


def smoke_passed(night: Night) -> None:
    counting(night.product)
    feeding = Feeding(night)
    feeding.go(-10)
    night.deploy(-10)
    feeding.go(0)
    night.pass_smoke(0)


STEPS["fed"] = ("night", smoke_passed)
fed = begun_with


@pytest.fixture
def feeding(fed: Night) -> Feeding:
    return Feeding(fed)


def test_a_count_that_a_monitor_reads_by_itself_shows_that_there_are_none(feeding: Feeding) -> None:
    """K62, K75: every look since the deployment, with number, times and monitor."""
    feeding.go(120)
    found = feeding.zero()
    assert (found.shown, found.why) == (True, "0 errors from 21 Nov 01:50 UTC to 21 Nov 04:00 UTC (Errors).")
    assert found.facts["monitors"] == [
        {
            "monitor": "Errors",
            "slug": feeding.monitor.slug,
            "errors": 0,
            "read": [{"from": "2026-11-21T01:50:00Z", "to": "2026-11-21T04:00:00Z"}],
        }
    ]
    assert feeding.night.told() == ["watch_opened 0", "watch_met 120"]
    assert Count.objects.count() == 1, "the same number look after look is one row"


def test_errors_in_a_single_look_strike_the_sentence_out_and_name_the_monitor(feeding: Feeding) -> None:
    """K75: also where somebody else has counted none."""
    feeding.go(60)
    feeding.go(70, 2)
    feeding.go(120)
    tallies.add(
        feeding.night.incident,
        by=feeding.night.ada,
        kind="errors",
        count=0,
        since=NIGHT - timedelta(minutes=10),
        source="Log",
    )
    found = feeding.zero()
    assert (found.shown, found.facts["monitors"][0]["errors"]) == (False, 2)
    assert found.why == "2 errors from 21 Nov 01:50 UTC to 21 Nov 04:00 UTC (Errors)."


def test_errors_from_before_the_deployment_are_not_its_own(night: Night) -> None:
    counting(night.product)
    feeding = Feeding(night)
    feeding.go(-10, 9)
    night.deploy(-10)
    feeding.go(0, 9)  # of the last twenty minutes: from before it too
    feeding.go(20)
    assert feeding.zero().shown


def test_while_nobody_could_read_it_nobody_knows_and_the_watch_is_longer(feeding: Feeding) -> None:
    """K61, K75: what nobody read is not none."""
    feeding.go(60)
    feeding.go(110, None)
    feeding.go(120)
    tallies.add(
        feeding.night.incident,
        by=feeding.night.ada,
        kind="errors",
        count=0,
        since=NIGHT - timedelta(minutes=10),
        source="Log",
    )
    found = feeding.zero()
    assert (found.shown, found.why) == (
        False, "Nobody could read the errors from 21 Nov 03:00 UTC to 21 Nov 03:40 UTC (Errors)."
    )  # fmt: skip
    assert "watch_met 120" not in feeding.night.told()


def test_one_that_was_never_read_is_no_source_of_none(feeding: Feeding) -> None:
    make_monitor(
        feeding.night.product, name="Log", kind="file", target="/var/log/x.log", expect={"count": "E"}
    )
    feeding.go(120)
    assert feeding.zero().why == "Log has read no number of errors since the deployment."


def test_its_check_is_done_by_itself_at_the_end_of_the_watch(feeding: Feeding) -> None:
    """K60, K62."""
    feeding.go(60)
    assert feeding.checked().verdict == "PENDING"
    feeding.go(120)
    found = feeding.checked()
    assert (found.verdict, found.summary) == (
        "PASS",
        "0 errors from the deployment to 21 Nov 2026, 04:00 UTC (Errors).",
    )
    feeding.go(130, 1)
    assert feeding.checked().verdict == "PASS", "the watch was over before that"
    assert not feeding.zero().shown, "and who tells people a day later hears of it"


def test_more_errors_than_before_the_deployment_are_not_right(feeding: Feeding) -> None:
    """K60, K62."""
    feeding.go(60, 3)
    found = feeding.checked()
    assert found.verdict == "FAIL"
    assert "more than before the deployment (Errors)" in found.summary


def test_the_page_and_the_api_show_each_source(feeding: Feeding, client: Client) -> None:
    feeding.go(60)
    feeding.go(70, 2)
    feeding.go(120, None)
    client.force_login(feeding.night.ada)
    (one,) = shown.of_incident(feeding.night.incident, feeding.night.clock.now)
    assert [(feed.name, feed.count, bool(feed.unread)) for feed in one.feeds] == [("Errors", 2, True)]
    page = client.get(f"/incidents/{feeding.night.incident.ref}/").text
    assert "Errors: 2 errors, read until" in " ".join(page.split())
