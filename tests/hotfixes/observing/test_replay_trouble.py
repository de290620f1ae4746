"""Trouble between the app and a repository: it shows as itself, turns checks UNKNOWN and never PASS, and ends by itself
without a second entry on the timeline (K20, K50, K51, K110).
"""

import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Thread

import pytest
from django.db import connection
from pytest_django.fixtures import Settings

from foundation.secrets import seal
from hotfixes.git import mirror as mirrors
from hotfixes.git.limits import LIST
from hotfixes.git.recalling import MEMORY
from hotfixes.git.remote import Remote
from hotfixes.judging import judge_due
from hotfixes.models import Hotfix, Mirror, RefObservation
from hotfixes.observing import asking
from hotfixes.observing.looking import look_due
from hotfixes.observing.places import folder
from tests.hotfixes.checks.stories import BEFORE, BRANCH, HEAD, ROW
from tests.hotfixes.git.serving import TOKEN, Site, served, silent, talking
from tests.hotfixes.observing.watched import Watched
from tests.hotfixes.shapes.states import CHANGELOG, GIT, MERGED, TAGGED, only_git

QUIET = ("release_notes", "manifest_version")


@dataclass
class Over:
    """A story whose repository is read over HTTP with a token."""

    watched: Watched
    site: Site
    hotfix: Hotfix
    patch: pytest.MonkeyPatch

    @property
    def mirror(self) -> Mirror:
        return Mirror.objects.get()

    @property
    def verdicts(self) -> dict[str, str]:
        return only_git(self.watched.verdicts(self.hotfix))

    @property
    def kinds(self) -> list[str]:
        return self.watched.kinds(self.hotfix.incident)

    def at(self, url: str) -> None:
        repository = self.watched.product.repository
        assert repository
        type(repository).objects.filter(pk=repository.pk).update(url=url)


@pytest.fixture
def over(watched: Watched, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Over]:
    settings.NIGHTDESK_GIT_PROTOCOLS = ("http",)
    settings.NIGHTDESK_PROBE_NETWORKS = ["127.0.0.0/8"]
    with served(watched.story.repository.path.parent) as site:
        site.token = TOKEN
        repository = watched.product.repository
        assert repository
        repository.url = f"{site.url}/product.git"
        repository.token = seal(TOKEN)
        repository.save()
        hotfix = watched.hotfix()
        watched.story.whole_fix()
        watched.look()
        with monkeypatch.context() as patch:
            yield Over(watched, site, hotfix, patch)


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


def test_two_workers_at_once_tell_everything_once(over: Over) -> None:
    story, repository = over.watched.story, over.watched.product.repository
    assert repository
    story.tag(story.fast_forward())

    def work() -> None:
        try:
            for _round in range(4):
                asking.fetch(repository)
                asking.ask(over.hotfix)
                while look_due():
                    pass
                while judge_due():
                    pass
        finally:
            connection.close()

    workers = [Thread(target=work) for _worker in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    over.watched.look()
    assert over.verdicts == only_git(TAGGED)
    assert [over.kinds.count(kind) for kind in ("branch_seen", "fix_pushed", "merged", "tagged")] == [1] * 4
    assert over.hotfix.results.filter(superseded_at=None).count() == len(
        set(over.hotfix.results.values_list("key", flat=True))
    )
    told = RefObservation.objects.filter(name=f"refs/heads/{BRANCH}")
    assert told.count() == 1


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


def test_a_repository_with_long_ids_is_read_as_well(watched: Watched, tmp_path: Path) -> None:
    """SHA-256: the first copy holds short ids, and is made anew for long ones."""
    files = {"apps/mobile/pubspec.yaml": "name: krow\nversion: 0.1.0+5\n", "CHANGELOG.md": HEAD + ROW}
    path = tmp_path / "long.git"

    def git(*words: str, said: str = "") -> None:
        who = ("-c", "user.name=Ada", "-c", "user.email=ada@example.test")
        command = ["git", *who, f"--git-dir={path}", *words]
        subprocess.run(command, input=said, text=True, check=True, capture_output=True)

    git("init", "--quiet", "--bare", "--object-format=sha256", "--initial-branch=main")
    inline = "".join(f"M 100644 inline {name}\ndata {len(text)}\n{text}\n" for name, text in files.items())
    head = "commit refs/heads/main\ncommitter Ada <ada@example.test> now\ndata 5\nBegin\n"
    git("fast-import", "--quiet", "--date-format=now", said=head + inline)
    git("tag", "-a", "krow/prod-v0.1.0", "-m", "Release", "refs/heads/main")
    git("branch", BRANCH, "refs/heads/main")
    assert watched.product.repository
    watched.product.repository.url = f"file://{path}"
    watched.product.repository.save()
    hotfix = watched.hotfix()
    assert Mirror.objects.get().state == "ready"
    assert len(RefObservation.objects.filter(name=f"refs/heads/{BRANCH}").get().oid) == 64
    found = watched.verdicts(hotfix)
    assert (found["cut_from_tag"], found["branch_name"], found["version_bump"]) == ("PASS", "PASS", "PENDING")
