"""An audit as Markdown, for a chat or a wiki: one table, and below it what is not right."""

import re
from typing import Any

from django.utils.translation import gettext as _

from hotfixes.audit.shapes import CHECKS
from hotfixes.audit.shown import KINDS, shown
from products.vocabulary import Verdict

_MEANS_SOMETHING = re.compile(r"([\\`*_{}\[\]<>#|~!@&$])")


def markdown(result: dict[str, Any], url: str, process: str) -> str:
    """Words of the repository's people stay words: nothing of them becomes a link, a mention or a heading."""
    seen = shown(result)
    lines = [f"# {_('Audit of %s') % _plain(url)}", "", f"{seen.headline} ({_plain(process)})", ""]
    if result["releases"]:
        heads = [_("Tag"), _("Release"), *seen.columns.values()]
        lines += [_table(heads), _table(["---"] * len(heads))]
        lines += [_table(_cells(one, list(seen.columns))) for one in result["releases"]]
        lines += ["", *_notes(result, list(seen.columns)), ""]
        lines += [
            _(
                "“can't tell”: history alone does not prove it. What Nightdesk watched is on the hotfix's page."
            )
        ]
    lines += [f"- {_plain(note)}" for note in result["notes"]]
    return "\n".join(lines).rstrip() + "\n"


def _cells(release: dict[str, Any], columns: list[str]) -> list[str]:
    words = [Verdict(release["results"][key]["verdict"]).label for key in columns]
    return [_plain(release["tag"]), str(KINDS[release["kind"]]), *map(str, words)]


def _notes(result: dict[str, Any], columns: list[str]) -> list[str]:
    return [
        f"- {_plain(one['tag'])}, {CHECKS[key]}: {_plain(one['results'][key]['summary'])}"
        for one in result["releases"]
        for key in columns
        if one["results"][key]["verdict"] in (Verdict.FAIL, Verdict.WARN)
    ]


def _table(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _plain(text: str) -> str:
    return _MEANS_SOMETHING.sub(r"\\\1", " ".join(text.split()))
