"""Two workers at one repository, and one repository with ids of 64 digits: in rows that are committed, as elsewhere."""

import subprocess
from pathlib import Path
from threading import Thread

import pytest
from django.db import connection
from pytest_django.fixtures import Settings

from benchmarks.verifying import pushed
from hotfixes.judging import judge_due
from hotfixes.models import Hotfix, Mirror, RefObservation
from hotfixes.observing import asking
from hotfixes.observing.looking import look_due
from live.models import Announcement
from tests.hotfixes.checks.stories import BRANCH, HEAD, ROW
from tests.hotfixes.git.serving import served
from tests.hotfixes.observing.over import ALLOWED, Over
from tests.hotfixes.observing.watched import Watched
from tests.hotfixes.shapes.states import TAGGED, only_git


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_tell_everything_once(watched: Watched, settings: Settings) -> None:
    for name, value in ALLOWED.items():
        setattr(settings, name, value)
    with served(watched.story.repository.path.parent) as site:
        at_once(Over.begun(watched, site))


def at_once(over: Over) -> None:
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


@pytest.mark.django_db(transaction=True)
def test_open_pages_are_told_of_a_push_that_changes_no_verdict(watched: Watched) -> None:
    """A second commit too many reads differently, though it is worth a look as before. A quiet look tells nobody.
    What one transaction announces twice is announced once, so each look has its own."""
    hotfix = watched.hotfix()
    watched.story.whole_fix()
    for number in range(2):
        pushed(str(watched.story.repository.path), BRANCH, number)
        watched.look()
        before = refreshes(hotfix)
    pushed(str(watched.story.repository.path), BRANCH, 2)
    watched.look()
    assert watched.verdicts(hotfix)["minimal_diff"] == "WARN"
    assert refreshes(hotfix) == before + 1
    watched.look()
    assert refreshes(hotfix) == before + 1


def refreshes(hotfix: Hotfix) -> int:
    return Announcement.objects.filter(topic=f"incident:{hotfix.incident_id}", event="refresh").count()
