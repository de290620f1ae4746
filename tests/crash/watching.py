"""Deaths while a watch is opened, looked at, made longer, begun anew, met or failed, and while people try and count."""

from datetime import timedelta

from foundation import moment
from hotfixes.models import SmokeTick, Tally, Watch, WatchSample
from hotfixes.watch import judging, smoke
from incidents.models import Clock, Incident
from incidents.work.report import report
from monitoring.models import Monitor, StatusChange
from tests.crash.scenes import Scene, story
from tests.factories import make_monitor


class Watching(Scene):
    """Two hours of good looks, and it is over."""

    act = "watch"
    ended = "watch_met"

    def prepare(self) -> None:
        incident = self.opened()
        now = moment.now()
        begun = now - timedelta(hours=2)
        Incident.objects.filter(pk=incident.pk).update(detected_at=begun - timedelta(hours=1))
        incident.refresh_from_db()
        monitor = make_monitor(self.world.product, interval_s=600)
        Monitor.objects.update(due_at=now + timedelta(days=1))
        report(incident, "deployed", by=self.world.ada, at=begun)
        report(incident, "smoke_passed", by=self.world.ada, at=begun)
        self.watch, self.target = Watch.objects.get(), monitor.targets.get()
        at = [begun + timedelta(minutes=10 * n) for n in range(13)]
        looks = [WatchSample(watch=self.watch, target=self.target, at=one, verdict="good") for one in at]
        WatchSample.objects.bulk_create(self.seen(looks))
        Watch.objects.update(look_at=now)

    def seen(self, looks: list[WatchSample]) -> list[WatchSample]:
        return looks

    def go_on(self) -> None:
        Watch.objects.exclude(look_at=None).update(look_at=moment.now())
        self.again()

    def check(self) -> None:
        assert [kind for kind in story() if kind.startswith("watch_")] == ["watch_opened", self.ended]
        met = self.ended == "watch_met"
        watch = Watch.objects.get()
        assert (watch.state, watch.restarts) == (("met", 0) if met else ("running", 1))
        clock = Clock.objects.get(key="watch")
        assert clock.reading(moment.now()).state == ("met" if met else "breached")


class WatchFails(Watching):
    """The last look says down, and the monitor says so too: told once, and the count begins anew once."""

    ended = "watch_failed"

    def seen(self, looks: list[WatchSample]) -> list[WatchSample]:
        looks[-2].verdict, looks[-2].confirmed = "bad", True
        return looks[:-1]


class LookKept(Scene):
    """A look at what is watched: kept with what it changes, or not at all, and then looked again."""

    act = "probe"

    def prepare(self) -> None:
        incident = self.opened()
        report(incident, "deployed", by=self.world.ada)
        make_monitor(self.world.product, target=f"{self.world.broken.url}/health", fail_after=1)

    def go_on(self) -> None:
        assert not WatchSample.objects.exists()
        Monitor.objects.update(due_at=moment.now())
        assert self.again() == 1

    def check(self) -> None:
        kept = WatchSample.objects.get()
        assert (kept.verdict, kept.confirmed) == ("bad", True)
        assert [change.state for change in StatusChange.objects.all()] == ["down"]


class WatchExtends(Watching):
    """An hour without a look: told once, and it goes on for so much longer."""

    ended = "watch_extended"

    def seen(self, looks: list[WatchSample]) -> list[WatchSample]:
        return [*looks[:4], *looks[9:]]

    def check(self) -> None:
        assert [kind for kind in story() if kind.startswith("watch_")] == ["watch_opened", self.ended]
        watch = Watch.objects.get()
        assert (watch.state, watch.restarts, watch.extended_s) == ("running", 0, 3600)


class WatchBeginsAnew(WatchFails):
    """All is well again after the failure: the time counts again, once."""

    def seen(self, looks: list[WatchSample]) -> list[WatchSample]:
        looks[5].verdict, looks[5].confirmed = "bad", True
        return looks[:7]

    def prepare(self) -> None:
        super().prepare()
        assert judging.judge_due() == 1
        WatchSample.objects.create(watch=self.watch, target=self.target, at=moment.now(), verdict="good")
        Watch.objects.update(look_at=moment.now())

    def check(self) -> None:
        told = [kind for kind in story() if kind.startswith("watch_")]
        assert told == ["watch_opened", "watch_failed", "watch_opened"]
        watch = Watch.objects.get()
        assert (watch.state, watch.restarts, watch.facts["failed"]) == ("running", 1, None)
        assert watch.counts_from is not None


class WatchRelapses(Watching):
    """It went well, and within the day it is down again: told once."""

    def prepare(self) -> None:
        super().prepare()
        assert judging.judge_due() == 1
        Watch.objects.update(look_at=moment.now())
        StatusChange.objects.create(target=self.target, was="up", state="down", at=moment.now())

    def check(self) -> None:
        told = [kind for kind in story() if kind.startswith("watch_")]
        assert told == ["watch_opened", "watch_met", "watch_failed"]
        assert (Watch.objects.get().state, Watch.objects.get().look_at) == ("failed", None)


class WatchOpens(Scene):
    """The row is there with the deployment's entry, or neither is."""

    act = "say"

    def prepare(self) -> None:
        self.facts = {"incident": self.opened().pk, "user": self.world.ada.pk, "kind": "deployed"}

    def go_on(self) -> None:
        assert not Watch.objects.exists()
        assert self.again() == "done"
        assert self.again() == "too late"

    def check(self) -> None:
        assert story() == ["declared", "hotfix_started", "deployed"]
        assert Watch.objects.get().kept_from == Incident.objects.get().events.get(kind="deployed").occurred_at


class Try(Scene):
    """What was tried is kept with its entry."""

    act = "smoke"

    def prepare(self) -> None:
        incident = self.opened()
        report(incident, "deployed", by=self.world.ada)
        results = dict.fromkeys(smoke.wanted(incident), True)
        self.facts = {"incident": incident.pk, "user": self.world.ada.pk, "results": results}

    def go_on(self) -> None:
        assert not SmokeTick.objects.exists()
        self.again()

    def check(self) -> None:
        assert story().count("smoke_passed") == 1
        assert SmokeTick.objects.count() == len(self.facts["results"])


class Count(Scene):
    """By script with a key: counted once, however often it is sent."""

    act = "count"

    def prepare(self) -> None:
        incident = self.opened()
        report(incident, "deployed", by=self.world.ada)
        since = (moment.now() - timedelta(minutes=5)).isoformat()
        body = {"incident": incident.ref, "kind": "errors", "count": 3, "since": since}
        self.facts = {"token": self.world.token, "key": "once", "body": body}

    def go_on(self) -> None:
        assert not Tally.objects.exists()
        assert [self.again(), self.again()] == [201, 200]

    def check(self) -> None:
        assert Tally.objects.get().count == 3


SWEPT: dict[str, tuple[type[Scene], ...]] = {
    **dict.fromkeys(("watch.claimed", "watch.committed"), (Watching, WatchFails)),
    "watch.told": (Watching, WatchFails, WatchExtends, WatchBeginsAnew, WatchRelapses),
    "watch.kept": (LookKept,),
    "watch.opened": (WatchOpens,),
    "watch.tried": (Try,),
    "watch.counted": (Count,),
}
