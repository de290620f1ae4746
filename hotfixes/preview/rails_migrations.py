"""Rails' migrations, by the lines of `change` and `up`: Ruby is not parsed here, comments are left out."""

import re

from django.utils.translation import gettext as _

from hotfixes.preview import sql
from hotfixes.preview.judged import FINE, Judged, irreversible, maybe, worst

MAX_LINES = 5_000
_METHOD = re.compile(r"^(\s*)def\s+(?:self\.)?(\w+)")
_COMMENT = re.compile(r"(?:^|\s)#(?!\{).*$")
_GONE = re.compile(
    r"\b(drop_table|drop_join_table|remove_column|remove_columns|remove_reference|remove_belongs_to|"
    r"remove_timestamps|remove_attachment|t\.remove\w*)\b"
)
_CHANGED = re.compile(
    r"\b(rename_column|rename_table|change_column|change_column_null|change_table|update_all|update_column\w*|"
    r"find_each|delete_all|destroy_all|t\.rename|t\.change\w*)\b"
)
_ROWS_GONE = re.compile(r"\b(delete_all|destroy_all)\b")
_NOT_NULL = re.compile(r"\badd_(column|reference)\b(?=.*null:\s*false)(?!.*default:)")
_DOWN = re.compile(r"\.down\b")
_REFUSES = re.compile(r"IrreversibleMigration")
_SQL = re.compile(r"\b(?:execute|exec_\w+)\b")


def judge(data: bytes) -> Judged:
    if data.count(b"\n") > MAX_LINES:
        return maybe(_("too big to be read"))
    lines = _without_comments(data.decode("utf-8", "replace"))
    if not any("Migration" in line for line in lines):
        return FINE
    forward, names = _forward(lines)
    if not names & {"change", "up"}:
        return maybe(_("it has neither change nor up"))
    found = [_line(line) for line in forward]
    if any(_REFUSES.search(line) for line in lines):
        found.append(irreversible(_("it says itself that there is no way back")))
    elif "up" in names and "down" not in names and any(line.strip() for line in forward):
        found.append(irreversible(_("it has an up and no down")))
    if any(_SQL.search(line) for line in forward):
        found.append(_statements("\n".join(forward)))
    return worst(found)


def _without_comments(text: str) -> list[str]:
    inside, found = False, []
    for line in text.splitlines():
        if line.startswith("=begin"):
            inside = True
        if not inside:
            found.append(_COMMENT.sub("", line))
        if line.startswith("=end"):
            inside = False
    return found


def _forward(lines: list[str]) -> tuple[list[str], set[str]]:
    """The lines of every method but `down`, without the blocks of `dir.down`; and which methods there are."""
    names: set[str] = set()
    found: list[str] = []
    method, skipping = "", -1
    for line in lines:
        started = _METHOD.match(line)
        if started:
            method = started[2]
            names.add(method)
            continue
        indent = len(line) - len(line.lstrip())
        if skipping >= 0:
            if line.strip() and indent <= skipping:
                skipping = -1
                continue
            if line.strip():
                continue
        if method in ("", "down"):
            continue
        if _DOWN.search(line):
            skipping = indent if re.search(r"\bdo\b|\{\s*$", line) else -1
            continue
        found.append(line)
    return found, names


def _line(line: str) -> Judged:
    shown = " ".join(line.split())[:80]
    if _ROWS_GONE.search(line):
        return irreversible(_("it deletes rows: %s") % shown)
    if _GONE.search(line):
        return irreversible(_("it drops: %s") % shown)
    if _CHANGED.search(line):
        return maybe(_("it changes what is there: %s") % shown)
    return maybe(_("it adds a column that must be filled: %s") % shown) if _NOT_NULL.search(line) else FINE


def _statements(text: str) -> Judged:
    """SQL in quotes and here-documents: read as if all of it were SQL, so nothing is missed for its quotes."""
    bare = re.sub(r"""["'`]""", " ; ", text)
    bare = re.sub(r"<<[~-]?['\"]?\w+['\"]?", " ; ", bare)
    return sql.judge(bare.replace("\n", " \n"))
