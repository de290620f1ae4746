"""Counting errors and users' reports over a time: by hand on a phone, or by a script (K60, K62, K63)."""

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from foundation import moment
from foundation.crash import crashpoint
from hotfixes.models import Hotfix, Tally
from hotfixes.observing import asking
from hotfixes.watch import smoke
from incidents.lifecycle import lifecycle
from incidents.lifecycle.lifecycle import Step
from incidents.models import Incident, Status
from incidents.work.report import check_address
from products.models import Product
from products.vocabulary import EventKind

COUNTED = Step(EventKind.NOTED, tuple(Status))
# Clocks of machines differ a little.
AHEAD = timedelta(minutes=2)
MOST = 2_000  # of one incident: a loop gone wild ends here
LONGEST = timedelta(days=90)


def add(
    incident: Incident,
    *,
    kind: str,
    count: int,
    since: datetime,
    by: User | None,
    until: datetime | None = None,
    source: str = "",
    url: str = "",
    token: str = "",
    product: Product | None = None,
    at: datetime | None = None,
) -> Tally:
    """So many were counted from `since` to `until` (now), in `source`. What a person counts the timeline says too; a
    script counts every few minutes. Raises ValidationError by field.
    """
    now = moment.now()
    until = until or at or now
    _check(since, until, now)
    if url:
        check_address(url)
    with transaction.atomic():
        _hold(incident)
        watch = smoke.newest(incident)
        made = Tally.objects.create(
            incident=incident, remedy=watch.remedy if watch else "", product=product or incident.product,
            kind=kind, count=count, since=since, until=min(until, now), source=source.strip(), url=url,
            by=by, token=token, at=now,
        )  # fmt: skip
        if not token:
            lifecycle.perform(incident, COUNTED, by=by, text=words_of(made), tally=made.pk)
        lifecycle.announce(incident)
        asking.ask(*Hotfix.objects.filter(incident=incident, status=Hotfix.Status.OPEN))
        crashpoint("watch.counted")
    return made


def _hold(incident: Incident) -> None:
    """Locked, and with room for one more: a script gone wild ends here."""
    Incident.objects.select_for_update(of=("self",)).get(pk=incident.pk)
    if Tally.objects.filter(incident=incident).count() >= MOST:
        words = {"ref": incident.ref, "most": MOST}
        raise ValidationError(_("%(ref)s has %(most)s counts already.") % words)


def words_of(tally: Tally) -> str:
    what = _("errors") if tally.kind == Tally.Kind.ERRORS else _("users' reports")
    words = {
        "n": tally.count,
        "what": what,
        "since": f"{tally.since:%d %b %H:%M}",
        "until": f"{tally.until:%d %b %H:%M}",
        "where": tally.source,
    }
    said = _("Counted: %(n)s %(what)s from %(since)s to %(until)s UTC") % words
    return f"{said} ({tally.source})." if tally.source else f"{said}."


def _check(since: datetime, until: datetime, now: datetime) -> None:
    if until > now + AHEAD:
        raise ValidationError({"until": _("This is in the future.")})
    if since >= now:
        raise ValidationError({"since": _("This is in the future: nothing can have been counted yet.")})
    if since >= until:
        raise ValidationError({"until": _("This is not after the moment from which it is counted.")})
    if until - since > LONGEST:
        raise ValidationError({"since": _("At most 90 days at once.")})
