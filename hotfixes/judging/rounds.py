"""One round over a hotfix: put together what is known, ask the checks, keep what changed.

Git is asked outside of any transaction. The lease decides who may write; who has lost it writes nothing.
"""

import uuid
from collections.abc import Mapping
from datetime import timedelta

import structlog

from foundation import heartbeat, moment
from foundation.crash import crashpoint
from hotfixes.checks import CHECKS, Result, evaluate
from hotfixes.checks import git as git_family
from hotfixes.checks.remembering import Remembering
from hotfixes.git.reader import GitReader, Ref
from hotfixes.git.unreadable import NOWHERE
from hotfixes.judging import answers, reading
from hotfixes.judging.surroundings import context
from hotfixes.models import Hotfix
from hotfixes.observing import asking, forge, forge_words
from hotfixes.observing.claim import LEASE_S, LeaseLost, claim_hotfixes
from hotfixes.observing.places import position

log = structlog.get_logger(__name__)

BATCH = 10
GIT = frozenset(check.__name__ for check in git_family.FAMILY)
# How long to wait for the look that is under way, should its worker die.
AGAIN_S = 5


@heartbeat.working("judge")
def judge_due() -> bool:
    """Judges what something was said about; whether there was any."""
    token, hotfixes = claim_hotfixes(BATCH)
    for hotfix in hotfixes:
        _attempt(hotfix, token)
        heartbeat.beat("judge", 1)
    return bool(hotfixes)


def _attempt(hotfix: Hotfix, token: uuid.UUID) -> None:
    """A hotfix that cannot be judged holds up no other; the next round comes with the lease's end."""
    try:
        judge(hotfix, token)
    except LeaseLost:
        log.info("hotfix.lease_lost", hotfix=hotfix.ref)
    except Exception:
        log.exception("hotfix.not_judged", hotfix=hotfix.ref)


def judge(hotfix: Hotfix, token: uuid.UUID) -> None:
    """By this machine's copy. While that is being fetched, or older than what was seen, the look that brings it will
    judge. Raises LeaseLost.
    """
    missing = reading.nothing_to_read(hotfix)
    if missing is not None:
        _round(hotfix, token, NOWHERE, given=dict.fromkeys(GIT, missing))
    elif reading.is_here(hotfix):
        _round(hotfix, token, reading.reader(hotfix), refs=reading.shown(hotfix))
    elif hotfix.repository:
        asking.fetch(hotfix.repository)
        later = moment.now() + timedelta(seconds=AGAIN_S)
        Hotfix.objects.filter(pk=hotfix.pk, lease_token=token).update(look_at=later, lease_token=None)


def judge_with(hotfix: Hotfix, refs: Mapping[str, Ref] | None, at: str = "") -> None:
    """Right after a look at its repository, which showed `refs` at this position (None: it ended in trouble). When
    another look has seen more meanwhile, what it saw counts; on another machine it judges itself.
    """
    if refs is not None and position(hotfix.repository_id or 0) != at:
        if not reading.is_new(hotfix):
            return
        refs = reading.shown(hotfix)
    token = uuid.uuid4()
    end = moment.Read() + timedelta(seconds=LEASE_S)
    Hotfix.objects.filter(pk=hotfix.pk).update(lease_token=token, look_at=end)
    try:
        _round(hotfix, token, reading.reader(hotfix), refs=refs, ask_forge=True)
    except LeaseLost:
        log.info("hotfix.lease_lost", hotfix=hotfix.ref)
    except Exception:
        log.exception("hotfix.not_judged", hotfix=hotfix.ref)


def _round(
    hotfix: Hotfix,
    token: uuid.UUID,
    reader: GitReader,
    *,
    refs: Mapping[str, Ref] | None = None,
    given: Mapping[str, Result] | None = None,
    ask_forge: bool = False,
) -> None:
    """`given`: answers that need no question."""
    crashpoint("ingest.judging")
    seq = hotfix.incident.timeline_seq
    # One memory for all that is asked of git in a round: the checks, the milestones, what stands beside them.
    known = context(hotfix, reader if reader is NOWHERE else Remembering(reader), refs)
    if ask_forge:
        known = forge.consulted(hotfix, known)
    asked = [key for key in CHECKS if key not in (given or {})]
    results = {**evaluate(known, asked), **(given or {})}
    crashpoint("ingest.judged")
    answers.store(hotfix, token, known, results, seq=seq, asked=asked)
    if ask_forge:
        forge_words.say(hotfix, known, results)
