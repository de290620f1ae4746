"""What the API says of many incidents. Spans are whole seconds, moments UTC; what too few stand behind is null."""

from __future__ import annotations

from typing import Literal

from ninja import Schema
from pydantic import ConfigDict, Field

from foundation.shapes import Utc


class LeastShape(Schema):
    """Of fewer there is no median, no 85th percentile, no share in percent: they are null."""

    median: int
    p85: int
    percent: int


class TimeShape(Schema):
    """`n` times from the detection; of `hotfix` and `rollback` from their own beginning."""

    key: str
    label: str
    n: int
    median_s: int | None
    p85_s: int | None
    longest_s: int | None


class KeptShape(Schema):
    """Runs of one clock. `n` is `met` and `breached`, of which `percent` were met; the others are in no share."""

    key: str
    label: str
    kind: Literal["commitment", "target"]
    n: int
    percent: float | None
    met: int
    breached: int
    running: int
    waived: int
    cancelled: int
    instead: int
    unlimited: int


class GroupShape(Schema):
    """One severity of one process. `n` are counted: live, not declined, no duplicate. `by_status` is of live ones."""

    process: str
    process_name: str
    severity: str
    label: str
    mark: Literal["critical", "high", "medium", "low"]
    n: int
    reopened: int
    by_mode: dict[str, int]
    by_status: dict[str, int]
    times: list[TimeShape]
    clocks: list[KeptShape]


class ChoiceShape(Schema):
    """`replaced` by a later decision; `reopened`: the incident was opened again after it."""

    choice: Literal["hotfix", "rollback", "mitigate", "defer"]
    label: str
    n: int
    replaced: int
    reopened: int


class HotfixesShape(Schema):
    """As they stand now; what was `taken_back` is in no other."""

    n: int
    open: int
    released: int
    abandoned: int
    taken_back: int


class RollbacksShape(Schema):
    n: int
    open: int
    done: int
    abandoned: int


class ActionsShape(Schema):
    """`overdue` are open, too."""

    n: int
    open: int
    overdue: int
    done: int
    dropped: int


class InsightsShape(Schema):
    """`since` and `until` are the days as moments; `until` is not in them any more."""

    model_config = ConfigDict(populate_by_name=True)

    from_: str = Field(alias="from", json_schema_extra={"format": "date"})
    to: str = Field(json_schema_extra={"format": "date"})
    zone: str
    since: Utc
    until: Utc
    product: str
    severity: str
    process: str
    least: LeastShape
    n: int
    by_mode: dict[str, int]
    by_status: dict[str, int]
    groups: list[GroupShape]
    decisions: list[ChoiceShape]
    hotfixes: HotfixesShape
    rollbacks: RollbacksShape
    actions: ActionsShape
