"""How well a hotfix's repository is known at this moment: a first copy, trouble, when it was looked at last."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from hotfixes.models import Hotfix, Mirror

PHASES: dict[str, str | Promise] = {
    "preparing": _("The other side prepares it"),
    "receiving": _("It arrives"),
    "resolving": _("It is put together"),
}


@dataclass(frozen=True)
class RepositoryState:
    """`looking`: somebody asked, or the time has come, and the answer is on its way: the page asks again soon."""

    url: str
    first: bool
    percent: int
    phase: str
    looking: bool
    trouble: str
    detail: str
    since: datetime | None
    good_at: datetime | None


def repository_state(hotfix: Hotfix, now: datetime) -> RepositoryState | None:
    """None for a hotfix without a repository."""
    if hotfix.repository is None:
        return None
    mirror = getattr(hotfix.repository, "mirror", None) or Mirror(due_at=now)
    looking = mirror.lease_token is not None or mirror.asked_at is not None or mirror.due_at <= now
    judging = hotfix.look_at is not None and hotfix.look_at <= now
    return RepositoryState(
        url=hotfix.repository.url,
        first=mirror.state == Mirror.State.NEW,
        percent=mirror.percent or 0,
        phase=str(PHASES.get(mirror.phase, PHASES["preparing"])),
        looking=hotfix.is_open and (looking or judging),
        trouble=mirror.sentence if mirror.state == Mirror.State.TROUBLE else "",
        detail=mirror.detail if mirror.state == Mirror.State.TROUBLE else "",
        since=mirror.trouble_since,
        good_at=mirror.good_at,
    )
