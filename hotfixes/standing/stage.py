"""How far a hotfix is, in one word: by the events of its incident, which hold what git, forges and people showed."""

from collections.abc import Iterable
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from hotfixes.models import Hotfix
from incidents.models import TimelineEvent
from products.vocabulary import EventKind as Kind

STAGES: Final[dict[str, str | Promise]] = {
    "preparing": lazy("Preparing"),
    "branch": lazy("Branch made"),
    "fixing": lazy("Fix pushed"),
    "review": lazy("In review"),
    "approved": lazy("Approved"),
    "merged": lazy("Merged"),
    "tagged": lazy("Tagged"),
    "deploying": lazy("Being deployed"),
    "deployed": lazy("Deployed"),
    "verified": lazy("Verified"),
    "released": lazy("Released"),
    "abandoned": lazy("Abandoned"),
}
_ORDER: Final = list(STAGES)
_REACHES: Final = {
    Kind.BRANCH_SEEN: "branch",
    Kind.FIX_PUSHED: "fixing",
    Kind.REVIEW_REQUESTED: "review",
    Kind.APPROVED: "approved",
    Kind.MERGED: "merged",
    Kind.TAGGED: "tagged",
    Kind.DEPLOY_STARTED: "deploying",
    Kind.DEPLOYED: "deployed",
    Kind.SMOKE_PASSED: "verified",
    Kind.WATCH_MET: "verified",
}
# A setback goes back no further than to here, and never forward.
_BACK_TO: Final = {
    Kind.APPROVAL_DISMISSED: "review",
    Kind.DEPLOY_FAILED: "tagged",
    Kind.ROLLED_BACK: "tagged",
    Kind.TAKEN_BACK: "tagged",
    Kind.SMOKE_FAILED: "deployed",
    Kind.WATCH_FAILED: "deployed",
}


def stage_of(hotfix: Hotfix, events: Iterable[TimelineEvent]) -> str:
    """`events` of its incident, oldest first, those of other hotfixes among them."""
    if not hotfix.is_open:
        return str(hotfix.status)
    reached = 0
    for event in events:
        if not hotfix.is_meant(event):
            continue
        if event.kind in _REACHES:
            reached = max(reached, _ORDER.index(_REACHES[Kind(event.kind)]))
        elif event.kind in _BACK_TO:
            reached = min(reached, _ORDER.index(_BACK_TO[Kind(event.kind)]))
    return _ORDER[reached]


def is_named(stage: str) -> bool:
    """Whether it bears its version for all to see: a tag, or more."""
    return _ORDER.index(stage) >= _ORDER.index("tagged")


def words(stage: str, wrong: int, *, taken_back: bool = False, in_part: bool = False) -> str:
    """The stage as pages say it; `wrong`: how many things are not right, which nobody may overlook once it runs.
    `taken_back`: users are without it, whatever it reached; `in_part`: not all of them.
    """
    label = str(STAGES[stage])
    if taken_back:
        if in_part:
            return _("Taken back in part")
        return _("Released, then taken back") if stage == "released" else _("Taken back")
    if not wrong or _ORDER.index(stage) < _ORDER.index("deployed"):
        return label
    return _("%(stage)s, %(n)s not right") % {"stage": label, "n": wrong}
