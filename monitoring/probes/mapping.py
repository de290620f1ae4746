"""A document read as targets, by a mapping that is data: JMESPath strings, or the name of a preset with
what should differ from it.

Keys of a mapping: `preset`; `targets` (a list, or an object whose entries become {key, value}); for each target `key`,
`name`, `status`, `uptime`, `checked_at`, `latency`, `detail`, `version`; for the whole document `generated_at` and
`interval_s` (an expression or seconds); and plain values: `status_map` {word: state}, `environment` (whose versions
these are, production unless said otherwise), `unit` percent|ratio, `latency_unit` ms|s|us|ns, `degraded_below` and
`down_below` in percent of uptime. A field that is not there or makes no sense is empty and its target stays.
"""

from collections.abc import Mapping as Map
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from monitoring.probes import moments
from monitoring.probes.expression import BadExpression, Work, compiled, search
from monitoring.probes.presets import PRESETS, detect, preset_labels
from monitoring.probes.result import State
from monitoring.probes.values import LONGEST_VERSION, latency, percent, seconds, text
from monitoring.probes.words import state_of, word_of

__all__ = ["BadMapping", "Reading", "Row", "detect", "preset_labels", "problem", "read"]

MAX_TARGETS = 500
BAD_TIMESTAMP = "bad_timestamp"
EXPRESSIONS = (
    "targets",
    "key",
    "name",
    "status",
    "uptime",
    "checked_at",
    "latency",
    "detail",
    "version",
    "generated_at",
)
NUMBERS = ("degraded_below", "down_below")
UNITS = {"unit": ("percent", "ratio"), "latency_unit": ("ms", "s", "us", "ns")}
_STATES: tuple[State, ...] = ("up", "degraded", "down", "unknown")


class BadMapping(ValueError):
    """`code`: bad_mapping, no_mapping, no_targets or too_many_targets; the message is a sentence for
    people.
    """

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Row:
    """One target as the document says it. `code`: "" or status (not up), uptime (too low), bad_status (no known
    word) or bad_timestamp (a time that is none: nobody knows how old the state is).
    """

    key: str
    name: str
    state: State
    code: str
    detail: str
    uptime_percent: float | None
    latency_ms: float | None
    checked_at: datetime | None
    version: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """All rows, the document's own time if it has one, the interval at which it says it is written, and the
    preset used ("" for none). `bad_time`: what stands where that time should be, "" if nothing or a time does.
    """

    rows: tuple[Row, ...]
    generated_at: datetime | None
    interval_s: float | None
    preset: str
    bad_time: str = ""
    environment: str = ""


def read(document: Any, mapping: str | Map[str, Any] | None, interval_s: float = 60) -> Reading:
    """Raises BadMapping when nothing can be said about any target."""
    fields, preset = _fields(document, mapping)
    if wrong := problem(fields):
        raise BadMapping("bad_mapping", wrong)
    work = Work()
    try:
        if preset:
            document = PRESETS[preset].reshape(document, interval_s)
        items = _items(_found(fields, "targets", document, work))
        rows = _distinct([_row(fields, item, work) for item in items])
        generated_at, bad_time = _moment(_found(fields, "generated_at", document, work))
        interval = _interval(fields.get("interval_s"), document, work)
        return Reading(
            tuple(rows), generated_at, interval, preset, bad_time, text(fields.get("environment"), 80)
        )
    except BadExpression as error:
        raise BadMapping("bad_mapping", str(error)) from None


def problem(mapping: str | Map[str, Any] | None) -> str:
    """What is wrong with a mapping as written, "" if nothing."""
    if mapping is None or isinstance(mapping, str):
        return (
            ""
            if not mapping or mapping in PRESETS
            else _("There is no preset “%(name)s”.") % {"name": mapping[:40]}
        )
    preset = mapping.get("preset") or ""
    known = {*EXPRESSIONS, *NUMBERS, *UNITS, "preset", "status_map", "interval_s", "environment"}
    if unknown := sorted(str(key) for key in mapping.keys() - known):
        return _("“%(key)s” is not a part of a mapping.") % {"key": unknown[0][:40]}
    if not isinstance(preset, str) or (preset and preset not in PRESETS):
        return _("There is no preset “%(name)s”.") % {"name": str(preset)[:40]}
    if not preset and not (mapping.get("targets") and mapping.get("status")):
        return _("A mapping needs at least “targets” and “status”, or a “preset”.")
    return _wrong_expression(mapping) or _wrong_value(mapping)


def _wrong_expression(mapping: Map[str, Any]) -> str:
    for name in (*EXPRESSIONS, "interval_s"):
        written = mapping.get(name)
        if written in (None, "") or (name == "interval_s" and seconds(written) is not None):
            continue
        if not isinstance(written, str):
            return _("“%(key)s” must be a JMESPath expression.") % {"key": name}
        try:
            compiled(written)
        except BadExpression as error:
            return f"{name}: {error}"
    return ""


def _wrong_value(mapping: Map[str, Any]) -> str:
    for name, allowed in UNITS.items():
        if mapping.get(name) not in (None, "", *allowed):
            return _("“%(key)s” must be one of: %(allowed)s.") % {"key": name, "allowed": ", ".join(allowed)}
    if not isinstance(mapping.get("environment") or "", str):
        return _("“environment” must be the name of one.")
    states = mapping.get("status_map") or {}
    if not isinstance(states, Map) or any(state not in _STATES for state in states.values()):
        return _("“status_map” must name a state for each word: up, degraded, down or unknown.")
    for name in NUMBERS:
        if mapping.get(name) is not None and percent(mapping[name], "percent") is None:
            return _("“%(key)s” must be a number from 0 to 100.") % {"key": name}
    return ""


def _fields(document: Any, mapping: str | Map[str, Any] | None) -> tuple[Map[str, Any], str]:
    """(the whole mapping, the preset it stands on or "")."""
    own: Map[str, Any] = mapping if isinstance(mapping, Map) else {"preset": mapping or detect(document)}
    preset = own.get("preset") or ""
    if not own.get("targets") and not preset:
        if document in ([], {}):
            raise BadMapping("no_targets", _("The document names no targets."))
        raise BadMapping(
            "no_mapping", _("The shape of this document is not known. Choose a preset or write a mapping.")
        )
    base = PRESETS[preset].fields if isinstance(preset, str) and preset in PRESETS else {}
    return {**base, **{key: value for key, value in own.items() if value not in (None, "")}}, preset


def _items(found: Any) -> list[Any]:
    if isinstance(found, dict):
        found = [{"key": key, "value": value} for key, value in found.items()]
    items = [item for item in found if isinstance(item, dict | list)] if isinstance(found, list) else []
    if not items:
        raise BadMapping("no_targets", _("The document names no targets."))
    if len(items) > MAX_TARGETS:
        # No number of them: a preset stops reading where it is too much already.
        words = _("The document names more than %(limit)s targets; no more are taken.")
        raise BadMapping("too_many_targets", words % {"limit": MAX_TARGETS})
    return items


def _row(fields: Map[str, Any], item: Any, work: Work) -> Row:
    said = _found(fields, "status", item, work)
    uptime = percent(_found(fields, "uptime", item, work), fields.get("unit"))
    name = text(_found(fields, "name", item, work), 200)
    key = text(_found(fields, "key", item, work), 100) or name[:100]
    detail = text(_found(fields, "detail", item, work), 500)
    own = {word_of(word): state for word, state in (fields.get("status_map") or {}).items()}
    state, code = _judged(state_of(said, own), uptime, fields, derived=bool(detail))
    if code and not detail:
        shown = text(said, 80)
        detail = {
            "bad_status": _("The status “%(word)s” has no meaning in the mapping.") % {"word": shown}
            if shown
            else _("The summary gives no status for this target."),
            "status": _("The summary says “%(word)s”.") % {"word": shown},
            "uptime": _("The summary says %(uptime)s %% uptime.") % {"uptime": uptime},
        }[code]
    checked_at, bad_time = _moment(_found(fields, "checked_at", item, work))
    if bad_time:
        state, code, detail = "unknown", BAD_TIMESTAMP, unreadable(bad_time)
    return Row(
        key, name or key, state, code, detail if code else "", uptime,
        latency(_found(fields, "latency", item, work), fields.get("latency_unit")), checked_at,
        text(_found(fields, "version", item, work), LONGEST_VERSION),
    )  # fmt: skip


def _moment(found: Any) -> tuple[datetime | None, str]:
    """(the moment, "") or, for what stands there and is none, (None, its text)."""
    if found is None or (isinstance(found, str) and not found.strip()):
        return None, ""
    at = moments.parse(found)
    return at, "" if at else text(found, 60) or _("a list or an object")


def unreadable(found: str) -> str:
    return _("The time “%(found)s” cannot be read, so nobody knows how old this is.") % {"found": found}


def _judged(
    said: State | None, uptime: float | None, fields: Map[str, Any], *, derived: bool
) -> tuple[State, str]:
    """The state in words, made worse where the uptime is below a limit of the mapping.

    A flat summary whose state was only derived from its uptime is up above the limit that the mapping sets.
    """
    if said is None:
        return "unknown", "bad_status"
    if uptime is not None and said in ("up", "degraded"):
        if uptime < (percent(fields.get("down_below"), "percent") or 0):
            return "down", "uptime"
        if uptime < (percent(fields.get("degraded_below"), "percent") or 0):
            return "degraded", "uptime"
        if derived and fields.get("preset") == "flat" and fields.get("degraded_below") is not None:
            return "up", ""
    return said, "" if said == "up" else "status"


def _distinct(rows: list[Row]) -> list[Row]:
    """Every key once: a missing one becomes its place (a lone target is the monitor itself), a repeated one
    gets a number, so that no target hides another.
    """
    if len(rows) == 1 and not rows[0].key:
        return rows
    seen: set[str] = set()
    kept = []
    for place, row in enumerate(rows, 1):
        key = base = row.key or str(place)
        again = 2
        while key in seen:
            key, again = f"{base}#{again}", again + 1
        seen.add(key)
        kept.append(row if key == row.key else replace(row, key=key, name=row.name or key))
    return kept


def _found(fields: Map[str, Any], name: str, value: Any, work: Work) -> Any:
    return search(fields[name], value, work) if fields.get(name) else None


def _interval(value: Any, document: Any, work: Work) -> float | None:
    return seconds(
        search(value, document, work) if isinstance(value, str) and seconds(value) is None else value
    )
