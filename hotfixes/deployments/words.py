"""How a deployment stands, in words: `in review since 14:02`, `released to 20 %, 35 min ago`."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _

from products.models import Deployment
from products.versions import bare
from ui.durations import rough_text

Stage, Status = Deployment.Stage, Deployment.Status
SILENT = timedelta(hours=1)


def standing(row: Deployment, now: datetime, zone: str = "", *, over: bool = False) -> str:
    """Of one report, as it is to be read at `now`; times of another day carry their date.

    `over`: something newer is known of the place, so that nothing of this one is under way any more.
    """
    at = row.at.astimezone(ZoneInfo(zone) if zone else timezone.get_current_timezone())
    today = now.astimezone(at.tzinfo).date() == at.date()
    facts = {
        "since": f"{at:%H:%M %Z}" if today else f"{at:%d %b %H:%M %Z}",
        "ago": rough_text(max((now - row.at).total_seconds(), 0)),
        "percent": row.percent,
    }
    if over and row.status == Status.STARTED and not row.stage:
        return _("began at %(since)s") % facts
    return _sentence(row, now) % facts


def _sentence(row: Deployment, now: datetime) -> str:
    if row.stage == Stage.SUBMITTED:
        return _("submitted to the store since %(since)s")
    if row.stage == Stage.IN_REVIEW:
        return _("in review since %(since)s")
    if row.stage == Stage.HALTED:
        return _("halted at %(percent)s %%, %(ago)s ago") if row.percent else _("halted, %(ago)s ago")
    if row.stage == Stage.RELEASED and row.status != Status.FAILED:
        if row.percent is None:
            return _("released, %(ago)s ago")
        return _("released to %(percent)s %%, %(ago)s ago")
    if row.status == Status.STARTED:
        late = now - row.at > SILENT
        return (
            _("began at %(since)s, and nobody said how it ended") if late else _("under way since %(since)s")
        )
    words = {
        Status.SUCCEEDED: _("deployed, %(ago)s ago"),
        Status.FAILED: _("failed, %(ago)s ago"),
        Status.ROLLED_BACK: _("rolled back, %(ago)s ago"),
    }
    return words[Status(row.status)]


def who(row: Deployment) -> str:
    """Who says it, and how that is known."""
    how = str(row.get_source_display())
    name = row.token or (str(row.by) if row.by else "")
    if row.source == Deployment.Source.PERSON:
        return name or how
    return f"{how}: {name}" if name else how


def step(row: Deployment) -> str:
    """`0.1.0 → 0.1.1`, or the version alone."""
    if not row.was or bare(row.was) == bare(row.version):
        return row.version
    return f"{row.was} → {row.version}"
