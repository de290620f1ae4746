"""Whether the version before is back: by a script, by a running service, by a store, or by a person's word (A38)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from foundation.crash import crashpoint
from hotfixes.models import Rollback
from hotfixes.rollback import whose
from hotfixes.rollback.known import Seen, unknown
from hotfixes.rollback.releases import STAYED, environments
from hotfixes.rollback.remarks import HALT
from incidents import glance
from incidents.lifecycle.lifecycle import Step, TooLate, perform
from incidents.models import Incident, TimelineEvent
from incidents.work.report import REPORTED_IN, report
from monitoring.states import State
from products.models import Deployment, Environment, VersionSeen
from products.running import of_place
from products.versions import bare
from products.vocabulary import EnvironmentKind, EventKind, Verdict

BACK = Step(EventKind.ROLLED_BACK, REPORTED_IN)


@dataclass(frozen=True)
class Shown:
    """What shows it. `source`: script, forge, or nightdesk for a version that a service reported."""

    at: datetime
    what: str
    source: str
    url: str = ""


def told(rollback: Rollback) -> TimelineEvent | None:
    """The entry of the timeline that says it, since this rollback began; of another rollback it does not count."""
    rows = rollback.incident.events.filter(kind=EventKind.ROLLED_BACK, occurred_at__gte=rollback.started_at)
    for event in rows.select_related("payload").order_by("seq"):
        if str(event.data.get("rollback") or rollback.ref) == rollback.ref:
            return event
    return None


def shown(rollback: Rollback) -> Shown | None:
    """The first report of it since it began; of several places, once none of them runs what is gone back from."""
    if rollback.option.get("kind") == HALT:
        return _halted(rollback)
    places = environments(rollback.incident, rollback.product)
    if not rollback.to_version or left(rollback, places):
        return None
    rows = Deployment.objects.filter(
        product=rollback.product, environment__in=places, status__in=STAYED, at__gte=rollback.started_at
    )
    told: dict[int, Deployment] = {}
    for one in rows.select_related("environment").order_by("at", "pk")[:100]:
        if one.environment_id not in told and bare(_brought(one)) == rollback.to_version:
            told[one.environment_id] = one
    if told:
        one = max(told.values(), key=lambda each: each.at)
        source = "forge" if one.source == Deployment.Source.FORGE else "script"
        return Shown(one.at, f"{rollback.to_version} {one.environment.slug}", source, one.url)
    seen = VersionSeen.objects.filter(
        product=rollback.product, since__gte=rollback.started_at, environment__in=places
    )
    for row in seen.order_by("since", "pk")[:100]:
        if bare(row.version) == rollback.to_version:
            return Shown(row.since, f"{row.version} {row.where}"[:200], "nightdesk")
    return None


def _brought(report: Deployment) -> str:
    """What runs by it: some name what was taken back."""
    return whose.again(report) if report.status == Deployment.Status.ROLLED_BACK else report.version


def left(rollback: Rollback, places: list[Environment] | None = None) -> list[str]:
    """Of several places the names of those that still run what is gone back from."""
    places = environments(rollback.incident, rollback.product) if places is None else places
    if len(places) < 2 or not rollback.from_version:
        return []
    return [place.name for place in places if bare(of_place(place).version) == rollback.from_version]


def on_the_way(rollback: Rollback) -> Seen | None:
    """What of several places is still to come; None where it is back, or nothing of it."""
    if rollback.back_at is not None or rollback.option.get("kind") == HALT:
        return None
    places = environments(rollback.incident, rollback.product)
    waits = left(rollback, places)
    there = (
        [one.name for one in places if bare(of_place(one).version) == rollback.to_version] if waits else []
    )
    if not there:
        return None
    words = {"version": rollback.to_version, "there": ", ".join(there), "left": ", ".join(waits)}
    return Seen(Verdict.PENDING, _("%(version)s runs again in: %(there)s. Not yet in: %(left)s.") % words)


def _halted(rollback: Rollback) -> Shown | None:
    rows = Deployment.objects.filter(
        product=rollback.product, stage=Deployment.Stage.HALTED, at__gte=rollback.started_at
    )
    one = rows.order_by("at", "pk").first()
    if one is None:
        return None
    percent = _(" at %(n)s %%") % {"n": one.percent} if one.percent is not None else ""
    return Shown(one.at, f"{one.version}{percent}", "script", one.url)


def record(rollback: Rollback, found: Shown) -> TimelineEvent:
    """Said once, with the moment of what shows it. For who holds the incident."""
    incident = rollback.incident
    at = max(found.at, incident.detected_at)
    facts = _about(rollback) | ({"url": found.url} if found.url else {})
    if rollback.option.get("kind") == HALT:
        facts["halted"] = True
    return perform(
        incident, BACK, by=None, at=at, source=found.source, subject=rollback.ref, rollback=rollback.ref,
        by_check=True, what=found.what, key=f"{found.what} {at.isoformat()}", **facts,
    )  # fmt: skip


def _about(rollback: Rollback) -> dict[str, Any]:
    """Whose watch nobody waits for any more (incidents/lifecycle/closing.py)."""
    return {"takes_back": rollback.hotfix.ref} if rollback.hotfix else {}


def say(
    rollback: Rollback,
    *,
    by: User,
    text: str = "",
    url: str = "",
    percent: int | None = None,
    at: datetime | None = None,
) -> TimelineEvent:
    """A person says that it is done; of a halted rollout with how many had it by then (K139, C15)."""
    halt = rollback.option.get("kind") == HALT
    if percent is not None and not 0 <= percent <= 100:
        raise ValidationError({"percent": _("From 0 to 100.")})
    with transaction.atomic():
        incident = Incident.objects.select_for_update(of=("self",)).for_page().get(pk=rollback.incident_id)
        rollback.refresh_from_db(fields=["status", "back_at"])
        if not rollback.is_open or rollback.back_at is not None:
            raise TooLate(incident, BACK)
        facts = {"rollback": rollback.ref, "what": rollback.to_version, **_about(rollback)}
        if halt:
            facts |= {"halted": True} | ({"percent": percent} if percent is not None else {})
        event = report(
            incident, EventKind.ROLLED_BACK, by=by, text=text, url=url, at=at, subject=rollback.ref, **facts
        )
        if halt:
            _keep_percent(rollback, by, percent, event.occurred_at)
        rollback.back_at = event.occurred_at
        rollback.save(update_fields=["back_at"])
        crashpoint("verb.rollback_back")
        return event


def _keep_percent(rollback: Rollback, by: User, percent: int | None, at: datetime) -> None:
    """The store's figure, as this person read it."""
    place = rollback.product.environments.filter(kind=EnvironmentKind.PRODUCTION).order_by("pk").first()
    if place is not None and rollback.from_version:
        Deployment.objects.create(
            product=rollback.product, environment=place, version=rollback.from_version, by=by, at=at,
            status=Deployment.Status.STARTED, stage=Deployment.Stage.HALTED, percent=percent,
            source=Deployment.Source.PERSON,
        )  # fmt: skip


def verified(rollback: Rollback, now: datetime) -> Seen:
    """PASS only when what runs reports the version and every monitor of the product is up; else what is missing."""
    if rollback.back_at is None:
        return Seen(Verdict.PENDING, _("It is not back yet."))
    if rollback.option.get("kind") == HALT:
        return unknown(_("What phones run already, no monitor sees."))
    versions = _versions(rollback)
    wrong = sorted({bare(one.version) for one in versions} - {rollback.to_version})
    words = {"target": rollback.to_version, "found": ", ".join(wrong)[:100]}
    at = max((one.seen_at for one in versions), default=None)
    if wrong and rollback.to_version:
        return Seen(Verdict.FAIL, _("What runs says that it is %(found)s, not %(target)s.") % words, at)
    ill = _ill(rollback, now)
    if ill is not None:
        return ill
    if not versions or not rollback.to_version:
        return unknown(_("The monitors are up; no running service has reported its version since."), at)
    return Seen(Verdict.PASS, _("What runs is %(target)s again, and every monitor is up.") % words, at)


def _versions(rollback: Rollback) -> list[VersionSeen]:
    """The last word of each place, if it came after."""
    places = environments(rollback.incident, rollback.product)
    rows = VersionSeen.objects.filter(
        product=rollback.product, environment__in=places, seen_at__gte=rollback.back_at
    )
    return list(rows.order_by("where", "-pk").distinct("where")[:100])


def _ill(rollback: Rollback, now: datetime) -> Seen | None:
    """Why the monitors do not say that all is well; None when they do."""
    incident = rollback.incident
    mine = [one for one in glance.targets_of(incident, now) if one.monitor.enabled]
    if rollback.product_id != incident.product_id or not mine:
        return unknown(_("No monitor watches this product."))
    for target in mine:
        words = {"name": target.monitor.name, "state": State(target.state).label}
        if target.state in (State.DOWN, State.DEGRADED):
            return Seen(Verdict.FAIL, _("Monitor %(name)s says: %(state)s.") % words, target.since)
        if target.state != State.UP:
            return unknown(_("Monitor %(name)s cannot tell.") % words, target.since)
    return None
