"""The smoke tests after a deployment, each tried by a person on a phone or by a script (K58–K60, K112).

All passed is the event `smoke_passed`, one that failed `smoke_failed`: said by whoever tried the last one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from foundation import moment
from foundation.crash import crashpoint
from hotfixes.checks.deploy.smoke_tests import tried as by_evidence
from hotfixes.checks.facts import Shown
from hotfixes.models import Evidence, Hotfix, SmokeTick, Watch
from hotfixes.observing import asking
from hotfixes.watch.rows import watches
from incidents.lifecycle.lifecycle import Step, TooLate, perform
from incidents.lifecycle.watch import remedy_of
from incidents.models import Incident, Status, TimelineEvent
from incidents.timeline.story import Story, story
from incidents.work.report import check_moment, report
from incidents.work.stated import possible
from products.vocabulary import EventKind

TRIED = Step(EventKind.NOTED, tuple(Status))


@dataclass(frozen=True)
class Item:
    """One of the process's smoke tests with the last word on it; `passed` None: nobody has tried it since."""

    key: str
    title: str
    passed: bool | None = None
    by: str = ""
    at: datetime | None = None


def wanted(incident: Incident) -> dict[str, str]:
    """What the process wants tried, key → title, in its order."""
    specs = incident.process_version.document.get("smoke") or []
    return {str(one["key"]): str(one["title"]) for one in specs}


def items(watch: Watch) -> list[Item]:
    """As they stand since the deployment, whoever tried them. Two queries at most."""
    titles = wanted(watch.incident)
    if not titles:
        return []
    found: dict[str, Shown] = by_evidence([*ticks(watch), *_sent(watch)], titles)
    return [
        Item(key, title, found[key].passed, found[key].by, found[key].at)
        if key in found
        else Item(key, title)
        for key, title in titles.items()
    ]


def shown(watch: Watch) -> list[Item]:
    """The same as people read it: whoever says that all passed says so of each that nobody tried."""
    found = items(watch)
    if all(one.at for one in found):
        return found
    said = _until(watch).holds(EventKind.SMOKE_PASSED)
    if said is None or said.actor is None or said.occurred_at < watch.kept_from:
        return found
    if remedy_of(said) not in ("", watch.remedy):
        return found
    by, at = str(said.actor), said.occurred_at
    return [one if one.at else Item(one.key, one.title, True, by, at) for one in found]


def _until(watch: Watch) -> Story:
    """What had been told when it ended: what was tried then was, though nothing of it runs any more."""
    known, end = story(watch.incident), watch.ended_at
    if end is None:
        return known
    return replace(known, events=tuple(event for event in known.events if event.occurred_at < end))


def ticks(watch: Watch) -> list[Shown]:
    """What people tried, as the checks read it."""
    rows = watch.ticks.filter(at__gte=watch.kept_from).select_related("by")
    return [
        Shown("smoke", one.passed, data={"item": one.item}, at=one.at, by=str(one.by), said=True)
        for one in rows
    ]


def _sent(watch: Watch) -> list[Shown]:
    if not watch.remedy.startswith("HF-"):
        return []
    rows = Evidence.objects.filter(
        hotfix__number=int(watch.remedy[3:]), kind=Evidence.Kind.SMOKE, at__gte=watch.kept_from
    )
    return [
        Shown(one.kind, one.passed, one.summary, one.url, one.data, one.head, one.at, one.token)
        for one in rows.order_by("pk")
    ]


def newest(incident: Incident) -> Watch | None:
    """The watch of what was brought out last."""
    return next((one for one in watches(incident) if one.state == Watch.State.RUNNING), None)


def tick(
    incident: Incident,
    *,
    by: User,
    results: Mapping[str, bool],
    text: str = "",
    at: datetime | None = None,
) -> TimelineEvent:
    """`by` has tried these; an entry of the timeline says how it went. ValidationError by field."""
    titles = wanted(incident)
    if not results or set(results) - set(titles):
        known = ", ".join(titles) or "–"
        raise ValidationError(
            {"results": _("Say of at least one of these how it went: %(keys)s.") % {"keys": known}}
        )
    check_moment(incident, at)
    with transaction.atomic():
        Incident.objects.select_for_update(of=("self",)).get(pk=incident.pk)
        watch = newest(incident)
        if watch is None:
            raise ValidationError(_("Nothing has been deployed yet that could be tried."))
        now = at or moment.now()
        SmokeTick.objects.bulk_create(
            [
                SmokeTick(watch=watch, item=key, passed=passed, by=by, at=now)
                for key, passed in results.items()
            ]
        )
        said = _said(titles, results)
        words = f"{said}\n{text.strip()}".strip()
        event = _told(incident, items(watch), results, by=by, at=at, text=words, hotfix=watch.remedy)
        asking.ask(*Hotfix.objects.filter(incident=incident, status=Hotfix.Status.OPEN))
        crashpoint("watch.tried")
    return event


def _told(
    incident: Incident,
    found: list[Item],
    results: Mapping[str, bool],
    *,
    by: User,
    at: datetime | None,
    text: str,
    hotfix: str,
) -> TimelineEvent:
    about: dict[str, Any] = {
        "smoke": dict(results),
        **({"hotfix": hotfix} if hotfix.startswith("HF-") else {}),
    }
    kind = None
    if False in results.values():
        kind = EventKind.SMOKE_FAILED
    elif all(one.passed for one in found):
        kind = EventKind.SMOKE_PASSED
    kinds = list(incident.events.order_by("seq").values_list("kind", flat=True))
    if kind and possible(kind, kinds):
        try:
            return report(incident, kind, by=by, text=text, at=at, **about)
        except TooLate:
            pass
    return perform(incident, TRIED, by=by, at=at, text=text, **about)


def _said(titles: Mapping[str, str], results: Mapping[str, bool]) -> str:
    words = {True: _("works"), False: _("does not work")}
    return _("Tried: %(what)s.") % {
        "what": "; ".join(f"{titles[key]}: {words[passed]}" for key, passed in results.items())
    }
