"""Whether a hotfix is about the versions that are known by now: somebody may have corrected what is in production."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from hotfixes.lifecycle import counting
from hotfixes.models import Hotfix
from hotfixes.standing.stage import is_named


@dataclass(frozen=True)
class Differs:
    """`old` is to be mended by now, `new` what would follow, "" where nobody can count it up."""

    sentence: str
    old: str
    new: str


def differs(hotfix: Hotfix, stage: str) -> Differs | None:
    """None where it is about the right ones, or bears its version already."""
    if not hotfix.is_open or is_named(stage):
        return None
    runs = counting.runs_in(hotfix.incident, hotfix.product)
    words = {"runs": runs, "old": hotfix.old_version, "new": hotfix.new_version}
    if not hotfix.new_version:
        said = _("Nobody has said which version it brings: branch and tag have no names yet.")
        return Differs(said, runs or hotfix.old_version, _counted(hotfix, runs))
    if hotfix.base_tag or not runs or runs in (hotfix.old_version, hotfix.new_version):
        return None
    said = _("It mends %(old)s and brings %(new)s, but %(runs)s is what to mend by now.") % words
    return Differs(said, runs, _counted(hotfix, runs))


def _counted(hotfix: Hotfix, runs: str) -> str:
    return counting.counted(runs, hotfix.rules, hotfix.product, but=hotfix)
