"""What statements of SQL take away, by their words: comments and texts are left out first. No database is asked."""

import re
from collections.abc import Iterator

from django.utils.translation import gettext as _

from hotfixes.preview.judged import FINE, Judged, irreversible, maybe, worst

MAX_CHARACTERS = 1024 * 1024
MAX_STATEMENTS = 20_000

# Texts, quoted names, comments: one pass from left to right, so that a quote in a comment opens no text.
_PASSAGES = re.compile(
    r"--[^\n]*|#[^\n]*|/\*.*?(?:\*/|\Z)|'(?:[^']|'')*(?:'|\Z)|\"(?:[^\"]|\"\")*(?:\"|\Z)|`[^`]*(?:`|\Z)|"
    r"\$(?P<tag>[A-Za-z_]*)\$.*?(?:\$(?P=tag)\$|\Z)",
    re.DOTALL,
)
# From here on a file says how to go back: a tool's own mark, or a line that says only so.
_DOWN = re.compile(
    r"^[ \t]*--[ \t]*(?:(?:\+goose|\+migrate|migrate:|@)[ \t]*down\b|down(?:[ \t]+migration)?[ \t]*:?[ \t-]*$)",
    re.IGNORECASE | re.MULTILINE,
)
_UP = re.compile(
    r"^[ \t]*--[ \t]*(?:(?:\+goose|\+migrate|migrate:|@)[ \t]*up\b|up(?:[ \t]+migration)?[ \t]*:?[ \t-]*$)",
    re.IGNORECASE | re.MULTILINE,
)
# Some databases end a text by it and some do not: what comes after may be a text or a statement.
_BACKSLASH = re.compile(r"\\['\"]")
_DROPS = re.compile(r"\bdrop\s+(column\s+)?(if\s+exists\s+)?(\S+)")
_KEPT = frozenset({
    "constraint", "default", "not", "index", "key", "primary", "foreign", "check", "identity", "expression",
    "partition",
})  # fmt: skip
_CHANGED = re.compile(
    r"^alter (?:table|type|view|schema|domain)\b.*\b(?:type|modify|change|rename|set not null|add value)\b|"
    r"^rename table\b|\bsp_rename\b|(?:^|\) ?|\bbegin )update\b|^(?:do|call|exec|execute)\b"
)


def judge(text: str) -> Judged:
    """Of all statements of a migration that leads forward."""
    if len(text) > MAX_CHARACTERS:
        return maybe(_("too big to be read"))
    down = _DOWN.search(text)
    forward = text[: down.start()] if down and not _UP.search(text, down.end()) else text
    found = [_statement(one) for one in statements(forward)]
    if forward.count(";") >= MAX_STATEMENTS:
        found.append(maybe(_("too big to be read")))
    if _BACKSLASH.search(forward):
        found.append(maybe(_("a text in it may end earlier or later than is read here")))
    return worst(found)


def statements(text: str) -> Iterator[str]:
    """Each in small letters on one line, texts and comments left out."""
    bare = _PASSAGES.sub(_left, text)
    for n, one in enumerate(bare.split(";")):
        if n >= MAX_STATEMENTS:
            break
        if words := " ".join(one.lower().split()):
            yield words


def _left(match: re.Match[str]) -> str:
    """A name stays a word; a body between dollars is read too, because a function's name tells nothing of it."""
    passage = match[0]
    if passage[0] in '"`':
        return " n "
    if passage[0] == "$":
        return " " + passage[2 + len(match["tag"] or "") :].replace("$", " ") + " "
    return " t " if passage[0] == "'" else " "


def _statement(words: str) -> Judged:
    shown = words[:60]
    if re.search(r"\bdrop\s+(?:table|schema|database)\b", words):
        return irreversible(_("it drops: %s") % shown)
    if re.search(r"\balter\s+table\b", words) and _drops_a_column(words):
        return irreversible(_("it drops a column: %s") % shown)
    if re.match(r"truncate\b", words):
        return irreversible(_("it empties: %s") % shown)
    if re.search(r"(?:^|\)\s*|\bbegin\s+)delete\s+from\b", words):
        return irreversible(_("it deletes rows: %s") % shown)
    return maybe(_("it changes what is there: %s") % shown) if _CHANGED.search(words) else FINE


def _drops_a_column(words: str) -> bool:
    """`drop column x`, and the bare `drop x` of some databases; not a constraint or a default."""
    return any(bool(found[1]) or found[3].strip("(,") not in _KEPT for found in _DROPS.finditer(words))
