"""A forge beside the repository of an open incident: boxes, timeline, deployments, what is written back."""

import copy
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.test import override_settings

from foundation.secrets import seal
from hotfixes.models import ForgeReading
from products.models import Deployment, Environment, Product, Repository
from tests.hotfixes.checks.stories import BASE, BRANCH
from tests.hotfixes.forges.playing import Forge, forge, saying
from tests.hotfixes.forges.state import TAG, TOKEN, State
from tests.hotfixes.observing.house import House
from tests.hotfixes.observing.watched import Watched


class Beside:
    """The forge's clock is the machine's."""

    def __init__(self, watched: Watched, found: Forge) -> None:
        self.watched, self.forge = watched, found
        repository = watched.product.repository
        assert repository is not None
        repository.forge, repository.web_url = found.kind, found.url
        repository.token = seal(TOKEN)
        repository.write_back = True
        repository.save()
        self.hotfix = watched.hotfix()

    @property
    def state(self) -> State:
        self.forge.state.at = datetime.now(UTC) - timedelta(minutes=1)
        return self.forge.state

    @property
    def tip(self) -> str:
        return self.watched.story.repository.tips[f"refs/heads/{BRANCH}"]

    def look(self) -> dict[str, str]:
        self.watched.look()
        return self.watched.verdicts(self.hotfix)


@pytest.fixture(scope="module")
def house(undone: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House[Beside]]:
    """On GitHub; the fix is pushed and seen."""
    disk = tmp_path_factory.mktemp("house") / "disk"
    disk.mkdir()
    allowed = {"NIGHTDESK_GIT_PROTOCOLS": ("file", "http"), "NIGHTDESK_WEBHOOK_NETWORKS": ["127.0.0.0/8"]}
    with override_settings(**allowed, NIGHTDESK_DATA=disk / "data"), forge("github") as found:
        beside = Beside(Watched.begun(disk), found)
        beside.watched.story.whole_fix()
        beside.look()
        yield House.of(beside, disk)


@pytest.fixture
def beside(house: House[Beside], db: None) -> Iterator[Beside]:
    found = house.made.forge
    before = copy.deepcopy(vars(found))
    yield house.untouched(found)
    vars(found).update(before)


def test_the_boxes_that_only_a_forge_can_tick(beside: Beside) -> None:
    """K106, K107, K115: review asked for, approved, released; each once on the timeline."""
    assert beside.watched.verdicts(beside.hotfix)["review_requested"] == "PENDING"
    pull = beside.state.open(beside.tip)
    assert beside.look()["review_requested"] == "PASS"
    review = beside.state.review(pull, "ben")
    assert beside.look()["approval"] == "PASS"
    beside.state.run("tests", beside.tip)
    assert beside.look()["tests_passed"] == "PASS"
    beside.watched.story.fast_forward()
    beside.state.merge(pull)
    beside.watched.story.tag(beside.tip)
    beside.state.release(TAG)
    assert beside.look()["release_published"] == "PASS"
    boxes = beside.watched.boxes(beside.hotfix.incident)
    ticked = ("review_requested", "approval", "tests_passed", "release_published")
    assert {key: boxes[key] for key in ticked} == dict.fromkeys(ticked, "done")
    kinds = beside.watched.kinds(beside.hotfix.incident)
    told = ("review_requested", "approved", "merged", "released")
    assert [kind for kind in kinds if kind in told] == list(told)
    assert review.by in beside.watched.summary(beside.hotfix, "approval")


@pytest.mark.parametrize("kind", ["gitlab", "gitea"])
def test_another_forge_ticks_them_too(beside: Beside, kind: str) -> None:
    """What each says in its own words: tests/hotfixes/checks."""
    beside.forge.kind = kind
    Repository.objects.update(forge=kind)
    beside.state.review(beside.state.open(beside.tip), "ben")
    beside.state.run("tests", beside.tip)
    found = beside.look()
    assert {found[key] for key in ("review_requested", "approval", "tests_passed")} == {"PASS"}


def test_a_dismissal_is_told(beside: Beside) -> None:
    pull = beside.state.open(beside.tip)
    review = beside.state.review(pull, "ben")
    assert beside.look()["approval"] == "PASS"
    beside.state.dismiss(review)
    assert beside.look()["approval"] == "FAIL"
    assert "approval_dismissed" in beside.watched.kinds(beside.hotfix.incident)


def test_a_forge_that_is_away_makes_nobody_believe_anything(beside: Beside) -> None:
    beside.state.review(beside.state.open(beside.tip), "ben")
    assert beside.look()["approval"] == "PASS"
    beside.forge.instead = saying(503, {})
    verdicts = beside.look()
    assert (verdicts["approval"], verdicts["branch_name"]) == ("UNKNOWN", "PASS")
    beside.forge.instead = None
    assert beside.look()["approval"] == "PASS"


def test_who_asks_us_to_wait_is_left_alone(beside: Beside) -> None:
    beside.forge.instead = saying(429, {}, **{"Retry-After": "600"})
    beside.look()
    count = len(beside.forge.seen)
    beside.look()
    assert len(beside.forge.seen) == count
    assert ForgeReading.objects.get(hotfix=beside.hotfix).trouble == "rate_limited"


def test_what_is_written_there_and_only_when_it_changes(beside: Beside) -> None:
    beside.state.open(beside.tip)
    beside.look()
    beside.look()
    [comment] = beside.state.comments
    assert comment["body"].startswith(f"<!-- nightdesk:{beside.hotfix.ref} -->")
    last = beside.state.statuses[-1]
    assert (last["name"], last["head"], last["text"].startswith("Nightdesk: ")) == (
        "nightdesk",
        beside.tip,
        True,
    )
    written = [path for method, path, _code in beside.forge.seen if method != "GET"]
    beside.look()
    assert [path for method, path, _code in beside.forge.seen if method != "GET"] == written


def test_its_deployments_become_ours_once(beside: Beside) -> None:
    """K56."""
    place, _made = Environment.objects.get_or_create(
        product=Product.objects.get(pk=beside.watched.product.pk),
        slug="production",
        defaults={"kind": "production"},
    )
    beside.watched.story.fast_forward()
    beside.watched.story.tag(beside.tip)
    beside.state.deploy(beside.tip, "success")
    beside.look()
    beside.look()
    rows = [(one.environment, one.status, one.hotfix) for one in Deployment.objects.filter(source="forge")]
    assert rows == [(place, "succeeded", beside.hotfix.ref)]


def test_the_tag_before_brought_out_again_is_a_rollback(beside: Beside) -> None:
    """A39, K56."""
    product = Product.objects.get(pk=beside.watched.product.pk)
    Environment.objects.get_or_create(product=product, slug="production", defaults={"kind": "production"})
    beside.watched.story.fast_forward()
    beside.watched.story.tag(beside.tip)
    beside.state.deploy(beside.tip, "success")
    beside.look()
    base = beside.hotfix.old_version
    beside.state.deploy("b" * 40, "success", ref=BASE)
    beside.look()
    beside.look()
    rows = Deployment.objects.filter(source="forge").order_by("pk")
    assert [(one.version, one.status) for one in rows] == [("0.1.1", "succeeded"), (base, "rolled_back")]
    assert beside.watched.kinds(beside.hotfix.incident).count("rolled_back") == 1


def test_the_token_is_in_no_row(beside: Beside) -> None:
    kept = ForgeReading.objects.get(hotfix=beside.hotfix)
    assert kept.read_at is not None
    assert TOKEN not in f"{kept.data}{kept.etags}{kept.detail}{kept.said}"
