"""What a page shows of a simulation: read at once while it is there, plain values afterwards."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from incidents import glance, panels
from incidents.clocks.clocks import span
from incidents.clocks.shown import clock_views
from incidents.messages import placeholders
from incidents.models import ChecklistItem, Incident, Status
from incidents.roles import holding
from incidents.sentences import sentences
from incidents.simulation.coming import Coming, coming
from incidents.simulation.moves import Offered
from incidents.simulation.offers import action_of, offers
from incidents.simulation.play import Played, Refused
from incidents.simulation.script import Script
from incidents.simulation.telling import Told, told
from incidents.work import shell, steps, work
from incidents.work.next_action import Action
from incidents.work.steps import StepView
from incidents.work.work import Work, role_label
from products.vocabulary import EventKind
from ui.clock_face import Face, face


@dataclass(frozen=True)
class Line:
    """An entry of the log: `after` the start, in words; `tone` late for what ran out, told for a message."""

    at: datetime
    after: str
    html: SafeString | str
    tone: str


@dataclass(frozen=True)
class StepShown:
    """A step as the incident page's own template wants it."""

    step: StepView
    role: str
    holder: str
    text: list[str]
    commands: list[dict[str, str]]


@dataclass(frozen=True)
class Shown:
    """All of one moment. `late` are the clocks that ran out, in words."""

    script: Script
    now: datetime
    status: str
    severity: str
    mark: str
    is_open: bool
    action: Action | None
    offered: list[Offered]
    clocks: list[Face]
    late: list[str]
    ruler: SafeString
    steps: list[StepShown]
    boxes: list[ChecklistItem]
    roles: list[tuple[str, str]]
    told: list[Told]
    coming: list[Coming]
    log: list[Line]
    refused: list[Refused]

    @property
    def current(self) -> StepShown | None:
        return next((one for one in self.steps if one.step.current), None)

    @property
    def after(self) -> str:
        return span(self.script.until_s)

    def group(self, *names: str) -> list[Offered]:
        return [one for one in self.offered if one.group in names]


def read(played: Played, request: HttpRequest | None = None) -> Shown:
    """Inside the stage only. `request` is one to spare, for the ruler's template: who is on call looks at it."""
    incident = played.fresh()
    with glance.glance(incident):
        known = work.read(incident)
        views = clock_views(incident, played.now)
        return Shown(
            script=played.script,
            now=played.now,
            status=str(Status(incident.status).label),
            severity=incident.severity.label,
            mark=incident.severity.mark,
            is_open=incident.is_open,
            action=action_of(incident, known),
            offered=offers(incident, known),
            # They stand still between two moves: the script must not count on.
            clocks=[replace(face(view), due="", soon="", sum=list(view.sum)) for view in views],
            late=[view.clock.label for view in views if view.late],
            ruler=_ruler(played, incident, request),
            steps=_steps(played, incident, known),
            boxes=known.boxes,
            roles=[(role.label, str(role.user or "")) for role in holding.with_lead(incident)],
            told=told(played),
            coming=coming(played, incident, known),
            log=_log(played, incident),
            refused=played.refused,
        )


def _ruler(played: Played, incident: Incident, request: HttpRequest | None) -> SafeString:
    if request is None:
        return SafeString("")
    request.user = played.world.on_call
    drawn = panels.named("ruler").render(request, incident)
    return mark_safe(played.plain(drawn))  # noqa: S308 - a template of ours


def _steps(played: Played, incident: Incident, known: Work) -> list[StepShown]:
    values = placeholders.values(incident, played.now)
    return [_step(played, step, known, values) for step in steps.steps(incident, known)]


def _step(played: Played, step: StepView, known: Work, values: dict[str, str]) -> StepShown:
    role = step.spec.get("role") or ""
    commands: list[dict[str, Any]] = step.spec.get("commands") or []
    return StepShown(
        step,
        role_label(known, role),
        known.holders.get(role, ""),
        [played.plain(placeholders.put(line["text"], values)) for line in step.spec.get("text") or []],
        [
            {
                "id": f"command-{step.key}-{number}",
                "run": played.plain(shell.fill(command["run"].rstrip(), values)),
                "about": command.get("about") or "",
                "workdir": command.get("workdir") or "",
            }
            for number, command in enumerate(commands, start=1)
        ],
    )


def _log(played: Played, incident: Incident) -> list[Line]:
    """Events and messages, newest first."""
    rows = incident.events.select_related("actor", "payload").order_by("seq")
    lines = [_entry(played, event, incident) for event in rows]
    lines += [_message(played, one) for one in told(played)]
    # A message follows the entry that caused it.
    return sorted(lines, key=lambda line: (line.at, line.tone == "told"), reverse=True)


def _entry(played: Played, event: Any, incident: Incident) -> Line:
    event.incident = incident
    tone = "late" if event.kind == EventKind.CLOCK_BREACHED else "person" if event.actor_id else "machine"
    html = mark_safe(played.plain(sentences.sentence(event)))  # noqa: S308 - escaped where it was made
    return Line(event.occurred_at, _after(played, event.occurred_at), html, tone)


def _message(played: Played, one: Told) -> Line:
    words = _("Told: %(whom)s") % {"whom": ", ".join(one.whom)}
    return Line(one.at, _after(played, one.at), words, "told")


def _after(played: Played, at: datetime) -> str:
    return span(max(0.0, (at - played.script.start).total_seconds()))
