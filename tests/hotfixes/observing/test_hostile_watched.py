"""Hostile repositories through the app's own path: nothing of them is run, nothing outside is read, each ends with a
clear state and no check passes by it. The big ones (tree bomb, 100,000 refs, endless pack): `./run bench hostile`.
"""

from dataclasses import replace
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from hotfixes.git.limits import LIST
from hotfixes.git.remote import Remote
from hotfixes.models import Hotfix, Mirror, RefObservation
from products.models import Repository
from tests.hotfixes.checks.stories import FIXED, MESSAGE, TAG
from tests.hotfixes.git.building import Repository as Another
from tests.hotfixes.git.serving import endless, talking
from tests.hotfixes.observing.watched import Watched
from tests.hotfixes.shapes.states import CHANGELOG, FIX, GIT, TAGGED, only_git

QUIET = ("release_notes", "manifest_version")


def pwned(folder: Path) -> list[Path]:
    return list(folder.rglob("pwned*"))


def in_trouble(watched: Watched, hotfix: Hotfix) -> str:
    """Which it is; every check of git must say that it cannot tell."""
    found = watched.verdicts(hotfix)
    mirror = Mirror.objects.get()
    assert mirror.state == "trouble"
    assert mirror.sentence
    assert {found[key] for key in GIT if key not in QUIET} == {"UNKNOWN"}
    return mirror.trouble


def at(watched: Watched, url: str) -> None:
    """Looked at there, however the address came into the row: forms refuse them before."""
    Repository.objects.update(url=url)
    watched.look()


def begun(watched: Watched) -> None:
    """Started, and looked at while all was well."""
    watched.hotfix()


@pytest.fixture
def watched(looked_at: Watched) -> Watched:
    return looked_at


@pytest.fixture
def hotfix(watched: Watched) -> Hotfix:
    return Hotfix.objects.for_page().get()


NAMES = (
    "-upload-pack=touch pwned".replace(" ", "${IFS}"),
    "--all",
    "$(touch${IFS}pwned)",
    "`touch`;pwned",
    "hotfix/krow-v0.1.1;$(touch${IFS}pwned)",
    "HEAD",
    "%00%n%(objectname)",
    "a\u202eb",
    "修复/🔥",
)


def test_names_and_words_are_data(watched: Watched, hotfix: Hotfix, tmp_path: Path) -> None:
    """A branch may be called `$(…)` or `--all`: kept as it is called, never run, never taken for the hotfix's."""
    story = watched.story
    hooks = story.repository.path / "hooks"
    hooks.mkdir()
    for hook in ("post-update", "reference-transaction", "pre-receive", "post-checkout"):
        (hooks / hook).write_text(f"#!/bin/sh\ntouch {tmp_path}/pwned\n")
        (hooks / hook).chmod(0o755)
    with (story.repository.path / "config").open("a") as config:
        config.write(f'[core]\n\tfsmonitor = "touch {tmp_path}/pwned"\n')
        config.write(f'[uploadpack]\n\tpackObjectsHook = "touch {tmp_path}/pwned"\n')
    for name in NAMES:
        story.repository.branch(name, story.base)
        story.repository.tag(name, story.base, "$(touch pwned)\x1b[31m")
    tip = story.commit(
        FIXED, MESSAGE.replace("nobody can sign in", "$(touch pwned) <script>alert(1)</script>")
    )
    watched.look()
    assert only_git(watched.verdicts(hotfix)) == only_git(FIX)
    kept = set(RefObservation.objects.values_list("name", flat=True))
    assert {f"refs/heads/{name}" for name in NAMES} <= kept
    assert watched.kinds(hotfix.incident).count("branch_seen") == 1
    story.repository.tag(TAG, tip, "--all $(touch pwned)")
    watched.look()
    assert watched.verdicts(hotfix)["tag_annotated"] == "FAIL"
    assert pwned(tmp_path) == []


@pytest.mark.parametrize(
    ("url", "trouble"),
    [
        ("ext::sh -c touch% {folder}/pwned", "bad_url"),
        ("--upload-pack=touch {folder}/pwned", "bad_url"),
        ("fd::17/foo", "bad_url"),
        ("ssh://-oProxyCommand=touch%20{folder}/pwned/x", "protocol_refused"),
        ("file:///etc", "not_a_repository"),
    ],
)
def test_addresses_that_run_something_are_refused(
    watched: Watched, hotfix: Hotfix, tmp_path: Path, url: str, trouble: str
) -> None:
    at(watched, url.format(folder=tmp_path))
    assert in_trouble(watched, hotfix) in (trouble, "bad_url", "protocol_refused")
    assert pwned(tmp_path) == []


def test_a_ref_that_leads_to_another_repository_is_not_followed(
    watched: Watched, hotfix: Hotfix, tmp_path: Path
) -> None:
    secret = Another(tmp_path / "secret.git")
    secret.commit({"key": "hidden"}, on="main")
    window = watched.story.repository.path / "refs/heads/window"
    window.symlink_to(secret.path / "refs/heads/main")
    watched.look()
    assert in_trouble(watched, hotfix) == "protocol_refused"
    window.unlink()
    watched.story.whole_fix()
    watched.look()
    assert only_git(watched.verdicts(hotfix)) == only_git(CHANGELOG)
    assert not RefObservation.objects.filter(name__endswith="window").exists()


def test_a_repository_that_became_shallow_proves_nothing(watched: Watched, hotfix: Hotfix) -> None:
    story = watched.story
    tip = story.repository.commit(FIXED, MESSAGE, parents=["1" * 40])
    story.repository.branch("hotfix/krow-v0.1.1", tip)
    (story.repository.path / "shallow").write_text(tip + "\n")
    watched.look()
    assert in_trouble(watched, hotfix) == "shallow"


def test_a_listing_without_an_end_is_ended(
    watched: Watched, hotfix: Hotfix, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.NIGHTDESK_GIT_PROTOCOLS = ("http",)
    settings.NIGHTDESK_PROBE_NETWORKS = ["127.0.0.0/8"]
    tight = replace(LIST, wall_s=2, memory=256 << 20)
    monkeypatch.setattr(Remote.listing, "__defaults__", (tight, None))
    with talking(endless) as port:
        at(watched, f"http://127.0.0.1:{port}/x.git")
        assert in_trouble(watched, hotfix) in ("timeout", "memory_limit", "too_big")


def test_a_forged_replacement_on_the_server_changes_no_verdict(watched: Watched, hotfix: Hotfix) -> None:
    """`refs/replace` there, grafts there: what is released is judged by what it is."""
    story = watched.story
    story.whole_fix()
    watched.look()
    tip = story.fast_forward()
    forged = story.repository.commit(FIXED, "Forged\n", parents=[])
    story.repository.ref(f"refs/replace/{tip}", forged)
    story.tag(tip)
    watched.look()
    assert only_git(watched.verdicts(hotfix)) == only_git(TAGGED)
    assert not RefObservation.objects.filter(name__startswith="refs/replace").exists()
