"""A watch as pages and the API show it: how far it is, what every monitor saw, what was counted, who watches."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from django.utils.translation import gettext as _

from accounts.models import User
from hotfixes.checks.watched import Reckoned, reckon
from hotfixes.models import Watch
from hotfixes.watch import feeds, judging, known, sampling, smoke
from hotfixes.watch.course import GRACE
from hotfixes.watch.feeds import Feed
from hotfixes.watch.judging import NOTABLE_S
from hotfixes.watch.rows import watches
from hotfixes.watch.shapes import BAD, GOOD, Course, Sample, Watched
from hotfixes.watch.smoke import Item
from incidents.clocks.clocks import span
from incidents.lifecycle import setbacks
from incidents.lifecycle.watch import spec
from incidents.models import Incident
from incidents.roles import holding
from incidents.roles.holding import RoleView
from monitoring.states import State
from monitoring.uptime import Segment
from products.vocabulary import EventKind

# Strips on a page; a summary may list hundreds.
STRIPS = 8
# Gaps that are named on their own; the others are summed up.
GAPS = 3


@dataclass(frozen=True)
class Strip:
    name: str
    pieces: list[Segment]
    rare: bool = False


@dataclass(frozen=True)
class GapShown:
    """A gap in the reader's words; `open`: it lasts."""

    start: datetime
    end: datetime
    for_: str
    who: str
    open: bool


@dataclass(frozen=True)
class WatchShown:
    """`state`: waits, runs, ill (what failed is not well yet), met, failed or stopped. `head` says it in a sentence.

    `errors` and `reports` are None where nobody has counted; `feeds` are the monitors that count by themselves.
    `watcher`: the role that watches, None where the process names none. `ends_at`: as the incident's clock says it.
    """

    watch: Watch
    course: Course
    state: str
    head: str
    strips: list[Strip]
    gaps: list[GapShown]
    short_gaps: str
    errors: Reckoned | None
    reports: Reckoned | None
    feeds: list[Feed]
    items: list[Item]
    watcher: RoleView | None
    ends_at: datetime | None

    @property
    def cut_short_by(self) -> str:
        """Who said that it is over before as much was watched as the process asks for; "" where nobody did."""
        by = str(self.watch.facts.get("said_by") or "")
        return by if self.state == Watch.State.MET and self.course.counted_s < self.watch.least_s else ""

    @property
    def done(self) -> str:
        return span(self.course.counted_s // 60 * 60)

    @property
    def least(self) -> str:
        return span(self.watch.least_s)

    @property
    def coverage(self) -> int | None:
        return None if self.course.coverage is None else int(self.course.coverage)

    @property
    def running(self) -> bool:
        return self.watch.state == Watch.State.RUNNING

    @property
    def nobody(self) -> bool:
        """The process names who watches, and nobody does."""
        return self.running and self.watcher is not None and self.watcher.user is None

    @property
    def measures(self) -> bool:
        return bool(self.course.watched)

    @property
    def taken_back_at(self) -> datetime | None:
        """When another incident's rollback took back what was watched."""
        at = self.watch.facts.get("taken_back")
        return datetime.fromisoformat(at) if at else None

    @property
    def failed_name(self) -> str:
        failures = self.watch.facts.get("failures") or []
        relapse = self.watch.facts.get("relapse") or {}
        return str(relapse.get("name") or (failures[-1]["name"] if failures else ""))

    @property
    def failed_at(self) -> datetime | None:
        failures = self.watch.facts.get("failures") or []
        relapse = self.watch.facts.get("relapse") or {}
        at = relapse.get("at") or (failures[-1]["at"] if failures else None)
        return datetime.fromisoformat(at) if at else None


def of_incident(
    incident: Incident, now: datetime, reader: User | None = None, most: int = 4
) -> list[WatchShown]:
    """Of each remedy the last watch, the newest first."""
    last: dict[tuple[int, str], Watch] = {}
    for row in watches(incident):
        last.setdefault((row.product_id, row.remedy), row)
    return [of(one, now, reader) for one in list(last.values())[:most]]


def of(watch: Watch, now: datetime, reader: User | None = None) -> WatchShown:
    """About a dozen queries."""
    incident = watch.incident
    kept = sampling.samples(watch)
    targets = sampling.watched(watch, kept)
    at = watch.ended_at or now
    found = judging.measured(watch, now)
    counted = known.counted(incident, watch.product_id, watch.kept_from, at)
    needed = max(watch.ended_at or found.ends_at or now, watch.kept_from)
    errors, reports = (
        reckon(counted, kind, deployed_at=watch.kept_from, needed=needed)
        for kind in ("errors", "user_reports")
    )
    state = state_of(watch, found)
    loud = [gap for gap in found.gaps if gap.open or gap.seconds >= NOTABLE_S]
    return WatchShown(
        watch=watch,
        course=found,
        state=state,
        head=_head(state, found, str(spec(incident).get("from") or ""), _ill(watch, targets, kept, now)),
        strips=[_strip(one, kept, watch, found, at) for one in targets[:STRIPS]],
        gaps=[
            GapShown(
                gap.start, gap.end, span(gap.seconds), ", ".join(gap.who[:5]) or _("no monitor"), gap.open
            )
            for gap in loud[-GAPS:]
        ],
        short_gaps=span(sum(gap.seconds for gap in found.gaps) - sum(gap.seconds for gap in loud[-GAPS:]))
        if len(found.gaps) > len(loud[-GAPS:])
        else "",
        errors=errors,
        reports=reports,
        feeds=feeds.feeds(watch, at),
        items=smoke.shown(watch),
        watcher=watcher(incident, reader),
        ends_at=judging.ends_at(watch, now),
    )


def state_of(watch: Watch, found: Course) -> str:
    if watch.state != Watch.State.RUNNING:
        return str(watch.state)
    if watch.counts_from is None:
        return "ill" if watch.facts.get("failed") else "waits"
    return "runs"


def _ill(watch: Watch, targets: Sequence[Watched], kept: Sequence[Sample], now: datetime) -> str:
    """What is not well just now and has not failed the watch, and why not; "" for nothing."""
    last = {look.target: look for look in kept if look.at <= now}
    names = [one.name for one in targets if one.key in last and last[one.key].verdict == BAD]
    if not names:
        return ""
    until = watch.kept_from + GRACE
    words = {
        "names": ", ".join(names[:3]),
        "until": setbacks.said_at(until, watch.incident.product.team.time_zone),
    }
    if now < until:
        return _("%(names)s was not well when this watch began, and has until %(until)s to come up") % words
    return (
        _("%(names)s did not answer well at the last look; it fails the watch once its monitor says down")
        % words
    )


def _head(state: str, found: Course, begins: str, ill: str) -> str:
    """`begins`: the event from which the process lets the time count. `ill`: what is not well just now."""
    heads = {
        "waits": _waits(begins),
        "ill": _("It begins anew once all is well again"),
        "met": _("The watch went well"),
        "failed": _("The watch showed a fault"),
        "stopped": _("The watch was stopped"),
    }
    if state in heads:
        return heads[state]
    if ill and not found.failure:
        return ill
    if found.why == "nobody":
        return _("No monitor watches it: only a person can say that all is well")
    if found.why == "gap":
        return _("Nobody sees how it is just now: until somebody does, the end moves on")
    return _("All that is seen is well")


def _waits(begins: str) -> str:
    if begins == EventKind.SMOKE_PASSED:
        return _("The time counts from the smoke tests on")
    if begins == EventKind.DEPLOYED:  # it did count, until one failed
        return _("A smoke test failed: the time counts anew once all of them pass")
    return _("The time does not count yet")


def watcher(incident: Incident, reader: User | None) -> RoleView | None:
    """The role that watches by the process."""
    roles = incident.process_version.document.get("roles") or []
    key = spec(incident).get("role") or next((str(one["key"]) for one in roles if one.get("watches")), "")
    return next((one for one in holding.holders(incident, reader) if one.role == key), None)


def _strip(one: Watched, kept: Sequence[Sample], watch: Watch, found: Course, until: datetime) -> Strip:
    """From the deployment on. Between two good looks it was up; what lies around a gap nobody saw."""
    mine = [look for look in kept if look.target == one.key and look.at <= until]
    most = timedelta(seconds=watch.max_gap * one.interval_s)
    start = watch.kept_from
    pieces: list[Segment] = []
    for before, after in pairwise(mine):
        if after.at <= start:
            continue
        state = (
            State.DOWN if BAD in (before.verdict, after.verdict) and before.verdict == BAD else State.UNKNOWN
        )
        if before.verdict == after.verdict == GOOD and after.at - before.at <= most:
            state = State.UP
        pieces.append(Segment(max(before.at, start), after.at, state))
    if mine and mine[-1].at < until:
        # Whatever it said last holds as long as its next look is not late: of two watches of one product both say so.
        said = {GOOD: State.UP, BAD: State.DOWN}.get(mine[-1].verdict, State.UNKNOWN)
        last = said if until - mine[-1].at <= most else State.UNKNOWN
        pieces.append(Segment(max(mine[-1].at, start), until, last))
    return Strip(one.name, pieces, one.name in found.rare)
