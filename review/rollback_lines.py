"""The rollbacks of a report as Markdown: from where to where, how long it took, what it undid, what was not known."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from incidents.clocks.clocks import span
from review.tame import inline


def rollbacks_of(report: dict[str, Any]) -> list[str]:
    lines: list[str] = []
    for one in report["rollbacks"]:
        head = f"## {inline(one['ref'])} {inline(one['product'])} {inline(one['option'])}"
        lines += [head, "", *(f"- {inline(line)}" for line in said(one)), ""]
    return lines


def said(one: dict[str, Any]) -> list[str]:
    """The sentences, for the page too."""
    old, new = one["versions"]
    halted = one["kind"] == "halt_rollout"
    found = [] if halted or not new else [_("From %(old)s back to %(new)s") % {"old": old or "?", "new": new}]
    if one["took_s"] is None:
        found.append(_("It was given up") if one["status"] == "abandoned" else _("Not back yet"))
    else:
        words = _("Halted after %(span)s") if halted else _("The version before was back after %(span)s")
        found.append(words % {"span": span(one["took_s"])})
    if one["hotfix"]:
        found.append(_("It took back %(hotfix)s") % one)
    if one["user_action"]:
        found.append(_("Users had to do something: %(user_action)s") % one)
    return [
        *found,
        *_undid(one["undid"], halted=halted),
        *(_("Not known: %s") % line for line in one["not_known"]),
    ]


def _undid(undid: dict[str, Any], *, halted: bool) -> list[str]:
    if halted:
        return []
    if not undid["known"]:
        return [_("Nobody could tell what it undid")]
    n = undid["commits"]
    found = [ngettext("It undid %(n)s commit", "It undid %(n)s commits", n) % {"n": n}]
    found += [_("It undid the hotfix %s") % line for line in undid["hotfixes"]]
    found += [_("It undid what looks like a security fix: %s") % line for line in undid["security"]]
    if undid["migrations"] == "irreversible":
        found.append(_("A migration in between cannot be taken back"))
    return found
