"""An audit for its page: columns that the process asks for, and the sentence above them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from hotfixes.audit.shapes import CHECKS
from products.vocabulary import Verdict

KINDS: dict[str, Promise] = {
    "hotfix": gettext_lazy("hotfix"),
    "normal": gettext_lazy("normal release"),
    "first": gettext_lazy("first release"),
}


@dataclass(frozen=True)
class Word:
    """A verdict as its chip says it."""

    verdict: Verdict

    @property
    def label(self) -> str:
        return str(self.verdict.label)


@dataclass(frozen=True)
class Cell:
    key: str
    title: str
    verdict: Verdict
    summary: str
    proof: list[str]

    @property
    def label(self) -> str:
        return str(self.verdict.label)


@dataclass(frozen=True)
class Row:
    tag: str
    base: str
    kind: str
    is_hotfix: bool
    why: str
    commit: str
    at: datetime | None
    cells: list[Cell]


@dataclass(frozen=True)
class Shown:
    """`columns` by key; `unasked`: names of those that the process says nothing about; `groups` by product."""

    headline: str
    columns: dict[str, str]
    unasked: list[str]
    groups: list[tuple[str, list[Row]]]
    legend: list[Word]


def shown(result: dict[str, Any]) -> Shown:
    releases = result["releases"]
    asked = [
        key
        for key in CHECKS
        if any(one["results"][key]["verdict"] != Verdict.NOT_APPLICABLE for one in releases)
    ]
    rows = [(one["product"], _row(one, asked)) for one in releases]
    return Shown(
        headline=headline(result),
        columns={key: str(CHECKS[key]) for key in asked},
        unasked=[str(CHECKS[key]) for key in CHECKS if key not in asked] if releases else [],
        groups=[(name, [row for _product, row in found]) for name, found in groupby(rows, lambda r: r[0])],
        legend=list(_legend(rows)),
    )


def headline(result: dict[str, Any]) -> str:
    """One sentence for somebody who reads no further."""
    hotfixes, kept = result["hotfixes"], result["kept"]
    if not result["releases"]:
        return _("No production tag was found.")
    if not hotfixes:
        count = len(result["releases"])
        return ngettext(
            "The last production tag is no hotfix.",
            "None of the last %(n)s production tags is a hotfix.",
            count,
        ) % {"n": count}
    said = ngettext(
        "%(kept)s of %(n)s hotfix tag kept all that can still be checked.",
        "%(kept)s of %(n)s hotfix tags kept all that can still be checked.",
        hotfixes,
    )
    more = result["unchecked"]
    words = " " + ngettext(
        "Of %(n)s nothing can be checked any more.", "Of %(n)s nothing can be checked any more.", more
    )
    return said % {"kept": kept, "n": hotfixes} + (words % {"n": more} if more else "")


def _row(release: dict[str, Any], asked: list[str]) -> Row:
    at = release["at"]
    return Row(
        tag=release["tag"],
        base=release["base"],
        kind=str(KINDS[release["kind"]]),
        is_hotfix=release["kind"] == "hotfix",
        why=release["why"],
        commit=release["commit"][:10],
        at=datetime.fromisoformat(at) if at else None,
        cells=[_cell(key, release["results"][key]) for key in asked],
    )


def _cell(key: str, result: dict[str, Any]) -> Cell:
    verdict = Verdict(result["verdict"])
    return Cell(key, str(CHECKS[key]), verdict, result["summary"], result["proof"])


def _legend(rows: list[tuple[str, Row]]) -> Iterator[Word]:
    """The verdicts that there are."""
    there = {cell.verdict for _product, row in rows for cell in row.cells}
    yield from (Word(verdict) for verdict in Verdict if verdict in there)
