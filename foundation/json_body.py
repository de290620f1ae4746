"""JSON that a script sends, as it is written down: one meaning, and no deeper than anybody writes it.

Names that stand twice, NaN and endless nesting are read differently by each program: refused with a sentence.
"""

from __future__ import annotations

import json
import math
from typing import Any

from django.utils.translation import gettext as _

DEEPEST = 40


class BadBody(ValueError):
    """It is JSON, and cannot be meant; the message is a sentence for people."""


def read(body: bytes) -> Any:
    """Raises BadBody, json.JSONDecodeError, or UnicodeDecodeError for what is no text."""
    try:
        found = json.loads(
            body, parse_constant=_refuse_constant, parse_float=_finite, object_pairs_hook=_once
        )
    except RecursionError:
        raise _too_deep() from None
    except ValueError as error:
        if type(error) is ValueError:  # more digits than Python reads into a number
            raise BadBody(_("A number in the body is too large.")) from None
        raise
    level, depth = [found], 0
    while level := [inner for one in level for inner in _inside(one)]:
        depth += 1
        if depth > DEEPEST:
            raise _too_deep()
    return found


def _inside(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


def _too_deep() -> BadBody:
    return BadBody(_("The body is nested more than %(count)s levels deep.") % {"count": DEEPEST})


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _value in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        shown = "".join(c for c in twice[:80] if c.isprintable())
        raise BadBody(_("“%(name)s” stands twice in one object of the body.") % {"name": shown})
    return found


def _finite(digits: str) -> float:
    """1e999 would be infinite, which nothing of ours can keep."""
    if not math.isfinite(found := float(digits)):
        raise BadBody(_("A number in the body is too large."))
    return found


def _refuse_constant(name: str) -> None:
    raise BadBody(_("%(name)s is not a number in JSON.") % {"name": name})
