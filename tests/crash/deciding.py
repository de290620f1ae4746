"""Deaths while somebody decides, and while whoever decided is told to look again."""

from datetime import timedelta

from accounts.models import User
from foundation import moment
from hotfixes.decision.asking import ask
from hotfixes.decision.decide import decide
from hotfixes.models import Decision, Hotfix, Question
from incidents.models import Incident
from products.models import RoleHolder
from tests.crash.scenes import Scene, story, told
from tests.factories import join, make_user


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
        assert [one.number for one in Hotfix.objects.all()] == [1]


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


class Ask(Scene):
    """Whoever leads hears the question once."""

    act = "ask"

    def prepare(self) -> None:
        incident = self.opened()
        self.bob = make_user("bob@example.test", name="Bob")
        join(self.bob, self.world.product.team)
        self.facts = {"incident": incident.pk, "user": lister(self).pk, "to": self.bob.pk}

    def go_on(self) -> None:
        assert not Question.objects.exists()
        self.again()

    def check(self) -> None:
        assert story().count("asked") == Question.objects.count() == 1
        assert told("asked")["email"] == 1


class Answer(Ask):
    """And who asked hears the answer once."""

    act = "answer"

    def prepare(self) -> None:
        super().prepare()
        made = ask(Incident.objects.get(), by=self.world.ada, text="Is data lost?", to=self.bob)
        self.facts = {"question": made.pk, "user": self.bob.pk}

    def go_on(self) -> None:
        assert self.again() == "done"
        assert self.again() == "too late"

    def check(self) -> None:
        super().check()
        assert story().count("answered") == 1
        assert told("answered")["email"] == 1


def lister(scene: Scene) -> User:
    """Ada, listed as who decides."""
    RoleHolder.objects.get_or_create(
        product=scene.world.product, role="product_owner", user=scene.world.ada, defaults={"position": 1}
    )
    return scene.world.ada


SWEPT: dict[str, tuple[type[Scene], ...]] = {
    **dict.fromkeys(("verb.decide_checked", "verb.decide_recorded"), (Decide,)),
    "verb.asked": (Ask,),
    "verb.answered": (Answer,),
    **dict.fromkeys(("sweep.revisit_claimed", "sweep.revisit_told"), (Revisit,)),
}
