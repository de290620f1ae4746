"""An audit through the worker's task, with real git: found, troubled, cancelled, taken over, forgotten."""

import hashlib
import os
import subprocess
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection

from accounts.models import Role, User
from foundation import moment
from hotfixes.audit import folders, running
from hotfixes.audit.asking import UnderWay, ask, cancel
from hotfixes.audit.tasks import audit_due
from hotfixes.git import disk
from hotfixes.git_access import mirrors
from hotfixes.models import AuditRun
from products.models import Process, Product
from tests.factories import join, make_team, make_user
from tests.hotfixes.audit.conftest import asked, run
from tests.hotfixes.checks.stories import Story

pytestmark = pytest.mark.usefixtures("files")


def found_in(audit: AuditRun) -> dict[str, Any]:
    found: dict[str, Any] = audit.result or {}
    return found


def test_the_task_reads_judges_and_forgets_the_token(ada: User, story: Story) -> None:
    """K20, K32, K36, K50, K51, K53: as the pure part says."""
    audit = asked(ada, story.repository.url, token="s3cret-token", username="bot")
    assert "s3cret" not in audit.token
    audit_due.run()
    audit.refresh_from_db()
    assert (audit.state, audit.percent, audit.token, audit.username, audit.due_at) == (
        "done",
        100,
        "",
        "",
        None,
    )
    assert (found_in(audit)["hotfixes"], found_in(audit)["kept"]) == (1, 1)
    release = found_in(audit)["releases"][0]
    verdicts = {key: one["verdict"] for key, one in release["results"].items()}
    # The process looks for version files elsewhere.
    assert verdicts == dict.fromkeys(verdicts, "PASS") | {"version_files": "UNKNOWN"}
    assert running.next_due() is None


@pytest.mark.parametrize(
    ("path", "trouble"),
    [("srv/nothing.git", "not_a_repository"), ("srv/product.git", "")],
)
def test_trouble_is_stored_as_itself(
    ada: User, story: Story, tmp_path: Path, path: str, trouble: str
) -> None:
    audit = run(asked(ada, f"file://{tmp_path / path}"))
    assert (audit.state, audit.trouble) == ("failed" if trouble else "done", trouble)


def test_a_private_address_is_refused_by_the_worker(ada: User) -> None:
    audit = run(asked(ada, "https://127.0.0.1/team/app.git"))
    assert (audit.state, audit.trouble) == ("failed", "address_refused")
    assert audit.sentence == "The repository's host is at an address where Nightdesk may not go."


@pytest.mark.parametrize(
    "url",
    [
        "--upload-pack=touch /tmp/x", "-oProxyCommand=x", "ext::sh -c touch% /tmp/x", "git@host:team/app.git",
        "ssh://host/app.git", "http://example.test/app.git", "https://user:secret@example.test/app.git",
        "https://example.test/app.git?x=1", "https:///app.git", "file:///srv/a\nb", "ftp://x/y", "",
    ],
)  # fmt: skip
def test_no_other_address_is_taken(ada: User, url: str) -> None:
    with pytest.raises(ValidationError) as refused:
        asked(ada, url)
    assert list(refused.value.message_dict) == ["url"]
    assert not AuditRun.objects.exists()


@pytest.mark.parametrize("tag", ["latest", "{new}{a}{b}{c}{d}{e}", "x" * 400 + "{new}"])
def test_a_pattern_that_cannot_be_used_is_refused(ada: User, story: Story, tag: str) -> None:
    with pytest.raises(ValidationError):
        asked(ada, story.repository.url, tag=tag)


def test_one_at_a_time_per_person(ada: User, story: Story, product: Product) -> None:
    first = asked(ada, story.repository.url)
    with pytest.raises(UnderWay) as refused:
        asked(ada, story.repository.url)
    assert refused.value.run == first
    join(ben := make_user("ben@example.test"), product.team)
    asked(ben, story.repository.url)
    assert cancel(first, by=ada)
    asked(ada, story.repository.url)


def test_one_that_ends_while_another_is_asked_for_is_not_in_its_way(ada: User, story: Story) -> None:
    still = [asked(ada, story.repository.url)]

    def ends_before_it_is_read(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith("SELECT") and "hotfixes_auditrun" in sql and still:
            cancel(still.pop(), by=ada)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(ends_before_it_is_read):
        second = asked(ada, story.repository.url)
    assert (list(AuditRun.objects.under_way()), still) == ([second], [])


def test_who_only_looks_on_may_not_ask_and_no_other_teams_sees_it(
    ada: User, story: Story, product: Product
) -> None:
    join(olga := make_user("olga@example.test"), product.team, Role.VIEWER)
    with pytest.raises(PermissionDenied):
        asked(olga, story.repository.url)
    with pytest.raises(ValidationError):
        asked(ada, story.repository.url, team=make_team("others"))
    audit = asked(ada, story.repository.url, team=product.team)
    stranger = make_user("eve@example.test")
    join(stranger, make_team("strangers"))
    assert list(AuditRun.objects.visible_to(olga)) == [audit]
    assert not AuditRun.objects.visible_to(stranger).exists()


def test_a_cancelled_audit_ends_and_writes_nothing(ada: User, story: Story) -> None:
    audit = asked(ada, story.repository.url, token="s3cret-token")
    claim = running._claim()
    assert claim
    assert cancel(audit, by=ada)
    with pytest.raises(running.LeaseLost):
        running._run(claim)
    audit.refresh_from_db()
    assert (audit.state, audit.token, audit.result) == ("cancelled", "", None)
    assert not cancel(audit, by=ada)


def test_a_dead_workers_audit_is_taken_over_and_not_for_ever(ada: User, story: Story) -> None:
    audit = asked(ada, story.repository.url)
    assert running._claim()
    assert not running.audit_due()
    past = moment.now() - timedelta(seconds=1)
    AuditRun.objects.update(due_at=past)
    assert run(audit).state == "done"
    audit = asked(ada, story.repository.url)
    AuditRun.objects.filter(pk=audit.pk).update(tries=running.MOST_TRIES)
    assert (run(audit).state, audit.trouble) == ("failed", "unknown")


def test_a_repository_that_makes_every_question_slow_ends_in_cannot_tell(
    ada: User, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "READING_S", -1)
    audit = run(asked(ada, story.repository.url))
    assert audit.state == "done"
    hotfix = found_in(audit)["releases"][0]
    judged = {key for key, one in hotfix["results"].items() if one["verdict"] == "PASS"}
    assert judged == {"version_bump", "tag_annotated", "tag_commit"}  # what no question of git needs
    assert "It took longer than allowed" in hotfix["results"]["version_files"]["summary"]


def test_two_at_once_and_the_third_waits_a_little(ada: User, story: Story, product: Product) -> None:
    for name in ("ben", "cyd"):
        join(user := make_user(f"{name}@example.test"), product.team)
        asked(user, story.repository.url)
        assert running._claim()
    audit = asked(ada, story.repository.url)
    assert not running.audit_due()
    audit.refresh_from_db()
    assert audit.state == "waiting"
    assert audit.due_at is not None
    assert audit.due_at > moment.now()


def test_a_copy_that_somebody_reads_is_waited_for(ada: User, story: Story) -> None:
    audit = asked(ada, story.repository.url)
    with disk.held(folders.opened(story.repository.url).folder):
        assert (run(audit).state, audit.tries) == ("waiting", 0)
    AuditRun.objects.update(due_at=moment.now())
    assert run(audit).state == "done"


def test_copies_are_thrown_away_after_a_day(ada: User, story: Story) -> None:
    run(asked(ada, story.repository.url))
    name = hashlib.sha256(story.repository.url.encode()).hexdigest()[:24]
    place = mirrors() / f"audit-{name}"
    assert (list(mirrors().iterdir()), folders.old()) == ([place], [])
    os.utime(place, (time.time() - 90_000,) * 2)
    with disk.held(place):
        folders.throw_away(place)
        assert place.exists()
    assert folders.sweep() == 1
    until = time.monotonic() + 10
    while place.exists() and time.monotonic() < until:
        time.sleep(0.01)
    assert not place.exists()


def test_a_repository_with_longer_ids_is_read(ada: User, tmp_path: Path) -> None:
    """sha256, with a main branch of another name."""
    work = tmp_path / "srv" / "long"
    git = ["git", "-C", str(work), "-c", "user.name=Ada", "-c", "user.email=ada@example.test"]
    subprocess.run(["git", "init", "-q", "--object-format=sha256", "-b", "trunk", str(work)], check=True)
    for version in ("1.0.0", "1.0.1"):
        (work / "CHANGELOG.md").write_text(f"{version}\n")
        subprocess.run([*git, "add", "-A"], check=True)
        subprocess.run([*git, "commit", "-q", "-m", version], check=True)
        subprocess.run([*git, "tag", "-a", f"v{version}", "-m", version], check=True)
    audit = run(asked(ada, f"file://{work}", process=Process.objects.get(key="archy")))
    assert (audit.state, audit.trouble) == ("done", "")
    assert [len(one["commit"]) for one in found_in(audit)["releases"]] == [64, 64]
    assert found_in(audit)["notes"] == ["There is no branch main; trunk is looked at instead."]
    found = found_in(audit)["releases"][0]["results"]
    assert (found["version_bump"]["verdict"], found["changelog_entry"]["verdict"]) == ("PASS", "PASS")


def test_words_of_strangers_are_stored_without_control_characters(ada: User, story: Story) -> None:
    tip = story.repository.commit({"a": "1"}, "fix: \x1b[31m\x07red\u202e\n", on="main")
    story.repository.tag("krow/prod-v0.1.2", tip, "HOTFIX: \x1b]0;x\x07y")
    audit = run(asked(ada, story.repository.url))
    assert audit.state == "done"
    text = str(audit.result)
    assert not {"\x1b", "\x07", "\u202e"} & set(text)


def test_ask_needs_a_process_with_a_version(ada: User, story: Story) -> None:
    with pytest.raises(ValidationError):
        ask(by=ada, url=story.repository.url, process=Process(key="new", name="New"))
