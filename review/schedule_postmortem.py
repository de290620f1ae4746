"""The verb `schedule_postmortem` (K121): the meeting is fixed, which is what the clock of the process waits for."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from foundation import moment
from foundation.written import utc
from incidents.lifecycle.lifecycle import TooLate, perform
from incidents.models import Incident, TimelineEvent
from incidents.work.report import check_address
from review.hold import held
from review.refusals import SCHEDULE

LATEST = timedelta(days=366)


def schedule_postmortem(
    incident: Incident,
    *,
    by: User,
    meets_at: datetime,
    attendees: str = "",
    link: str = "",
    at: datetime | None = None,
) -> TimelineEvent:
    """The postmortem is at `meets_at`, with `attendees` and at `link`. A later one replaces it and is told as such.

    Raises TooLate while the incident is open, ValidationError by field.
    """
    _check(incident, meets_at, link)
    with transaction.atomic():
        report = held(incident)
        if incident.status not in SCHEDULE.sources:
            raise TooLate(incident, SCHEDULE)
        data: dict[str, Any] = {"meets_at": utc(meets_at)}
        data |= {"was": utc(report.meets_at)} if report.meets_at else {}
        data |= {"url": link} if link else {}
        event = perform(incident, SCHEDULE, by=by, at=at, text=attendees.strip(), **data)
        report.meets_at, report.scheduled_by, report.scheduled_at = meets_at, by, event.occurred_at
        report.save(update_fields=["meets_at", "scheduled_by", "scheduled_at"])
        return event


def _check(incident: Incident, meets_at: datetime, link: str) -> None:
    if meets_at < incident.detected_at.replace(second=0, microsecond=0):  # it is typed to the minute
        raise ValidationError({"meets_at": _("This is before the problem was detected.")})
    if meets_at > moment.now() + LATEST:
        year = meets_at.astimezone(UTC).year
        raise ValidationError({"meets_at": _("The year is %(year)s. Is that right?") % {"year": year}})
    if link:
        try:
            check_address(link)
        except ValidationError as error:
            raise ValidationError({"link": error.messages}) from None
