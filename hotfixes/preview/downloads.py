"""Whether a release can still be had: a HEAD at its address, under the egress policy, every redirect judged anew."""

import uuid
from datetime import datetime, timedelta
from urllib.parse import urljoin

import structlog
from django.db import transaction
from django.db.models import Min

from foundation import moment
from hotfixes.git_access import policy
from hotfixes.models import Download
from incidents.lifecycle.lifecycle import announce
from incidents.models import Incident
from network import locator
from network.http import FAULTS, Reply, fault, opened

LEASE_S = 60
# While an incident is open somebody may decide on it at any moment.
AGAIN_S = 300
MOST_HOPS = 5
TOTAL_S = 15
_NO_HEAD = (405, 501)

log = structlog.get_logger(__name__)

_CLAIM = """
UPDATE hotfixes_download AS download
   SET lease_token = %s, look_at = clock_timestamp() + make_interval(secs => %s)
  FROM (SELECT id FROM hotfixes_download WHERE look_at <= (SELECT clock_timestamp())
         ORDER BY look_at LIMIT 1 FOR UPDATE SKIP LOCKED) AS due
 WHERE download.id = due.id
RETURNING download.*
"""


def next_due() -> datetime | None:
    found: datetime | None = Download.objects.filter(look_at__isnull=False).aggregate(due=Min("look_at"))[
        "due"
    ]
    return found


def look_due() -> bool:
    """Asks the one that waits longest; whether there was one."""
    token = uuid.uuid4()
    found = list(Download.objects.raw(_CLAIM, [token, LEASE_S]))
    if not found:
        return False
    reply, size = head(found[0].url)
    _keep(found[0], token, reply, size)
    return True


def head(url: str) -> tuple[Reply, int | None]:
    """The last answer behind at most five redirects, and the size it names. Never raises for the other side."""
    try:
        with opened(policy(), total_s=TOTAL_S) as client:
            address = locator.clean(url)
            for _hop in range(MOST_HOPS + 1):
                sent = {"Accept-Encoding": "identity", "User-Agent": "Nightdesk"}
                answer = client.head(address, headers=sent)
                status, headers = answer.status_code, answer.headers
                if status in _NO_HEAD:
                    with client.stream("GET", address, headers=sent) as other:
                        status, headers = other.status_code, other.headers
                if status not in (301, 302, 303, 307, 308) or not headers.get("location"):
                    return Reply(status=status), _size(headers.get("content-length"))
                address = locator.clean(urljoin(address, headers["location"]))
        return Reply(error="redirects", detail="more than five redirects"), None
    except locator.BadUrl as problem:
        return Reply(error="bad_url", detail=str(problem)), None
    except FAULTS as problem:
        return fault(problem), None


def _size(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 16 else None


def _keep(row: Download, token: uuid.UUID, reply: Reply, size: int | None) -> None:
    now = moment.now()
    with transaction.atomic():
        incidents = list(Incident.objects.open().for_page().filter(product=row.product_id)[:20])
        facts = {"status": reply.status, "size": size, "trouble": reply.error, "detail": reply.detail[:300]}
        kept = Download.objects.filter(pk=row.pk, lease_token=token).update(
            looked_at=now,
            lease_token=None,
            look_at=now + timedelta(seconds=AGAIN_S) if incidents else None,
            **facts,
        )
        if kept and (row.looked_at is None or (row.status, row.trouble) != (reply.status, reply.error)):
            for incident in incidents:
                announce(incident)
