"""Deaths while something is brought out: a script's report, a version that a monitor reads, the releases that wait, and
the preview of what going back would undo (K55, K56, A38)."""

from pathlib import Path
from tempfile import mkdtemp

from foundation import moment
from hotfixes.decision.decide import decide
from hotfixes.deployments import holds, taken_back
from hotfixes.lifecycle.ending import abandon
from hotfixes.lifecycle.start import start
from hotfixes.models import Hotfix, Preview, Rollback
from hotfixes.preview import asking
from hotfixes.rollback import back
from incidents.lifecycle.declare import declare
from incidents.work.report import report
from products.models import Deployment, Hold, Product, VersionSeen
from products.versions_seen import Reading, read
from tests.crash.deciding import lister
from tests.crash.rolling_back import OPTION, GoneBack
from tests.crash.scenes import Scene, story, told
from tests.factories import make_product
from tests.hotfixes.checks.stories import KROW, NOTED, TAG, Story
from tests.hotfixes.observing.watched import connected
from tests.hotfixes.rollback.test_ways import deployed


class Report(Scene):
    """The last line of a deploy script, with a key: kept once with all that follows, or not at all."""

    act = "deployment"
    version = "0.1.1"

    def prepare(self) -> None:
        self.world.product.version = "0.1.0"
        self.world.product.save()
        deployed(self.world.product, "0.1.0", 100)
        start(self.opened(), by=self.world.ada)
        self.send()

    def send(self) -> None:
        body = {"product": self.world.product.slug, "environment": "production", "version": self.version}
        body["status"] = "succeeded"
        self.facts = {"token": self.world.token, "key": "once", "body": body}
        self.before = Deployment.objects.count()

    def go_on(self) -> None:
        assert Deployment.objects.count() == self.before
        assert [self.again(), self.again()] == [201, 200]
        self.again("look")

    def check(self) -> None:
        assert Deployment.objects.count() == self.before + 1
        assert story().count("deployed") == 1


class ReportBack(Report, GoneBack):
    """The version before, while a rollback is under way: the entry, the box and the row belong together."""

    version = "0.1.0"

    def prepare(self) -> None:
        GoneBack.prepare(self)
        self.send()

    def check(self) -> None:
        assert Deployment.objects.latest("pk").status == Deployment.Status.ROLLED_BACK
        assert story().count("rolled_back") == 1


class Read(Scene):
    """A version that a monitor reads and nobody reported."""

    act = "versions"

    def prepare(self) -> None:
        deployed(self.world.product, "0.1.0", 100)
        read([Reading(self.world.product.pk, "", "health", "0.1.1")], moment.now())

    def go_on(self) -> None:
        assert [self.again(), self.again()] == [1, 0]

    def check(self) -> None:
        assert list(Deployment.objects.filter(source="probe").values_list("version", flat=True)) == ["0.1.1"]
        assert not VersionSeen.objects.filter(handled_at=None).exists()


class Wait(Scene):
    """The rooms hear once that other releases wait."""

    act = "holds"
    key = holds.BEGUN

    def prepare(self) -> None:
        start(self.opened(), by=self.world.ada)

    def go_on(self) -> None:
        assert [self.again(), self.again()] == [1, 0]

    def check(self) -> None:
        assert told(self.key) == {"webhook": 1}
        assert Hold.objects.count() == 1


class Free(Wait):
    """And once that they need not any more."""

    key = holds.FREE

    def prepare(self) -> None:
        super().prepare()
        assert holds.keep() == 1
        abandon(Hotfix.objects.for_page().get(), by=self.world.ada, reason="Another way")


class TakenBack(Scene):
    """Another incident's rollback took the fix back: its timeline says so once, and the report is done with."""

    act = "taken_back"

    def prepare(self) -> None:
        deployed(self.world.product, "0.1.0", 100, handled_at=moment.now())
        Product.objects.filter(pk=self.world.product.pk).update(version="0.1.0")
        self.world.product.refresh_from_db()
        self.incident = self.opened()
        start(self.incident, by=self.world.ada)
        report(self.incident, "deployed", by=self.world.ada)
        assert taken_back.take_in() == 1
        other = self.opened()
        decide(other, by=lister(self), choice="rollback", option=OPTION, reason="Faster")
        back.say(Rollback.objects.get(), by=self.world.ada)

    def go_on(self) -> None:
        assert [self.again(), self.again()] == [1, 0]

    def check(self) -> None:
        assert story(self.incident).count("taken_back") == 1
        assert told("taken_back")["webhook"] == 1, told("taken_back")
        assert Hotfix.objects.get().taken_back_at == Rollback.objects.get().back_at
        assert not Deployment.objects.filter(handled_at=None).exists()


class Undoes(Scene):
    """What going back would undo, read by a worker in its copy: by the next one when that dies."""

    act = "preview"

    def prepare(self) -> None:
        made = Story.begun(Path(mkdtemp(prefix="nightdesk-crash-")))
        product = make_product(name="Krow", slug="krow", version="0.1.1")
        product.policy = {"version_files": KROW["version_files"]}
        product.repository = connected(product, made.repository.url)
        product.save()
        for version, hours in (("0.1.0", 100), ("0.1.1", 1)):
            deployed(product, version, hours)
        tip = made.commit(NOTED, "fix: sign-in fails\n", on="main")
        made.repository.tag(TAG, tip, "Release 0.1.1")
        severity = product.severities().first()
        incident = declare(product, by=self.world.ada, title="fails", severity=severity)
        self.again("look")
        asking.ask(incident)

    def go_on(self) -> None:
        Preview.objects.exclude(lease_token=None).update(look_at=moment.now())  # the lease is over
        assert self.again() is (self.place == "ingest.preview_claimed")

    def check(self) -> None:
        row = Preview.objects.get()
        assert (row.trouble, row.lease_token, row.look_at, row.data["count"]) == ("", None, None, 1)


SWEPT: dict[str, tuple[type[Scene], ...]] = {
    **dict.fromkeys(("ingest.deployment_stored", "ingest.deployment_followed"), (Report, ReportBack)),
    "ingest.version_followed": (Read,),
    "sweep.hold_begun": (Wait,),
    "sweep.hold_over": (Free,),
    **dict.fromkeys(("sweep.taken_back", "sweep.taken_back_told"), (TakenBack,)),
    **dict.fromkeys(("ingest.preview_claimed", "ingest.preview_kept"), (Undoes,)),
}
