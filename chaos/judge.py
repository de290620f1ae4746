"""Was every promise kept? The database beside the journals of the clients and what arrived outside.

Each check adds sentences to what is wrong; figures are for the report.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.db.models import F, Q

from chaos import journal
from chaos.figures import spread
from foundation import moment
from incidents.models import Clock, Incident, TimelineEvent
from incidents.telling.telling import BREACHED
from incidents.timeline.verify import verify
from monitoring.models import AlertChange, Receiver, StatusChange
from notifications.models import Delivery, State
from products.vocabulary import EventKind

# After these nothing that waited is told; before them a breach always is.
OVER = (EventKind.RESOLVED, EventKind.DECLINED, EventKind.DEFERRED, EventKind.DUPLICATE_MARKED)


def judge(
    journals: str, received: dict[str, dict[str, int]], redis_down: list[list[float]], at: float = 0
) -> dict[str, Any]:
    """`received` counts each key that came, by way; `redis_down` are pairs of moments (seconds since 1970).

    `at`: when all was calm, right before `received` was counted; what falls due then is on its way. 0: nothing is.
    """
    calm = datetime.fromtimestamp(at, UTC) if at else None
    lines = journal.read(Path(journals))
    events = list(TimelineEvent.objects.select_related("payload", "incident").order_by("incident", "seq"))
    lost, doubled, broken = list[str](), list[str](), [str(one) for one in verify(Incident.objects.all())]
    missing, twice = acknowledged(lines, events)
    doubled += twice
    for found_lost, found_doubled in (
        breaches(events, calm), changes(events), pushes(lines), alerts(lines, events),
        messages(received, calm),
    ):  # fmt: skip
        lost += found_lost
        doubled += found_doubled
    late = list(lags(events))
    down = [lag for at, lag in late if any(since <= at <= until for since, until in redis_down)]
    return {
        "state changes": len(events) + StatusChange.objects.count() + AlertChange.objects.count(),
        "acknowledged writes": sum(line["what"] == "done" for line in lines),
        "breaches": sum(event.kind == EventKind.CLOCK_BREACHED for event in events),
        "monitors' changes": StatusChange.objects.count(),
        "alerts' changes": AlertChange.objects.count(),
        "messages sent": Delivery.objects.filter(state=State.SENT).count(),
        "messages repeated with their key": repeats(received),
        "breach lag": spread([lag for _at, lag in late]),
        "breach lag, Redis down": spread(down),
        "acknowledged writes missing": missing,
        "lost": lost,
        "doubled": doubled,
        "chain": broken,
        "refused": refused(lines),
    }


def refused(lines: list[dict[str, Any]]) -> list[str]:
    return [
        f"{line.get('path') or line.get('push') or line.get('alert')}: {line['status']}"
        for line in lines
        if line["what"] == "refused"
    ]


def acknowledged(lines: list[dict[str, Any]], events: list[TimelineEvent]) -> tuple[list[str], list[str]]:
    """Every write carries its key in a title or a text; acknowledging, which has no text, happens once anyway."""
    texts = Counter(event.text for event in events) + Counter(
        Incident.objects.values_list("title", flat=True)
    )
    seen = Counter((event.incident.ref, event.kind) for event in events)
    missing, twice = [], []
    for line in lines:
        if "key" not in line or line["what"] == "refused":
            continue
        ref = line["path"].split("/")[2] if line["path"].count("/") > 1 else ""
        found = seen[ref, "acknowledged"] if line["verb"] == "acknowledge" else texts[line["key"]]
        if line["what"] == "done" and found == 0:
            missing.append(f"{line['key']} {line['path']}")
        if line["what"] == "asked" and found > 1:
            twice.append(f"{line['key']} {line['path']}: {found} times")
    return missing, twice


def breaches(events: Iterable[TimelineEvent], calm: datetime | None = None) -> tuple[list[str], list[str]]:
    """Each clock that ran out before it was stopped has one breach on the timeline; the others have none."""
    told = Counter(
        (event.incident_id, event.data["key"], event.data["cycle"])
        for event in events
        if event.kind == EventKind.CLOCK_BREACHED
    )
    lost, doubled = [], []
    for clock in Clock.objects.all():
        times = told.pop((clock.incident_id, clock.key, clock.cycle), 0)
        if times > 1:
            doubled.append(f"breach of {clock}: {times} times")
        if times != bool(clock.breached_at) and times < 2:
            lost.append(f"breach of {clock}: marked {clock.breached_at}, told {times} times")
    ran_out = Clock.objects.filter(breached_at=None, cancelled_at=None, due_at__lte=calm or moment.now())
    late = ran_out.filter(Q(stopped_at=None) | Q(stopped_at__gt=F("due_at")))
    return lost + [f"breach of {clock}: not noticed" for clock in late], doubled + [str(key) for key in told]


def changes(events: Iterable[TimelineEvent]) -> tuple[list[str], list[str]]:
    """Each change of a monitor is handled once; the timeline of its incident tells of it once."""
    told = Counter(event.data["change"] for event in events if "change" in event.data)
    lost, doubled = [], []
    for change in StatusChange.objects.all():
        times = told.pop(change.pk, 0)
        if change.handled_at is None or times < bool(change.outcome):
            lost.append(f"change {change.pk} to {change.state}")
        if times > bool(change.outcome):
            doubled.append(f"change {change.pk}: told {times} times")
    return lost, doubled + [f"a change that is not there: {key}" for key in told]


def pushes(lines: Iterable[dict[str, Any]]) -> tuple[list[str], list[str]]:
    """The last push that is kept is the last one acknowledged or later, and each up to it made one change."""
    last: defaultdict[str, int] = defaultdict(int)
    for line in lines:
        if line["what"] == "done" and "push" in line:
            last[line["push"]] = max(last[line["push"]], line["number"])
    lost, doubled = [], []
    for slug, number in last.items():
        kept = _number(Receiver.objects.get(monitor__slug=slug).head)
        made = StatusChange.objects.filter(target__monitor__slug=slug).count()
        if kept < number or made < kept:
            lost.append(f"{slug}: push {number} was acknowledged, {kept} is kept, {made} changes")
        if made > kept:
            doubled.append(f"{slug}: {made} changes of {kept} pushes")
    return lost, doubled


def alerts(lines: Iterable[dict[str, Any]], events: Iterable[TimelineEvent]) -> tuple[list[str], list[str]]:
    """Each message that was acknowledged made one change of its alert, and so may one that was sent and never
    answered; each change is handled, and told once where an incident was to hear of it."""
    sent, kept = defaultdict[str, int](int), defaultdict[str, int](int)
    for line in lines:
        if "alert" in line:
            known = sent if line["what"] == "asked" else kept
            known[line["alert"]] = max(known[line["alert"]], line["number"])
    made = Counter(AlertChange.objects.values_list("alert__fingerprint", flat=True))
    lost = [
        f"alert {name}: {number} were acknowledged, {made[name]} changes"
        for name, number in kept.items()
        if made[name] < number
    ]
    doubled = [
        f"alert {name}: {made[name]} changes of {sent[name]}" for name in made if made[name] > sent[name]
    ]
    heard = [event for event in events if event.kind == EventKind.ALERT_RECEIVED]
    told = Counter(pk for event in heard for pk in event.data["changes"])
    full = {event.incident.ref for event in heard if event.data["last"]}
    for change in AlertChange.objects.all():
        times = told.pop(change.pk, 0)
        if change.handled_at is None or times < bool(change.outcome and change.outcome not in full):
            lost.append(f"alert's change {change.pk} to {change.state}")
        if times > bool(change.outcome):
            doubled.append(f"alert's change {change.pk}: told {times} times")
    return lost, doubled + [f"an alert's change that is not there: {key}" for key in told]


def _number(head: str) -> int:
    digits = head.partition('"number": ')[2].partition(",")[0]
    return int(digits) if digits.isdigit() else 0


def messages(
    received: dict[str, dict[str, int]], calm: datetime | None = None
) -> tuple[list[str], list[str]]:
    """Each message to be told arrived (or a newer one that carries it), and nothing arrived that was never told."""
    rows = list(Delivery.objects.select_related("carrier"))
    came = {key for way in received.values() for key in way}
    over = set(TimelineEvent.objects.filter(kind__in=OVER).values_list("incident", flat=True))
    ended = {one.ref for one in Incident.objects.filter(pk__in=over)}
    lost = []
    for row in rows:
        said = row.carrier or row
        if calm and (said.sent_at or said.due_at) > calm - timedelta(seconds=10):
            continue
        if said.state == State.SENT and said.route != "inapp" and str(said.uid) not in came:
            lost.append(f"message {row}: marked as sent, never came")
        elif said.state in (State.PENDING, State.DEAD):
            lost.append(f"message {row}: {said.state} ({said.reason})")
        elif row.carrier and said.state == State.CANCELLED and row.key == BREACHED and row.ref not in ended:
            lost.append(f"message {row}: went with {said}, which became moot ({said.reason})")
    told = {row.ref for row in rows if row.key == "opened"}
    lost += [
        f"{one}: nobody was told that it opened" for one in Incident.objects.all() if one.ref not in told
    ]
    return lost, [f"message {key}: of no delivery" for key in came - {str(row.uid) for row in rows}]


def repeats(received: dict[str, dict[str, int]]) -> int:
    return sum(count - 1 for way in received.values() for count in way.values())


def lags(events: Iterable[TimelineEvent]) -> Iterator[tuple[float, float]]:
    """(when it was due, seconds since 1970; how much later it stood on the timeline), for each breach that somebody
    could have noticed in time."""
    for event in events:
        if event.kind == EventKind.CLOCK_BREACHED and event.occurred_at > event.incident.declared_at:
            due: datetime = event.occurred_at.astimezone(UTC)
            yield due.timestamp(), (event.recorded_at - due).total_seconds()
