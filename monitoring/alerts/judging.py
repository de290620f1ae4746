"""What was received becomes alerts, in the order it came: by the worker, a few bodies in one transaction.

Whoever judges holds the source's row, so two workers never judge one source at once, and receiving, which only adds
rows, waits for nobody. A body is judged in the transaction that marks it so: a crash repeats nothing and loses nothing.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from django.db import transaction
from django.utils.translation import gettext as _

from foundation import moment, rounds
from foundation.crash import crashpoint
from monitoring import announce
from monitoring.alerts.episode import Standing, step
from monitoring.alerts.told import Message, Told
from monitoring.alerts.tools import read
from monitoring.models import Alert, AlertChange, AlertPayload, AlertSource, AlertState
from monitoring.models.alert_source import HEAD
from monitoring.probes.json_text import MAX_BYTES, BadJson
from monitoring.switch import OFF

_log = structlog.get_logger(__name__)

AT_ONCE = 50
_STANDING = (
    "state", "started_at", "starts_ahead", "ended_at", "ended_by", "ended_token", "since", "last_seen", "count",
)  # fmt: skip
_SAID = ("title", "detail", "severity", "labels", "link", "group")
_JUDGED = ("body", "alerts", "code", "detail", "judged_at")


def judge_due(*, seconds: float = 60.0) -> int:
    """Judges what waits; returns how many bodies. After `seconds` no further source is begun: others wait on the same
    thread. One that cannot be judged holds back its own source only."""
    judged, passed, until = 0, set[int](), time.monotonic() + seconds
    while source := _waiting(passed):
        done = rounds.attempt("alerts", source, _judge)
        judged += done or 0
        if not done:
            passed.add(source)
        if judged and time.monotonic() >= until:
            break
    return judged


def _waiting(passed: set[int]) -> int | None:
    rows = AlertPayload.objects.filter(judged_at=None).exclude(source__in=passed)
    # The oldest first: whoever sends without end keeps nobody else waiting.
    return rows.order_by("pk").values_list("source_id", flat=True).first()


def _judge(source_id: int) -> int:
    with transaction.atomic():
        rows = AlertSource.objects.select_for_update(skip_locked=True, no_key=True, of=("self",))
        source = rows.select_related("product").filter(pk=source_id).first()
        if source is None:
            return 0
        waiting = list(AlertPayload.objects.filter(source=source, judged_at=None).order_by("pk")[:AT_ONCE])
        now = moment.now()
        read_ones = [(payload, _read(source, payload)) for payload in waiting]
        written = _Written(source, now)
        written.know(message for _payload, message in read_ones)
        for payload, message in read_ones:
            written.take(payload, message)
        _save(source, waiting, written)
        crashpoint("ingest.alert_judged")
    return len(waiting)


def _read(source: AlertSource, payload: AlertPayload) -> Message:
    """What it tells; nothing where it cannot be read, with the code on the payload."""
    if not source.is_heard:
        payload.code = OFF
        return Message(())
    if payload.size > MAX_BYTES:
        payload.code = "too_large"
        words = _("It is larger than 1 MB, so no alert in it was read. Let the tool send fewer at once.")
        payload.detail = words
        return Message(())
    try:
        message = read(source.tool, bytes(payload.body))
    except BadJson as bad:
        payload.code, payload.detail = bad.code, bad.detail[:400]
        return Message(())
    except Exception:
        # A fault of ours in one file must not hold back what comes after it.
        _log.exception("alert.not_read", source=source.slug, payload=payload.pk)
        payload.code = "internal"
        return Message(())
    payload.alerts, payload.code, payload.detail = len(message.alerts), message.code, message.note[:400]
    return message


@dataclass
class _Written:
    """What a few bodies of one source come to, before it is stored."""

    source: AlertSource
    now: datetime
    alerts: dict[str, Alert] = field(default_factory=dict)
    touched: dict[str, Alert] = field(default_factory=dict)
    changes: list[AlertChange] = field(default_factory=list)

    def know(self, messages: Iterable[Message]) -> None:
        names = {one.fingerprint for message in messages for one in message.alerts}
        rows = Alert.objects.filter(source=self.source, fingerprint__in=names)
        self.alerts = {row.fingerprint: row for row in rows}

    def take(self, payload: AlertPayload, message: Message) -> None:
        late = sum(self._tell(one) for one in message.alerts)
        if late:
            words = _("%(late)s of %(all)s came late: newer news of them were here already.")
            said = words % {"late": late, "all": len(message.alerts)}
            payload.detail = " ".join(filter(None, (payload.detail, said)))[:400]

    def _tell(self, one: Told) -> bool:
        """Whether it came late."""
        row = self.alerts.get(one.fingerprint)
        known = _standing(row) if row else None
        found = step(known, firing=one.firing, started_at=one.started_at, ended_at=one.ended_at, now=self.now)
        if row is None:
            row = Alert(source=self.source, fingerprint=one.fingerprint, first_seen=self.now)
            self.alerts[one.fingerprint] = row
        self.touched[one.fingerprint] = row
        row.last_seen = self.now
        if found.late:
            return True
        # The tool calls it worse, or less bad, while it fires: whether that is news is said above.
        another_word = known is not None and known.firing and one.firing and one.severity != row.severity
        self._put(row, one, found.standing)
        if found.changed or another_word:
            at = found.standing.started_at if one.firing else found.standing.ended_at or self.now
            again = found.again and not another_word
            self.changes.append(AlertChange(alert=row, state=row.state, at=at, again=again))
        return False

    def _put(self, row: Alert, one: Told, stands: Standing) -> None:
        row.state = AlertState.FIRING if stands.firing else AlertState.RESOLVED
        row.started_at, row.ended_at, row.since = stands.started_at, stands.ended_at, stands.since
        row.starts_ahead = stands.ahead
        if stands.firing:
            row.ended_by, row.ended_token = None, ""
        row.count += one.firing
        if one.firing or not row.title:
            row.severity, row.group = one.severity, one.group or row.group
            row.title, row.detail = one.title, one.detail
            row.labels, row.link = dict(one.labels), one.link or row.link


def _standing(row: Alert) -> Standing:
    said = row.ended_by_id is not None
    return Standing(row.is_firing, row.started_at, row.ended_at, row.since, said, row.starts_ahead)


def _save(source: AlertSource, payloads: Sequence[AlertPayload], written: _Written) -> None:
    """A fixed number of statements, whatever the bodies hold."""
    rows = list(written.touched.values())
    Alert.objects.bulk_update([row for row in rows if row.pk], [*_STANDING, *_SAID])
    Alert.objects.bulk_create([row for row in rows if not row.pk])
    AlertChange.objects.bulk_create(written.changes)
    for payload in payloads:
        payload.judged_at, payload.body = written.now, bytes(payload.body)[:HEAD]
    AlertPayload.objects.bulk_update(payloads, _JUDGED)
    _fold(source, payloads)
    _note(source, payloads)
    if written.changes:
        announce.wake()
        announce.refresh([source.product.team_id])


def _fold(source: AlertSource, payloads: Sequence[AlertPayload]) -> None:
    """The same body once more is counted with the first: tools repeat themselves for as long as something fires."""
    same = AlertPayload.objects.filter(source=source, sha256__in={one.sha256 for one in payloads})
    firsts: dict[str, AlertPayload] = {}
    again: list[int] = []
    for row in same.exclude(judged_at=None).defer("body").order_by("pk"):
        if (first := firsts.setdefault(row.sha256, row)) is not row:
            first.times, first.last_at = first.times + row.times, max(first.last_at, row.last_at)
            first.code, first.detail, first.alerts = row.code, row.detail, row.alerts
            again.append(row.pk)
    if again:
        AlertPayload.objects.bulk_update(firsts.values(), ["times", "last_at", "code", "detail", "alerts"])
        AlertPayload.objects.filter(pk__in=again).delete()


def _note(source: AlertSource, payloads: Sequence[AlertPayload]) -> None:
    """What the pages say of what came last."""
    last = payloads[-1]
    source.received_at = last.received_at
    if last.code and last.code != OFF:
        source.problem, source.problem_detail, source.problem_at = last.code, last.detail, last.received_at
        _log.warning("alert.bad_payload", source=source.slug, code=last.code)
    else:
        source.problem = source.problem_detail = ""
    source.save(update_fields=["received_at", "problem", "problem_detail", "problem_at"])
