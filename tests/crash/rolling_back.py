"""Deaths while one goes back: begun, its boxes ticked, the version before recognised, ended (A37–A42, K138, K139)."""

from foundation import moment
from hotfixes.decision.decide import decide
from hotfixes.models import Rollback
from hotfixes.rollback import back
from incidents.lifecycle import exits
from incidents.models import Box, Incident, TimelineEvent
from incidents.work.report import report
from products.models import VersionSeen
from tests.crash.deciding import lister
from tests.crash.scenes import Scene, story
from tests.hotfixes.rollback.test_ways import deployed

OPTION = "redeploy_previous_tag"


class DecideBack(Scene):
    """The row, its boxes and the decision are one transaction."""

    act = "decide"

    def prepare(self) -> None:
        two_versions(self)
        self.facts = {
            "incident": self.opened().pk, "user": lister(self).pk, "choice": "rollback", "option": OPTION,
        }  # fmt: skip

    def go_on(self) -> None:
        assert not Rollback.objects.exists()
        assert self.again() == "done"
        assert self.again() == "too late"

    def check(self) -> None:
        assert story() == ["declared", "assigned", "decided", "rollback_started"]
        made = Rollback.objects.get()
        assert (made.from_version, made.to_version, made.steps.count()) == ("0.1.1", "0.1.0", 8)


class BeginByWord(Scene):
    """Somebody said that it has begun; the ticker makes the row, once."""

    act = "adopt"

    def prepare(self) -> None:
        two_versions(self)
        incident = self.opened()
        report(incident, "rollback_started", by=self.world.ada)

    def go_on(self) -> None:
        assert not Rollback.objects.exists()
        assert [self.again(), self.again()] == [1, 0]

    def check(self) -> None:
        assert story() == ["declared", "rollback_started"]
        assert Rollback.objects.get().steps.exists()


class GoneBack(Scene):
    """A rollback is under way."""

    def prepare(self) -> None:
        two_versions(self)
        incident = self.opened()
        decide(incident, by=lister(self), choice="rollback", option=OPTION, reason="Faster")
        self.facts = {"rollback": Rollback.objects.get().pk, "user": self.world.ada.pk}

    def go_on(self) -> None:
        assert self.again() == "done"
        assert self.again() == "too late"


class Tick(GoneBack):
    act = "tick"

    def check(self) -> None:
        assert story().count("attested") == 1
        assert [one.position for one in Rollback.objects.get().steps.exclude(state=Box.OPEN)] == [3]


class SayBack(GoneBack):
    act = "say_back"

    def check(self) -> None:
        assert story().count("rolled_back") == 1
        made = Rollback.objects.get()
        assert made.back_at == Incident.objects.get().events.get(kind="rolled_back").occurred_at
        assert made.steps.get(shown_by="back").state == Box.DONE


class Done(GoneBack):
    act = "end_rollback"

    def prepare(self) -> None:
        super().prepare()
        back.say(Rollback.objects.get(), by=self.world.ada)

    def check(self) -> None:
        assert [one.data["ended"] for one in of_kind("check_changed")] == [True]
        assert Rollback.objects.get().status == Rollback.Status.DONE


class DecideOtherwise(GoneBack):
    """A second decision ends it, in its own transaction."""

    act = "decide"

    def prepare(self) -> None:
        super().prepare()
        found = {"choice": "hotfix", "instead_of": 1, "user": self.world.ada.pk}
        self.facts = {"incident": Incident.objects.get().pk, **found}

    def go_on(self) -> None:
        assert Rollback.objects.get().status == Rollback.Status.OPEN
        super().go_on()

    def check(self) -> None:
        assert story().count("decided") == 2
        assert Rollback.objects.get().status == Rollback.Status.ABANDONED


class GoneWithItsIncident(GoneBack):
    """Its incident turns out to be none: the ticker ends it, once."""

    act = "rounds"

    def prepare(self) -> None:
        super().prepare()
        exits.decline(Incident.objects.for_page().get(), by=self.world.ada, reason="A false alarm")
        self.facts = {}

    def go_on(self) -> None:
        assert Rollback.objects.get().status == Rollback.Status.OPEN
        assert [self.again(), self.again()] == [1, 0]

    def check(self) -> None:
        assert story()[-1] == "declined"
        assert Rollback.objects.get().status == Rollback.Status.ABANDONED


class Recognise(GoneBack):
    """A service reports the version before: told once, its boxes ticked, whenever a ticker dies."""

    act = "rounds"

    def prepare(self) -> None:
        super().prepare()
        now = moment.now()
        self.facts = {}
        VersionSeen.objects.create(
            product=self.world.product, environment=self.world.product.environments.get(), where="health",
            version="0.1.0", since=now, seen_at=now,
        )  # fmt: skip

    def go_on(self) -> None:
        assert [self.again(), self.again()] == [1, 1]

    def check(self) -> None:
        assert story().count("rolled_back") == 1
        made = Rollback.objects.get()
        assert made.back_at is not None
        assert made.steps.get(shown_by="back").state == Box.DONE


def two_versions(scene: Scene) -> None:
    """0.1.0 ran, 0.1.1 came an hour ago."""
    deployed(scene.world.product, "0.1.0", 100)
    deployed(scene.world.product, "0.1.1", 1)


def of_kind(kind: str) -> list[TimelineEvent]:
    return list(Incident.objects.get().events.filter(kind=kind).select_related("payload").order_by("seq"))


LOOKED_AT = ("sweep.rollback_claimed", "sweep.rollback_recognised", "sweep.rollback_looked")
SWEPT: dict[str, tuple[type[Scene], ...]] = {
    "verb.rollback_begun": (DecideBack, BeginByWord),
    "verb.rollback_ticked": (Tick,),
    "verb.rollback_back": (SayBack,),
    "verb.rollback_ended": (Done, DecideOtherwise, GoneWithItsIncident),
    **dict.fromkeys(LOOKED_AT, (Recognise,)),
}
