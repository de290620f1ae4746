"""The boxes of a rollback: made from the option when it begins, ticked by what Nightdesk sees and by people."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from foundation.crash import crashpoint
from hotfixes.models import Rollback, RollbackStep
from hotfixes.rollback.remarks import HALT
from hotfixes.rollback.shapes import Way
from incidents.lifecycle.lifecycle import perform
from incidents.messages.placeholders import values
from incidents.models import Box, Incident, TimelineEvent
from incidents.work import shell
from incidents.work.boxes import KEPT, empty, mark
from incidents.work.checklist import ATTEST, REOPEN, BoxTooLate, check_reason
from incidents.work.report import check_address, check_moment

LONGEST = 200
# What ticks a box of the last part by itself.
BACK, SMOKE, VERIFIED, WATCH, TOLD = "back", "smoke", "verified", "watch", "told"
PART = RollbackStep.Part


def prepared(rollback: Rollback, chosen: Way | None) -> list[RollbackStep]:
    """Unsaved, in order: what must be so before, what is done, what is looked at afterwards."""
    rows = [*_before(chosen), *_do(rollback, chosen), *_after(rollback, chosen)]
    smoke = next((row for row in rows if row.shown_by == SMOKE and row.part == PART.DO), None)
    if smoke:  # the option names the smoke tests itself
        rows = [row for row in rows if row is smoke or row.shown_by != SMOKE]
    for position, row in enumerate(rows, start=1):
        row.rollback, row.position = rollback, position
        row.title = row.title[:LONGEST]
    return rows


def _before(chosen: Way | None) -> list[RollbackStep]:
    if chosen is None:
        return []
    return [
        RollbackStep(part=PART.BEFORE, title=one["text"], shown_by=one["shown_by"], house=one["house"])
        for one in chosen["preconditions"]
    ]


def _do(rollback: Rollback, chosen: Way | None) -> list[RollbackStep]:
    if chosen is None:
        return [RollbackStep(part=PART.DO, title=_("Bring the version before back"), house=True)]
    lines = [
        RollbackStep(part=PART.DO, title=one["text"], house=one["house"], shown_by=_smoke(one["text"]))
        for one in chosen["steps"]
    ] or [RollbackStep(part=PART.DO, title=chosen["title"], house=chosen["house"])]
    commands = [command(line, rollback) for line in _commands(rollback.incident, rollback.option_key)]
    for row, line in zip(lines, commands, strict=False):
        row.commands = [line]
    if len(commands) > len(lines):
        lines[-1].commands = commands[len(lines) - 1 :]
    return lines


def _smoke(text: str) -> str:
    return SMOKE if "smoke test" in text.casefold() else ""


def _after(rollback: Rollback, chosen: Way | None) -> list[RollbackStep]:
    document = rollback.incident.process_version.document
    halt = chosen is not None and chosen["kind"] == HALT
    version = rollback.to_version or _("The version before")
    back = _("The rollout is halted") if halt else _("%(version)s runs again") % {"version": version}
    found = [RollbackStep(part=PART.AFTER, title=back, shown_by=BACK, house=True)]
    smoke = "; ".join(str(one["title"]) for one in document.get("smoke") or [])
    if smoke and not halt:
        title = _("Smoke tests: %(tests)s") % {"tests": smoke}
        found.append(RollbackStep(part=PART.AFTER, title=title, shown_by=SMOKE, house=True))
    if not halt:
        title = _("Its own version and the monitors say so")
        found.append(RollbackStep(part=PART.AFTER, title=title, shown_by=VERIFIED, house=True))
    watch = document.get("watch") or {}
    if watch:
        title = _("Watch for %(time)s at least") % {"time": watch.get("for")}
        found.append(RollbackStep(part=PART.AFTER, title=title, shown_by=WATCH, house=True))
    if chosen and chosen["user_action"]:
        title = _("Tell users what they must do: %(action)s") % {"action": chosen["user_action"]}
        found.append(RollbackStep(part=PART.AFTER, title=title, shown_by=TOLD, house=True))
    return found


def _commands(incident: Incident, key: str) -> list[str]:
    listed = (incident.process_version.document.get("rollback") or {}).get("options") or []
    option: dict[str, Any] = next((one for one in listed if one["key"] == key), {})
    return [str(one["run"]) for one in option.get("commands") or []]


def command(line: str, rollback: Rollback) -> str:
    """For a terminal: what is known of this rollback is filled in, the rest stays as `[target]`."""
    known = values(rollback.incident, rollback.started_at)
    found = {"target": rollback.to_version, "target_tag": rollback.to_ref}
    return shell.fill(line, {**known, **{name: value for name, value in found.items() if value}})


# What people do to them


def tick(
    rollback: Rollback, position: int, *, by: User, text: str = "", url: str = "", at: datetime | None = None
) -> TimelineEvent:
    """`by` says that it is done. Raises TooLate for one that is."""
    if url:
        check_address(url)
    with transaction.atomic():
        step = hold(rollback, position, at)
        if not step.is_open:
            raise BoxTooLate(rollback.incident, ATTEST, step)
        return set_to(rollback, step, Box.DONE, by=by, text=text, at=at, **({"url": url} if url else {}))


def not_needed(
    rollback: Rollback, position: int, *, by: User, reason: str, at: datetime | None = None
) -> TimelineEvent:
    """It does not apply here, and why."""
    check_reason(reason)
    with transaction.atomic():
        step = hold(rollback, position, at)
        if step.state == Box.NOT_NEEDED:
            raise BoxTooLate(rollback.incident, ATTEST, step)
        return set_to(rollback, step, Box.NOT_NEEDED, by=by, text=reason, at=at)


def open_again(
    rollback: Rollback, position: int, *, by: User, reason: str = "", at: datetime | None = None
) -> TimelineEvent:
    """It was not done after all."""
    with transaction.atomic():
        step = hold(rollback, position, at)
        if step.is_open:
            raise BoxTooLate(rollback.incident, REOPEN, step)
        facts: dict[str, Any] = {"rollback": rollback.ref, "title": step.title, "state": str(Box.OPEN)}
        event = perform(rollback.incident, REOPEN, by=by, at=at, text=reason.strip(), **facts)
        empty(step)
        step.save(update_fields=KEPT)
        return event


def hold(rollback: Rollback, position: int, at: datetime | None = None) -> RollbackStep:
    """The box, the incident locked. ValidationError for none of this number, of a rollback that has ended, or for a
    moment `at` that cannot be.
    """
    incident = Incident.objects.select_for_update(of=("self",)).get(pk=rollback.incident_id)
    check_moment(incident, at)
    rollback.refresh_from_db(fields=["status"])
    if not rollback.is_open:
        words = {"ref": rollback.ref, "status": rollback.get_status_display()}
        raise ValidationError(_("%(ref)s is %(status)s.") % words)
    step = rollback.steps.select_related("done_by_event__actor").filter(position=position).first()
    if step is None:
        raise ValidationError({"position": _("There is no such step.")})
    return step


def set_to(
    rollback: Rollback,
    step: RollbackStep,
    state: Box,
    *,
    by: User,
    text: str,
    at: datetime | None,
    **facts: Any,
) -> TimelineEvent:
    facts |= {"rollback": rollback.ref, "title": step.title, "state": str(state)}
    event = perform(rollback.incident, ATTEST, by=by, at=at, text=text.strip(), **facts)
    seen(step, state, event)
    crashpoint("verb.rollback_ticked")
    return event


def seen(step: RollbackStep, state: Box, event: TimelineEvent) -> None:
    mark(step, state, event)
    step.save(update_fields=KEPT)


def left_open(step: RollbackStep) -> None:
    empty(step)
    step.save(update_fields=KEPT)
