"""One address asked over HTTP: its status, its body, its JSON, how long it took and how long its
certificate lasts.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from monitoring.probes import counting
from monitoring.probes import expect as expectation
from monitoring.probes.expect import BadExpect, Expect
from monitoring.probes.expression import BadExpression, Work, search
from monitoring.probes.freshness import fresh_until
from monitoring.probes.json_text import BadJson, parse
from monitoring.probes.result import Check, Count, Outcome, Result, State
from monitoring.probes.values import LONGEST_VERSION, text
from network import locator
from network.exchange import MAX_BYTES, Request, Response

kind = "http"
label = gettext_lazy("Web address")

# The request never left or left wrongly: that says something about us and nothing about the target.
OURS = frozenset(["refused_address", "bad_url", "no_ca", "internal"])
_HEAD_BYTES = 65_536


def problems(target: str, expect: Mapping[str, Any], mapping: Any) -> dict[str, str]:
    """What is wrong with the form, by field, `expect.json` where the part is known; without network or disk."""
    found = {"mapping": _("A web address has no mapping. Watch it as a summary.")} if mapping else {}
    try:
        locator.clean(target)
    except locator.BadUrl as error:
        found["target"] = str(error)
    try:
        expectation.parse(expect)
    except BadExpect as error:
        found[f"expect.{error.key}" if error.key else "expect"] = str(error)
    return found


def request(check: Check) -> Request | Outcome:
    """What to send, or an outcome when there is nothing to send. The body is read whole only where it is
    looked into.
    """
    try:
        expect = expectation.parse(check.expect)
    except BadExpect as error:
        return Outcome(code="bad_expect", detail=str(error))
    return Request(
        check.target,
        method=expect.method,
        max_bytes=MAX_BYTES
        if expect.body or expect.conditions or expect.count or _in_body(expect)
        else _HEAD_BYTES,
        redirects=5 if expect.follow_redirects else 0,
        certificate=expect.certificate_days > 0,
    )


def evaluate(
    check: Check, response: Response | None, *, now: datetime, roots: Sequence[Path] | None = None
) -> Outcome:
    """One result for the monitor itself (key ""), or a whole failure when the fault is ours."""
    if response is None:
        return Outcome(code="internal", detail=_("There was no request."))
    if response.error in OURS:
        return Outcome(code=response.error, detail=response.detail, response=response)
    try:
        expect = expectation.parse(check.expect)
        state, code, detail = _judged(expect, response, now)
        count = None
        if expect.count and state in ("up", "degraded"):
            (state, code, detail), count = _counted(expect, response, (state, code, detail))
    except BadExpect as error:
        return Outcome(code="bad_expect", detail=str(error), response=response)
    except BadExpression as error:
        return Outcome(code="bad_expect", detail=str(error), response=response, body=response.body)
    result = Result(
        "", "", state, code, detail,
        latency_ms=round(response.latency_ms, 1) if response.status else None,
        checked_at=now,
        fresh_until=fresh_until(now, check.interval_s),
        version=_version(expect, response) if state in ("up", "degraded") else "",
        environment=expect.environment,
        count=count,
    )  # fmt: skip
    return Outcome((result,), response=response, body=response.body)


def _in_body(expect: Expect) -> bool:
    return bool(expect.version) and not expect.header


def _version(expect: Expect, response: Response) -> str:
    """As the answer says it; "" where it says none that makes sense. That is nobody's fault: the target is as it is."""
    if expect.header:
        return text(response.headers.get(expect.header.lower()), LONGEST_VERSION)
    if not expect.version or response.error == "too_large":
        return ""
    try:
        return text(search(expect.version, parse(response.body), Work()), LONGEST_VERSION)
    except (BadJson, BadExpression):
        return ""


def _judged(expect: Expect, response: Response, now: datetime) -> tuple[State, str, str]:
    """(state, code, sentence); the first thing that is wrong counts."""
    if response.error not in ("", "too_large"):
        return "down", response.error, response.detail
    if not any(low <= response.status <= high for low, high in expect.status):
        words = {"status": response.status, "wanted": expect.statuses()}
        return "down", "status", _("It answered %(status)s instead of %(wanted)s.") % words
    wrong = _wrong_body(expect, response)
    if wrong:
        return "down", *wrong
    return _slow(expect, response, now)


def _counted(
    expect: Expect, response: Response, besides: tuple[State, str, str]
) -> tuple[tuple[State, str, str], Count | None]:
    """What the number says; where it says nothing bad, `besides` does. One that cannot be read leaves it open how it
    is.
    """
    try:
        found = counting.read(search(expect.count, parse(response.body), Work()))
    except (BadJson, BadExpression) as error:
        return counting.unread(str(error)), None
    if found is None:
        return counting.unread(_("“%(path)s” is no number of things.") % {"path": expect.count}), None
    state, code, said = counting.judged(expect.counting, found)
    count = counting.counted(expect.counting, found)
    return (besides if besides[0] != "up" and state == "up" else (state, code, said)), count


def _wrong_body(expect: Expect, response: Response) -> tuple[str, str] | None:
    if expect.body and not any(
        expect.body.encode(charset, "replace") in response.body for charset in ("utf-8", "latin-1")
    ):
        return "body", _("The answer does not contain “%(text)s”.") % {"text": expect.body[:80]}
    if not expect.conditions:
        return None
    if response.error == "too_large":
        return "json", _("The answer is too large to look into as JSON.")
    try:
        document = parse(response.body)
    except BadJson as error:
        return "json", _("The answer cannot be read as JSON: %(words)s") % {"words": error.detail}
    work = Work()
    for path, wanted in expect.conditions:
        found = search(path, document, work)
        if not _same(found, wanted):
            words = {"path": path, "found": _shown(found), "wanted": _shown(wanted)}
            return "json", _("“%(path)s” is %(found)s instead of %(wanted)s.") % words
    return None


def _slow(expect: Expect, response: Response, now: datetime) -> tuple[State, str, str]:
    if expect.certificate_days and response.certificate_expires is not None:
        days = (response.certificate_expires - now).days
        if days < expect.certificate_days:
            return "degraded", "certificate", _("The certificate expires in %(days)s days.") % {"days": days}
    if expect.slow_ms and response.latency_ms > expect.slow_ms:
        words = {"took": round(response.latency_ms), "limit": expect.slow_ms}
        return "degraded", "slow", _("It took %(took)s ms; the limit is %(limit)s ms.") % words
    return "up", "", ""


def _same(found: Any, wanted: Any) -> bool:
    """Equal as JSON, or written alike: a form can only send text, and "3" in it may mean the number."""
    if isinstance(found, list | dict):
        return False
    if type(found) is type(wanted) or {type(found), type(wanted)} == {int, float}:
        return bool(found == wanted)
    return isinstance(wanted, str) and _shown(found) == wanted


def _shown(value: Any) -> str:
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    return _("a list or an object") if isinstance(value, list | dict) else str(value)[:80]
