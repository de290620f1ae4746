"""One delivery: whose it is, whether it is signed, whether it came before; then a hint, and nothing more.

Nothing that stands in it is evidence, so a replayed, reordered or invented one costs one look at most, and ten thousand
in a minute cost the same one look: a repository is asked for once, however often.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from accounts.limits import TooOften, count
from foundation import moment
from foundation.text import stripped
from hotfixes.forges.hooks import hint
from hotfixes.forges.signatures import Delivered, Refused, verified
from hotfixes.models import HookSeen, Mirror
from hotfixes.observing import asking
from products.models import Repository
from products.repository import Forge, hook_digest

KEPT_BODY = 64 * 1024
# More deliveries of one repository in a minute than these are hints like the others, and not kept.
KEPT_A_MINUTE = 600
KEPT_FOR = timedelta(days=90)
NEWS_EVERY = timedelta(seconds=2)
AT_ONCE = 5_000


@dataclass(frozen=True)
class Received:
    """`again`: this delivery was here before."""

    again: bool


def repository_of(key: str) -> Repository | None:
    """Found by the key's digest, so that time tells nothing of a key; one that no product uses has no door."""
    rows = Repository.objects.filter(hook_digest=hook_digest(key), products__archived_at=None)
    return rows.exclude(products=None).select_related("mirror").distinct().first()


def receive(repository: Repository, headers: Mapping[str, str], body: bytes) -> Received:
    """Raises Refused, and forges.hooks.Malformed for a signed body that cannot be read."""
    now = moment.now()
    if repository.forge == Forge.NONE:
        return _rung(repository, now)
    try:
        delivered, old = _verified(repository, headers, body, now)
    except Refused as refused:
        _note(repository, now, {"reason": refused.reason})
        raise
    said = hint(repository.forge, delivered.event, body)
    with transaction.atomic():
        again = not _kept(repository, delivered, body, now)
        _note(repository, now, {"event": stripped(said.what)[:80], "old": old})
        if not again:
            _ask(repository)
    return Received(again)


def _rung(repository: Repository, now: datetime) -> Received:
    """A script after a push to plain git signs nothing: the key in the address is its secret, its body is not read."""
    _note(repository, now, {"event": "", "old": False})
    _ask(repository)
    return Received(again=False)


def _verified(
    repository: Repository, headers: Mapping[str, str], body: bytes, now: datetime
) -> tuple[Delivered, bool]:
    """With the newest secret first: who still signs with the old one is told so on the page."""
    secrets = repository.hook_secrets
    try:
        return verified(repository.forge, headers, body, secrets[:1], now), False
    except Refused as refused:
        # From a plain token to a signed one, or back, what the old secret made has no signature of the new kind.
        if refused.reason not in ("wrong_signature", "no_signature") or len(secrets) < 2:
            raise
    return verified(repository.forge, headers, body, secrets[1:], now), True


def _kept(repository: Repository, delivered: Delivered, body: bytes, now: datetime) -> bool:
    """Whether it is new. In a flood nothing is written down: a repeat then costs one look."""
    if HookSeen.objects.filter(repository=repository, delivery=delivered.id).exists():
        return False
    try:
        count(f"hooks:{repository.pk}", KEPT_A_MINUTE)
    except TooOften:
        return True
    facts = {
        "event": delivered.event[:80],
        "sha256": hashlib.sha256(body).hexdigest(),
        "body": body if len(body) <= KEPT_BODY else b"",
        "received_at": now,
    }
    row = HookSeen(repository=repository, delivery=delivered.id, **facts)
    HookSeen.objects.bulk_create([row], ignore_conflicts=True)
    return True


def _ask(repository: Repository) -> None:
    """Unless a look that has not begun is asked for already."""
    mirror = getattr(repository, "mirror", None)
    if mirror and (mirror.asked_at or (mirror.lease_token is None and mirror.due_at <= moment.now())):
        return
    asking.fetch(repository)


def _note(repository: Repository, now: datetime, facts: dict[str, object]) -> None:
    """The last delivery, for the page; not more often than anybody could read it, unless the news is another."""
    mirror = getattr(repository, "mirror", None)
    if mirror is None:
        return
    before = mirror.hook
    same = {name: before.get(name) for name in ("reason", "event", "old")} == {
        name: facts.get(name) for name in ("reason", "event", "old")
    }
    if same and before.get("at", "") > (now - NEWS_EVERY).isoformat():
        return
    Mirror.objects.filter(pk=mirror.pk).update(hook={"at": now.isoformat(), **facts})


def forget_old() -> int:
    """Deliveries of more than 90 days ago; some thousands at a time."""
    old = HookSeen.objects.filter(received_at__lt=moment.now() - KEPT_FOR).values("pk")[:AT_ONCE]
    return HookSeen.objects.filter(pk__in=list(old.values_list("pk", flat=True))).delete()[0]
