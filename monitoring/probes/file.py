"""Files: that they are there, how large, how old, with which contents. Read here, or told by nightdesk-push (C18).

`expect`: `max_age_s` since it was written, `min_bytes`, `sha256`; `fails_on`: a text that must not stand in the last
lines; `count`: a text whose lines are counted, with
`counts` as in counting.py. Each file is one target; one that is not there is down. For a backup that a rollback stands
on (A41), for logs that must grow (A34), and for those that must not (K62).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation.text import stripped
from monitoring import files
from monitoring.probes import counting, moments, silence
from monitoring.probes.counting import BadCount, Counting
from monitoring.probes.freshness import in_future
from monitoring.probes.json_text import BadJson, parse
from monitoring.probes.result import Check, Outcome, Result, State
from network.exchange import Response

kind = "file"
label = gettext_lazy("Files")

MAX_FILES = 100
MAX_TAIL = 4096
MAX_TEXT = 200
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one file; `size` None: it is not there, unless what
    stood there was `odd`. `sha256` "" where nobody computed it. `pattern`: of
    whose files it is the newest, if of any.
    """

    path: str
    size: int | None
    modified_at: datetime | None = None
    sha256: str = ""
    tail: str = ""
    pattern: str = ""
    odd: bool = False

    @property
    def key(self) -> str:
        """What stays the same when a log is rotated."""
        return self.pattern or self.path


def problems(target: str, expect: Mapping[str, Any], mapping: Any) -> dict[str, str]:
    """What is wrong with the form, by field; without touching the disk."""
    found = {
        "target": _wrong_target(target),
        "expect": _wrong_expect(expect),
        "expect.fails_on": _wrong_text(expect),
        "expect.count": _wrong_count(target, expect),
        "mapping": _("Files have no mapping.") if mapping else "",
    }
    return {field: words for field, words in found.items() if words}


def _wrong_target(target: str) -> str:
    if "*" in target:
        return _(
            "This names one file. The newest of a pattern is told by nightdesk-push: leave the path empty."
        )
    return files.problem(target) if target else ""


def _wrong_expect(expect: Mapping[str, Any]) -> str:
    for name, value in expect.items():
        if name in ("max_age_s", "min_bytes"):
            if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 10**15:
                return _("“%(key)s” must be a whole number above 0.") % {"key": name}
        elif name in ("count", "counts", "fails_on"):
            continue
        elif name != "sha256":
            return _("“%(key)s” is not something to expect.") % {"key": str(name)[:40]}
        elif not isinstance(value, str) or not _SHA256.fullmatch(value.lower()):
            return _("A sha256 has 64 hexadecimal digits.")
    return ""


def _wrong_text(expect: Mapping[str, Any]) -> str:
    text = expect.get("fails_on", "x")
    if not isinstance(text, str) or not 0 < len(text.strip()) <= MAX_TEXT or not text.isprintable():
        return _("Say it with a text of at most %(count)s characters.") % {"count": MAX_TEXT}
    return (
        _("Lines are counted, or searched: not both.") if "fails_on" in expect and expect.get("count") else ""
    )


def _wrong_count(target: str, expect: Mapping[str, Any]) -> str:
    text = expect.get("count") or ""
    try:
        counting.parse(expect)
    except BadCount as error:
        return str(error)
    if not isinstance(text, str) or len(text) > MAX_TEXT or not text.isprintable():
        return _("Count the lines with a text of at most %(count)s characters.") % {"count": MAX_TEXT}
    if not text:
        return _("Say which text the lines hold.") if expect.get("counts") else ""
    if not target:
        return _("A script that pushes counts by itself: it sends the number to the API (POST /tallies).")
    return _("A log that grows has no sha256.") if expect.get("sha256") else ""


def request(check: Check) -> None:
    """Nothing is fetched."""


def evaluate(
    check: Check, response: Response | None, *, now: datetime, roots: Sequence[Path] | None = None
) -> Outcome:
    """The file on this server; or, for what is pushed, whether it still holds."""
    if not check.target:
        return silence.told(check, now)
    if text := check.expect.get("count"):
        return _counted(check, str(text), now, roots)
    tail = MAX_TAIL if check.expect.get("fails_on") else 0
    found = files.look(check.target, roots, digest=bool(check.expect.get("sha256")), tail=tail)
    if isinstance(found, files.FileRefusal) and found.code != "not_found":
        return Outcome(code=found.code, detail=found.detail)
    facts = (
        Facts(check.target, None)
        if isinstance(found, files.FileRefusal)
        else Facts(check.target, found.size, found.modified_at, found.sha256, _text(found.tail))
    )
    return Outcome((judged(check, facts, now),))


def _counted(check: Check, text: str, now: datetime, roots: Sequence[Path] | None) -> Outcome:
    """A log whose lines are counted. One that is not there counts nothing: that is not none."""
    found = files.count(check.target, text, roots)
    if isinstance(found, files.FileRefusal):
        return Outcome(code=found.code, detail=found.detail)
    result = judged(check, Facts(check.target, found.size, found.modified_at), now)
    asked: Counting = counting.parse(check.expect)
    said = result.detail or counting.said_of(asked, found.count)
    return Outcome((replace(result, detail=said, count=counting.counted(asked, found.count)),))


def receive(check: Check, body: bytes, *, now: datetime) -> Outcome:
    """`{files: [{path, size, mtime, sha256?, tail?, pattern?}]}`; a file without a size is one that is not there."""
    try:
        found = pushed_files(body)
    except BadJson as error:
        return Outcome(code=error.code, detail=error.detail, body=body)
    if not found:
        return Outcome(code="no_targets", detail=_('It names no files: {"files": [{"path": …}]}.'), body=body)
    return Outcome(tuple(judged(check, facts, now) for facts in found), body=body)


def pushed_files(body: bytes) -> list[Facts]:
    """The files that a push tells of, each once. Raises BadJson, for more than MAX_FILES too."""
    document = parse(body)
    told = document.get("files") if isinstance(document, dict) else None
    rows = told if isinstance(told, list) else []
    if len(rows) > MAX_FILES:
        detail = _(
            "It names %(count)s files; at most %(most)s are taken. Make another monitor for the others."
        )
        raise BadJson("too_many_targets", detail % {"count": len(rows), "most": MAX_FILES})
    return list({facts.key: facts for row in rows if (facts := _facts(row))}.values())


def _facts(row: Any) -> Facts | None:
    if (
        not isinstance(row, dict)
        or not isinstance(path := row.get("path"), str)
        or not stripped(path).strip()
    ):
        return None
    size, sha256 = row.get("size"), str(row.get("sha256") or "").lower()
    whole = isinstance(size, int) and not isinstance(size, bool) and 0 <= size < 2**63
    tail = row.get("tail")
    return Facts(
        stripped(path)[:1000],
        size if whole else None,
        _mtime(row.get("mtime")),
        sha256 if _SHA256.fullmatch(sha256) else "",
        stripped(tail)[-MAX_TAIL:] if isinstance(tail, str) else "",
        stripped(pattern)[:1000].strip() if isinstance(pattern := row.get("pattern"), str) else "",
        odd=size is not None and not whole,
    )


def _mtime(value: Any) -> datetime | None:
    """Seconds since 1970 or RFC 3339."""
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 253_402_300_799:
        return datetime.fromtimestamp(value, UTC)
    return moments.parse(value) if isinstance(value, str) else None


def judged(check: Check, facts: Facts, now: datetime) -> Result:
    state, code, detail = _state(check.expect, facts, now)
    name = facts.key.rstrip("/").rpartition("/")[2] or facts.key
    return Result(facts.key, name, state, code, detail)


def _state(expect: Mapping[str, Any], facts: Facts, now: datetime) -> tuple[State, str, str]:
    if facts.odd:
        return "unknown", "bad_size", _("Its size is not told as a whole number of bytes.")
    if facts.size is None:
        return "down", "missing", _("There is no such file.")
    if facts.size < (least := expect.get("min_bytes") or 0):
        return (
            "down",
            "too_small",
            _("%(size)s bytes; at least %(least)s are expected.") % {"size": facts.size, "least": least},
        )
    wanted = str(expect.get("sha256") or "").lower()
    if wanted and facts.sha256 and facts.sha256 != wanted:
        return "down", "changed", _("Its sha256 is %(found)s….") % {"found": facts.sha256[:16]}
    if wanted and not facts.sha256:
        return "unknown", "no_digest", _("Nobody told its sha256.")
    if text := expect.get("fails_on"):
        if text in facts.tail:
            return "down", "says_failed", _("Its last lines hold “%(text)s”.") % {"text": text}
        if facts.size and not facts.tail:
            return "unknown", "no_tail", _("Nobody told its last lines: send it with --log.")
    oldest = expect.get("max_age_s")
    if oldest and facts.modified_at is None:
        return "unknown", "no_mtime", _("Nobody told when it was written.")
    if oldest and in_future(facts.modified_at, now):
        words = {"moment": f"{facts.modified_at:%Y-%m-%d %H:%M:%S} UTC"}
        detail = _("It says it was written at %(moment)s, which is in the future.") % words
        return "unknown", "timestamp_in_future", detail
    if oldest and facts.modified_at and (now - facts.modified_at).total_seconds() > oldest:
        words = silence.ages(facts.modified_at, now, oldest)
        return "down", "old", _("Last written %(age)s ago; expected within %(interval)s.") % words
    return "up", "", ""


def _text(body: bytes) -> str:
    return stripped(body.decode("utf-8", "replace"))
