"""The checks of a hotfix for a terminal: aligned columns, words for verdicts, one line at the end that says it all.

What people of a repository wrote is in it: no control character of theirs reaches a terminal.
"""

from collections.abc import Iterator
from typing import Final

from django.utils.translation import gettext as _

from foundation.text import stripped
from hotfixes.models import Hotfix
from hotfixes.standing.standing import CheckView, Standing, standing
from products.vocabulary import Verdict

LONGEST_TITLE = 44
_OPEN = (Verdict.FAIL, Verdict.PENDING, Verdict.UNKNOWN)
_COLOURS: Final = {
    Verdict.PASS: "32", Verdict.STATED: "36", Verdict.FAIL: "31", Verdict.WARN: "33", Verdict.PENDING: "33",
    Verdict.UNKNOWN: "35", Verdict.NOT_APPLICABLE: "90",
}  # fmt: skip


def checklist_text(hotfix: Hotfix, *, color: bool = False) -> str:
    """Ends with a line break; its last line is as `summary` says."""
    found = standing(hotfix)
    return "\n".join([*_heading(found), *_table(found, color), "", *_next(found), summary(found)]) + "\n"


def summary(found: Standing) -> str:
    """`3 not right, 2 waiting`, or that nothing is open. What a person has taken on is not open."""
    open_ = [check for check in found.checks if not check.settled]
    parts = []
    for verdict in _OPEN:
        count = sum(check.verdict == verdict for check in open_)
        if count:
            parts.append(f"{count} {verdict.label}")
    return ", ".join(parts) or _("nothing open")


def _heading(found: Standing) -> list[str]:
    hotfix = found.hotfix
    versions = f"{hotfix.old_version or '?'} → {hotfix.new_version or '?'}"
    first = f"{hotfix.ref}  {_line(hotfix.product.name)} {versions}"
    return [first, f"{hotfix.incident.ref}  {_line(hotfix.incident.title)}", ""]


def _table(found: Standing, color: bool) -> Iterator[str]:
    words = max((len(check.label) for check in found.checks), default=0)
    titles = min(max((len(_line(check.title)) for check in found.checks), default=0), LONGEST_TITLE)
    for number, check in enumerate(found.checks, start=1):
        word = check.label.ljust(words)
        if color:
            word = f"\x1b[{_COLOURS[Verdict(check.verdict)]}m{word}\x1b[0m"
        title = _line(check.title)[:LONGEST_TITLE].ljust(titles)
        yield f"{number:>2}  {word}  {title}  {_line(check.summary)}".rstrip()
        for said in _said(check):
            yield " " * (6 + words) + said


def _said(check: CheckView) -> Iterator[str]:
    if check.override and check.override.waits:
        yield _("waiting for a second person to agree with %(by)s") % {"by": _line(check.override.by)}
    elif check.override:
        words = {"by": _line(check.override.by), "why": _line(check.override.text)}
        yield _("waived by %(by)s: %(why)s") % words
    if check.attestation:
        words = {"by": _line(check.attestation.by), "text": _line(check.attestation.text)}
        yield _("%(by)s says: %(text)s") % words


def _next(found: Standing) -> Iterator[str]:
    check = found.next
    if check is None:
        return
    yield _("Next: %s") % _line(check.next_text or check.title)
    for command in check.next_commands:
        for line in command.splitlines():
            yield f"  {stripped(line)}"
    yield ""


def _line(text: str) -> str:
    return " ".join(stripped(text).split())
