"""The remedy's facts, as a person states them: branch, review, approval, merge, tag, deployment, smoke tests, watch.

What git, a forge or a script will show by itself is stated by hand here; the record says by whom (source "person").
"""

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from foundation import moment
from foundation.blobs import Upload
from incidents.lifecycle import undoing, watch
from incidents.lifecycle.lifecycle import Step, TooLate, perform
from incidents.models import OPEN, Incident, Status, TimelineEvent
from incidents.work.stated import BEGUN, SAID, WAY, possible
from products.vocabulary import EventKind as Kind

__all__ = ["REPORTED_IN", "SAID", "check_address", "check_moment", "possible", "report"]

REPORTED_IN = (*OPEN, Status.RESOLVED)
_address = URLValidator(schemes=["http", "https"])


def report(
    incident: Incident,
    kind: str,
    *,
    by: User,
    text: str = "",
    url: str = "",
    at: datetime | None = None,
    file: Upload | None = None,
    **data: Any,
) -> TimelineEvent:
    """`kind` has happened, says `by`; clocks, steps and boxes follow. The first fact of a fix begins the hotfix.

    Raises TooLate for a kind that is on record already with nothing since that would make it happen again.
    """
    _check(incident, kind, url, at)
    with transaction.atomic():
        locked = Incident.objects.select_for_update(of=("self",)).get(pk=incident.pk)
        step = Step(kind, REPORTED_IN, watch.status_after(locked, kind))
        kinds = list(locked.events.order_by("seq").values_list("kind", flat=True))
        if not possible(kind, kinds):
            incident.read_again()
            raise TooLate(incident, step)
        if kind in WAY and not _begun(kinds) and kind != Kind.HOTFIX_STARTED:
            perform(incident, Step(Kind.HOTFIX_STARTED, REPORTED_IN), by=by, at=at, implied_by=str(kind))
        if url:
            data["url"] = url
        if kind == Kind.APPROVED and alone(locked, by):
            data["alone"] = True
        if kind == Kind.HOTFIX_STARTED and _taken_back(kinds):
            data |= undoing.anew(locked)
        return perform(incident, step, by=by, at=at, text=text.strip(), file=file, **data)


def _taken_back(kinds: list[str]) -> bool:
    """The fix before was, and did not run again since."""
    last = next((kind for kind in reversed(kinds) if kind in (Kind.TAKEN_BACK, *BEGUN, Kind.DEPLOYED)), "")
    return last == Kind.TAKEN_BACK


def alone(incident: Incident, by: User) -> bool:
    """Whether `by` also said that the fix is pushed: an approval is somebody else's."""
    pushed = incident.events.filter(kind=Kind.FIX_PUSHED).order_by("-seq").first()
    return pushed is not None and pushed.actor_id == by.pk


def _begun(kinds: list[str]) -> bool:
    """A remedy is under way: begun, and not before the problem came back."""
    since = kinds[len(kinds) - kinds[::-1].index(Kind.REOPENED) :] if Kind.REOPENED in kinds else kinds
    return any(kind in since for kind in BEGUN)


def _check(incident: Incident, kind: str, url: str, at: datetime | None) -> None:
    if kind not in SAID:
        raise ValidationError({"kind": _("Choose one of: %(kinds)s.") % {"kinds": ", ".join(SAID)}})
    if url:
        check_address(url)
    check_moment(incident, at)


def check_moment(incident: Incident, at: datetime | None) -> None:
    """ValidationError on `at` unless it lies between the detection of `incident` and now."""
    if at and at > moment.now():
        raise ValidationError({"at": _("This is in the future.")})
    if at and at < incident.detected_at:
        raise ValidationError({"at": _("This is before the problem was detected.")})


def check_address(url: str) -> None:
    """ValidationError on `url` unless it is an address that a browser opens, and without a name before its host: that
    is a password which all would read, or a host that is not where the link leads.
    """
    try:
        _address(url)
        named = "@" in urlsplit(url).netloc
    except (ValidationError, ValueError):
        raise ValidationError({"url": _("Give a whole address, such as https://example.org/pr/7.")}) from None
    if named:
        raise ValidationError({"url": _("Give the address without a name or password before its host.")})
