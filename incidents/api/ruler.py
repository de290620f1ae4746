"""The plan of the process against what really happened: the T-ruler of the page, in the same words (K78–K86)."""

from __future__ import annotations

from typing import Any, Literal

from django.http import HttpRequest
from ninja import Schema

from foundation import moment
from foundation.shapes import Utc, utc, utc_or_none
from incidents.api.reading import incident_of, router
from incidents.ruler.panel import read, summary
from incidents.ruler.ruler import Mark


class MarkShape(Schema):
    """`at_s` is the plan, in seconds after detection, `offset` the same in words. `limit`: a promise that an event set
    going. `delta_s`: how much later than planned it was, or is by now."""

    label: str
    offset: str
    at_s: int
    limit: bool
    planned_at: Utc
    real_at: Utc | None
    status: Literal["on_time", "early", "late", "missed", "planned", "not_needed"]
    delta_s: float
    text: str


class TotalShape(Schema):
    """From detection to resolution; `band` is what the process plans, empty for nothing."""

    elapsed_s: float
    over: bool
    late: bool
    band: str
    text: str


class RulerShape(Schema):
    """`text` is the whole in a sentence. No `total` where the process plans no moments."""

    detected_at: Utc
    text: str
    marks: list[MarkShape]
    total: TotalShape | None


@router.get("/incidents/{ref}/ruler", response=RulerShape)
def read_ruler(request: HttpRequest, ref: str) -> dict[str, Any]:
    """Planned moments against real ones, in the order of the plan: early, late, not yet; and the total time."""
    found = incident_of(request, ref)
    shown = read(found, moment.now())
    if shown is None:
        return {"detected_at": utc(found.detected_at), "text": "", "marks": [], "total": None}
    total = {name: getattr(shown.total, name) for name in ("elapsed_s", "over", "late", "band", "text")}
    return {
        "detected_at": utc(shown.detected_at),
        "text": summary(shown),
        "marks": [_mark(mark) for mark in shown.marks],
        "total": total,
    }


def _mark(mark: Mark) -> dict[str, Any]:
    return {
        "label": mark.plan.label,
        "offset": mark.offset,
        "at_s": mark.plan.at_s,
        "limit": mark.plan.limit,
        "planned_at": utc(mark.planned_at),
        "real_at": utc_or_none(mark.real_at),
        "status": mark.status,
        "delta_s": mark.delta_s,
        "text": mark.text,
    }
