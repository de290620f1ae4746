"""What a round puts on the timeline: milestones once each, and one line for the checks that read differently now."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, Q

from hotfixes.judging.milestones import GIT, Reached
from hotfixes.models import CheckResult, Hotfix
from hotfixes.said import ticking
from hotfixes.standing.check_titles import TITLES
from incidents.lifecycle import watch
from incidents.lifecycle.lifecycle import Step, perform
from incidents.models import Incident, Status, TimelineEvent
from incidents.work import boxes
from incidents.work.report import REPORTED_IN
from incidents.work.stated import possible
from products.vocabulary import EventKind, Verdict

# Verdicts that say that something happened: waiting and not knowing are shown, not told.
NEWS = frozenset({Verdict.PASS, Verdict.STATED, Verdict.FAIL, Verdict.WARN})
ANYWHERE = tuple(Status)


def tell(
    incident: Incident, hotfix: Hotfix, reached: Iterable[Reached], changed: list[CheckResult], now: datetime
) -> None:
    """For who holds the incident. Times that a forge claims lie between the detection and now."""
    events = events_of(incident, hotfix)
    for one in reached:
        if not is_new(one, events):
            continue
        at = min(max(one.at or now, incident.detected_at), now)
        step = Step(one.kind, ANYWHERE, watch.status_after(incident, one.kind))
        perform(
            incident, step, by=None, at=at, source=one.source, hotfix=hotfix.ref, by_check=True, what=one.what,
            key=one.key, **plain(one.facts),
        )  # fmt: skip
        events = events_of(incident, hotfix)
    _tell_checks(incident, hotfix, changed, now)


def events_of(incident: Incident, hotfix: Hotfix) -> list[TimelineEvent]:
    """The incident's events, oldest first, without those of its other hotfixes."""
    rows = incident.events.select_related("payload").order_by("seq")
    return [event for event in rows if hotfix.is_meant(event)]


def is_new(one: Reached, events: list[TimelineEvent]) -> bool:
    """It is not on the timeline yet, by whomever, and makes sense after what is."""
    if one.kind == EventKind.APPROVAL_DISMISSED:
        last = next((e for e in reversed(events) if e.kind in (EventKind.APPROVED, one.kind)), None)
        given_here = last is not None and one.source == GIT and bool(last.data.get("approval"))
        return (
            last is not None and last.kind == EventKind.APPROVED and (last.source == one.source or given_here)
        )
    if any(event.kind == one.kind and event.data.get("key") == one.key for event in events):
        return False
    return possible(one.kind, [event.kind for event in events])


def _tell_checks(incident: Incident, hotfix: Hotfix, changed: list[CheckResult], now: datetime) -> None:
    asked = _asked(incident)
    told = _told(hotfix) if changed else {}
    news = [row for row in changed if row.key in asked and _is_news(row, told.get(row.key, ""))]
    if incident.status not in REPORTED_IN:
        return
    if not news:  # a hotfix that has just begun waits for what another one has proven
        boxes.reopen(incident, standing(incident))
        return
    checks = [
        {
            "key": row.key,
            "title": str(TITLES.get(row.key, "")),
            "verdict": row.verdict,
            "before": told.get(row.key, ""),
            "summary": row.summary[:300],
        }
        for row in news
    ]
    event = perform(
        incident, Step(EventKind.CHECK_CHANGED, ANYWHERE), by=None, at=now, hotfix=hotfix.ref, checks=checks
    )
    CheckResult.objects.filter(pk__in=[row.pk for row in news]).update(told=True)
    boxes.judge(incident, standing(incident), event)


def _is_news(row: CheckResult, told: str) -> bool:
    """`told`: the verdict that the timeline spoke of last. What was proven and is not any more is news, too."""
    return row.verdict != told and (
        row.verdict in NEWS or (row.verdict == Verdict.PENDING and told == Verdict.PASS)
    )


def _told(hotfix: Hotfix) -> dict[str, str]:
    rows = hotfix.results.filter(told=True).order_by("key", "-pk").distinct("key")
    return dict(rows.values_list("key", "verdict"))


def standing(incident: Incident) -> dict[str, str]:
    """The verdict of each check over all open hotfixes of an incident: a box is ticked when all of them pass, and one
    that nobody could ever tell has not passed. Where a person took a check on, that hotfix holds up no other.
    """
    open_ = set(incident.hotfixes.open().values_list("pk", flat=True))
    stands = Q(superseded_at=None)
    answers = CheckResult.objects.filter(stands | Q(verdict=Verdict.PASS), hotfix__in=open_)
    stand = ExpressionWrapper(stands, BooleanField())
    rows = list(answers.order_by("key", "hotfix").values_list("key", "verdict", "hotfix", stand).distinct())
    proven = {(hotfix, key) for key, verdict, hotfix, _stands in rows if verdict == Verdict.PASS}
    taken = ticking.taken_on(incident)
    found: dict[str, str] = {}
    judged: dict[str, set[int]] = {}
    for key, verdict, hotfix, still in rows:
        if not still:
            continue
        if verdict != Verdict.UNKNOWN or (hotfix, key) in proven:
            judged.setdefault(key, set()).add(hotfix)
        if (hotfix, key) in taken and verdict != Verdict.PASS:
            continue
        before = found.get(key)
        if (
            before is None
            or before == Verdict.NOT_APPLICABLE
            or verdict not in (Verdict.PASS, Verdict.NOT_APPLICABLE)
        ):
            found[key] = verdict
    for key, those in judged.items():
        if any((hotfix, key) not in taken for hotfix in open_ - those):
            found[key] = Verdict.PENDING
    return found


def _asked(incident: Incident) -> set[str]:
    """The checks that a step or a box of the incident's process names."""
    document = incident.process_version.document
    steps = {key for step in document.get("steps") or [] for key in step.get("checks") or []}
    items = {item.get("check") for item in (document.get("checklist") or {}).get("items") or []}
    return steps | {str(key) for key in items if key}


def plain(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Facts as JSON takes them."""
    return {str(name): _plain(value) for name, value in facts.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return plain(value)
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(one) for one in value]
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)
