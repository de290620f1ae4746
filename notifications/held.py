"""What a restore found waiting: it may have been sent since the backup, so a person says whether it goes.

An administrator's, page /settings/held/. Nothing else sends or forgets a held message; what becomes moot is cancelled
like any other (notifications.queue.cancel).
"""

import structlog
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.access import has_role, teams_of
from accounts.models import Role, User
from foundation import moment
from notifications.models import Delivery, State
from notifications.queue import wake_sender
from notifications.sight import seen_by

_log = structlog.get_logger(__name__)


def held_for(user: User) -> QuerySet[Delivery]:
    """Those that this person may release or drop (notifications/rules.py): of the teams that they administer, and
    nothing of a private incident that is not theirs."""
    return seen_by(user, _of_their_teams(user)).select_related("team", "channel")


def hidden_from(user: User) -> int:
    """How many more are held in these teams, of which this person may know no more."""
    return _of_their_teams(user).count() - held_for(user).count()


def _of_their_teams(user: User) -> QuerySet[Delivery]:
    mine = [team for team in teams_of(user) if has_role(user, team, Role.ADMIN)]
    return Delivery.objects.held().filter(team__in=mine)


@transaction.atomic
def release(held: QuerySet[Delivery], *, by: User) -> int:
    """Send them now, with how late they are; returns how many. One that somebody else has settled stays so."""
    pks = _lock(held)
    count = Delivery.objects.filter(pk__in=pks).update(state=State.PENDING, due_at=moment.now(), reason="")
    if count:
        _log.info("deliveries.released", count=count, by=by.pk)
        wake_sender()
    return count


@transaction.atomic
def drop(held: QuerySet[Delivery], *, by: User) -> int:
    """Never send them; they stay on record, with who said so. Returns how many."""
    reason = _("Dropped after the restore by %(who)s.") % {"who": by}
    count = Delivery.objects.filter(pk__in=_lock(held)).update(state=State.CANCELLED, reason=reason[:500])
    _log.info("deliveries.dropped", count=count, by=by.pk)
    return count


def _lock(held: QuerySet[Delivery]) -> list[int]:
    rows = held.filter(state=State.HELD).order_by("pk").select_for_update(of=("self",))
    return list(rows.values_list("pk", flat=True))
