"""The T-ruler: the planned moments of a process against what really happened (K78–K86). Pure; spans are seconds.

Planned moments count from detection. A limit that an event starts (30 minutes from approval, C2) is a mark of its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from django.utils.translation import gettext as _

from incidents.clocks.clocks import span
from products.targets import offset_text

type Status = Literal["on_time", "early", "late", "missed", "planned", "not_needed"]
type End = Literal["", "resolved", "exit"]
# Less than a minute beside the plan is on time: the plan speaks of minutes. Where it speaks of days, an hour (K85).
TOLERANCE_S, TOLERANCE_OF_DAYS_S = 60, 3600


@dataclass(frozen=True)
class Planned:
    """`at_s` after detection. `later`: it may still come when the incident is resolved, as a message may. `left_out`:
    the remedy under way does without it.
    """

    at_s: int
    label: str
    later: bool = False
    limit: bool = False
    left_out: bool = False


@dataclass(frozen=True)
class Happened:
    """What no plan speaks of. `tone`: plain, good or late."""

    at: datetime
    label: str
    tone: str = "plain"


@dataclass(frozen=True)
class Mark:
    """`delta_s` is how much later than planned it was, or is by now; negative: earlier, or still ahead."""

    plan: Planned
    planned_at: datetime
    real_at: datetime | None
    status: Status
    delta_s: float

    @property
    def text(self) -> str:
        """How it stands, in words: "on time", "2 min late", "in 11 min"."""
        much = {"span": span(self.delta_s)}
        match self.status:
            case "early":
                return _("%(span)s early") % much
            case "late":
                return _("%(span)s late") % much
            case "missed":
                return _("not yet, %(span)s late") % much
            case "planned":
                return _("in %(span)s") % much if self.delta_s <= 0 else _("now")
            case "not_needed":
                return _("not needed")
        return _("on time")

    @property
    def offset(self) -> str:
        """When it was planned, as the process counts: "T-0", "T+5 min", "T+1 day"."""
        return offset_text(self.plan.at_s)


@dataclass(frozen=True)
class Total:
    """From detection to resolution, `elapsed_s` so far; the band may have no lower end, or none at all."""

    elapsed_s: float
    over: bool
    earliest_s: int | None = None
    within_s: int | None = None

    @property
    def late(self) -> bool:
        return self.within_s is not None and self.elapsed_s > self.within_s

    @property
    def band(self) -> str:
        """What the process plans: "2–4 h", "up to 4 h", or nothing."""
        if self.within_s is None:
            return ""
        if self.earliest_s is None:
            return _("up to %(most)s") % {"most": span(self.within_s)}
        if self.earliest_s % 3600 == 0 == self.within_s % 3600 and self.within_s < 172_800:
            return _("%(least)d–%(most)d h") % {
                "least": self.earliest_s // 3600,
                "most": self.within_s // 3600,
            }
        return _("%(least)s to %(most)s") % {"least": span(self.earliest_s), "most": span(self.within_s)}

    @property
    def text(self) -> str:
        took = _("Took %(span)s") if self.over else _("%(span)s so far")
        said = took % {"span": span(self.elapsed_s)}
        return (
            said + (", " + _("planned %(band)s") % {"band": self.band} if self.band else "") + self._judged()
        )

    def _judged(self) -> str:
        if self.within_s is not None and self.late:
            return ": " + _("%(span)s late") % {"span": span(self.elapsed_s - self.within_s)}
        if self.over and self.earliest_s is not None and self.elapsed_s < self.earliest_s:
            return ": " + _("faster than planned")
        return ": " + _("as planned") if self.over and self.within_s is not None else ""


@dataclass(frozen=True)
class Ruler:
    """`marks` in the order of the plan. `now` is None once nothing is to come: then there is no now-line. `happened`:
    beside the plan, in its order.
    """

    detected_at: datetime
    marks: tuple[Mark, ...]
    total: Total
    now: datetime | None
    happened: tuple[Happened, ...] = ()

    @property
    def late(self) -> list[Mark]:
        return [mark for mark in self.marks if mark.status in ("late", "missed")]

    @property
    def happened_n(self) -> int:
        return len(self.happened)

    @property
    def ahead(self) -> list[Mark]:
        """What has not happened and is still to come, the next first."""
        return [mark for mark in self.marks if mark.status in ("missed", "planned")]

    @property
    def three(self) -> list[Mark]:
        """What fits on a phone: the last one that was late, the next, and the one after."""
        late = [mark for mark in self.marks if mark.status == "late"]
        return [*late[-1:], *self.ahead[:2]]

    def seconds(self, at: datetime) -> float:
        return (at - self.detected_at).total_seconds()


def ruler(
    plan: Sequence[Planned],
    real: Sequence[datetime | None],
    now: datetime,
    *,
    detected_at: datetime,
    ended_at: datetime | None = None,
    end: End = "",
    band: tuple[int | None, int | None] = (None, None),
    happened: Sequence[Happened] = (),
) -> Ruler:
    """`real` are the moments of `plan`, one for one; `end` is how the incident ended, `band` (earliest, within)."""
    marks = sorted(
        (_mark(each, at, now, detected_at, end) for each, at in zip(plan, real, strict=True)),
        key=lambda mark: mark.plan.at_s,
    )
    # What was none, waits or is told elsewhere is not judged by the plan.
    least, most = band if end != "exit" else (None, None)
    total = Total(((ended_at or now) - detected_at).total_seconds(), ended_at is not None, least, most)
    waits = any(mark.status in ("planned", "missed") for mark in marks)
    beside = tuple(sorted(happened, key=lambda one: one.at))
    return Ruler(detected_at, tuple(marks), total, now if ended_at is None or waits else None, beside)


def _mark(plan: Planned, real: datetime | None, now: datetime, detected_at: datetime, end: End) -> Mark:
    # In UTC: adding a span to a local time would follow the wall clock.
    planned = detected_at.astimezone(UTC) + timedelta(seconds=plan.at_s)
    delta = ((real or now) - planned).total_seconds()
    return Mark(plan, planned, real, _status(plan, real is not None, delta, end), delta)


def _status(plan: Planned, happened: bool, delta: float, end: End) -> Status:
    of_days = plan.at_s > 0 and plan.at_s % 86_400 == 0 and not plan.limit
    if happened:
        slack = TOLERANCE_OF_DAYS_S if of_days else TOLERANCE_S
        return "on_time" if abs(delta) < slack else "late" if delta > 0 else "early"
    if plan.left_out or end == "exit" or (end == "resolved" and not plan.later):
        return "not_needed"
    return "missed" if delta > (TOLERANCE_OF_DAYS_S if of_days else 0) else "planned"
