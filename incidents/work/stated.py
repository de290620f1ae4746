"""The remedy's facts that a person may state, in what order they make sense, and how people say them. Pure."""

from collections.abc import Mapping
from types import MappingProxyType

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as lazy

from products.vocabulary import EventKind as Kind

# The way of a fix, in order: what happens again further up makes everything below it possible again.
WAY = (
    Kind.HOTFIX_STARTED, Kind.BRANCH_SEEN, Kind.FIX_PUSHED, Kind.REVIEW_REQUESTED, Kind.APPROVED, Kind.MERGED,
    Kind.TAGGED, Kind.DEPLOYED, Kind.SMOKE_PASSED, Kind.WATCH_MET, Kind.RELEASED,
)  # fmt: skip
SETBACKS = (
    Kind.ROLLBACK_STARTED, Kind.ROLLED_BACK, Kind.TAKEN_BACK, Kind.DEPLOY_FAILED, Kind.SMOKE_FAILED,
    Kind.WATCH_FAILED, Kind.APPROVAL_DISMISSED, Kind.REOPENED,
)  # fmt: skip
# A slip of the thumb must not say these: a page asks once more.
ASKED_AGAIN = frozenset({Kind.APPROVED, Kind.DEPLOYED})
BEGUN = (Kind.HOTFIX_STARTED, Kind.ROLLBACK_STARTED)

# What can be stated, and how a person says it.
SAID: Mapping[str, str | Promise] = MappingProxyType(
    {
        Kind.HOTFIX_STARTED: lazy("The hotfix has begun"),
        Kind.BRANCH_SEEN: lazy("The branch is made"),
        Kind.FIX_PUSHED: lazy("The fix is pushed"),
        Kind.REVIEW_REQUESTED: lazy("The review is asked for"),
        Kind.APPROVED: lazy("It is approved"),
        Kind.MERGED: lazy("It is merged"),
        Kind.TAGGED: lazy("The tag is made"),
        Kind.DEPLOYED: lazy("It is deployed"),
        Kind.SMOKE_PASSED: lazy("Smoke tests passed"),
        Kind.WATCH_MET: lazy("The watch is over, all is well"),
        Kind.RELEASED: lazy("The release is published"),
        Kind.DEPLOY_FAILED: lazy("The deployment failed"),
        Kind.SMOKE_FAILED: lazy("Smoke tests failed"),
        Kind.WATCH_FAILED: lazy("The watch showed a fault"),
        Kind.ROLLBACK_STARTED: lazy("The rollback has begun"),
        Kind.ROLLED_BACK: lazy("It is rolled back"),
    }
)


def possible(kind: str, kinds: list[str]) -> bool:
    """Pure: whether `kind` may be stated after `kinds`, oldest first: never yet, or not since it became new again."""
    if kind not in kinds:
        return True
    since = kinds[len(kinds) - kinds[::-1].index(kind) :]
    if kind in WAY:
        again = {*WAY[: WAY.index(Kind(kind))], *SETBACKS}
    else:
        again = {*WAY, Kind.REOPENED, Kind.ROLLBACK_STARTED} - {Kind(kind)}
    return bool(again & set(since))
