"""The process on one incident: its steps, its checklist, its messages, and the remedy's facts stated by hand.

Each POST answers the incident as it then is, 409 with it when somebody was faster.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable
from typing import Annotated, Any, Literal

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Path

from accounts.access import authorize
from accounts.bearer import person_of
from accounts.replay import once_by_token
from foundation import moment
from foundation.shapes import Body, Listed, utc, utc_or_none
from incidents.api.files import file_shape
from incidents.api.process_shapes import (
    BoxShape,
    PreviewShape,
    ProcessMessageShape,
    SentMessage,
    StatedFact,
    StepShape,
    Ticked,
    Vouched,
)
from incidents.api.reading import ACTED_WITH, incident_of, router
from incidents.api.shapes import IncidentShape, incident_shape
from incidents.messages import letters, messages, placeholders, sending
from incidents.models import Incident, TimelineEvent
from incidents.page.work_panels import markdown
from incidents.work import checklist, shell, steps, verdicts, work
from incidents.work.report import check_moment, report
from incidents.work.work import Work

MARKDOWN = {
    "responses": {
        200: {"description": "Markdown.", "content": {"text/markdown": {"schema": {"type": "string"}}}}
    }
}
Position = Annotated[int, Path(ge=1, le=60)]


@router.get("/incidents/{ref}/steps", response=Listed[StepShape])
def read_steps(request: HttpRequest, ref: str) -> dict[str, Any]:
    """The steps of its process in order, each with its commands filled in."""
    known = work.read(incident_of(request, ref))
    values = {**placeholders.values(known.incident, moment.now()), **verdicts.of(known.incident).names}
    found = [_step(step, known, values) for step in steps.steps(known.incident, known)]
    return {"items": found, "next": None}


@router.get("/incidents/{ref}/checklist", response=Listed[BoxShape])
def read_checklist(request: HttpRequest, ref: str) -> dict[str, Any]:
    """Its boxes in the order of the process."""
    known = work.read(incident_of(request, ref))
    return {"items": [_box(box, known) for box in known.boxes], "next": None}


@router.get("/incidents/{ref}/checklist.md", openapi_extra=MARKDOWN)
def read_checklist_text(request: HttpRequest, ref: str) -> HttpResponse:
    """The same as Markdown, under its heading and with the total time, to be kept elsewhere."""
    found = incident_of(request, ref)
    text = markdown(found, work.read(found), moment.now())
    return HttpResponse(text, content_type="text/markdown; charset=utf-8")


@router.get("/incidents/{ref}/messages", response=Listed[ProcessMessageShape])
def read_messages(request: HttpRequest, ref: str) -> dict[str, Any]:
    """What the process wants people to be told: filled in, without what cannot be shown to be true."""
    known = work.read(incident_of(request, ref))
    return {"items": [_message(one, known) for one in messages.messages(known.incident, known)], "next": None}


@router.post("/incidents/{ref}/report", response=IncidentShape, auth=ACTED_WITH)
def report_fact(request: HttpRequest, ref: str, body: StatedFact) -> dict[str, Any]:
    """States a fact of the remedy: branch_seen, fix_pushed, review_requested, approved, merged, tagged, released,
    deployed, deploy_failed, smoke_passed, smoke_failed, rolled_back, hotfix_started, rollback_started, watch_met,
    watch_failed. Clocks, steps and boxes follow; 409 for one that is on record already."""
    return _do(request, ref, "report", body, lambda incident, **facts: report(incident, **facts))


@router.post("/incidents/{ref}/send_message", response=IncidentShape, auth=ACTED_WITH)
def message_sent(request: HttpRequest, ref: str, body: SentMessage) -> dict[str, Any]:
    """Sends a message of the process to channels, as its preview said; or says that it was sent by hand, and where. 409
    when it was sent already, or when it says something else by now: nothing has left then."""
    return _do(request, ref, "send_message", body, _send)


def _send(incident: Incident, *, message: str, **facts: Any) -> object:
    channels, seen = facts.pop("channels", []), facts.pop("digest", "")
    if not channels:
        return messages.send_message(incident, message, **{"text": "", **facts})
    if set(facts) - {"by", "again"}:
        raise ValidationError({"channels": _("What Nightdesk sends is said by the message itself, and now.")})
    if not seen:
        raise ValidationError({"digest": _("Read the preview first, and send its digest.")})
    return sending.send(incident, message, channels=channels, seen=seen, **facts)


@router.get("/incidents/{ref}/messages/{key}/preview", response=PreviewShape)
def preview_message(request: HttpRequest, ref: str, key: str) -> dict[str, Any]:
    """A message as it would leave now, channel by channel; what is left out of it, and why."""
    known = work.read(incident_of(request, ref))
    found = next((one for one in messages.messages(known.incident, known) if one.key == key), None)
    if found is None:
        raise Http404
    return {
        "key": found.key,
        "title": found.title,
        "audience": found.spec.get("audience", "internal"),
        "text": found.text,
        "digest": found.digest,
        "left_out": [_line(line) for line in found.lines if line.struck],
        "unsent": letters.unreal(known.incident),
        "not_yet": letters.shut(known.incident) or sending.not_yet(found),
        "channels": [_room(room) for room in sending.rooms(known.incident, found)],
    }


def _room(room: letters.Room) -> dict[str, Any]:
    same = ("id", "name", "kind", "audience")
    return {
        **{name: getattr(room.channel, name) for name in same},
        "subject": room.preview.subject,
        "text": room.preview.text,
        "state": room.told.state if room.told else None,
        "reason": room.told.reason if room.told else "",
    }


@router.post("/incidents/{ref}/messages/{key}/vouch", response=IncidentShape, auth=ACTED_WITH)
def vouch_for(request: HttpRequest, ref: str, key: str, body: Vouched) -> dict[str, Any]:
    """Takes responsibility for a line that cannot be shown to be true: it stays in, in one's name."""
    return _do(
        request, ref, "send_message", body, lambda incident, **facts: messages.vouch(incident, key, **facts),
        of=f"vouch {key}",
    )  # fmt: skip


@router.post("/incidents/{ref}/checklist/{position}/{verb}", response=IncidentShape, auth=ACTED_WITH)
def tick_box(
    request: HttpRequest,
    ref: str,
    position: Position,
    verb: Literal["attest", "not_needed", "reopen"],
    body: Ticked | None = None,
) -> dict[str, Any]:
    """A box is done, not needed (with the reason), or open again."""
    do: dict[str, Callable[..., object]] = {
        "attest": checklist.attest, "not_needed": checklist.not_needed, "reopen": checklist.untick,
    }  # fmt: skip
    return _tick(request, ref, "attest", body, verb, f"{verb} box {position}", lambda incident, **facts: do[verb](
        incident, position, **facts))  # fmt: skip


@router.post("/incidents/{ref}/steps/{key}/{verb}", response=IncidentShape, auth=ACTED_WITH)
def tick_step(
    request: HttpRequest,
    ref: str,
    key: str,
    verb: Literal["finish", "not_needed", "reopen"],
    body: Ticked | None = None,
) -> dict[str, Any]:
    """A step is done (its event is stated, or its boxes are ticked), not needed (with the reason), or open again."""
    do: dict[str, Callable[..., object]] = {
        "finish": steps.finish, "not_needed": steps.skip, "reopen": steps.reopen,
    }  # fmt: skip
    return _tick(request, ref, "finish_step", body, verb, f"{verb} step {key}", lambda incident, **facts: do[verb](
        incident, key, **facts))  # fmt: skip


def _tick(
    request: HttpRequest,
    ref: str,
    action: str,
    body: Ticked | None,
    verb: str,
    of: str,
    do: Callable[..., object],
) -> dict[str, Any]:
    """Words and a link go with being done, a reason with the other two."""
    takes = {"text", "url", "file", "at"} if verb in ("attest", "finish") else {"reason"}
    for name in (body.facts() if body else {}).keys() - takes:
        words = {"verb": verb, "takes": ", ".join(sorted(takes))}
        raise ValidationError({name: _("%(verb)s takes: %(takes)s.") % words})
    needed = {"reason": ""} if verb == "not_needed" else {}
    return _do(request, ref, action, body, lambda incident, **facts: do(incident, **(needed | facts)), of=of)


def _do(
    request: HttpRequest, ref: str, action: str, body: Body | None, do: Callable[..., object], of: str = ""
) -> dict[str, Any]:
    incident, user = incident_of(request, ref), person_of(request)
    authorize(user, action, incident)
    check_moment(incident, getattr(body, "at", None))

    def once() -> str:
        do(incident, by=user, **(body.facts() if body else {}))
        return incident.ref

    sent = body.model_dump(mode="json", exclude_unset=True) if body else {}
    once_by_token(request, f"{of or action}:{incident.ref}", sent, once)
    return incident_shape(incident_of(request, ref))


def _record(event: TimelineEvent | None, known: Work) -> dict[str, Any] | None:
    if event is None:
        return None
    hidden = event.pk in known.hidden
    return {
        "seq": event.seq,
        "kind": event.kind,
        "by": event.actor_label,
        "at": utc(known.at(event)),
        "text": known.words(event),
        "url": "" if hidden else str(event.data.get("url", "")),
        "file": file_shape(known.file(event)),
    }


def _box(box: Any, known: Work) -> dict[str, Any]:
    return {
        "position": box.position,
        "title": box.title,
        "check": box.check_key or None,
        "step": box.step or None,
        "state": box.state,
        "record": _record(box.done_by_event, known),
    }


def _step(step: steps.StepView, known: Work, values: dict[str, str]) -> dict[str, Any]:
    return {
        "key": step.key,
        "number": step.number,
        "title": step.title,
        "phase": step.phase,
        "role": step.spec.get("role"),
        "state": step.state,
        "current": step.current,
        "if_needed": step.spec.get("if_needed"),
        "text": [placeholders.put(line["text"], values) for line in step.spec.get("text") or []],
        "commands": [_command(command, values) for command in step.spec.get("commands") or []],
        "boxes": [box.position for box in step.boxes],
        "record": _record(step.event, known),
    }


def _command(command: dict[str, Any], values: dict[str, str]) -> str:
    """Ready for a shell that stands at the top of the repository (A23)."""
    run = shell.fill(command["run"], values)
    return f"cd {shlex.quote(command['workdir'])} && {run}" if command.get("workdir") else run


def _message(one: messages.MessageView, known: Work) -> dict[str, Any]:
    return {
        "key": one.key,
        "title": one.title,
        "audience": one.spec.get("audience", "internal"),
        "state": one.state,
        "due_at": utc_or_none(one.due_at),
        "late": one.late,
        "text": one.text,
        "lines": [_line(line) for line in one.lines],
        "record": _record(one.sent, known),
    }


def _line(line: messages.Line) -> dict[str, Any]:
    return {
        "text": line.text,
        "claim": line.claim or None,
        "left_out": line.struck,
        "why": line.finding.why if line.finding else None,
        "vouched": line.reason if line.vouched else None,
    }
