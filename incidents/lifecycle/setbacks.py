"""What was brought out and does not hold: a watch or a smoke test that failed, a person's word, or a rollback of
another incident that took the fix back (A37, K61).

It asks whoever decides, and the others to tell them. It never decides: it is answered by a decision, by what is brought
out or taken back, or by what shows that all is well again.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from incidents import glance
from incidents.models import Incident, TimelineEvent
from incidents.roles import holding
from incidents.work.action import Action
from incidents.work.work import Work
from products.vocabulary import EventKind as Kind

# What answers each of them. A person's word that it got worse stands until somebody decides or brings something out.
# What fails after "resolved" stands until then, too: it is opened again for it.
_ANSWERS: Final = (
    Kind.DECIDED,
    Kind.ROLLBACK_STARTED,
    Kind.DEPLOYED,
    Kind.ROLLED_BACK,
    Kind.RESOLVED,
    Kind.CLOSED,
)
ANSWERED_BY: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        Kind.REGRESSED: _ANSWERS,
        Kind.WATCH_FAILED: (*_ANSWERS, Kind.WATCH_OPENED, Kind.WATCH_MET),
        Kind.SMOKE_FAILED: (*_ANSWERS, Kind.SMOKE_PASSED),
        Kind.TAKEN_BACK: _ANSWERS,
    }
)
_ASKED: Final = {*ANSWERED_BY, *(kind for kinds in ANSWERED_BY.values() for kind in kinds)}


def standing(events: Iterable[TimelineEvent]) -> TimelineEvent | None:
    """The latest one that nothing since answers; `events` oldest first."""
    return _last((event.kind, event) for event in events)


def stands(kinds: Iterable[str]) -> bool:
    """Whether there is one; `kinds` of what was told, oldest first."""
    return _last((kind, kind) for kind in kinds) is not None


def _last[T](told: Iterable[tuple[str, T]]) -> T | None:
    found: list[tuple[str, T]] = []
    for kind, one in told:
        found = [each for each in found if kind not in ANSWERED_BY[each[0]]]
        if kind in ANSWERED_BY:
            found.append((kind, one))
    return found[-1][1] if found else None


def unmended(events: Iterable[TimelineEvent]) -> TimelineEvent | None:
    """The latest one that nothing since has put right; that somebody has decided on it puts nothing right."""
    words = (Kind.DECIDED, Kind.ROLLBACK_STARTED, Kind.REOPENED)
    return standing(event for event in events if event.kind not in words)


def of(incident: Incident) -> TimelineEvent | None:
    """The same, asked of the database: one query, or none on the page of an incident of which nothing ever failed."""
    rows = incident.events.filter(kind__in=_ASKED).select_related("actor", "payload")
    return standing(glance.few(incident, "setbacks", lambda: list(rows.order_by("seq"))))


def among(incidents: Collection[int]) -> set[int]:
    """Of which of them (by primary key) something does not hold: one query."""
    rows = asked().filter(incident__in=incidents).order_by("seq")
    told: dict[int, list[str]] = {}
    for incident, kind in rows.values_list("incident", "kind"):
        told.setdefault(incident, []).append(kind)
    return {key for key, kinds in told.items() if stands(kinds)}


def asked() -> QuerySet[TimelineEvent]:
    """What fails, and what answers it."""
    return TimelineEvent.objects.filter(kind__in=_ASKED)


def what(event: TimelineEvent, document: Mapping[str, Any]) -> str:
    """What failed, in a few words: "API", "App launches; Sign-in", or who says that it got worse."""
    if event.kind == Kind.SMOKE_FAILED:
        titles = {str(one["key"]): str(one["title"]) for one in document.get("smoke") or []}
        tried = event.data.get("smoke")
        wrong = [key for key, works in tried.items() if works is False] if isinstance(tried, dict) else []
        return "; ".join(titles.get(key, key) for key in wrong)
    return str(event.data.get("name") or "")


def sentence(event: TimelineEvent, document: Mapping[str, Any], time_zone: str) -> str:
    """What failed and since when: `API is down since 21 Nov 02:10 CET.`"""
    words = {
        "what": what(event, document),
        "who": event.actor_label,
        "at": said_at(event.occurred_at, time_zone),
    }
    if event.kind == Kind.REGRESSED:
        return _("%(who)s says since %(at)s that it got worse.") % words
    if event.kind == Kind.TAKEN_BACK:
        return taken_back(event) % words
    if event.kind == Kind.SMOKE_FAILED:
        named = (
            _("Does not work since %(at)s: %(what)s.") if words["what"] else _("Smoke tests failed, %(at)s.")
        )
        return named % words
    if not words["what"]:
        return _("The watch failed, %(at)s.") % words
    flapped = event.data.get("flapped")
    return (
        _("%(what)s comes and goes since %(at)s.") if flapped else _("%(what)s is down since %(at)s.")
    ) % words


def taken_back(event: TimelineEvent) -> str:
    """`RB-1 of INC-11 took HF-2 back on %(at)s: …`; whose rollback it was only where its readers may know."""
    by = event.data.get("taken_back_by") or {}
    words = {
        "rollback": by.get("rollback", ""),
        "incident": by.get("incident", ""),
        "hotfix": event.data.get("hotfix", ""),
        "version": event.data.get("version", ""),
        "place": event.data.get("place", ""),
        "at": "%(at)s",
    }
    said = _("A rollback took %(hotfix)s back, %(at)s: %(version)s runs again (%(place)s), without the fix.")
    if by:
        said = _(
            "%(rollback)s of %(incident)s took %(hotfix)s back, %(at)s: %(version)s runs again (%(place)s), without"
            " the fix."
        )
    if event.data.get("still"):
        said += " " + _("It still runs in: %(still)s.")
        words["still"] = event.data["still"]
    return said % {
        name: str(word).replace("%", "%%") if name != "at" else word for name, word in words.items()
    }


def again(event: TimelineEvent) -> str:
    """The fix that was taken back needs no decision to run again; "" where its version is not known."""
    version = str(event.data.get("fix") or "")
    said = _("To ship %(version)s again as it is, deploy it: that needs no decision.")
    return said % {"version": version} if version else ""


def said_at(at: datetime, time_zone: str) -> str:
    return f"{at.astimezone(ZoneInfo(time_zone)):%d %b %H:%M %Z}"


def action(work: Work, role: str) -> Action | None:
    """Who decides as `role` is led to the card, with the way back first; "" is everybody else: they tell or ask."""
    event = standing(work.story.events)
    if event is None:
        return None
    incident = work.incident
    said = sentence(event, work.document, incident.product.team.time_zone)
    if role:
        words = _("You decide as %(role)s. The ways back are on the card.") % {"role": role}
        if event.kind == Kind.TAKEN_BACK:
            words = " ".join(
                [_("You decide as %(role)s: a new hotfix, or contain it.") % {"role": role}, again(event)]
            )
        return Action("decide", _("Decide"), _title(work, event), f"{said} {words}", place="decision_card")
    roles = [one.label for one in holding.roles_of(incident) if one.decides]
    if not roles:
        words = _("A manager of the team decides. What is known is on the card.")
        return Action(
            "decide", _("See what is known"), _title(work, event), f"{said} {words}", place="decision_card"
        )
    who = ", ".join(str(user) for user in holding.deciders(incident)[:2])
    names = {"who": who, "role": _(" or ").join(roles)}
    title = _("%(who)s decides: roll back?") if who else _("Roll back? Nobody is listed as %(role)s")
    if event.kind == Kind.TAKEN_BACK:
        title = _("%(who)s decides anew") if who else _("Decide anew? Nobody is listed as %(role)s")
    words = (
        _("Tell them what you would do, or ask.") if who else _("Say what you would do, and list somebody.")
    )
    label = _("Tell %(who)s") if who else _("Say it")
    return Action("propose", label % names, title % names, f"{said} {words}", hidden=_proposed(work, event))


def _title(work: Work, event: TimelineEvent) -> str:
    if event.kind == Kind.TAKEN_BACK:
        return _("Decide anew: the fix was taken back")
    if went_back(work):
        return _("Decide anew: the version before is not well either")
    return _("It got worse: roll back?") if event.kind == Kind.REGRESSED else _("Decide: roll back?")


def _proposed(work: Work, event: TimelineEvent) -> tuple[tuple[str, str], ...]:
    """What one would say first of a fix: to go back. Of one that was taken back, nothing."""
    return () if went_back(work) or event.kind == Kind.TAKEN_BACK else (("choice", "rollback"),)


def went_back(work: Work) -> bool:
    """What does not hold is a rollback, not a fix."""
    last = work.story.last(Kind.HOTFIX_STARTED, Kind.ROLLBACK_STARTED)
    return last is not None and last.kind == Kind.ROLLBACK_STARTED


glance.register_few("setbacks", TimelineEvent.objects.filter(kind__in=list(ANSWERED_BY)))
