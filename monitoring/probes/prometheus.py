"""A number that Prometheus reckons: `target` is its address, `expect.query` the question (PromQL).

The question names the time it counts over, `sum(increase(app_errors_total[5m]))`, so that what was counted before a
deployment can be told from what came after it. A Prometheus that does not answer, or knows of no such series, says
nothing about the product: that is unknown, never none and never down.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from monitoring.probes import counting
from monitoring.probes.counting import BadCount, Counting
from monitoring.probes.freshness import fresh_until
from monitoring.probes.json_text import BadJson, parse
from monitoring.probes.result import Check, Outcome, Result
from network import locator
from network.exchange import MAX_BYTES, Request, Response

kind = "prometheus"
label = gettext_lazy("Prometheus")

KEYS = ("query", *counting.KEYS)
MAX_QUERY = 1_000
_TEXTS = re.compile(r'"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'|`[^`]*`')
_RANGE = re.compile(r"\[\s*([0-9smhdwy]+)\s*(?::[^\]]*)?\]")
_PART = re.compile(r"(\d+)(ms|[smhdwy])")
_SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800, "y": 31_536_000}


def problems(target: str, expect: Mapping[str, Any], mapping: Any) -> dict[str, str]:
    """What is wrong with the form, by field; nobody is asked."""
    found = {"mapping": _("A question to Prometheus has no mapping.")} if mapping else {}
    try:
        locator.clean(target)
        locator.clean(_address(target, str(expect.get("query") or "")))
    except locator.BadUrl as error:
        found["target"] = str(error)
    try:
        _counting(expect)
    except BadCount as error:
        found[f"expect.{error.key}" if error.key else "expect"] = str(error)
    return found


def request(check: Check) -> Request | Outcome:
    try:
        _counting(check.expect)
    except BadCount as error:
        return Outcome(code="bad_expect", detail=str(error))
    return Request(_address(check.target, str(check.expect["query"])), max_bytes=MAX_BYTES)


def evaluate(
    check: Check, response: Response | None, *, now: datetime, roots: Sequence[Path] | None = None
) -> Outcome:
    """One result, of the product and not of Prometheus: without an answer nothing is known of it."""
    if response is None:
        return Outcome(code="internal", detail=_("There was no request."))
    if response.error:
        return Outcome(code=response.error, detail=response.detail, response=response)
    try:
        asked = _counting(check.expect)
        document = parse(response.body)
    except BadCount as error:
        return Outcome(code="bad_expect", detail=str(error), response=response)
    except BadJson as error:
        words = {"status": response.status, "words": error.detail}
        detail = _("This is no answer of Prometheus (status %(status)s): %(words)s") % words
        return Outcome(code=error.code, detail=detail, response=response, body=response.body)
    found = _number(document)
    if isinstance(found, str):
        return Outcome(code=counting.NO_COUNT, detail=found, response=response, body=response.body)
    state, code, detail = counting.judged(asked, found)
    result = Result(
        "", "", state, code, detail,
        latency_ms=round(response.latency_ms, 1),
        checked_at=now,
        fresh_until=fresh_until(now, check.interval_s),
        count=counting.counted(asked, found),
    )  # fmt: skip
    return Outcome((result,), response=response, body=response.body)


def _address(target: str, query: str) -> str:
    return f"{target.rstrip('/')}/api/v1/query?query={quote(query, safe='')}"


def _counting(expect: Mapping[str, Any]) -> Counting:
    for key in expect:
        if key not in KEYS:
            raise BadCount(_("“%(key)s” is not something to expect.") % {"key": str(key)[:40]})
    query = expect.get("query")
    if not isinstance(query, str) or not query.strip():
        words = _("Write what to ask, such as %(query)s.") % {"query": "sum(increase(app_errors_total[5m]))"}
        raise BadCount(words, "query")
    if len(query) > MAX_QUERY:
        raise BadCount(_("The question is longer than %(count)s characters.") % {"count": MAX_QUERY}, "query")
    return counting.parse({**expect, "count_over_s": None}, over_s=_over(query))


def _over(query: str) -> int:
    """Seconds that it counts over. Raises BadCount for a question of which nobody could say what the number is."""
    bare = _TEXTS.sub('""', query)
    spans = {_seconds(one) for one in _RANGE.findall(bare)}
    if len(spans) != 1 or not 1 <= (over := spans.pop()) <= counting.LONGEST_S:
        words = _("Name one time to count over, of a day at most: increase(…[5m]).")
        raise BadCount(words, "query")
    if re.search(r"\boffset\b|@", bare):
        raise BadCount(_("Ask about now: without offset and @."), "query")
    if re.search(r"\bi?rate\s*\(", bare):
        words = _("Ask for a number and not for one per second: increase() instead of rate().")
        raise BadCount(words, "query")
    return int(over)


def _seconds(written: str) -> float:
    return sum(int(n) * _SECONDS[unit] for n, unit in _PART.findall(written))


def _number(document: Any) -> float | str:
    """The one number of the answer; else why there is none."""
    answer = document if isinstance(document, dict) else {}
    data = answer.get("data")
    if answer.get("status") != "success" or not isinstance(data, dict):
        said = str(answer.get("error") or "")[:200]
        return (
            _("Prometheus says: %(words)s") % {"words": said}
            if said
            else _("This is no answer of Prometheus.")
        )
    if warnings := answer.get("warnings"):
        said = str(warnings[0] if isinstance(warnings, list) else warnings)[:200]
        return _("Prometheus does not know all of it: %(words)s") % {"words": said}
    found = data.get("result")
    if data.get("resultType") == "vector" and isinstance(found, list):
        if not found:
            return _(
                "Prometheus knows no such series. That is not none: docs/hotfixes.md has a question that says 0."
            )
        if len(found) > 1:
            words = _("The answer has %(n)s series: put sum(…) around the question.")
            return words % {"n": len(found)}
        found = found[0].get("value") if isinstance(found[0], dict) else None
    value = counting.read(found[1]) if isinstance(found, list) and len(found) == 2 else None
    return _("The answer is no number of things.") if value is None else value
