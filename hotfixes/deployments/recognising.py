"""Whether what was brought out is a rollback: an older version again, whoever says so. Pure but for Remedies.of."""

from collections.abc import Iterable
from dataclasses import dataclass

from hotfixes.models import Hotfix, Rollback
from products.models import Deployment, Environment, Product
from products.running import Running
from products.versions import bare, lower

Status, Stage = Deployment.Status, Deployment.Stage


def settled(status: str, stage: str, percent: int | None) -> str:
    """The status that a stage of a store stands for: deployed is what somebody can get. A failure stays one."""
    if not stage or status == Status.FAILED:
        return status
    if stage == Stage.HALTED:
        return Status.ROLLED_BACK
    return Status.SUCCEEDED if stage == Stage.RELEASED and percent != 0 else Status.STARTED


def recognised(status: str, version: str, before: Running, *, remedies: "Remedies") -> str:
    """`status`, or rolled_back where an older version has ended up there again."""
    if status != Status.SUCCEEDED or not before.version or bare(version) == bare(before.version):
        return status
    if bare(version) in remedies.back_to:
        return Status.ROLLED_BACK
    # Taken back by name, and now brought out again: what was guessed to run meanwhile is no measure.
    if before.guessed and before.by and bare(before.by.version) == bare(version):
        return status
    # A fix of an older line that goes out for the first time is lower, and no way back.
    fall = lower(version, before.version) is True and bare(version) not in remedies.new
    return Status.ROLLED_BACK if fall else status


def unclear(version: str, was: str) -> bool:
    """Whether nobody can tell by the numbers which of both is the newer one."""
    return bool(was) and bare(version) != bare(was) and lower(version, was) is None


@dataclass(frozen=True)
class Remedies:
    """Which versions the open remedies of a product bring: `new` by hotfixes, for the first time; `back_to` by
    rollbacks.
    """

    new: frozenset[str] = frozenset()
    back_to: frozenset[str] = frozenset()

    @classmethod
    def of(cls, product: Product, place: Environment) -> "Remedies":
        """Three queries."""
        fixes = Hotfix.objects.open().filter(product=product).exclude(new_version="")
        ways = Rollback.objects.open().filter(product=product).exclude(to_version="")
        done = Deployment.objects.filter(environment=place, status=Status.SUCCEEDED)
        ran = _bare(done.values_list("version", flat=True).distinct())
        new = _bare(fixes.values_list("new_version", flat=True))
        return cls(new - ran, _bare(ways.values_list("to_version", flat=True)))


def _bare(versions: Iterable[str]) -> frozenset[str]:
    return frozenset(bare(one) for one in versions)
