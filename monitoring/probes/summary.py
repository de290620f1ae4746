"""A summary that another monitor writes: a JSON file under an allowed folder, or an address, read by a
mapping into many targets.

The summary's state is what its writer saw, as long as it is written: an old one says nothing, and neither
does one that cannot be read. So this probe never answers "down" by itself, only when the document says so.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from monitoring import files
from monitoring.probes import mapping as mappings
from monitoring.probes import moments, silence
from monitoring.probes.freshness import Freshness, fresh_until, freshness, in_future
from monitoring.probes.json_text import BadJson, parse
from monitoring.probes.mapping import BAD_TIMESTAMP, BadMapping, Reading, Row, unreadable
from monitoring.probes.result import Check, Outcome, Result
from network import locator
from network.exchange import Request, Response

kind = "summary"
label = gettext_lazy("Uptime summary (JSON)")

_ORDER: tuple[Freshness, ...] = ("fresh", "late", "stale")


def problems(target: str, expect: Mapping[str, Any], mapping: Any) -> dict[str, str]:
    """What is wrong with the form, by field; without network or disk."""
    found = {
        "target": _wrong_target(target),
        "expect": _("Leave it out: of a summary the mapping says how its targets are.") if expect else "",
        "mapping": mappings.problem(mapping),
    }
    return {field: words for field, words in found.items() if words}


def request(check: Check) -> Request | None:
    """None for a file, and for what is pushed."""
    if not check.target:
        return None
    return Request(check.target, headers=("Accept: application/json",)) if _is_url(check.target) else None


def evaluate(
    check: Check, response: Response | None, *, now: datetime, roots: Sequence[Path] | None = None
) -> Outcome:
    """One result per target, or a whole failure with a code. Reads the file when there was nothing to
    fetch.
    """
    if not check.target:
        return silence.told(check, now)
    if response is None:
        source = files.read(check.target, roots)
        if isinstance(source, files.FileRefusal):
            return Outcome(code=source.code, detail=source.detail)
        return _read(check, source.body, source.modified_at, None, now)
    if response.error:
        return Outcome(code=response.error, detail=response.detail, response=response, body=response.body)
    if not 200 <= response.status <= 299:
        detail = _("The summary's address answered %(status)s.") % {"status": response.status}
        return Outcome(code="status", detail=detail, response=response, body=response.body)
    return _read(check, response.body, moments.parse(response.headers.get("last-modified")), response, now)


def receive(check: Check, body: bytes, *, now: datetime) -> Outcome:
    """What a script pushed; without times of its own it is of the moment it arrived."""
    return _read(check, body, now, None, now)


def _read(
    check: Check, body: bytes, modified_at: datetime | None, response: Response | None, now: datetime
) -> Outcome:
    preset = ""
    try:
        document = parse(body)
        reading = mappings.read(document, check.mapping, check.interval_s)
        preset = reading.preset
        _refuse_future(reading, modified_at, now)
    except (BadJson, BadMapping) as error:
        return Outcome(code=error.code, detail=error.detail, response=response, body=body, preset=preset)
    interval_s = max(float(check.interval_s), reading.interval_s or 0.0)
    whole = reading.generated_at or modified_at
    ages = [freshness(row.checked_at or whole, now, interval_s) for row in reading.rows]
    rows = [_dated(row, reading) for row in reading.rows]
    results = tuple(
        replace(_result(row, whole, age, interval_s, now), environment=reading.environment)
        for row, age in zip(rows, ages, strict=True)
    )
    return Outcome(
        results, response=response, body=body, preset=preset, freshness=max(ages, key=_ORDER.index)
    )


def _dated(row: Row, reading: Reading) -> Row:
    """A target without a time of its own is as old as the document, and unknown if that cannot tell."""
    if row.checked_at or row.code == BAD_TIMESTAMP or not reading.bad_time:
        return row
    return replace(row, state="unknown", code=BAD_TIMESTAMP, detail=unreadable(reading.bad_time))


def _result(row: Row, whole: datetime | None, age: Freshness, interval_s: float, now: datetime) -> Result:
    """By the target's own time when it has one, so that one forgotten target makes no other one unknown."""
    seen = row.checked_at or whole
    state, code, detail = row.state, row.code, row.detail
    if age == "stale" and code != BAD_TIMESTAMP:
        state, code = "unknown", "stale"
        detail = _("Last written %(age)s ago; expected every %(interval)s.") % _ages(seen, now, interval_s)
    elif age == "late" and not detail:
        detail = _("Late: last written %(age)s ago; expected every %(interval)s.") % _ages(
            seen, now, interval_s
        )
    return Result(
        row.key, row.name, state, code, detail, row.latency_ms, seen, row.uptime_percent,
        fresh_until(seen or now, interval_s), version=row.version if age != "stale" else "",
    )  # fmt: skip


def _ages(seen: datetime | None, now: datetime, interval_s: float) -> dict[str, str]:
    return silence.ages(seen or now, now, interval_s)


def _refuse_future(reading: Reading, modified_at: datetime | None, now: datetime) -> None:
    for moment in (reading.generated_at or modified_at, *(row.checked_at for row in reading.rows)):
        if moment is not None and in_future(moment, now):
            words = {"moment": f"{moment:%Y-%m-%d %H:%M:%S} UTC"}
            detail = _("The summary says it was written at %(moment)s, which is in the future.") % words
            raise BadMapping("timestamp_in_future", detail)


def _is_url(target: str) -> bool:
    return not target.startswith("/")


def _wrong_target(target: str) -> str:
    if not target:
        return ""
    if not _is_url(target):
        return files.problem(target)
    try:
        locator.clean(target)
    except locator.BadUrl as error:
        return str(error)
    return ""
