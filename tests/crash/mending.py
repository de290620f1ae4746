"""Deaths while a hotfix begins, and while people say of its checks what stands."""

from hotfixes.lifecycle.start import start
from hotfixes.models import Hotfix, Override
from incidents.work.report import report
from tests.crash.scenes import Scene, story


class Begin(Scene):
    """The row and the entry belong together."""

    act = "start_hotfix"

    def prepare(self) -> None:
        self.facts = {"incident": self.opened().pk, "user": self.world.ada.pk}

    def go_on(self) -> None:
        assert not Hotfix.objects.exists()
        assert self.again() == "done"
        assert self.again() == "too late"

    def check(self) -> None:
        assert story() == ["declared", "hotfix_started"]
        assert Hotfix.objects.count() == 1


class BeginByWord(Scene):
    """Somebody said that it has begun; the ticker makes the row, once."""

    act = "adopt_hotfix"

    def prepare(self) -> None:
        report(self.opened(), "hotfix_started", by=self.world.ada)

    def go_on(self) -> None:
        assert not Hotfix.objects.exists()
        assert [self.again(), self.again()] == [1, 0]

    def check(self) -> None:
        assert story() == ["declared", "hotfix_started"]
        assert Hotfix.objects.count() == 1


class Waive(Scene):
    act = "waive"

    def prepare(self) -> None:
        made = start(self.opened(), by=self.world.ada)
        self.facts = {"hotfix": made.pk, "user": self.world.ada.pk}

    def go_on(self) -> None:
        assert not Override.objects.exists()
        assert self.again() == "done"
        assert self.again() == "too late"

    def check(self) -> None:
        assert story().count("overridden") == 1
        assert Override.objects.count() == 1


SWEPT: dict[str, tuple[type[Scene], ...]] = {
    "verb.hotfix_begun": (Begin, BeginByWord),
    "verb.check_said": (Waive,),
}
