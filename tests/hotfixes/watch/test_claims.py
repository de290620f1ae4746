"""Zero errors, and a stable system: only by numbers, and not against what real polls saw (K75, K76)."""

from datetime import timedelta
from typing import Any

from hotfixes.watch import tallies
from incidents.messages.claims import Claims, Finding
from incidents.work import work
from tests.hotfixes.watch.conftest import NIGHT, Night


def judged(night: Night, claim: str) -> Finding:
    return Claims(work.read(night.incident), night.clock.now).judge(claim, night.hotfix.ref)


def test_a_count_of_none_that_the_polls_agree_with_may_be_said(watched: Night) -> None:
    watched.go(120)
    assert judged(watched, "zero_errors").why == "Nothing here counts the errors of this product."
    add: dict[str, Any] = {"by": watched.ada, "token": "sentry", "source": "Sentry", "kind": "errors"}
    since = NIGHT - timedelta(minutes=10)
    tallies.add(watched.incident, count=0, since=since, until=NIGHT + timedelta(minutes=30), **add)
    assert judged(watched, "zero_errors").why == (
        "Errors were not counted all the time: until 21 Nov 02:30 UTC (Sentry)."
    )
    tallies.add(watched.incident, count=0, since=since, **add)
    found = judged(watched, "zero_errors")
    assert (found.shown, found.why) == (True, "0 errors from 21 Nov 01:50 UTC to 21 Nov 04:00 UTC (Sentry).")
    assert (found.facts["errors"], len(found.facts["counted"])) == (0, 2)
    tallies.add(watched.incident, count=3, since=since, **{**add, "source": "Log"})
    assert judged(watched, "zero_errors").why == "3 errors from 21 Nov 01:50 UTC to 21 Nov 04:00 UTC (Log)."


def test_polls_that_disagree_strike_it_out(watched: Night) -> None:
    watched.go(60)
    watched.go(64, "down")
    watched.go(68)
    add: dict[str, Any] = {"by": watched.ada, "token": "sentry", "kind": "errors"}
    tallies.add(watched.incident, count=0, since=NIGHT - timedelta(minutes=10), **add)
    found = judged(watched, "zero_errors")
    assert (found.shown, found.why) == (False, "API was down at 21 Nov 03:04 UTC.")


def test_while_the_watch_runs_nothing_is_stable_yet(watched: Night) -> None:
    watched.go(60)
    found = judged(watched, "stable")
    assert (found.shown, found.why) == (False, "The watch is not over: 1 h of 2 h.")
