"""What an http monitor expects of an answer. All keys are optional:

`status`: "200-399" or [200, "300-399"]; `body`: text that must appear; `json`: [{"path": JMESPath,
"equals": value}]; `slow_ms` and `certificate_days`: limits below which the state is degraded;
`follow_redirects` (true); `method`: GET or HEAD. Nothing to expect, but to read: `version`: where the answer says
which version runs, a JMESPath or `header:Name`; `environment`: where that is, production unless said otherwise;
`count`: where it says how many errors there are, a JMESPath, with the keys of counting.py.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from monitoring.probes import counting
from monitoring.probes.counting import BadCount, Counting
from monitoring.probes.expression import BadExpression, compiled

USUAL = ((200, 399),)
USUAL_COUNTING = Counting()
KEYS = (
    "status", "body", "json", "slow_ms", "certificate_days", "follow_redirects", "method", "version", "environment",
    "count", *counting.KEYS,
)  # fmt: skip
HEADER = "header:"
_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
MAX_ENVIRONMENT = 80
MAX_CONDITIONS = 20
MAX_BODY = 1_000


class BadExpect(ValueError):
    """The expectation cannot be used; the message is a sentence for people, `key` says which of KEYS is meant."""

    def __init__(self, detail: str, key: str = "") -> None:
        super().__init__(detail)
        self.key = key


@dataclass(frozen=True, slots=True)
class Expect:
    """Ranges are inclusive; `conditions` are (JMESPath, wanted value); 0 means no limit."""

    status: tuple[tuple[int, int], ...] = USUAL
    body: str = ""
    conditions: tuple[tuple[str, Any], ...] = ()
    slow_ms: int = 0
    certificate_days: int = 0
    follow_redirects: bool = True
    method: str = "GET"
    version: str = ""
    environment: str = ""
    count: str = ""
    counting: Counting = USUAL_COUNTING

    @property
    def header(self) -> str:
        """The header that says the version, "" where the body does or nothing."""
        return self.version.removeprefix(HEADER).strip() if self.version.startswith(HEADER) else ""

    def statuses(self) -> str:
        return ", ".join(str(low) if low == high else f"{low}–{high}" for low, high in self.status)


def parse(raw: Mapping[str, Any]) -> Expect:
    """Raises BadExpect."""
    for key in raw:
        if key not in KEYS:
            raise BadExpect(_("“%(key)s” is not something to expect.") % {"key": str(key)[:40]})
    body, method = raw.get("body") or "", raw.get("method") or "GET"
    if not isinstance(body, str) or len(body) > MAX_BODY:
        raise BadExpect(
            _("The expected text must be at most %(count)s characters.") % {"count": MAX_BODY}, "body"
        )
    if method not in ("GET", "HEAD"):
        raise BadExpect(_("The method must be GET or HEAD."), "method")
    conditions = _conditions(raw.get("json") or [])
    version = _version(raw.get("version") or "")
    count, what = _count(raw)
    if method == "HEAD" and (body or conditions or count or (version and not version.startswith(HEADER))):
        raise BadExpect(_("An answer to HEAD has no body to look into: use GET."), "method")
    return Expect(
        status=_ranges(raw.get("status")),
        body=body,
        conditions=conditions,
        slow_ms=_limit(raw, "slow_ms"),
        certificate_days=_limit(raw, "certificate_days"),
        follow_redirects=raw.get("follow_redirects") is not False,
        method=method,
        version=version,
        environment=_environment(raw.get("environment") or ""),
        count=count,
        counting=what,
    )


def _count(raw: Mapping[str, Any]) -> tuple[str, Counting]:
    """Where the number stands, as it was written, and of what it is."""
    path = raw.get("count") or ""
    if not isinstance(path, str):
        raise BadExpect(_("The number is found by a JMESPath."), "count")
    try:
        what = counting.parse(raw)
        if path.strip():
            compiled(path.strip())
    except BadCount as error:
        raise BadExpect(str(error), error.key) from None
    except BadExpression as error:
        raise BadExpect(str(error), "count") from None
    if what != USUAL_COUNTING and not path.strip():
        raise BadExpect(_("Say where the answer has the number, such as errors or stats.failed."), "count")
    return path.strip(), what


def _version(raw: Any) -> str:
    """Where the version stands, as it was written."""
    if not isinstance(raw, str):
        raise BadExpect(_("The version is found by a JMESPath, or by header: and a name."), "version")
    text = raw.strip()
    if text.startswith(HEADER):
        if not _NAME.fullmatch(text.removeprefix(HEADER).strip()):
            raise BadExpect(_("Write the header's name, such as header:X-App-Version."), "version")
    elif text:
        try:
            compiled(text)
        except BadExpression as error:
            raise BadExpect(str(error), "version") from None
    return text


def _environment(raw: Any) -> str:
    if not isinstance(raw, str) or len(raw) > MAX_ENVIRONMENT:
        raise BadExpect(_("Name one environment of the product, such as production."), "environment")
    return raw.strip()


def _ranges(raw: Any) -> tuple[tuple[int, int], ...]:
    """`200`, `"200-299, 404"` or `[200, "300-399"]` as inclusive ranges."""
    parts = raw.split(",") if isinstance(raw, str) else raw if isinstance(raw, list | tuple) else [raw]
    found = []
    for part in parts:
        if part is None or str(part).strip() == "":
            continue
        low, dash, high = str(part).replace("–", "-").partition("-")
        try:
            first, last = int(low), int(high if dash else low)
        except ValueError:
            first = last = 0
        if isinstance(part, bool) or not 100 <= first <= last <= 599:
            raise BadExpect(
                _("“%(part)s” is not an HTTP status or a range such as 200-399.") % {"part": str(part)[:40]},
                "status",
            )
        found.append((first, last))
    return tuple(found[:20]) or USUAL


def _conditions(raw: Any) -> tuple[tuple[str, Any], ...]:
    if not isinstance(raw, list) or len(raw) > MAX_CONDITIONS:
        raise BadExpect(
            _("JSON conditions must be a list of at most %(count)s.") % {"count": MAX_CONDITIONS}, "json"
        )
    found = []
    for entry in raw:
        if not isinstance(entry, Mapping) or not isinstance(entry.get("path"), str) or "equals" not in entry:
            raise BadExpect(_("A JSON condition needs a “path” and what it “equals”."), "json")
        if isinstance(entry["equals"], list | dict):
            raise BadExpect(
                _("A JSON condition compares with one value, not with a list or an object."), "json.equals"
            )
        try:
            compiled(entry["path"])
        except BadExpression as error:
            raise BadExpect(str(error), "json") from None
        found.append((entry["path"], entry["equals"]))
    return tuple(found)


def _limit(raw: Mapping[str, Any], key: str) -> int:
    value = raw.get(key) or 0
    if isinstance(value, str) and value.isdecimal() and len(value) < 9:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 3_600_000:
        raise BadExpect(_("“%(key)s” must be a whole number.") % {"key": key}, key)
    return value
