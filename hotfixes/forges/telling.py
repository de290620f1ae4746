"""What is said on a forge about a hotfix: one line as a commit status, one comment. Pure: from results to texts.

Summaries may hold words of a repository's people. On the forge they must be nothing but words: no mention that calls
somebody, no link, no HTML, no command at the beginning of a line.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from hotfixes.forges.shapes import MAX_BODY
from hotfixes.git.trouble import one_line
from products.vocabulary import Verdict

LONGEST: Final = 140
MAX_SUMMARY: Final = 300
# What is to be right before the merge. Later ones would hold it back for ever where this status is required.
BEFORE_MERGE: Final = (
    "cut_from_tag",
    "branch_name",
    "commit_message",
    "minimal_diff",
    "version_bump",
    "changelog_entry",
    "release_notes",
    "ff_possible",
    "review_requested",
)
# The forge shows these itself, and waiting for CI in a status of CI would wait for itself.
_FORGES_OWN: Final = ("approval", "ci_passed", "tests_passed")
_SIGNS: Final = {
    Verdict.FAIL: "✕",
    Verdict.WARN: "!",
    Verdict.PENDING: "…",
    Verdict.UNKNOWN: "?",
}
_MARKUP = re.compile(r"([\\`*_{}\[\]()|~])")
# Behind these a forge looks for people, numbers and addresses; an invisible sign between keeps them apart.
_REACHING = re.compile(r"([@#!$%:](?=\S))")
JOINER: Final = "\u2060"


@dataclass(frozen=True, slots=True)
class Found:
    """A check's answer, as it is told: `then` is what to do next, in words."""

    verdict: str
    summary: str
    then: str = ""


@dataclass(frozen=True, slots=True)
class Status:
    """`state`: success, failure or pending. `text` ≤ 140 characters."""

    state: str
    text: str


def status(results: Mapping[str, Found]) -> Status:
    """One line for the commit: the first thing that is wrong, else what is waited for."""
    later = [key for key in results if key not in BEFORE_MERGE and key not in _FORGES_OWN]
    for key in (*BEFORE_MERGE, *later):
        if (found := results.get(key)) and found.verdict == Verdict.FAIL:
            return Status("failure", _short(found.summary))
    before = [results[key] for key in BEFORE_MERGE if key in results]
    for verdict in (Verdict.PENDING, Verdict.UNKNOWN):
        if waiting := next((one for one in before if one.verdict == verdict), None):
            return Status("pending", _short(waiting.summary))
    if not before:
        return Status("pending", _short(_("nothing has been looked at yet.")))
    return Status("success", _short(_("all is right up to the merge.")))


def comment(ref: str, url: str, results: Mapping[str, Found]) -> str:
    """The whole comment in Markdown, its hidden mark first: what is wrong on top, what is done in one line."""
    lines = [marker(ref), f"**Nightdesk · [{plain(ref)}]({_address(url)})**", ""]
    for verdict, sign in _SIGNS.items():
        for key, found in results.items():
            if found.verdict == verdict:
                then = f" {plain(found.then)}" if found.then and verdict != Verdict.PENDING else ""
                lines.append(f"- {sign} **{_name(key)}** ({verdict.label}): {plain(found.summary)}{then}")
    for verdict in (Verdict.STATED, Verdict.PASS):
        names = [_name(key) for key, found in results.items() if found.verdict == verdict]
        if names:
            lines.append(f"- ✓ {verdict.label}: {', '.join(names)}")
    return "\n".join(lines)[: MAX_BODY - 1] + "\n"


def marker(ref: str) -> str:
    """How our own comment is found again."""
    return f"<!-- nightdesk:{re.sub(r'[^A-Za-z0-9-]', '', ref)} -->"


def plain(text: str) -> str:
    """Words as words, on one line."""
    words = _REACHING.sub(rf"\1{JOINER}", _MARKUP.sub(r"\\\1", one_line(text, MAX_SUMMARY)))
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _name(key: str) -> str:
    return key.replace("_", " ")


def _short(summary: str) -> str:
    """A status is plain text: nothing to escape, only to shorten, at a word."""
    text = one_line(f"Nightdesk: {summary}", 1_000)
    if len(text) <= LONGEST:
        return text
    cut = text[: LONGEST - 1]
    return (cut.rpartition(" ")[0] if " " in cut[40:] else cut).rstrip(" ,;:") + "…"


def _address(url: str) -> str:
    return re.sub(r"[()<>\s]", lambda sign: f"%{ord(sign[0]):02X}", url)
