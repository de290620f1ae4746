"""How a hotfix ends: released when its incident is closed, or abandoned with a reason; and the look back at it.

What was found at the close is kept, and looked at again for a day: a tag that is moved afterwards is told although
nobody looks any more.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from hotfixes.lifecycle import telling_people
from hotfixes.models import CheckResult, Hotfix, Mirror
from hotfixes.observing import asking
from hotfixes.standing.check_titles import TITLES
from incidents.lifecycle.lifecycle import Step, TooLate, perform
from incidents.models import Incident, Status, TimelineEvent
from incidents.work.checklist import check_reason
from incidents.work.report import REPORTED_IN
from products.announcing import shown_anew
from products.in_production import Source, in_production
from products.models import Product
from products.versions import bare
from products.vocabulary import EventKind, Verdict

ABANDON = Step(EventKind.CHECK_CHANGED, REPORTED_IN)
LOOKED_BACK_AT = timedelta(hours=24)
# When the repository cannot be read at that moment: so often, and for so long at most.
AGAIN, AT_MOST = timedelta(hours=1), timedelta(days=7)
# What stays as it is once it is done: a change of these is an alarm.
LASTING = frozenset(
    {
        "version_bump", "changelog_entry", "approval", "ci_passed", "merged", "tag_annotated", "tag_commit",
        "tag_pushed", "tag_unmoved", "release_published", "deployed", "version_live", "manifest_version",
        "release_notes", "artifact_stored",
    }
)  # fmt: skip
GOOD = (Verdict.PASS, Verdict.STATED, Verdict.WARN)
BAD = (Verdict.FAIL, Verdict.PENDING)


class Ended(TooLate):
    """It has ended already."""

    def __init__(self, incident: Incident, hotfix: Hotfix) -> None:
        super().__init__(incident, ABANDON)
        self.hotfix = hotfix

    @property
    def words(self) -> str:
        words = {"hotfix": self.hotfix.ref, "status": self.hotfix.get_status_display()}
        return _("%(hotfix)s is %(status)s.") % words


def abandon(hotfix: Hotfix, *, by: User, reason: str, at: datetime | None = None) -> TimelineEvent:
    """It does not go on, and why. Its boxes ask for nothing of it any more. Raises Ended, TooLate, ValidationError."""
    check_reason(reason)
    with transaction.atomic():
        incident = Incident.objects.select_for_update(of=("self",)).for_page().get(pk=hotfix.incident_id)
        hotfix.refresh_from_db(fields=["status"])
        if not hotfix.is_open:
            raise Ended(incident, hotfix)
        event = perform(
            incident, ABANDON, by=by, at=at, text=reason.strip(), hotfix=hotfix.ref, abandoned=True
        )
        hotfix.status, hotfix.ended_at = Hotfix.Status.ABANDONED, event.occurred_at
        hotfix.save(update_fields=["status", "ended_at"])
        asking.ask(*incident.hotfixes.open())
        return event


def replaced(hotfix: Hotfix, *, by: User | None, instead: str) -> None:
    """What was taken back does not go on: `instead` (its ref) begins. What was said and shown of it stays, and so does
    that it was taken back. In the transaction of whoever begins the other, with the incident held.
    """
    event = perform(
        hotfix.incident, ABANDON, by=by, hotfix=hotfix.ref, abandoned=True, taken_back=True, instead=instead
    )
    hotfix.status, hotfix.ended_at = Hotfix.Status.ABANDONED, event.occurred_at
    hotfix.save(update_fields=["status", "ended_at"])


def after_round(
    incident: Incident, hotfix: Hotfix, changed: Iterable[CheckResult], now: datetime
) -> dict[str, Any]:
    """Columns that a round changes: whether the hotfix has ended, and when it is looked at again. Tells what is not so
    any more. For who holds the incident.
    """
    if hotfix.is_open:
        ended = _ended(incident, hotfix, now)
        if ended.get("status") == Hotfix.Status.RELEASED:
            _raise_entered(hotfix)
        return ended
    if hotfix.status == Hotfix.Status.RELEASED and incident.status not in REPORTED_IN:
        _alarm(incident, hotfix, changed)
    if hotfix.verify_at and hotfix.verify_at > now:
        return {"look_at": hotfix.verify_at}
    if hotfix.verify_at and now < hotfix.verify_at + AT_MOST and _blind(hotfix):
        return {"look_at": now + AGAIN}
    return {"look_at": None, "verify_at": None}


def _blind(hotfix: Hotfix) -> bool:
    """Whether the repository cannot be read just now, so that the last look back would show nothing."""
    mirror = Mirror.objects.filter(repository=hotfix.repository_id).first()
    return mirror is not None and mirror.state == Mirror.State.TROUBLE


def _ended(incident: Incident, hotfix: Hotfix, now: datetime) -> dict[str, Any]:
    if incident.status in REPORTED_IN:
        return {"look_at": None}
    if incident.status == Status.CLOSED:
        closed = max(_closed_at(incident) or now, hotfix.started_at)
        later = closed + LOOKED_BACK_AT if closed + LOOKED_BACK_AT > now else None
        return {
            "status": Hotfix.Status.RELEASED,
            "ended_at": closed,
            "closed_at": closed,
            "verify_at": later,
            "look_at": later,
        }
    # Declined, a duplicate, left for a release: there is nothing to fix here.
    return {"status": Hotfix.Status.ABANDONED, "ended_at": now, "look_at": None}


def _closed_at(incident: Incident) -> datetime | None:
    """When it happened, which may be long before a round comes by."""
    rows = incident.events.filter(kind=EventKind.CLOSED).order_by("-seq")
    return rows.values_list("occurred_at", flat=True).first()


def _raise_entered(hotfix: Hotfix) -> None:
    """What somebody entered as the product's version is what the hotfix brought, where that is what runs there: one
    that was closed without it, or a drill, brought nothing.

    Whoever brings something out holds the product and waits for the incident, which is held here: so this never waits
    for the product."""
    runs = in_production(hotfix.product)
    if not hotfix.new_version or runs.source != Source.DEPLOYMENTS:
        return
    if bare(runs.version) != bare(hotfix.new_version):
        return
    free = (
        Product.objects.select_for_update(skip_locked=True, no_key=True).filter(pk=hotfix.product_id).first()
    )
    if free and free.version and bare(free.version) == hotfix.old_version:
        free.version = hotfix.new_version
        free.save(update_fields=["version"])
        shown_anew(free)


def _alarm(incident: Incident, hotfix: Hotfix, changed: Iterable[CheckResult]) -> None:
    rows = [row for row in changed if row.key in LASTING and row.verdict in BAD]
    before = {row.key: _before(row) for row in rows}
    rows = [row for row in rows if before[row.key] in GOOD]
    if not rows:
        return
    checks = [
        {
            "key": row.key,
            "title": str(TITLES[row.key]),
            "verdict": row.verdict,
            "before": before[row.key],
            "summary": row.summary[:300],
        }
        for row in rows
    ]
    step = Step(EventKind.CHECK_CHANGED, tuple(Status))
    event = perform(incident, step, by=None, hotfix=hotfix.ref, checks=checks, alarm=True)
    lines = [f"{TITLES[row.key]}: {row.summary}" for row in rows]
    telling_people.alarm(incident, hotfix, event, "\n".join(lines))


def _before(row: CheckResult) -> str:
    """The last verdict that said something, before this one: not being able to look meanwhile makes no difference."""
    rows = CheckResult.objects.filter(hotfix=row.hotfix, key=row.key).exclude(superseded_at=None)
    last = rows.exclude(verdict=Verdict.UNKNOWN).order_by("-pk").first()
    return str(last.verdict) if last else ""
