"""The remedy's facts, as a person states them: branch, review, approval, merge, tag, deployment, smoke tests, watch.

What git, a forge or a script will show by itself is stated by hand here; the record says by whom (source "person").
"""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from accounts.models import User
from foundation import moment
from incidents.lifecycle import Step, TooLate, perform
from incidents.models import OPEN, Incident, Status, TimelineEvent
from products.vocabulary import EventKind as Kind

REPORTED_IN = (*OPEN, Status.RESOLVED)
# The way of a fix, in order: what happens again further up makes everything below it possible again.
WAY = (
    Kind.HOTFIX_STARTED, Kind.BRANCH_SEEN, Kind.FIX_PUSHED, Kind.REVIEW_REQUESTED, Kind.APPROVED, Kind.MERGED,
    Kind.TAGGED, Kind.DEPLOYED, Kind.SMOKE_PASSED, Kind.WATCH_MET, Kind.RELEASED,
)  # fmt: skip
SETBACKS = (
    Kind.ROLLBACK_STARTED, Kind.ROLLED_BACK, Kind.DEPLOY_FAILED, Kind.SMOKE_FAILED, Kind.WATCH_FAILED,
    Kind.APPROVAL_DISMISSED, Kind.REOPENED,
)  # fmt: skip
BEGUN = (Kind.HOTFIX_STARTED, Kind.ROLLBACK_STARTED)

# What can be stated, and how a person says it.
SAID: Mapping[str, str | Promise] = MappingProxyType(
    {
        Kind.HOTFIX_STARTED: lazy("The hotfix has begun"),
        Kind.BRANCH_SEEN: lazy("The branch is made"),
        Kind.FIX_PUSHED: lazy("The fix is pushed"),
        Kind.REVIEW_REQUESTED: lazy("The review is asked for"),
        Kind.APPROVED: lazy("It is approved"),
        Kind.MERGED: lazy("It is merged"),
        Kind.TAGGED: lazy("The tag is made"),
        Kind.DEPLOYED: lazy("It is deployed"),
        Kind.SMOKE_PASSED: lazy("Smoke tests passed"),
        Kind.WATCH_MET: lazy("The watch is over, all is well"),
        Kind.RELEASED: lazy("The release is published"),
        Kind.DEPLOY_FAILED: lazy("The deployment failed"),
        Kind.SMOKE_FAILED: lazy("Smoke tests failed"),
        Kind.WATCH_FAILED: lazy("The watch showed a fault"),
        Kind.ROLLBACK_STARTED: lazy("The rollback has begun"),
        Kind.ROLLED_BACK: lazy("It is rolled back"),
    }
)
_address = URLValidator(schemes=["http", "https"])


def report(
    incident: Incident,
    kind: str,
    *,
    by: User,
    text: str = "",
    url: str = "",
    at: datetime | None = None,
    **data: Any,
) -> TimelineEvent:
    """`kind` has happened, says `by`; clocks, steps and boxes follow. The first fact of a fix begins the hotfix.

    Raises TooLate for a kind that is on record already with nothing since that would make it happen again.
    """
    _check(incident, kind, url, at)
    step = Step(kind, REPORTED_IN)
    with transaction.atomic():
        locked = Incident.objects.select_for_update(of=("self",)).get(pk=incident.pk)
        kinds = list(locked.events.order_by("seq").values_list("kind", flat=True))
        if not possible(kind, kinds):
            incident.refresh_from_db()
            raise TooLate(incident, step)
        if kind in WAY and not _begun(kinds) and kind != Kind.HOTFIX_STARTED:
            perform(incident, Step(Kind.HOTFIX_STARTED, REPORTED_IN), by=by, at=at, implied_by=str(kind))
        if url:
            data["url"] = url
        return perform(incident, step, by=by, at=at, text=text.strip(), **data)


def possible(kind: str, kinds: list[str]) -> bool:
    """Pure: whether `kind` may be stated after `kinds`, oldest first: never yet, or not since it became new again."""
    if kind not in kinds:
        return True
    since = kinds[len(kinds) - kinds[::-1].index(kind) :]
    if kind in WAY:
        again = {*WAY[: WAY.index(Kind(kind))], *SETBACKS}
    else:
        again = {*WAY, Kind.REOPENED, Kind.ROLLBACK_STARTED} - {Kind(kind)}
    return bool(again & set(since))


def _begun(kinds: list[str]) -> bool:
    """A remedy is under way: begun, and not before the problem came back."""
    since = kinds[len(kinds) - kinds[::-1].index(Kind.REOPENED) :] if Kind.REOPENED in kinds else kinds
    return any(kind in since for kind in BEGUN)


def _check(incident: Incident, kind: str, url: str, at: datetime | None) -> None:
    if kind not in SAID:
        raise ValidationError({"kind": _("Choose one of: %(kinds)s.") % {"kinds": ", ".join(SAID)}})
    if url:
        check_address(url)
    if at and at > moment.now():
        raise ValidationError({"at": _("This is in the future.")})
    if at and at < incident.detected_at:
        raise ValidationError({"at": _("This is before the problem was detected.")})


def check_address(url: str) -> None:
    """ValidationError on `url` unless it is an address that a browser opens."""
    try:
        _address(url)
    except ValidationError:
        raise ValidationError({"url": _("Give a whole address, such as https://example.org/pr/7.")}) from None
