"""Taking a repository that is due, so that two workers never fetch the same one and a dead worker's is fetched again.

As for monitors: the claim marks the row with a token and moves `due_at` to the end of the lease. A fetch renews it
while it goes on, and who has lost the token stops.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import F, Min, Q

from foundation import moment
from hotfixes.models import Hotfix, Mirror

LEASE_S = 60
RENEW_S = 15
# A hotfix that will be judged by then anyway waits for that, whatever happens to its incident meanwhile.
SOON_S = 10

_CLAIM = """
UPDATE hotfixes_mirror AS mirror
   SET lease_token = %s, due_at = clock_timestamp() + make_interval(secs => %s), asked_at = NULL
  FROM (SELECT id FROM hotfixes_mirror WHERE due_at <= (SELECT clock_timestamp())
         ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED) AS due
 WHERE mirror.id = due.id
RETURNING mirror.*
"""
_CLAIM_HOTFIXES = """
UPDATE hotfixes_hotfix AS hotfix
   SET lease_token = %s, look_at = clock_timestamp() + make_interval(secs => %s)
  FROM (SELECT hotfix.id FROM hotfixes_hotfix AS hotfix
          JOIN incidents_incident AS incident ON incident.id = hotfix.incident_id
         WHERE look_at <= (SELECT clock_timestamp())
            OR (hotfix.status = 'open' AND judged_seq < timeline_seq
                AND (look_at IS NULL OR (lease_token IS NULL
                     AND look_at > (SELECT clock_timestamp()) + make_interval(secs => %s))))
         ORDER BY look_at NULLS LAST LIMIT %s FOR UPDATE OF hotfix SKIP LOCKED) AS due
 WHERE hotfix.id = due.id
RETURNING hotfix.id
"""


class LeaseLost(Exception):
    """Somebody else has the row by now: what is under way here must end and write nothing."""


@dataclass(frozen=True, slots=True)
class Claim:
    token: uuid.UUID
    mirror: Mirror

    def renew(self) -> None:
        """Raises LeaseLost."""
        end = moment.Read() + timedelta(seconds=LEASE_S)
        if not Mirror.objects.filter(pk=self.mirror.pk, lease_token=self.token).update(due_at=end):
            raise LeaseLost


def claim_mirror() -> Claim | None:
    """The repository that is due longest, leased for 60 s; None for none. One statement, committed by itself."""
    token = uuid.uuid4()
    found = list(Mirror.objects.raw(_CLAIM, [token, LEASE_S]))
    return Claim(token, found[0]) if found else None


def claim_hotfixes(limit: int) -> tuple[uuid.UUID, list[Hotfix]]:
    """Hotfixes that are due to be judged, leased for 60 s."""
    token = uuid.uuid4()
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM_HOTFIXES, [token, LEASE_S, SOON_S, limit])
        keys = [key for (key,) in cursor.fetchall()]
    return token, list(Hotfix.objects.for_page().filter(pk__in=keys).order_by("number"))


def next_mirror_due() -> datetime | None:
    found: datetime | None = Mirror.objects.aggregate(due=Min("due_at"))["due"]
    return found


def next_hotfix_due() -> datetime | None:
    """The next moment that was asked for; now when something has happened to an incident with an open hotfix."""
    now = moment.now()
    later = Q(lease_token=None, look_at__gt=now + timedelta(seconds=SOON_S))
    behind = Hotfix.objects.open().filter(judged_seq__lt=F("incident__timeline_seq"))
    if behind.filter(Q(look_at=None) | later).exists():
        return now
    found: datetime | None = Hotfix.objects.filter(look_at__isnull=False).aggregate(due=Min("look_at"))["due"]
    return found
