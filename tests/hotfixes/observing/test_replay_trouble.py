"""Trouble between the app and a repository: it shows as itself, turns checks UNKNOWN and never PASS, and ends by itself
without a second entry on the timeline (K20, K50, K51, K110).
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from django.test import override_settings
from pytest_django.fixtures import Settings

from hotfixes.git import mirror as mirrors
from hotfixes.git.limits import LIST
from hotfixes.git.recalling import MEMORY
from hotfixes.git.remote import Remote
from hotfixes.judging import judge_due
from hotfixes.models import Mirror, RefObservation
from hotfixes.observing import asking
from hotfixes.observing.looking import look_due
from hotfixes.observing.places import folder
from tests.hotfixes.checks.stories import BEFORE, BRANCH
from tests.hotfixes.git.serving import TOKEN, served, silent, talking
from tests.hotfixes.observing.house import House
from tests.hotfixes.observing.over import ALLOWED, Over
from tests.hotfixes.observing.watched import Watched
from tests.hotfixes.shapes.states import CHANGELOG, GIT, MERGED, only_git

QUIET = ("release_notes", "manifest_version")


@pytest.fixture(scope="module")
def house(undone: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House[Over]]:
    """The story up to its whole fix, looked at."""
    disk = tmp_path_factory.mktemp("house") / "disk"
    disk.mkdir()
    with override_settings(**ALLOWED, NIGHTDESK_DATA=disk / "data"):
        watched = Watched.begun(disk)
        with served(watched.story.repository.path.parent) as site:
            yield House.of(Over.begun(watched, site), disk)


@pytest.fixture
def over(house: House[Over], db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Over]:
    site = house.made.site
    site.token, site.instead = TOKEN, None
    made = house.untouched(site)
    with monkeypatch.context() as made.patch:
        yield made


@contextmanager
def nobody_there(over: Over) -> Iterator[None]:
    over.at("http://127.0.0.1:9/product.git")
    yield
    over.at(f"{over.site.url}/product.git")


@contextmanager
def token_revoked(over: Over) -> Iterator[None]:
    over.site.token = "another"
    yield
    over.site.token = TOKEN


@contextmanager
def repository_deleted(over: Over) -> Iterator[None]:
    over.at(f"{over.site.url}/gone.git")
    yield
    over.at(f"{over.site.url}/product.git")


@contextmanager
def host_failing(over: Over) -> Iterator[None]:
    def answer(handler: object) -> bool:
        handler.send_error(503)  # type: ignore[attr-defined]
        return True

    over.site.instead = answer
    yield
    over.site.instead = None


@contextmanager
def host_silent(over: Over) -> Iterator[None]:
    over.patch.setattr(Remote.listing, "__defaults__", (replace(LIST, wall_s=1), None))
    with talking(silent) as port:
        over.at(f"http://127.0.0.1:{port}/product.git")
        yield
    over.at(f"{over.site.url}/product.git")


@contextmanager
def quota_used_up(over: Over) -> Iterator[None]:
    usual = {"bits": 160, "quota": mirrors.QUOTA}
    over.patch.setattr(mirrors.opened, "__kwdefaults__", usual | {"quota": 1})
    yield
    over.patch.setattr(mirrors.opened, "__kwdefaults__", usual)


@contextmanager
def host_moved_away(over: Over) -> Iterator[None]:
    def answer(handler: object) -> bool:
        handler.send_response(301)  # type: ignore[attr-defined]
        handler.send_header("Location", "http://169.254.169.254/latest/")  # type: ignore[attr-defined]
        handler.end_headers()  # type: ignore[attr-defined]
        return True

    over.site.instead = answer
    yield
    over.site.instead = None


type Break = Callable[[Over], "object"]


@pytest.mark.parametrize(
    ("trouble", "broken"),
    [
        ("unreachable", nobody_there),
        ("credentials_refused", token_revoked),
        ("not_a_repository", repository_deleted),
        ("remote_failed", host_failing),
        ("timeout", host_silent),
        ("too_big", quota_used_up),
        ("redirected", host_moved_away),
    ],
)
def test_trouble_shows_as_itself_and_ends_by_itself(over: Over, trouble: str, broken: Break) -> None:
    assert over.verdicts == only_git(CHANGELOG)
    before, boxes = over.kinds, over.watched.boxes(over.hotfix.incident)
    with broken(over):  # type: ignore[attr-defined]
        over.watched.story.fast_forward()
        over.watched.look()
        over.watched.look()
        assert (over.mirror.state, over.mirror.trouble) == ("trouble", trouble)
        assert over.mirror.sentence
        assert TOKEN not in over.mirror.detail
        assert over.mirror.lease_token is None
        assert {over.verdicts[key] for key in GIT if key not in QUIET} == {"UNKNOWN"}
        assert over.kinds == before
        # What was proven and told stays ticked: not knowing takes nothing back.
        assert over.watched.boxes(over.hotfix.incident) == boxes
    over.watched.look()
    assert (over.mirror.state, over.mirror.trouble, over.mirror.failures) == ("ready", "", 0)
    assert over.verdicts == only_git(MERGED)
    assert [kind for kind in over.kinds if kind != "check_changed"] == [
        *(kind for kind in before if kind != "check_changed"),
        "merged",
    ]


def test_a_damaged_copy_is_thrown_away_and_fetched_anew(over: Over) -> None:
    MEMORY.known.clear()
    before = over.kinds
    for pack in (folder(over.mirror.repository_id) / "objects").rglob("*"):
        if pack.is_file():
            pack.unlink()
    passed = set()
    for _look in range(6):
        over.watched.look()
        passed |= {over.mirror.state}
    assert passed == {"trouble", "ready"}
    assert over.verdicts == only_git(CHANGELOG)
    assert over.kinds == before


def test_rewritten_and_deleted_main_are_told(over: Over) -> None:
    story = over.watched.story
    story.fast_forward()
    over.watched.look()
    assert over.verdicts == only_git(MERGED)
    story.repository.branch("main", story.repository.commit(BEFORE, "Other history\n", parents=[]))
    over.watched.look()
    last = RefObservation.objects.filter(name="refs/heads/main").order_by("-pk").first()
    assert last is not None
    assert (last.kind, over.verdicts["merged"]) == ("forced", "FAIL")
    story.repository.delete("refs/heads/main")
    over.watched.look()
    assert (over.verdicts["merged"], over.verdicts["ff_possible"]) == ("UNKNOWN", "UNKNOWN")
    assert over.kinds.count("merged") == 1


def test_a_worker_on_another_machine_judges_only_by_its_own_copy(
    over: Over, settings: Settings, tmp_path: Path
) -> None:
    settings.NIGHTDESK_DATA = tmp_path / "another machine"
    before = over.hotfix.results.count()
    Mirror.objects.update(due_at="2100-01-01T00:00Z")
    asking.ask(over.hotfix)
    assert judge_due()
    assert over.hotfix.results.count() == before, "judged without a copy"
    over.hotfix.refresh_from_db()
    assert over.hotfix.look_at is not None
    assert look_due()
    assert over.verdicts == only_git(CHANGELOG)
    assert RefObservation.objects.filter(name=f"refs/heads/{BRANCH}").count() == 1
