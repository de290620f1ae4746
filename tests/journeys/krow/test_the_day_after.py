"""The day after the deployment, by what real polls and counts say: what may be told, and what is struck out."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import transaction

from foundation import moment
from hotfixes.models import Watch
from hotfixes.watch import judging
from incidents.messages import obligations
from incidents.simulation.stage import Stage, stage
from monitoring.models import Monitor
from monitoring.probes.result import Count, Outcome, Result, State
from monitoring.store import store
from notifications.models import Delivery
from products.models import Product
from tests.api.conftest import Script
from tests.factories import make_monitor
from tests.journeys.krow.facts import DAY, PROBLEM
from tests.journeys.story import Story

ZERO, STABLE = "Zero errors reported post-deployment.", "System stable."
EVERY = 30  # minutes between two looks


@pytest.fixture
def clock(rosa: Script, dev: Script, paula: Script, product: str) -> Iterator[Stage]:
    with stage(moment.now().replace(second=0, microsecond=0) + timedelta(minutes=1)) as made:
        yield made


@pytest.fixture
def told(clock: Stage, product: str, rosa: Script) -> Story:
    return Story(clock.now, rosa)


@pytest.fixture
def monitor(clock: Stage, product: str) -> Monitor:
    made = Product.objects.get(slug=product)
    return make_monitor(made, name="Sign-in", interval_s=EVERY * 60, fail_after=1, recover_after=1)


class Looking:
    """A look every half hour, and the watch judged after each."""

    def __init__(self, story: Story, clock: Stage, monitor: Monitor) -> None:
        self.story, self.clock, self.monitor, self.minute = story, clock, monitor, 0
        self.counts: Monitor | None = None

    def until(self, minute: int, state: State = "up") -> None:
        while self.minute < minute:
            self.minute = min(self.minute + EVERY, minute)
            self.clock.set(self.story.moment(self.minute))
            token = uuid.uuid4()
            Monitor.objects.filter(pk=self.monitor.pk).update(lease_token=token)
            self.monitor.refresh_from_db()
            seen = [(self.monitor, Outcome((Result("", self.monitor.name, state),)))]
            if self.counts:
                Monitor.objects.filter(pk=self.counts.pk).update(lease_token=token)
                none = Count(0, "errors", EVERY * 120)
                seen.append((self.counts, Outcome((Result("", "", "up", count=none),))))
            store(token, seen)
            Watch.objects.exclude(look_at=None).update(look_at=self.clock.now)
            judging.judge_due()


@pytest.fixture
def looking(told: Story, clock: Stage, monitor: Monitor) -> Looking:
    return Looking(told, clock, monitor)


def brought_out(story: Story, looking: Looking, rosa: Script, dev: Script, paula: Script) -> None:
    """As far as the smoke tests at T+60."""
    story.opens(rosa, **PROBLEM, detected_at=story.at(0))
    looking.until(5)
    story.does(rosa, None, "acknowledge")
    story.does(paula, None, "decision", 201, choice="hotfix", reason="A line")
    looking.until(45)
    story.does(rosa, None, "report", kind="deployed")
    looking.until(60)
    story.does(dev, None, "report", kind="smoke_passed")


def counted(story: Story, rosa: Script, errors: int = 0) -> None:
    """What a script counted since the deployment (POST /tallies)."""
    sent = {"incident": story.path.rpartition("/")[2], "kind": "errors", "count": errors, "source": "Sentry"}
    rosa.post("/tallies", {**sent, "since": story.at(45)}, status=201)


def test_zero_errors_is_offered_where_the_count_and_the_polls_agree(
    told: Story, looking: Looking, rosa: Script, dev: Script, paula: Script
) -> None:
    """K61–K64, K73–K77, K85: the watch ends by its looks, nobody has to say so; a day later both sentences are in.
    Quiet polls do not outweigh errors that were counted; that it is stable may still be said."""
    brought_out(told, looking, rosa, dev, paula)
    looking.until(170)
    assert told.clock("watch")[0] == "running"
    assert told.struck("follow_up")[STABLE].startswith("The watch is not over: ")
    looking.until(200)
    assert told.clock("watch")[0] == "met"
    assert [event["actor"] for event in told.items("timeline") if event["kind"] == "watch_met"] == [""]
    assert told.struck("follow_up")[ZERO] == "Nothing here counts the errors of this product."
    looking.until(DAY + 45)
    with transaction.atomic():
        counted(told, rosa, errors=3)
        span = f"{told.moment(45):%d %b %H:%M UTC} to {told.moment(DAY + 45):%d %b %H:%M UTC}"
        assert told.struck("follow_up") == {ZERO: f"3 errors from {span} (Sentry)."}
        transaction.set_rollback(True)
    counted(told, rosa)
    assert told.struck("follow_up") == {}
    found = told.message("follow_up")
    assert (found["state"], found["text"]) == ("due", (
        "✅ HOTFIX STATUS UPDATE\nProduction hotfix v0.1.1 deployed 24 hours ago.\n"
        f"{ZERO}\n{STABLE}\nThank you for your patience!"
    ))  # fmt: skip


def test_the_owner_hears_what_was_seen_of_the_day_before_anybody_is_told(
    told: Story, looking: Looking, rosa: Script, dev: Script, paula: Script
) -> None:
    """K73-K76: once, when the follow-up falls due, with the numbers behind both sentences; nothing has left by then."""
    errors = make_monitor(looking.monitor.product, name="Errors", kind="prometheus", interval_s=EVERY * 60)
    errors.expect = {"query": f"sum(increase(app_errors_total[{EVERY * 2}m]))"}
    errors.save()
    looking.counts = errors
    brought_out(told, looking, rosa, dev, paula)
    looking.until(DAY + 44)
    assert not Delivery.objects.filter(key="owed", body__contains=STABLE).exists()
    looking.until(DAY + 45)
    obligations.remind_due()
    obligations.remind_due()
    found = Delivery.objects.get(key="owed", body__contains=STABLE, user__name="Paula", route="inapp")
    since, until = f"{told.moment(45):%d %b %H:%M UTC}", f"{told.moment(DAY + 45):%d %b %H:%M UTC}"
    assert f"Seen: {ZERO} 0 errors from {since} to {until} (Errors)." in found.body
    assert f"Seen: {STABLE} Every monitor of the product has been up for 24 hours." in found.body
    assert told.message("follow_up")["state"] == "due"


def test_polls_that_disagree_strike_both_sentences_out(
    told: Story, looking: Looking, rosa: Script, dev: Script, paula: Script
) -> None:
    """K75, K76: a count of none does not outweigh that sign-in was down in the night, after the watch was over."""
    brought_out(told, looking, rosa, dev, paula)
    looking.until(600)
    looking.until(620, "down")
    looking.until(DAY + 45)
    counted(told, rosa)
    at = f"{told.moment(620):%d %b %H:%M UTC}"
    assert told.struck("follow_up") == {ZERO: f"Sign-in was down at {at}.", STABLE: "The watch failed."}
    text = told.message("follow_up")["text"]
    assert (ZERO in text, STABLE in text) == (False, False)
