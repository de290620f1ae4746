"""Checks as pages show them: sentences, lines for a terminal, what shows them, and who took one on.

The incident page knows no hotfix; it reads this through incidents/work/verdicts.py.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from hotfixes.checks import app, deploy, forge, git
from hotfixes.decision import asked_of
from hotfixes.models import Hotfix
from hotfixes.naming import named
from hotfixes.rollback import next_step
from hotfixes.standing import standing
from hotfixes.standing.standing import CheckView, SaidView, Standing
from incidents import glance
from incidents.models import Incident
from incidents.work import verdicts
from incidents.work.verdicts import Known, Shown
from products.repository import Forge
from products.vocabulary import Verdict

GIT: Final = frozenset(check.__name__ for check in git.FAMILY)
FORGE: Final = frozenset(check.__name__ for check in forge.FAMILY)
_SEEN: Final[dict[str, str | Promise]] = {
    **dict.fromkeys(GIT, lazy("seen in git")),
    **dict.fromkeys((check.__name__ for check in deploy.FAMILY), lazy("told by a script")),
    **dict.fromkeys((check.__name__ for check in app.FAMILY), lazy("seen by Nightdesk")),
}
_GOOD = (Verdict.PASS, Verdict.NOT_APPLICABLE)


def standings(incident: Incident) -> list[Standing]:
    """Its hotfixes but those that were given up, asked once per page."""
    found = glance.once(incident, "standings", lambda: standing.of_incident(incident))
    return [one for one in found if one.hotfix.status != Hotfix.Status.ABANDONED]


def read(incidents: Sequence[Incident]) -> Mapping[int, Known]:
    """Two queries for incidents without a hotfix, however many they are; one more where a remedy was begun."""
    found, back, asked = dict(_read(incidents)), next_step.of(incidents), asked_of.of(incidents)
    for key in {*back, *asked}:
        known = found.get(key, Known())
        found[key] = replace(known, rollback=back.get(key), asked=asked.get(key, ()))
    return found


def of_open(incident: Incident) -> list[Standing]:
    """Of its open hotfixes; nothing is asked on a page that has read it, alone or among others."""
    return glance.once(incident, "open", lambda: [one for one in standings(incident) if one.hotfix.is_open])


def _read(incidents: Sequence[Incident]) -> Mapping[int, Known]:
    if len(incidents) == 1:
        return {incidents[0].pk: _known(standings(incidents[0]), with_names=True)}
    by_key = {one.pk: one for one in incidents}
    hotfixes = list(Hotfix.objects.open().beside_incident().filter(incident__in=by_key).order_by("number"))
    for hotfix in hotfixes:
        hotfix.incident = by_key[hotfix.incident_id]
    found: dict[int, list[Standing]] = {key: [] for key in by_key}
    for one in standing.of(hotfixes) if hotfixes else []:
        found[one.hotfix.incident_id].append(one)
    for key, incident in by_key.items():
        glance.keep(incident, "open", found[key])
    return {key: _known(of_one) for key, of_one in found.items() if of_one}


def _known(found: list[Standing], *, with_names: bool = False) -> Known:
    several = len(found) > 1
    shown = [of_check(check, one.hotfix, named=several) for one in found for check in one.checks]
    following = next((one for one in found if one.next and one.hotfix.is_open), None)
    mine = [one.hotfix for one in found if one.hotfix.product_id == one.hotfix.incident.product_id]
    own = mine[-1] if mine else None
    return Known(
        shown=tuple(shown),
        next=of_check(following.next, following.hotfix, named=several)
        if following and following.next
        else None,
        names=names(own) if own and with_names else {},
        count=len(found),
    )


def names(hotfix: Hotfix) -> dict[str, str]:
    """What the process's blanks stand for, by this hotfix; only what is known whole."""
    found = {
        "product": hotfix.called,
        "old": hotfix.old_version,
        "new": hotfix.new_version,
        "slug": hotfix.slug,
        "branch": named.branch(hotfix),
        "tag": named.tag(hotfix),
        "base_tag": named.base_tag(hotfix),
    }
    return {name: value for name, value in found.items() if named.complete(value)}


def of_check(check: CheckView, hotfix: Hotfix, *, named: bool = False) -> Shown:
    """`named`: the line says of which product it speaks, because there are several."""
    page = hotfix.get_absolute_url()
    return Shown(
        key=check.key,
        title=check.title,
        verdict=check.verdict,
        summary=_whole(check.summary) or _("Not looked at yet."),
        ref=hotfix.ref,
        about=hotfix.product.name if named else "",
        url=f"{page}#{check.key}",
        proof=tuple(check.proof),
        next_text=check.next_text,
        commands=tuple(check.next_commands),
        seen=seen(check, hotfix),
        watched=watched(check.key, hotfix),
        waived=waived(check.override),
        attested=attested(check.attestation),
        waive=reverse("waive_check", args=[hotfix.ref, check.key]) if may_be_waived(check, hotfix) else "",
        attest=reverse("attest_check", args=[hotfix.ref, check.key])
        if may_be_attested(check, hotfix)
        else "",
        since=check.observed_at,
    )


def _whole(summary: str) -> str:
    """Who sent a result without words left a bare dash behind the colon."""
    bare = summary.removesuffix(": –")
    return f"{bare}." if bare != summary else summary


def may_be_waived(check: CheckView, hotfix: Hotfix) -> bool:
    return hotfix.is_open and check.verdict not in _GOOD and check.override is None


def may_be_attested(check: CheckView, hotfix: Hotfix) -> bool:
    """Where a person's word adds something."""
    return hotfix.is_open and check.verdict not in _GOOD and check.attestation is None


def seen(check: CheckView, hotfix: Hotfix) -> str:
    """What shows it: "seen in git", "seen on GitHub", or whoever sent it."""
    key = check.key
    if key not in FORGE and check.facts.get("by") and check.verdict in (Verdict.PASS, Verdict.FAIL):
        return _("told by a script")
    if key == "tests_passed":
        return _("told by CI or a script")
    if key in FORGE and hotfix.repository and hotfix.repository.forge != Forge.NONE:
        return _("seen on %s") % hotfix.repository.get_forge_display()
    return str(_SEEN.get(key, _("seen by Nightdesk")))


def watched(key: str, hotfix: Hotfix) -> bool:
    """Whether a look can change it: nobody has to say anything."""
    if hotfix.repository is None:
        return False
    return key in GIT or (key in FORGE and hotfix.repository.forge != Forge.NONE)


def waived(said: SaidView | None) -> str:
    if said is None:
        return ""
    words = {"who": said.by, "why": said.text}
    if said.waits:
        asks = _("%(who)s wants to go on without it; a second person must agree.") % words
        return _("%(asks)s Why: %(why)s") % {"asks": asks, "why": said.text} if said.text else asks
    return _("Waived by %(who)s: %(why)s") % words if said.text else _("Waived by %(who)s.") % words


def attested(said: SaidView | None) -> str:
    if said is None:
        return ""
    words = {"who": said.by, "text": said.text}
    return _("%(who)s says: %(text)s") % words if said.text else _("%(who)s says that it is so.") % words


verdicts.register(read)
