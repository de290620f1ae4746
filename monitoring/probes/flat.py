"""The flat summary that a team's own script writes: `{timestamp, summary{uptime_percent, …}}`, in its own
words.

Nobody has shown us one, so we read generously: field names in any usual spelling, at the
top or under `summary`, for one target or for a list or an object of them. The state is taken from the first
of these:

- a status in words or as an HTTP status, or a yes/no field (`up`, `healthy`, `ok`, …); - the same inside
`last_check` (or `latest`, `current`, …); - failures in a row: 0 is up, more is down; - counts: none failed
is up, all failed is down; some failed is up again when the last failure is older than two intervals, else
degraded; - the uptime alone: 100 is up, 0 is down, between them degraded: such a file does not say what is
true now.
"""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.utils.translation import gettext as _

from monitoring.probes import flat_names as names
from monitoring.probes import moments
from monitoring.probes.words import state_of

MAX_FIELDS = 200
MAX_CHILDREN = 1_000

type Fields = dict[str, Any]


def reshape(document: Any, interval_s: float) -> Fields:
    """`{generated_at, interval_s, targets[{key, name, status, uptime, latency, checked_at, detail}]}`; []
    when nothing is found.
    """
    top = _fields(document)
    many = list(_children(document, top))
    interval = _number(top, names.INTERVAL) or (_number(top, names.MINUTES) or 0) * 60
    interval_s = max(interval_s, min(interval, 86_400.0))
    found = [_target(name, _fields(child), None, interval_s) for name, child in many]
    targets = [target for target in found if target["status"] is not None]
    if not targets:
        alone = _target("", top, _first(top, names.TIMES), interval_s)
        targets = [alone] if alone["status"] is not None else []
    return {"generated_at": _time(top), "interval_s": interval or None, "targets": targets}


def recognised(document: Any) -> bool:
    """Whether a state can be told from this document at all."""
    return bool(reshape(document, 60)["targets"])


def _fields(value: Any) -> Fields:
    """One object's fields by their usual spelling, those under `summary` first."""
    if not isinstance(value, dict):
        return {}
    kept = list(islice(value.items(), MAX_FIELDS))
    inner: Fields = next((v for k, v in kept if _spelling(k) in names.INNER and isinstance(v, dict)), {})
    fields = {_spelling(k): v for k, v in [*kept, *islice(inner.items(), MAX_FIELDS)]}
    # A bare `uptime` is often a process's age in seconds: it counts with its sign, or inside the summary.
    bare = fields.get("uptime")
    signed = isinstance(bare, str) and "%" in bare
    if signed or ("uptime" in inner and _number(inner, ("uptime",)) not in (None, 0, 1)):
        fields.setdefault("uptime_percent", bare)
    return fields


def _spelling(key: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", key[:80]).lower().replace("-", "_").replace(" ", "_")


def _children(document: Any, top: Fields) -> Iterator[tuple[str, Any]]:
    named = (top[key] for key in names.MANY if isinstance(top.get(key), list | dict))
    held = document if isinstance(document, list) else next(named, None)
    if isinstance(held, list):
        yield from (("", child) for child in islice(held, MAX_CHILDREN) if isinstance(child, dict))
    elif isinstance(held, dict):
        entries = islice(held.items(), MAX_CHILDREN)
        yield from ((name, child) for name, child in entries if isinstance(child, dict))


def _target(name: str, fields: Fields, timestamp: Any, interval_s: float) -> Fields:
    status, detail = _state(fields, timestamp, interval_s)
    return {
        "key": name or _text(fields, ("key", "id", "slug", *names.NAME)),
        "name": _text(fields, names.NAME) or name,
        "status": status,
        "detail": detail,
        "uptime": _uptime(fields),
        "latency": _first(fields, names.LATENCY),
        "checked_at": _time(fields),
    }


def _state(fields: Fields, timestamp: Any, interval_s: float) -> tuple[str | None, str]:
    said = _said(fields)
    if said is None:
        last = next((fields[k] for k in names.LAST if isinstance(fields.get(k), dict)), None)
        said = _said(_fields(last))
    if said is not None:
        return said, ""
    row = _number(fields, names.ROW)
    if row is not None:
        return ("up" if row == 0 else "down"), ""
    return _counted(fields, timestamp, interval_s)


def _said(fields: Fields) -> str | None:
    """A status in words, else a yes/no field."""
    for key in names.STATUS:
        found = state_of(fields.get(key))
        if found is not None:
            return found
    for keys, good in ((names.GOOD, True), (names.BAD, False)):
        for key in keys:
            value = fields.get(key)
            if isinstance(value, bool) or (isinstance(value, int) and value in (0, 1)):
                return "up" if bool(value) is good else "down"
            if isinstance(value, str) and (found := state_of(value)) is not None and good:
                return found
    code = next((c for c in map(fields.get, names.CODE) if isinstance(c, int) and not isinstance(c, bool)), 0)
    return None if not 100 <= code <= 599 else "up" if code < 400 else "down"


def _counted(fields: Fields, timestamp: Any, interval_s: float) -> tuple[str | None, str]:
    total, failed, passed = (_number(fields, keys) for keys in (names.TOTAL, names.FAILED, names.PASSED))
    if failed is None and total is not None and passed is not None:
        failed = max(0.0, total - passed)
    if failed is not None:
        if failed == 0:
            return ("up" if total != 0 else None), ""
        if total is not None and failed >= total:
            return "down", ""
        if _over(fields, timestamp, interval_s):
            return "up", ""
        counts = {"failed": int(failed), "total": "?" if total is None else int(total)}
        return "degraded", _(
            "%(failed)s of %(total)s checks failed; the file does not say what is true now."
        ) % counts
    uptime = _uptime(fields)
    if uptime is None:
        return None, ""
    if uptime in (0, 100):
        return ("up" if uptime else "down"), ""
    return "degraded", _("The file says %(uptime)s %% uptime, not what is true now.") % {
        "uptime": round(uptime, 3)
    }


def _uptime(fields: Fields) -> float | None:
    """In percent."""
    percent, ratio = _number(fields, names.UPTIME), _number(fields, names.RATIO)
    found = percent if percent is not None else None if ratio is None else ratio * 100
    return found if found is not None and found <= 100 else None


def _over(fields: Fields, timestamp: Any, interval_s: float) -> bool:
    """Whether the last failure lies more than two intervals before the file was written."""
    last, written = (
        moments.parse(_first(fields, names.FAILURE)),
        moments.parse(timestamp) or moments.parse(_time(fields)),
    )
    return last is not None and written is not None and (written - last).total_seconds() > 2 * interval_s


def _time(fields: Fields) -> Any:
    """The first that is one, else what stands where one is meant: the age of that, nobody knows."""
    last = next((fields[k] for k in names.LAST if isinstance(fields.get(k), dict)), None)
    places = (fields, _fields(last))
    found = (place[k] for place in places for k in names.TIMES if moments.parse(place.get(k)) is not None)
    meant = (place[k] for place in places for k in names.SURELY_TIMES if _written(place.get(k)))
    return next(found, next(meant, None))


def _written(value: Any) -> bool:
    return isinstance(value, str | int | float) and not isinstance(value, bool)


def _first(fields: Fields, keys: tuple[str, ...]) -> Any:
    return next((fields[k] for k in keys if fields.get(k) is not None), None)


def _text(fields: Fields, keys: tuple[str, ...]) -> str:
    return next((fields[k] for k in keys if isinstance(fields.get(k), str) and fields[k].strip()), "")


def _number(fields: Fields, keys: tuple[str, ...]) -> float | None:
    for key in keys:
        value = fields.get(key)
        if isinstance(value, str):
            value = _parsed(value)
        if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e15:
            return float(value)
    return None


def _parsed(text: str) -> float | None:
    match = re.fullmatch(r"\s*(\d{1,12}(?:\.\d{1,12})?)\s*%?\s*", text, re.ASCII)
    return float(match[1]) if match else None
