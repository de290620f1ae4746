"""One look at a repository: fetch, keep what is seen, judge its hotfixes, say when to look again.

No transaction is open while git runs. Whatever goes wrong is stored as what it is; the checks then cannot tell.
"""

import time
from collections.abc import Mapping
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce

from foundation import heartbeat, moment
from foundation.crash import crashpoint
from foundation.secrets import SecretLost
from hotfixes import judging
from hotfixes.git import mirror as mirrors
from hotfixes.git import names
from hotfixes.git.mirror import Update
from hotfixes.git.progress import Progress
from hotfixes.git.reader import Ref
from hotfixes.git.recalling import Recalling
from hotfixes.git.remote import Credential, Remote
from hotfixes.git.trouble import GitError, Trouble
from hotfixes.git_access import access
from hotfixes.judging.reading import remember
from hotfixes.models import Hotfix, Mirror
from hotfixes.observing import announcing
from hotfixes.observing.claim import RENEW_S, Claim, LeaseLost, claim_mirror
from hotfixes.observing.found import found_for
from hotfixes.observing.places import folder, position, seen_file
from hotfixes.observing.positions import observe
from products.models import Repository

log = structlog.get_logger(__name__)

OPEN_S, QUIET_S = 60, 15 * 60
# Trouble that only somebody can end is asked about less often, a hotfix under way or not.
STUCK_S = 5 * 60
HOPELESS = 3


def look_due() -> bool:
    """Looks at the repository that is due longest; whether there was one. Many may run at once, on many machines."""
    claim = claim_mirror()
    if claim is None:
        return False
    crashpoint("ingest.claimed")
    try:
        with heartbeat.working("git"):
            _look(claim)
        heartbeat.beat("git", 1)
    except LeaseLost:
        log.info("git.lease_lost", repository=claim.mirror.repository_id)
    return True


def remote(repository: Repository) -> Remote:
    """Raises GitError CREDENTIALS when the token's key is lost: it must be entered again."""
    try:
        token = repository.opened_token
    except SecretLost as lost:
        raise GitError(Trouble.CREDENTIALS, str(lost)) from None
    credential = Credential(token, repository.username or "x-access-token") if token else None
    return Remote(repository.url, access(), credential, tuple(repository.relaxed))


def _look(claim: Claim) -> None:
    repository = Repository.objects.select_related("mirror").get(pk=claim.mirror.repository_id)
    refs: Mapping[str, Ref] | None = None
    at = ""
    unread = list(Hotfix.objects.unread().filter(repository=repository).values_list("pk", flat=True))
    try:
        update, copy = _updated(repository, _Telling(claim))
    except GitError as problem:
        _troubled(claim, problem)
    else:
        refs = update.refs.by_name
        with transaction.atomic():
            claim.renew()
            seen_at = moment.now()
            moved = observe(repository, refs, seen_at, mirrors.Looking(copy.cli))
        crashpoint("ingest.observed")
        at = position(repository.pk)
        seen_file(repository.pk).write_text(at)
        remember(repository.pk, at, refs)
        _read(claim, repository, update, copy, seen_at, changed=bool(moved))
    mine = Hotfix.objects.for_page().filter(repository=repository)
    for hotfix in mine.watched() | mine.filter(pk__in=unread):
        judging.judge_with(hotfix, refs, at)


def _updated(repository: Repository, teller: "_Telling") -> tuple[Update, mirrors.Mirror]:
    """A copy that answers nonsense again and again is thrown away: the next fetch brings everything."""
    place = folder(repository.pk)
    if repository.mirror.failures >= HOPELESS and repository.mirror.trouble in (
        Trouble.CORRUPT,
        Trouble.UNKNOWN,
    ):
        mirrors.thrown_away(place)
    copy = mirrors.opened(place)
    there = remote(repository)
    try:
        return copy.update(there, tell=teller), copy
    except GitError as problem:
        if "mismatched algorithms" not in problem.detail:
            raise
    # Its ids have 64 digits (SHA-256), or have 40 again: a copy holds one kind.
    long = any(len(id) == 64 for id in there.listing().refs.values())
    mirrors.thrown_away(place)
    copy = mirrors.opened(place, bits=256 if long else 160)
    return copy.update(there, tell=teller), copy


def _read(
    claim: Claim,
    repository: Repository,
    update: Update,
    copy: mirrors.Mirror,
    at: datetime,
    *,
    changed: bool,
) -> None:
    found = found_for(
        repository, Recalling(copy.cli, str(copy.folder)), update.refs, claim.mirror.found, moved=changed
    )
    facts = {
        "found": found,
        "default_branch": _default_branch(repository, update),
        "state": Mirror.State.READY,
        "trouble": "",
        "detail": "",
        "trouble_since": None,
        "failures": 0,
        "percent": None,
        "phase": "",
        "looked_at": at,
        "good_at": at,
        "size": update.size,
        "refs": len(update.refs.by_name),
    }
    _store(claim, facts, at + timedelta(seconds=_pace(claim.mirror)))
    different = changed or found != claim.mirror.found
    announcing.changed(claim.mirror, was=claim.mirror.state, now=Mirror.State.READY, moved=different)


def _default_branch(repository: Repository, update: Update) -> str:
    """The other side's, by its short name; asked again only when the one that is known has gone."""
    known = repository.mirror.default_branch
    if not update.refs.by_name or names.HEADS + known in update.refs.by_name:
        return known
    try:
        return remote(repository).default_branch().removeprefix(names.HEADS)[:250]
    except GitError:
        return known


def _troubled(claim: Claim, problem: GitError) -> None:
    now = moment.now()
    mirror = claim.mirror
    facts = {
        "state": Mirror.State.TROUBLE,
        "trouble": str(problem.trouble),
        "detail": problem.detail,
        "trouble_since": mirror.trouble_since or now,
        "failures": F("failures") + 1,
        "percent": None,
        "phase": "",
        "looked_at": now,
    }
    wait = _pace(mirror) if problem.again else max(STUCK_S, _pace(mirror))
    _store(claim, facts, now + timedelta(seconds=wait))
    log.warning("git.trouble", repository=mirror.repository_id, trouble=str(problem.trouble))
    announcing.changed(mirror, was=mirror.state, now=Mirror.State.TROUBLE, moved=False)


def _store(claim: Claim, facts: Mapping[str, object], due_at: datetime) -> None:
    """A hint that came meanwhile makes it due at once. Raises LeaseLost."""
    row = Mirror.objects.filter(pk=claim.mirror.pk, lease_token=claim.token)
    if not row.update(lease_token=None, due_at=Coalesce(F("asked_at"), due_at), asked_at=None, **facts):
        raise LeaseLost


def _pace(mirror: Mirror) -> int:
    watched = Hotfix.objects.open().filter(repository=mirror.repository_id).exists()
    return OPEN_S if watched else QUIET_S


class _Telling:
    """Renews the lease while a fetch goes on, and shows how far it is; ends the fetch when the lease is lost."""

    def __init__(self, claim: Claim) -> None:
        self.claim = claim
        self.renewed = time.monotonic()
        self.shown = time.monotonic()

    def __call__(self, progress: Progress | None) -> None:
        now = time.monotonic()
        heartbeat.beat("git")
        if now - self.renewed >= RENEW_S:
            self.renewed = now
            self.claim.renew()
        if progress and now - self.shown >= 1:
            self.shown = now
            row = Mirror.objects.filter(pk=self.claim.mirror.pk, lease_token=self.claim.token)
            row.update(percent=progress.percent, phase=str(progress.phase))
            announcing.progress(self.claim.mirror)
