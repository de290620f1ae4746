"""What was tried right after the deployment (K58–K60, K112). What was tried before it says nothing."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from django.utils.translation import gettext as _

from hotfixes.checks.context import Context
from hotfixes.checks.deploy import timeline
from hotfixes.checks.facts import Shown, Told
from hotfixes.checks.shapes import Next, Result, failed, listed, passed, pending, stated
from hotfixes.checks.words import other_head

ALL = ""


def smoke(context: Context) -> Result:
    since = timeline.went_live(context)
    sent = [one for one in context.evidence if one.kind == "smoke"]
    if since is None:
        lines = [one.line for one in sent[-3:]]
        said = _("Smoke tests come right after the deployment.")
        if sent:
            said = _("Smoke tests from before the deployment do not count.")
        return pending(said, *lines)
    counted = [one for one in sent if one.at >= since and not other_head(context, one)]
    word = _word(context, since)
    wanted = items(context)
    state = tried(counted, wanted)
    bad = [wanted.get(key) or _("the smoke tests") for key, one in state.items() if one.passed is False]
    open_ = [title for key, title in wanted.items() if key not in state]
    lines = [one.line for one in counted[-5:]]
    if bad or (word and word.kind == "smoke_failed" and not _better_since(counted, word)):
        return _bad(bad, word, lines)
    if state and not open_ and (by := [one.by for one in state.values() if one.said]):
        said = _("The smoke tests passed, says %s.") % listed(list(dict.fromkeys(by)))
        return stated(said, *lines, by=by[-1], tried=sorted(state))
    if state and not open_:
        return passed(_("The smoke tests passed after the deployment."), *lines, tried=sorted(state))
    if word and word.kind == "smoke_passed":
        said = _("The smoke tests passed, says %s. Nothing else shows it.") % (word.by or "?")
        return stated(said, word.line, *lines, by=word.by)
    if len(sent) > len(counted):
        lines.append(_("Smoke tests from before the deployment, or of another commit, do not count."))
    then = Next(_("Try it and send the result, or tick it with what you saw."))
    if not state:
        return pending(_("Nobody has tried it since the deployment."), *lines, then=then)
    said = _("Still to try: %s.") % listed(open_, most=8)
    return pending(said, *lines, then=then, missing=open_)


def items(context: Context) -> Mapping[str, str]:
    """What the process wants tried: key → title. One for everything where it names nothing."""
    named = {str(one["key"]): str(one["title"]) for one in context.document.get("smoke") or []}
    return named or {ALL: ""}


def tried(sent: list[Shown], wanted: Mapping[str, str]) -> dict[str, Shown]:
    """The last word on each item; evidence that names no item speaks of all of them. What nobody wants tried counts
    only when it went wrong, until it went well.
    """
    found: dict[str, Shown] = {}
    for one in sorted(sent, key=lambda one: one.at):
        for key, went_well in _results(one, wanted).items():
            if went_well is not None and (key in wanted or key in found or not went_well):
                found[key] = replace(one, passed=went_well)
    return found


def _results(one: Shown, wanted: Mapping[str, str]) -> dict[str, bool | None]:
    """`data.item` names one, `data.items` several with how each went. What says of itself that it went wrong did, even
    where it names only what went well.
    """
    several = one.data.get("items")
    if isinstance(several, Mapping) and several:
        results = {str(key): value if isinstance(value, bool) else None for key, value in several.items()}
        if one.passed is False and False not in results.values():
            return dict.fromkeys(wanted, False)
        return results
    item = one.data.get("item")
    if isinstance(item, str) and item:
        return {item: one.passed}
    return dict.fromkeys(wanted, one.passed)


def _word(context: Context, since: datetime) -> Told | None:
    last = timeline.last_told(context, "smoke_passed", "smoke_failed")
    return last if last and last.said and last.at >= since else None


def _better_since(counted: list[Shown], word: Told) -> bool:
    return any(one.passed and one.at > word.at for one in counted)


def _bad(bad: list[str], word: Told | None, lines: list[str]) -> Result:
    then = Next(_("Roll back or mend it; the decision is on the incident's page."))
    if bad:
        return failed(
            _("Did not work after the deployment: %s.") % listed(bad), *lines, then=then, failed=bad
        )
    assert word is not None
    return failed(_("The smoke tests failed, says %s.") % (word.by or "?"), word.line, *lines, then=then)
