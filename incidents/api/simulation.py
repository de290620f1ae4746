"""Simulate for scripts: a process played against a clock of its own, of which nothing stays (docs/decisions/0004)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from ninja import Schema
from pydantic import ConfigDict, Field

from accounts.access import authorize
from accounts.bearer import person_of
from foundation import moment
from foundation.problems import problem
from foundation.shapes import Body, Line, Moment, Utc, utc, utc_or_none
from incidents.api.reading import router
from incidents.api.shapes import ClockShape, clock_shape
from incidents.clocks.shown import clock_views
from incidents.models import Status
from incidents.ruler import panel as ruler_panel
from incidents.simulation import script as scripts
from incidents.simulation.basis import Basis
from incidents.simulation.moves import Offered
from incidents.simulation.play import Busy, Played, play
from incidents.simulation.shown import Shown, read
from incidents.simulation.telling import Told
from products.api import SLUG
from products.models import Process


class SimulatedMove(Body):
    """At `at_s` seconds after the start `do` is done, to `of`: `{"at_s": 300, "do": "finish_step", "of": "branch"}`.

    What can be done: acknowledge, confirm_severity, change_severity (of: its key), lead, claim (of: a role), decide
    (of: hotfix, mitigate, defer or rollback.<option>), report (of: an event such as deployed), finish_step, skip_step,
    attest and not_needed (of: the number of a box), send_message, mitigate, resolve, reopen, close, decline, defer,
    pause_clock, resume_clock and waive_clock (of: the clock's key).
    """

    at_s: Annotated[int, Field(ge=0, le=scripts.LONGEST_S)]
    do: Annotated[str, Field(min_length=1, max_length=30, pattern="^[a-z_]+$")]
    of: Annotated[str, Field(max_length=90, pattern="^[A-Za-z0-9_.-]*$")] = ""


class Simulation(Body):
    """`severity` null: not sure. `start` null: now. `zone`: on whose clocks night and working hours are reckoned.

    `version`: a former one of the process. `until_s`: where its clock stands at the end; never before the last move.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "severity": "HIGH", "start": "2026-11-20T21:00:00Z", "zone": "Europe/Vienna", "until_s": 3600,
                    "moves": [{"at_s": 60, "do": "acknowledge"}, {"at_s": 300, "do": "decide", "of": "hotfix"}],
                }
            ]
        }
    )  # fmt: skip

    severity: Line | None = None
    start: Moment | None = None
    zone: Line = "UTC"
    version: Annotated[int, Field(ge=1, le=2**31 - 1)] | None = None
    moves: Annotated[list[SimulatedMove], Field(max_length=scripts.MOST_MOVES)] = []
    until_s: Annotated[int, Field(ge=0, le=scripts.LONGEST_S)] = 0


class OfferedMove(Schema):
    do: str
    of: str
    label: str
    group: Literal["next", "decide", "step", "tell", "setback", "role", "severity", "end"]


class NextMove(Schema):
    title: str
    reason: str
    do: str
    of: str


class SimulatedStep(Schema):
    key: str
    number: int
    title: str
    state: Literal["open", "done", "not_needed"]
    current: bool
    role: str
    holder: str


class SimulatedBox(Schema):
    position: int
    title: str
    state: Literal["open", "done", "not_needed"]


class ToldShape(Schema):
    """`due_at` after `at`: it wakes nobody and goes out then. `moot`: not sent after all."""

    at: Utc
    due_at: Utc
    whom: list[str]
    subject: str
    state: Literal["sent", "waits", "moot"]


class ComingShape(Schema):
    at: Utc
    label: str


class RulerMark(Schema):
    planned: str
    label: str
    happened_at: Utc | None
    status: Literal["on_time", "early", "late", "missed", "planned", "not_needed"]
    text: str


class Entry(Schema):
    at: Utc
    kind: str
    by: str


class RefusedMove(Schema):
    at_s: int
    do: str
    of: str
    why: str


class SimulationShape(Schema):
    """Everything as it stands at `now`. `moves`: what may be done next; `coming`: what time alone brings."""

    now: Utc
    severity: str
    status: Status
    clocks: list[ClockShape]
    ruler: list[RulerMark]
    next: NextMove | None
    moves: list[OfferedMove]
    steps: list[SimulatedStep]
    boxes: list[SimulatedBox]
    roles: dict[str, str | None]
    told: list[ToldShape]
    coming: list[ComingShape]
    entries: list[Entry]
    refused: list[RefusedMove]


@router.post("/processes/{key}/simulate", response=SimulationShape, tags=["processes"])
def simulate_process(request: HttpRequest, key: str, asked: Simulation) -> Any:
    """Plays an incident by the process: the real verbs, made-up people, a clock of its own. Nothing is kept or told.

    A move that its verb refuses stands in `refused`, and the play goes on.
    """
    if not SLUG.fullmatch(key):
        raise Http404
    process = Process.objects.select_related("current").filter(key__iexact=key).first()
    if process is None:
        raise Http404
    authorize(person_of(request), "view", process)
    version = process.versions.filter(number=asked.version).first() if asked.version else process.current
    if version is None:
        raise Http404
    try:
        return play(Basis.of(version), _script(asked, moment.now()), _shape)
    except Busy:
        told = _("Too many simulations run just now. Try again in a moment.")
        return problem(503, told, headers={"Retry-After": "5"})


def _script(asked: Simulation, now: datetime) -> scripts.Script:
    if asked.severity == "":
        raise ValidationError({"severity": _("Name a severity, or leave it out for “not sure”.")})
    moves = tuple(scripts.Move(move.at_s, move.do, move.of) for move in asked.moves)
    zone = scripts.known_zone(asked.zone)
    return scripts.Script(asked.severity or "", asked.start or now, zone, moves, asked.until_s)


def _shape(played: Played) -> dict[str, Any]:
    shown, incident = read(played), played.fresh()
    ruler = ruler_panel.read(incident, played.now)
    return {
        "now": utc(played.now),
        "severity": incident.severity.key,
        "status": incident.status,
        "clocks": [clock_shape(view.clock, played.now) for view in clock_views(incident, played.now)],
        "ruler": [_mark(mark) for mark in ruler.marks] if ruler else [],
        "next": _next(shown),
        "moves": [_offered(one) for one in shown.offered],
        "steps": [
            {
                **{name: getattr(one.step, name) for name in ("key", "number", "title", "state", "current")},
                "role": one.role,
                "holder": one.holder,
            }
            for one in shown.steps
        ],
        "boxes": [{"position": box.position, "title": box.title, "state": box.state} for box in shown.boxes],
        "roles": {label: who or None for label, who in shown.roles},
        "told": [_told(one) for one in shown.told],
        "coming": [{"at": utc(one.at), "label": one.label} for one in shown.coming],
        "entries": [
            {"at": utc(event.occurred_at), "kind": event.kind, "by": event.actor_label}
            for event in incident.events.select_related("actor", "payload").order_by("seq")
        ],
        "refused": [
            {"at_s": one.move.at_s, "do": one.move.verb, "of": one.move.of, "why": one.words}
            for one in shown.refused
        ],
    }


def _told(one: Told) -> dict[str, Any]:
    return {
        "at": utc(one.at),
        "due_at": utc(one.due_at),
        "whom": list(one.whom),
        "subject": one.subject,
        "state": one.state,
    }


def _next(shown: Shown) -> dict[str, str] | None:
    first = next(iter(shown.group("next")), None)
    if first is None or shown.action is None:
        return None
    return {
        "title": str(shown.action.title),
        "reason": str(shown.action.reason),
        "do": first.verb,
        "of": first.of,
    }


def _offered(one: Offered) -> dict[str, str]:
    return {"do": one.verb, "of": one.of, "label": one.label, "group": one.group}


def _mark(mark: Any) -> dict[str, Any]:
    return {
        "planned": mark.offset,
        "label": mark.plan.label,
        "happened_at": utc_or_none(mark.real_at),
        "status": mark.status,
        "text": mark.text,
    }
