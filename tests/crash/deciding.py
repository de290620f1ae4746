"""Deaths while somebody decides, and while whoever decided is told to look again (issue 6)."""

from datetime import timedelta

from accounts.models import User
from foundation import moment
from hotfixes.decision.decide import decide
from hotfixes.models import Decision
from products.models import RoleHolder
from tests.crash.scenes import Scene, story, told


class Decide(Scene):
    """One transaction: whoever died in it has decided nothing, and it is decided once after."""

    act = "decide"

    def prepare(self) -> None:
        self.facts = {"incident": self.opened().pk, "user": lister(self).pk}

    def go_on(self) -> None:
        assert Decision.objects.count() == 0
        assert self.again() == "done"
        assert self.again() == "too late"

    def check(self) -> None:
        assert story() == ["declared", "assigned", "decided", "hotfix_started"]
        made = Decision.objects.get()
        assert (made.number, made.superseded_at) == (1, None)


class Revisit(Scene):
    """Told once to who decided, whenever a ticker dies."""

    act = "revisit"

    def prepare(self) -> None:
        made = decide(self.opened(), by=lister(self), choice="mitigate", reason="Flag", revisit=True)
        Decision.objects.filter(pk=made.pk).update(revisit_at=moment.now() - timedelta(minutes=1))

    def go_on(self) -> None:
        self.again()
        self.again()

    def check(self) -> None:
        assert told("revisit")["email"] == 1
        assert Decision.objects.get().revisit_told_at is not None


def lister(scene: Scene) -> User:
    """Ada, listed as who decides."""
    RoleHolder.objects.get_or_create(
        product=scene.world.product, role="product_owner", user=scene.world.ada, defaults={"position": 1}
    )
    return scene.world.ada


SWEPT: dict[str, tuple[type[Scene], ...]] = {
    **dict.fromkeys(("verb.decide_checked", "verb.decide_recorded"), (Decide,)),
    **dict.fromkeys(("sweep.revisit_claimed", "sweep.revisit_told"), (Revisit,)),
}
