"""Reading the previews that were asked for: one row, claimed with a lease, read in this machine's copy, told.

No transaction is open while git runs. Trouble is kept as what it is: then nobody can tell what going back undoes.
"""

import uuid
from datetime import datetime, timedelta
from typing import Any

import pydantic
import structlog
from django.db import transaction
from django.db.models import Min

from foundation import heartbeat, moment
from foundation.crash import crashpoint
from hotfixes.git import mirror as mirrors
from hotfixes.git.reader import GitReader
from hotfixes.git.recalling import Recalling
from hotfixes.git.trouble import GitError, Trouble
from hotfixes.models import Hotfix, Mirror, Preview
from hotfixes.naming import named
from hotfixes.observing import asking as observing
from hotfixes.observing.found import called_of
from hotfixes.observing.places import folder, position, seen_file
from hotfixes.preview import reading
from hotfixes.preview.reading import Asked, Known, NoSuchTag
from hotfixes.rollback.code import NO_TAG
from incidents.lifecycle.lifecycle import announce
from incidents.models import Incident
from products.models import Product
from products.policies import policy_of

LEASE_S = 120
AGAIN_S, MOST_TRIES = 5, 12
MOST_HOTFIXES = 200
NO_POLICY = "no_policy"

log = structlog.get_logger(__name__)

_CLAIM = """
UPDATE hotfixes_preview AS preview
   SET lease_token = %s, look_at = clock_timestamp() + make_interval(secs => %s), tries = tries + 1
  FROM (SELECT id FROM hotfixes_preview WHERE look_at <= (SELECT clock_timestamp())
         ORDER BY look_at LIMIT 1 FOR UPDATE SKIP LOCKED) AS due
 WHERE preview.id = due.id
RETURNING preview.*
"""


class NotHere(Exception):
    """This machine's copy is older than what was seen: the look that brings it was asked for."""


def next_due() -> datetime | None:
    found: datetime | None = Preview.objects.filter(look_at__isnull=False).aggregate(due=Min("look_at"))[
        "due"
    ]
    return found


def preview_due() -> bool:
    """Reads the one that waits longest; whether there was one. May run on many machines at once."""
    token = uuid.uuid4()
    found = list(Preview.objects.raw(_CLAIM, [token, LEASE_S]))
    if not found:
        return False
    crashpoint("ingest.preview_claimed")
    with heartbeat.working("judge"):
        _make(found[0], token)
    crashpoint("ingest.preview_kept")
    heartbeat.beat("judge", 1)
    return True


def _make(row: Preview, token: uuid.UUID) -> None:
    product = Product.objects.with_process().select_related("repository__mirror").get(pk=row.product_id)
    try:
        found = reading.read(_reader(product), _asked(row, product))
    except NotHere:
        _later(row, token)
    except NoSuchTag as missing:
        _keep(row, token, trouble=NO_TAG, detail=missing.name[:300])
    except pydantic.ValidationError:
        _keep(row, token, trouble=NO_POLICY)
    except GitError as problem:
        if problem.again and row.tries < MOST_TRIES:
            _later(row, token)
        else:
            _keep(row, token, trouble=str(problem.trouble), detail=(problem.detail or problem.sentence)[:300])
    except Exception:
        log.exception("preview.failed", preview=row.pk)
        _keep(row, token, trouble=str(Trouble.UNKNOWN))
    else:
        facts = {"from_commit": found["from_commit"], "to_commit": found["to_commit"]}
        _keep(row, token, data=found, digest=reading.digest(found), made_at=moment.now(), **facts)


def _asked(row: Preview, product: Product) -> Asked:
    """With the hotfixes on record. Of a private incident nothing is told to who reads another one."""
    rows = Hotfix.objects.for_page().filter(product=product, incident__private=False)
    known = [
        Known(one.ref, named.tag(one), one.new_version, one.incident.title, one.incident.security)
        for one in rows.order_by("-number")[:MOST_HOTFIXES]
    ]
    return Asked(row.from_ref, row.to_ref, called_of(product), policy_of(product), known)


def _reader(product: Product) -> GitReader:
    """This machine's copy. Raises GitError, NotHere."""
    if product.repository_id is None:
        raise GitError(Trouble.NOT_A_REPOSITORY)
    mirror = Mirror.objects.filter(repository=product.repository_id).first()
    if mirror is None or mirror.state == Mirror.State.NEW:
        raise NotHere
    if mirror.state == Mirror.State.TROUBLE:
        raise GitError(Trouble(mirror.trouble), mirror.detail)
    try:
        is_new = seen_file(product.repository_id).read_text() == position(product.repository_id)
    except OSError:
        is_new = False
    if mirror.lease_token is not None or not is_new:
        if mirror.lease_token is None and product.repository:
            observing.fetch(product.repository)
        raise NotHere
    copy = mirrors.opened(folder(product.repository_id))
    return Recalling(copy.cli, str(copy.folder))


def _later(row: Preview, token: uuid.UUID) -> None:
    later = moment.now() + timedelta(seconds=AGAIN_S)
    if row.tries >= MOST_TRIES:
        _keep(row, token, trouble=str(Trouble.BUSY))
        return
    Preview.objects.filter(pk=row.pk, lease_token=token).update(look_at=later, lease_token=None)


def _keep(row: Preview, token: uuid.UUID, *, trouble: str = "", detail: str = "", **facts: Any) -> None:
    """Who has lost the lease writes nothing. Open incidents of the product are shown anew: somebody may wait for it."""
    with transaction.atomic():
        mine = Preview.objects.filter(pk=row.pk, lease_token=token)
        kept = mine.update(look_at=None, lease_token=None, tries=0, trouble=trouble, detail=detail, **facts)
        if kept:
            for incident in Incident.objects.open().for_page().filter(product=row.product_id)[:20]:
                announce(incident)
