"""Reading what was asked for: one row, claimed with a lease, fetched and judged; who dies loses a minute.

No transaction is open while git runs. Every trouble is stored as what it is.
"""

from __future__ import annotations

import math
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import connection, transaction
from django.db.models import F, Min

from foundation import moment
from foundation.secrets import SecretLost, unseal
from hotfixes.audit import announcing, folders, kept, reading
from hotfixes.audit.asking import policy_of
from hotfixes.git import names
from hotfixes.git.cli import Cli
from hotfixes.git.process import Result, Watch
from hotfixes.git.progress import Progress
from hotfixes.git.remote import Credential, Listing, Remote
from hotfixes.git.trouble import GitError, Trouble
from hotfixes.git_access import access
from hotfixes.models import AuditRun
from hotfixes.patterns import BadPattern
from products.process.schema.policy import PolicySpec

LEASE_S, RENEW_S = 60, 2
# More would keep a worker's threads from monitors.
AT_ONCE = 2
BUSY_S = 5
MOST_TRIES = 5
# Whatever is asked later than this cannot be told: a repository may make each question slow.
READING_S = 300
# The fetch is the first part of the way shown, judging the rest.
FETCHED = 80

log = structlog.get_logger(__name__)

_CLAIM = """
UPDATE hotfixes_auditrun AS run
   SET lease_token = %s, due_at = clock_timestamp() + make_interval(secs => %s), state = 'running',
       tries = tries + 1
  FROM (SELECT id FROM hotfixes_auditrun WHERE due_at <= (SELECT clock_timestamp())
         ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED) AS due
 WHERE run.id = due.id
RETURNING run.*
"""


class LeaseLost(Exception):
    """It was cancelled, or another worker has it: nothing more is written."""


@dataclass(frozen=True, slots=True)
class Claim:
    token: uuid.UUID
    run: AuditRun

    def write(self, **facts: Any) -> None:
        """Raises LeaseLost."""
        if not AuditRun.objects.filter(pk=self.run.pk, lease_token=self.token).update(**facts):
            raise LeaseLost


def next_due() -> datetime | None:
    found: datetime | None = AuditRun.objects.filter(due_at__isnull=False).aggregate(due=Min("due_at"))["due"]
    return found


def audit_due() -> bool:
    """Reads the repository that waits longest; whether there was one. May run on many machines at once."""
    claim = _claim()
    if claim is None:
        return False
    try:
        _run(claim)
    except LeaseLost:
        log.info("audit.ended", run=claim.run.pk)
    return True


def _claim() -> Claim | None:
    now = moment.now()
    running = AuditRun.objects.filter(state=AuditRun.State.RUNNING, due_at__gt=now)
    if running.count() >= AT_ONCE:
        waiting = AuditRun.objects.filter(state=AuditRun.State.WAITING, due_at__lte=now)
        waiting.update(due_at=now + timedelta(seconds=BUSY_S))
        return None
    token = uuid.uuid4()
    found = list(AuditRun.objects.raw(_CLAIM, [token, LEASE_S]))
    return Claim(token, found[0]) if found else None


def _run(claim: Claim) -> None:
    run = claim.run
    try:
        if run.tries > MOST_TRIES:
            raise GitError(Trouble.UNKNOWN, f"{MOST_TRIES} attempts broke off")
        result = _read(run, _Telling(claim))
    except LeaseLost:
        raise
    except GitError as problem:
        if problem.trouble is Trouble.BUSY and run.tries < MOST_TRIES:
            _wait(claim)
        else:
            _fail(claim, str(problem.trouble), problem.detail)
    except BadPattern as problem:
        _fail(claim, str(Trouble.UNKNOWN), f"pattern of tags: {problem}")
    except Exception:
        connection.close_if_unusable_or_obsolete()
        log.exception("audit.failed", run=run.pk)
        _fail(claim, str(Trouble.UNKNOWN), "")
    else:
        _over(claim, state=AuditRun.State.DONE, result=result, percent=100)


def _read(run: AuditRun, tell: _Telling) -> dict[str, Any]:
    policy = PolicySpec.model_validate(policy_of(run))
    remote = Remote(run.url, access(), _credential(run))
    tell.phase("connecting")
    listing = remote.listing(watch=Watch(tick=lambda: tell(None)))
    copy = folders.opened(run.url, bits=_bits(listing))
    update = copy.update(remote, tell=tell)
    tell.phase("reading")
    found = reading.audit(
        _Patient(copy.cli.folder, tell=tell, until=time.monotonic() + READING_S),
        policy,
        refs=update.refs,
        product=run.product,
        limit=run.limit,
        default_branch=_default_branch(remote, policy, listing),
        tell=tell.read,
    )
    return kept.as_json(found)


def _credential(run: AuditRun) -> Credential | None:
    if not run.token:
        return None
    try:
        return Credential(unseal(run.token), run.username or "x-access-token")
    except SecretLost as lost:
        raise GitError(Trouble.CREDENTIALS, str(lost)) from None


def _bits(listing: Listing) -> int:
    return 256 if any(len(id) == 64 for id in listing.refs.values()) else 160


def _default_branch(remote: Remote, policy: PolicySpec, listing: Listing) -> str:
    """Asked only where the process's main branch is not there."""
    if names.HEADS + policy.main in listing.refs or not listing.refs:
        return ""
    try:
        return remote.default_branch()
    except GitError:
        return ""


def _wait(claim: Claim) -> None:
    """Somebody reads the same repository right now."""
    due = moment.now() + timedelta(seconds=BUSY_S)
    claim.write(state=AuditRun.State.WAITING, lease_token=None, due_at=due, tries=F("tries") - 1)


def _fail(claim: Claim, trouble: str, detail: str) -> None:
    log.warning("audit.trouble", run=claim.run.pk, trouble=trouble)
    _over(claim, state=AuditRun.State.FAILED, trouble=trouble, detail=detail[:300])


def _over(claim: Claim, **facts: Any) -> None:
    with transaction.atomic():
        claim.write(
            lease_token=None, due_at=None, token="", username="", phase="", done_at=moment.now(), **facts
        )
        announcing.changed(claim.run)


@dataclass(frozen=True)
class _Patient(Cli):
    """Renews the lease before each question, and asks none when it has taken too long."""

    tell: Callable[[None], object] = lambda _now: None
    until: float = math.inf

    def run(self, *words: str, **options: Any) -> Result:
        """Raises GitError TIMEOUT, and LeaseLost."""
        self.tell(None)
        if time.monotonic() > self.until:
            raise GitError(Trouble.TIMEOUT, f"{READING_S} s")
        return Cli.run(self, *words, **options)


class _Telling:
    """Renews the lease, shows how far it is, and ends everything when the lease is lost or the audit cancelled."""

    def __init__(self, claim: Claim) -> None:
        self.claim = claim
        self.renewed = time.monotonic()
        self.percent = 0

    def __call__(self, progress: Progress | None) -> None:
        if progress:
            self.show("fetching", progress.percent * FETCHED // 100)
        self.renew()

    def read(self, done: int, whole: int) -> None:
        self.show("reading", FETCHED + (99 - FETCHED) * done // max(1, whole))
        self.renew()

    def phase(self, name: str) -> None:
        self.claim.write(phase=name, **self._lease())
        announcing.changed(self.claim.run)

    def show(self, phase: str, percent: int) -> None:
        if percent > self.percent and time.monotonic() - self.renewed >= 1:
            self.renewed, self.percent = time.monotonic(), percent
            self.claim.write(phase=phase, percent=percent, **self._lease())
            announcing.changed(self.claim.run)

    def renew(self) -> None:
        if time.monotonic() - self.renewed >= RENEW_S:
            self.renewed = time.monotonic()
            self.claim.write(**self._lease())

    def _lease(self) -> dict[str, Any]:
        return {"due_at": moment.now() + timedelta(seconds=LEASE_S)}
