"""Three ways out that are not a resolution: it is nothing, it waits for a release, or it is known already.

From triage, and from active too: who declares with a severity never sees triage, and one learns later that it was
none of ours. What is contained may still wait for a release, or turn out to be a duplicate
(docs/decisions/0002-ways-out-and-back.md).
"""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.access import allowed
from accounts.models import User
from foundation import moment
from incidents.lifecycle.alerts_handed_on import hand_on
from incidents.lifecycle.lifecycle import Step, TooLate, announce, perform
from incidents.lifecycle.transitions import NOTE
from incidents.models import OPEN, Incident, Status, TimelineEvent
from products.vocabulary import EventKind, Proceed

DECLINE = Step(EventKind.DECLINED, (Status.TRIAGE, Status.ACTIVE), Status.DECLINED)
DEFER = Step(EventKind.DEFERRED, OPEN, Status.DEFERRED)
MARK_DUPLICATE = Step(EventKind.DUPLICATE_MARKED, OPEN, Status.DUPLICATE)
RELEASE_LIMIT = 80


def decline(incident: Incident, *, by: User, reason: str, at: datetime | None = None) -> TimelineEvent:
    """It is no incident: a false alarm, or not ours."""
    _need(reason)
    return perform(incident, DECLINE, by=by, at=at, text=reason, measured=True)


def defer(
    incident: Incident, *, by: User, reason: str, to: str = "", at: datetime | None = None
) -> TimelineEvent:
    """It is real and waits for the release `to`, unless told otherwise the one its severity names (A20, C5, C6).

    This stops the promise to respond. ValidationError on `to` where neither names one.
    """
    _need(reason)
    release = " ".join((to or release_of(incident)).split())
    if not release:
        raise ValidationError({"to": _("Say for which release it waits, such as v1.1 or next release.")})
    if len(release) > RELEASE_LIMIT:
        raise ValidationError({"to": _("At most %(most)d characters.") % {"most": RELEASE_LIMIT}})
    return perform(
        incident,
        DEFER,
        by=by,
        at=at,
        text=reason,
        changes={"deferred_to": release},
        measured=True,
        to=release,
    )


def release_of(incident: Incident) -> str:
    """The release that the process names: for this severity, else for the mildest that waits; "" for none."""
    if incident.severity.defer_to:
        return incident.severity.defer_to
    waiting = incident.process_version.severities.filter(proceed=Proceed.DEFER).order_by("position")
    return next((one.defer_to for one in waiting if one.defer_to), "")


def mark_duplicate(
    incident: Incident, *, by: User, of: Incident, reason: str = "", at: datetime | None = None
) -> TimelineEvent:
    """`of` tells the same story and goes on; it hears of this one, and of its alerts. It may be over already, and
    another product's.

    ValidationError on `of` for itself, one that `by` may not see, another duplicate, or a drill beside a real one.
    """
    with transaction.atomic():
        _hold(incident, of)
        _check_original(incident, of, by)
        event = perform(
            incident,
            MARK_DUPLICATE,
            by=by,
            at=at,
            text=reason,
            changes={"duplicate_of": of},
            measured=True,
            of=of.ref,
        )
        if allowed(by, "note", of):
            text = _("%(ref)s is a duplicate of this.") % {"ref": incident.ref}
            perform(of, NOTE, by=by, at=at and max(at, of.detected_at), text=text, duplicate=incident.ref)
        else:
            announce(of)
        hand_on(incident, of)
        return event


def _hold(incident: Incident, of: Incident) -> None:
    """Both rows, as they now are, in one order: two people who each mark the other one's wait and do not block."""
    rows = Incident.objects.select_for_update(of=("self",)).filter(pk__in={incident.pk, of.pk})
    list(rows.order_by("pk"))
    incident.read_again()
    of.refresh_from_db()


def _check_original(incident: Incident, of: Incident, by: User) -> None:
    if incident.status not in MARK_DUPLICATE.sources:
        raise TooLate(incident, MARK_DUPLICATE)
    if of.pk == incident.pk:
        raise ValidationError({"of": _("This is %(ref)s itself. Name the other one.") % {"ref": of.ref}})
    if not allowed(by, "view", of):
        raise ValidationError({"of": no_such(of.ref)})
    if of.duplicate_of:
        words = {"ref": of.ref, "original": of.duplicate_of.ref}
        raise ValidationError({"of": _("%(ref)s is itself a duplicate. Name %(original)s instead.") % words})
    if of.mode != incident.mode:
        words = {"ref": of.ref, "mode": str(of.get_mode_display()).lower(), "own": incident.ref}
        raise ValidationError({"of": _("%(ref)s is %(mode)s and %(own)s is not.") % words})


def no_such(ref: str) -> str:
    """The same words for what is not there and for what this person may not know of."""
    return _("There is no %(ref)s here that you can see.") % {"ref": ref}


def original(by: User, ref: str) -> Incident:
    """The incident called `ref` (INC-n) that `by` may see. ValidationError on `of` for any other."""
    try:
        return Incident.objects.visible_to(by).by_ref(ref.strip())
    except Incident.DoesNotExist:
        raise ValidationError({"of": no_such(ref.strip()[:40])}) from None


def _need(reason: str) -> None:
    if not reason.strip():
        raise ValidationError({"reason": _("Say why: the next reader was not there.")})


def suggestions(incident: Incident, by: User, limit: int = 5) -> list[Incident]:
    """Which one it is likely a duplicate of: open ones of its product, then what was over lately, newest first."""
    mine = (
        Incident.objects.visible_to(by).exclude(pk=incident.pk).filter(mode=incident.mode, duplicate_of=None)
    )
    near = mine.filter(declared_at__lte=moment.now()).for_page()
    open_ = list(near.open().filter(product=incident.product_id).order_by("-declared_at")[:limit])
    rest = near.exclude(pk__in=[one.pk for one in open_]).filter(product=incident.product_id)
    return [*open_, *rest.order_by("-declared_at")[: limit - len(open_)]]


def facts(incident: Incident) -> dict[str, Any]:
    """What the API adds about how it ended."""
    of = incident.duplicate_of
    return {
        "deferred_to": incident.deferred_to,
        # Its readers need not all know of a private one.
        "duplicate_of": of.ref if of and not of.private else None,
    }
