"""The T-ruler of an incident, read from its process, its timeline and its clocks; the panel that shows it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from accounts.access import signed_in
from accounts.models import User
from incidents import glance, panels
from incidents.glance import clocks_of
from incidents.lifecycle.undoing import undone_by
from incidents.models import Box, Incident, Status, TimelineEvent
from incidents.ruler import events as ruler_events
from incidents.ruler.ruler import End, Happened, Mark, Planned, Ruler, ruler
from incidents.timeline.story import Story, means, story
from products.targets import Target, offset_text
from products.vocabulary import ClockKind, EventKind, Moment
from ui.ruler import BAND, Point, svg

# What may still come when an incident is resolved.
LATER = frozenset({
    EventKind.MESSAGE_SENT, EventKind.WATCH_OPENED, EventKind.WATCH_MET, EventKind.CLOSED,
    EventKind.POSTMORTEM_SCHEDULED, EventKind.POSTMORTEM_PUBLISHED,
})  # fmt: skip
EXITS = (Status.DECLINED, Status.DEFERRED)
TONES = {"on_time": "good", "early": "good", "late": "late", "missed": "late", "not_needed": "quiet"}


def read(incident: Incident, now: datetime) -> Ruler | None:
    """None for a process that plans no moments."""
    told = story(incident)
    moved = _with_watch({pk: event.occurred_at for pk, event in told.corrections.items()}, told)
    back = ruler_events.goes_back(told)
    plan, real = [], []
    for row in _marks(incident):
        for what in row["what"]:
            words, at_s = what["events"], _seconds(row["at"])
            later = all(word.partition(":")[0] in LATER for word in words)
            out = back and ruler_events.left_out(words)
            plan.append(Planned(at_s, what["label"], later=later, left_out=out))
            # What a rollback brings out is the version before.
            also = [EventKind.ROLLED_BACK] if back and EventKind.DEPLOYED in words else []
            real.append(_first(incident, told, [*words, *also], moved))
    if not plan:
        return None
    for limit, at in _limits(incident):
        plan.append(limit)
        real.append(at)
    ended_at, end = _end(incident, told, moved)
    asked = {word for row in _marks(incident) for what in row["what"] for word in what["events"]}
    return ruler(
        plan, real, now, detected_at=incident.detected_at, ended_at=ended_at, end=end, band=_band(incident),
        happened=ruler_events.happened(told, moved, asked),
    )  # fmt: skip


def _marks(incident: Incident) -> list[dict[str, Any]]:
    # A version stored before marks existed has none.
    return incident.process_version.document.get("marks") or []


def _seconds(text: str) -> int:
    return 0 if text.startswith("0") else Target.parse(text).seconds or 0


def _first(
    incident: Incident, told: Story, words: Iterable[str], moved: dict[int, datetime]
) -> datetime | None:
    """The first moment that shows it and was not taken back since."""
    if Moment.DETECTED_AT in words:
        return incident.detected_at
    if Moment.REPORTED_AT in words and incident.reported_at:
        return incident.reported_at
    found = [event for event in told.events if means(event, words) and not _undone(event, told)]
    if EventKind.BRANCH_SEEN in words and EventKind.ATTESTED in {event.kind for event in told.events}:
        found += _vouched_branch(incident)
    return min((moved.get(event.pk, event.occurred_at) for event in found), default=None)


def _vouched_branch(incident: Incident) -> list[TimelineEvent]:
    """Who ticks that the branch was cut has made it, whatever began the hotfix on record afterwards."""
    boxes = incident.checklist.filter(check_key="cut_from_tag", state=Box.DONE)
    return [box.done_by_event for box in boxes.select_related("done_by_event") if box.done_by_event]


def _undone(event: TimelineEvent, told: Story) -> bool:
    undone = (e for e in told.events if e.seq > event.seq and event.kind in undone_by(e))
    back = event.kind == EventKind.RESOLVED and any(
        e.seq > event.seq and e.kind == EventKind.REOPENED for e in told.events
    )
    return back or next(undone, None) is not None


def _with_watch(moved: dict[int, datetime], told: Story) -> dict[int, datetime]:
    """A watch begins when what began it really happened."""
    by_seq = {event.seq: event.pk for event in told.events}
    opened = [
        event for event in told.events if event.kind == EventKind.WATCH_OPENED and event.pk not in moved
    ]
    causes = {event.pk: by_seq.get(event.data.get("because", 0)) for event in opened}
    return moved | {pk: moved[cause] for pk, cause in causes.items() if cause in moved}


def _limits(incident: Incident) -> list[tuple[Planned, datetime | None]]:
    """Promises that an event set going, such as 30 minutes from approval (C2); what resolving started is no mark."""
    rules = {rule.key: rule for rule in incident.process_version.clocks()}
    promises = [
        clock
        for clock in clocks_of(incident)
        if clock.kind == ClockKind.COMMITMENT and not clock.at_least and clock.target_s is not None
        if clock.waived_at is None and clock.cancelled_at is None
    ]
    found = []
    for clock in sorted(promises, key=lambda clock: (clock.due_at is None, clock.due_at, clock.pk)):
        rule = rules.get(clock.key)
        due = clock.reading(clock.started_at).due_at
        if (
            rule is None
            or due is None
            or rule.start in (*Moment.values, EventKind.RESOLVED, EventKind.CLOSED)
        ):
            continue
        at_s = round((due - incident.detected_at).total_seconds())
        label = _("Limit: %(clock)s") % {"clock": clock.label}
        found.append((Planned(at_s, label, later=True, limit=True), clock.stopped_at))
    return found


def _end(incident: Incident, told: Story, moved: dict[int, datetime]) -> tuple[datetime | None, End]:
    if incident.resolved_at and not incident.is_open:
        return (
            incident.resolved_at,
            "exit" if incident.status in EXITS or incident.duplicate_of_id else "resolved",
        )
    if incident.is_open:
        return None, ""
    ending = told.last(EventKind.DECLINED, EventKind.DEFERRED, EventKind.DUPLICATE_MARKED, EventKind.CLOSED)
    return (moved.get(ending.pk, ending.occurred_at) if ending else incident.detected_at), "exit"


def _band(incident: Incident) -> tuple[int | None, int | None]:
    """(earliest, within) of the clock from detection to resolution; the first that has both ends there."""
    rows = incident.process_version.document.get("clocks") or []
    for row in rows:
        target = row.get("target") or {}
        if row["from"] == Moment.DETECTED_AT and EventKind.RESOLVED in row["to"] and target.get("within"):
            return (
                _seconds(target["earliest"]) if target.get("earliest") else None,
                _seconds(target["within"]),
            )
    return None, None


def summary(shown: Ruler) -> str:
    """The ruler in a sentence, for those who do not see it."""
    done = sum(mark.real_at is not None for mark in shown.marks)
    said = _("%(done)d of %(all)d planned moments have come, %(late)d of all late.") % {
        "done": done, "all": len(shown.marks), "late": len(shown.late),
    }  # fmt: skip
    return f"{said} {shown.total.text}."


def _point(mark: Mark, shown: Ruler) -> Point:
    real = None if mark.real_at is None else shown.seconds(mark.real_at)
    note = mark.text if mark.status == "late" else ""
    title = f"{mark.offset} {mark.plan.label}: {mark.text}"
    short = offset_text(mark.plan.at_s).removesuffix(" min")
    tone = TONES.get(mark.status, "open")
    return Point(mark.plan.at_s, short, title, real, tone, mark.plan.limit, name=mark.plan.label, note=note)


def _event(one: Happened, shown: Ruler) -> Point:
    at_s = shown.seconds(one.at)
    title = f"{offset_text(round(at_s))} {one.label}"
    return Point(at_s, "", title, at_s, one.tone, planned=False, name=one.label)


def _render(request: HttpRequest, incident: Incident) -> str:
    shown = read(incident, glance.now(incident))
    if shown is None:
        return ""
    now_s = shown.seconds(shown.now) if shown.now else None
    points = [_point(mark, shown) for mark in shown.marks]
    points += [_event(one, shown) for one in shown.happened]
    drawn = svg(points, summary(shown), now_s=now_s, total_s=shown.total.elapsed_s, wide=BAND)
    user = signed_in(request)
    context = {
        "ruler": shown,
        "drawn": drawn,
        "breaks": 'class="break"' in drawn,
        "zone": user.time_zone or incident.product.team.time_zone,
    }
    return render_to_string("incidents/ruler.html", context, request)


def _plans(incident: Incident, _user: User) -> bool:
    return bool(_marks(incident))


panels.register(panels.Panel("ruler", panels.RULER, _plans, _render, place="band"))
