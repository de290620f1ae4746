"""JSON from outside: strict, bounded, and refused with a word instead of an exception of the library.

Depth is measured before anything is parsed and without recursion; every step over the bytes runs in C (≤ 50
ms per MiB, tests/monitoring). A number too large for a float (1e999) or for Python's integer limit becomes
infinity: that one field is then no number, the rest is kept.
"""

import json
import re

from django.utils.translation import gettext as _

from foundation.text import stripped

MAX_BYTES = 1_000_000
MAX_DEPTH = 40
MAX_CONTAINERS = 100_000
_OTHERS = bytes(sorted(set(range(256)) - set(b"[]{}")))
_ONE_KIND = bytes.maketrans(b"{}", b"[]")
_RUNS = re.compile(rb"\[+|\]+")

type Json = dict[str, Json] | list[Json] | str | int | float | bool | None


class BadJson(ValueError):
    """`code`: too_large, empty, not_utf8, too_deep, not_json, duplicate_key or nan_or_infinity; the message
    is a sentence for people.
    """

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail


def parse(body: bytes) -> Json:
    """The document in `body`. Raises BadJson and nothing else."""
    if len(body) > MAX_BYTES:
        raise BadJson("too_large", _("The document is larger than %(count)s bytes.") % {"count": MAX_BYTES})
    body = body.removeprefix(b"\xef\xbb\xbf").strip(b" \t\r\n")
    if not body:
        raise BadJson("empty", _("The document is empty."))
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadJson("not_utf8", _("Byte %(place)s is not UTF-8.") % {"place": error.start + 1}) from None
    if body.startswith(b"<"):
        raise BadJson("not_json", _("This is an HTML or XML page, not JSON."))
    outside = _outside(body)
    if outside.count(b"[") + outside.count(b"{") > MAX_CONTAINERS:
        detail = _("The document holds more than %(count)s lists and objects.") % {"count": MAX_CONTAINERS}
        raise BadJson("too_large", detail)
    if _deep(outside):
        raise BadJson(
            "too_deep", _("The document is nested more than %(count)s levels deep.") % {"count": MAX_DEPTH}
        )
    found = _loaded(text)
    _doubled(text, found, outside)
    return found


def _outside(body: bytes) -> bytes:
    """The bytes outside of strings. An escape can stand only inside of one, so removing the pairs first is
    enough.
    """
    if b"\\" in body:
        body = body.replace(b"\\\\", b"").replace(b'\\"', b"")
    return b"".join(body.split(b'"')[::2])


def _deep(outside: bytes) -> bool:
    """Whether brackets nest deeper than MAX_DEPTH. Innermost pairs go first while there are many; the rest
    is measured by runs.
    """
    deepest = depth = 0
    for run in _RUNS.findall(outside.translate(_ONE_KIND, _OTHERS)):
        depth += len(run) if run[0] == ord("[") else -len(run)
        deepest = max(deepest, depth)
    return deepest > MAX_DEPTH


def _loaded(text: str) -> Json:
    try:
        try:
            return _load(text)
        except (json.JSONDecodeError, BadJson):
            raise
        except ValueError:  # an integer of more digits than Python converts
            return _load(text, parse_int=_integer)
    except json.JSONDecodeError as error:
        where = {"line": error.lineno, "column": error.colno, "words": error.msg}
        raise BadJson(
            "not_json", _("Not JSON at line %(line)s, column %(column)s: %(words)s.") % where
        ) from None
    except RecursionError:  # cannot happen below MAX_DEPTH; kept so that a caller never sees it
        raise BadJson("too_deep", _("The document is nested too deep.")) from None


def _load(text: str, **options: object) -> Json:
    found: Json = json.loads(text, parse_constant=_constant, **options)  # type: ignore[arg-type]
    return found


def _integer(digits: str) -> int | float:
    return int(digits) if len(digits) <= 300 else float(digits)


def _doubled(text: str, found: Json, outside: bytes) -> None:
    """Raises BadJson when a key was lost. Counting colons before and after costs a quarter of a hook on
    every object.
    """
    pairs = outside.count(b":")
    if pairs and pairs != _outside(json.dumps(found, separators=(",", ":")).encode()).count(b":"):
        json.loads(text, object_pairs_hook=_once, parse_int=str)


def _once(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    seen: set[str] = set()
    for name, _value in pairs:
        if name in seen:
            detail = _("The key “%(key)s” stands twice in one object.") % {"key": stripped(name[:80])}
            raise BadJson("duplicate_key", detail)
        seen.add(name)
    return dict(pairs)


def _constant(word: str) -> float:
    raise BadJson(
        "nan_or_infinity", _("The document holds %(word)s, which is no JSON number.") % {"word": word}
    )
