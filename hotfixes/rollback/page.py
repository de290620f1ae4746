"""What the page of a rollback shows, read once: its boxes with what Nightdesk sees of them, what it undoes, clocks."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from hotfixes.models import Hotfix, Preview, Rollback, RollbackStep
from hotfixes.rollback import back, regressed, rounds
from hotfixes.rollback.known import Seen
from hotfixes.rollback.panel import Shown
from hotfixes.rollback.ways import preview_data
from incidents.clocks.shown import clock_views
from incidents.models import TimelineEvent
from incidents.work import work
from products.vocabulary import EventKind, Verdict


@dataclass(frozen=True)
class StepShown:
    """`seen`: what Nightdesk says of it, `said`: what came with a tick, unless it was redacted."""

    step: RollbackStep
    seen: dict[str, Any] | None
    said: str = ""
    url: str = ""

    @property
    def label(self) -> str:
        return str(Verdict(self.seen["verdict"]).label) if self.seen else ""

    @property
    def verdict(self) -> str:
        return str(self.seen["verdict"]) if self.seen else ""

    @property
    def looked_at(self) -> datetime | None:
        at = self.seen.get("looked_at") if self.seen else None
        return datetime.fromisoformat(at) if at else None


@dataclass(frozen=True)
class RollbackPage:
    shown: Shown
    parts: list[tuple[str, list[StepShown]]]
    preview: dict[str, Any]
    read_at: datetime | None
    verified: Seen
    role: str
    holder: str
    clocks: list[Any]
    regression: Any = None


def read(rollback: Rollback, now: datetime) -> RollbackPage:
    known = work.of(rollback.incident)
    steps = list(rollback.steps.select_related("done_by", "done_by_event__actor", "done_by_event__payload"))
    shown = [
        StepShown(one, rounds.judged(rollback, one, now), known.said(one), known.url(one)) for one in steps
    ]
    titles = {
        RollbackStep.Part.BEFORE: _("Before"),
        RollbackStep.Part.DO: _("Do"),
        RollbackStep.Part.AFTER: _("Afterwards"),
    }
    role, holder = _executor(rollback, known)
    preview = preview_data(rollback.product, rollback.from_ref, rollback.to_ref)
    return RollbackPage(
        Shown(rollback, steps),
        [
            (title, mine)
            for part, title in titles.items()
            if (mine := [one for one in shown if one.step.part == part])
        ],
        rollback.preview,
        preview.made_at
        if isinstance(preview, Preview) and preview.digest == rollback.preview_digest
        else None,
        back.verified(rollback, now),
        role,
        holder,
        [view for view in clock_views(rollback.incident, now) if view.clock.subject in ("", rollback.ref)],
        _regression(rollback.hotfix) if rollback.hotfix else None,
    )


def _regression(hotfix: Hotfix) -> TimelineEvent | None:
    """What it made worse; that a rollback took it back is nothing of the kind."""
    found = regressed.regression(hotfix)
    return found if found and found.kind != EventKind.TAKEN_BACK else None


def _executor(rollback: Rollback, known: work.Work) -> tuple[str, str]:
    """The role that the process names for it (K139), and who has it; "" for none."""
    key = str((known.document.get("rollback") or {}).get("executed_by") or "")
    return (work.role_label(known, key), known.holders.get(key, "")) if key else ("", "")
