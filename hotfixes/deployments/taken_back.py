"""A rollback of one incident takes back the fix of another: that one's timeline, its watch and its people hear of it,
and they hear when the fix runs again.

Each report of what was brought out to users is looked at once, after it was stored: whoever says it holds an incident
already, and one incident never waits for another. For the ticker.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from foundation import moment, rounds
from foundation.crash import crashpoint
from hotfixes.judging.milestones import deployment_words
from hotfixes.models import Hotfix, Rollback
from hotfixes.observing import asking
from hotfixes.rollback import whose
from incidents.lifecycle import followers, watch
from incidents.lifecycle.lifecycle import Step, perform
from incidents.models import Incident, Mode, Status, TimelineEvent
from incidents.timeline import corrections
from incidents.work.report import REPORTED_IN
from products.models import Deployment, Environment
from products.running import of_place
from products.versions import bare
from products.vocabulary import EnvironmentKind, EventKind

Report = Deployment.Status
ANYWHERE = tuple(Status)
MOST = 100
# Of fixes that one rollback takes back: the newest. Beyond these it went back to another time.
FIXES = 20


@dataclass(frozen=True)
class Runs:
    """What a place of the users runs by this report. `rollback`: whose it is, None for one that nobody decided on."""

    report: Deployment
    version: str
    rollback: Rollback | None = None


def take_in() -> int:
    """Reports that nobody has looked at so far; of how many all is done. For the ticker."""
    waiting = list(_waiting().values_list("pk", flat=True)[:MOST])
    return rounds.each("taken_back", waiting, _handled)


def _waiting() -> Any:
    return Deployment.objects.filter(handled_at=None).order_by("pk")


def _handled(pk: int) -> bool:
    """Whether all is done that follows from it; what somebody holds just now waits for the next round."""
    row = _waiting().filter(pk=pk).select_related("environment", "product__team").first()
    if row is None:
        return False
    runs, at = _runs(row), row.at
    told = [_one(fix, runs) for fix in _fixes(runs)] if runs else []
    if not all(told):
        return False
    crashpoint("sweep.taken_back_told")
    # Its moment may have been corrected meanwhile: then it is looked at once more.
    return bool(Deployment.objects.filter(pk=pk, at=at).update(handled_at=moment.now()))


def _runs(row: Deployment) -> Runs | None:
    """None for what changes nothing that users run: another environment, one that failed, a rollout that was halted,
    one that something later has overtaken, the same told twice.
    """
    ended = row.status in (Report.SUCCEEDED, Report.ROLLED_BACK) and row.stage != Deployment.Stage.HALTED
    if not ended or row.environment.kind != EnvironmentKind.PRODUCTION:
        return None
    found = of_place(row.environment)
    if found.by is None or found.by.pk != row.pk or not found.version:
        return None
    if row.status == Report.SUCCEEDED:
        return Runs(row, found.version)
    return Runs(row, found.version, whose.rollback_of(row))


def _fixes(runs: Runs) -> list[Hotfix]:
    """Those that are concerned: out until then and lacking now, or lacking until then and there again."""
    report = runs.report
    rows = Hotfix.objects.filter(
        product=report.product_id,
        incident__mode=Mode.LIVE,
        incident__status__in=[*REPORTED_IN, Status.CLOSED],
        new_version__gt="",
    ).exclude(status=Hotfix.Status.ABANDONED)
    rows = rows.select_related("incident__product").order_by("-number")
    if report.status == Report.SUCCEEDED:
        back = rows.filter(taken_back_at__isnull=False, taken_back_at__lte=report.at)
        return [one for one in back[:MOST] if whose.lacks(runs.version, one) is False]
    if runs.rollback:
        rows = rows.exclude(incident=runs.rollback.incident_id)
    rows = rows.filter(started_at__lte=report.at)
    lacking = [one for one in rows if whose.lacks(runs.version, one) is True]
    ran = _ran_before(report) if lacking else []
    return [one for one in lacking if any(whose.lacks(version, one) is False for version in ran)][:FIXES]


def _ran_before(report: Deployment) -> list[str]:
    """What ran there, where somebody has said it; else whatever was reported there."""
    if report.was:
        return [report.was]
    rows = Deployment.objects.filter(
        environment=report.environment_id, status=Report.SUCCEEDED, at__lt=report.at
    )
    return list(rows.order_by().values_list("version", flat=True).distinct())


@transaction.atomic
def _one(hotfix: Hotfix, runs: Runs) -> bool:
    """False where somebody holds its incident."""
    rows = Incident.objects.select_for_update(of=("self",), skip_locked=True).for_page()
    incident = rows.filter(pk=hotfix.incident_id).first()
    if incident is None:
        return False
    if runs.report.status == Report.SUCCEEDED:
        _again(incident, hotfix, runs)
    else:
        _back(incident, hotfix, runs)
    crashpoint("sweep.taken_back")
    return True


def _back(incident: Incident, hotfix: Hotfix, runs: Runs) -> None:
    at = max(runs.report.at, incident.detected_at)
    told = _told(incident, hotfix, runs.report)
    if told is not None and told.kind == EventKind.TAKEN_BACK:
        _moved(told, at)
    elif told is not None:
        return  # an older version that nobody decided on: the report itself is told, and the fix goes out again
    else:
        step = Step(EventKind.TAKEN_BACK, ANYWHERE, watch.status_after(incident, EventKind.TAKEN_BACK))
        perform(
            incident,
            step,
            by=None,
            at=at,
            **_facts(hotfix, runs),
            **_elsewhere(hotfix, runs, lacks=False),
            taken_back_by=_named(incident, runs.rollback),
        )
    Hotfix.objects.filter(pk=hotfix.pk).update(taken_back_at=at)
    asking.ask(*Hotfix.objects.open().filter(pk=hotfix.pk))


def _told(incident: Incident, hotfix: Hotfix, report: Deployment) -> TimelineEvent | None:
    """What its timeline says of this report already."""
    kinds = (EventKind.TAKEN_BACK, EventKind.ROLLED_BACK, EventKind.DEPLOYED)
    rows = incident.events.filter(kind__in=kinds, occurred_at__gte=hotfix.started_at).select_related(
        "payload"
    )
    mine = (one for one in rows.order_by("-seq") if one.data.get("deployment") == report.pk)
    return next((one for one in mine if one.data.get("hotfix") == hotfix.ref), None)


def _moved(told: TimelineEvent, at: datetime) -> None:
    """Whoever said it has corrected when it was: here it was then, too."""
    last = told
    while later := last.superseded_by.filter(kind=EventKind.CORRECTED).first():
        last = later
    if last.occurred_at != at and not told.redacted:
        corrections.correct(last, by=None, reason=_("The rollback was at another moment."), occurred_at=at)


def _again(incident: Incident, hotfix: Hotfix, runs: Runs) -> None:
    """Said once: of its own version a round over the hotfix, or whoever brought it out, may have said so already."""
    at = max(runs.report.at, incident.detected_at)
    kinds = (EventKind.TAKEN_BACK, EventKind.DEPLOYED)
    rows = incident.events.filter(kind__in=kinds).select_related("payload").order_by("-seq")
    last = next((one for one in rows if hotfix.is_meant(one)), None)
    without = _elsewhere(hotfix, runs, lacks=True)
    if last is not None and (last.kind == EventKind.TAKEN_BACK or _fewer(last, without)):
        step = Step(EventKind.DEPLOYED, ANYWHERE, watch.status_after(incident, EventKind.DEPLOYED))
        perform(incident, step, by=None, at=at, **_facts(hotfix, runs), **without, out_again=True)
    if not without:
        Hotfix.objects.filter(pk=hotfix.pk).update(taken_back_at=None)
    asking.ask(*Hotfix.objects.open().filter(pk=hotfix.pk))


def _fewer(last: TimelineEvent, without: dict[str, Any]) -> bool:
    """Whether a place that it was said to be missing in has it now."""
    missing = last.data.get("without", "")
    return missing not in ("", without.get("without", ""))


def follow(incident: Incident, event: TimelineEvent) -> None:
    """It goes out again: other releases wait for it again. Hears of every event, in its transaction. Who decides on a
    hotfix anew begins another one (hotfixes/lifecycle/start.py)."""
    if event.kind not in (EventKind.DEPLOY_STARTED, EventKind.DEPLOYED):
        return
    mine = incident.hotfixes.open().filter(taken_back_at__isnull=False).select_related("product")
    if ref := str(event.data.get("hotfix") or ""):
        mine = mine.filter(number=Hotfix.number_of(ref) or 0)
    # What goes out goes to one place.
    left = 1 if event.kind == EventKind.DEPLOY_STARTED else 0
    gone_on = [one.pk for one in mine if len(_places(one, lacks=True)) <= left]
    Hotfix.objects.filter(pk__in=gone_on).update(taken_back_at=None)


def _facts(hotfix: Hotfix, runs: Runs) -> dict[str, Any]:
    report = runs.report
    what = deployment_words(report.version, report.environment.slug)
    return {
        "hotfix": hotfix.ref, "fix": hotfix.new_version, "version": bare(runs.version), "was": report.was,
        "environment": report.environment.slug, "place": report.environment.name, "deployment": report.pk,
        "by_check": True, "what": what, "key": f"{what} {report.at.isoformat()}",
    }  # fmt: skip


def _elsewhere(hotfix: Hotfix, runs: Runs, *, lacks: bool) -> dict[str, Any]:
    """Of several places of the users the names of the others, where it is not as in this one: nobody claims of all what
    was seen in one.
    """
    here = runs.report.environment_id
    found = [place.name for place in _places(hotfix, lacks=lacks) if place.pk != here]
    return {"without" if lacks else "still": ", ".join(found)} if found else {}


def _places(hotfix: Hotfix, *, lacks: bool) -> list[Environment]:
    """Those of the users that run a version without it, or with it. A query for each."""
    places = hotfix.product.environments.filter(kind=EnvironmentKind.PRODUCTION)
    return [one for one in places if whose.lacks(of_place(one).version, hotfix) is lacks]


def _named(incident: Incident, rollback: Rollback | None) -> dict[str, str]:
    """Whose it was, for readers of `incident` who may all know of that one; nothing of a private one, or of one of
    another team.
    """
    if rollback is None or not whose.may_be_named(rollback.incident, incident):
        return {}
    return {"rollback": rollback.ref, "incident": rollback.incident.ref}


followers.follow(follow)
