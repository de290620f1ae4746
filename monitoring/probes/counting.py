"""A number that a monitor reads: how many errors, or users' reports, there are (K60, K62, K75). Pure.

In `expect` of http, file and prometheus alike: `counts`: errors (as usual) or user_reports; `count_over_s`: the number
is of the last so many seconds, and without it of all time, so that it only grows; `count_most`: more of them in that
time is down. Where the number stands is each kind's own.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from monitoring.probes.result import Count, State
from monitoring.probes.silence import span
from monitoring.probes.values import number

KEYS = ("counts", "count_over_s", "count_most")
ERRORS = "errors"
LONGEST_S = 86_400
MOST = 10**12
NO_COUNT, TOO_MANY = "no_count", "too_many"


type What = Literal["errors", "user_reports"]
_WHAT: dict[str, What] = {"errors": "errors", "user_reports": "user_reports"}


class BadCount(ValueError):
    """What is to be counted cannot be; the message is a sentence for people, `key` says which of KEYS is meant."""

    def __init__(self, detail: str, key: str = "") -> None:
        super().__init__(detail)
        self.key = key


@dataclass(frozen=True, slots=True)
class Counting:
    """`over_s` 0: of all time. `most` None: no number is too many."""

    what: What = "errors"
    over_s: int = 0
    most: int | None = None


def parse(raw: Mapping[str, Any], *, over_s: int | None = None) -> Counting:
    """`over_s`: where the kind itself knows. Raises BadCount."""
    what = _WHAT.get(str(raw.get("counts") or ERRORS))
    if what is None:
        raise BadCount(_("Either errors or user_reports are counted."), "counts")
    over = _whole(raw, "count_over_s", LONGEST_S) or 0 if over_s is None else over_s
    most = _whole(raw, "count_most", MOST)
    if most is not None and not over:
        words = _("Say of which time the number is: one that only grows is more than any limit one day.")
        raise BadCount(words, "count_most")
    return Counting(what, over, most)


def read(value: Any) -> float | None:
    """The number as JSON or as its digits; None for what is no count."""
    if isinstance(value, str) and len(value) <= 40 and "_" not in value:
        try:
            value = float(value)
        except ValueError:
            return None
    found = number(value)
    return found if found is not None and 0 <= found <= MOST else None


def judged(counting: Counting, found: float) -> tuple[State, str, str]:
    """(state, code, sentence) of a number that was read."""
    said = said_of(counting, found)
    if counting.most is not None and found > counting.most:
        return (
            "down",
            TOO_MANY,
            _("%(said)s; at most %(most)s are right.") % {"said": said, "most": counting.most},
        )
    return "up", "", said


def unread(detail: str) -> tuple[State, str, str]:
    """No number is not none."""
    return "unknown", NO_COUNT, detail


def counted(counting: Counting, found: float) -> Count:
    return Count(found, counting.what, counting.over_s)


def said_of(counting: Counting, found: float) -> str:
    n = whole(found)
    errors = ngettext("%(n)s error", "%(n)s errors", n) % {"n": n}
    reports = ngettext("%(n)s user report", "%(n)s user reports", n) % {"n": n}
    words = {"said": errors if counting.what == ERRORS else reports, "for": span(counting.over_s)}
    return _("%(said)s in %(for)s") % words if counting.over_s else _("%(said)s so far") % words


def whole(found: float) -> int:
    """Never rounded down to none: Prometheus reckons 0.9 of one that it has seen."""
    return math.ceil(round(found, 6))


def _whole(raw: Mapping[str, Any], key: str, most: int) -> int | None:
    value = raw.get(key)
    if isinstance(value, str) and value.isdecimal() and len(value) < 14:
        value = int(value)
    if value in (None, ""):
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
        raise BadCount(_("“%(key)s” must be a whole number.") % {"key": key}, key)
    return value
