"""What is read of a hotfix, alike on every forge: over real HTTP, page by page, and only what changed."""

import json
import time
from datetime import timedelta

import pytest

from hotfixes.forges.moments import moment
from hotfixes.forges.picking import link
from hotfixes.forges.reading import Ask, read
from hotfixes.forges.shapes import Deployed, Reading, Release, Run
from tests.hotfixes.forges.playing import Forge
from tests.hotfixes.forges.state import BODY, BRANCH, TAG, oid

A, B = oid("a"), oid("b")
ASK = Ask(BRANCH, (A,), TAG)


def look(forge: Forge, ask: Ask = ASK) -> Reading:
    return read(forge.connection(), ask)[0]


def words(reading: Reading) -> list[tuple[str, str, str]]:
    return [(review.by, review.state, review.commit) for review in reading.reviews]


def test_a_pull_is_read_whole(each: Forge) -> None:
    pull = each.state.open(A, asked=["ben"])
    [found] = look(each).pulls
    assert (found.number, found.title, found.body, found.labels) == (
        1,
        "HOTFIX: sign-in fails",
        BODY,
        ("URGENT",),
    )
    assert (found.head, found.head_name, found.base_name, found.author) == (A, BRANCH, "main", "ada")
    assert (found.state, found.draft, found.fork, found.reviewers_asked) == ("open", False, False, ("ben",))
    assert (found.created_at, found.merged_at) == (pull.at, None)
    assert {"Ada", "ada@example.test"} <= set(found.committers)


def test_its_life(each: Forge) -> None:
    pull = each.state.open(A, draft=True)
    assert [(one.state, one.draft) for one in look(each).pulls] == [("open", True)]
    pull.draft, pull.state = False, "closed"
    assert [one.state for one in look(each).pulls] == ["closed"]
    pull.state = "open"
    each.state.merge(pull)
    assert [(one.state, one.merged_at, one.head_name) for one in look(each).pulls] == [
        ("merged", pull.merged_at, BRANCH)
    ]


def test_reviews_name_the_commit_they_were_given_for(each: Forge) -> None:
    pull = each.state.open(A)
    at = each.state.review(pull, "ben").at
    each.state.push(pull, B)
    reading = look(each)
    assert words(reading) == [("ben", "approved", A)]
    assert (reading.reviews[0].at, reading.reviews[0].pull) == (at, 1)
    each.state.review(pull, "ben")
    assert words(look(each))[-1] == ("ben", "approved", B)


def test_a_dismissed_approval_is_none(each: Forge) -> None:
    pull = each.state.open(A)
    review = each.state.review(pull, "ben")
    each.state.dismiss(review)
    assert [state for _by, state, _commit in words(look(each))] == ["dismissed"]


def test_changes_asked_for_after_an_approval(each: Forge) -> None:
    pull = each.state.open(A)
    each.state.review(pull, "ben")
    each.state.review(pull, "ben", "changes_requested")
    assert words(look(each))[-1][:2] == ("ben", "changes_requested")


def test_a_review_that_is_asked_for_again_is_nobodys_word(each: Forge) -> None:
    pull = each.state.open(A)
    each.state.review(pull, "ben")
    pull.asked.append("ben")
    assert words(look(each)) == [("ben", "approved", A)]


def test_machines_are_told_from_people(each: Forge) -> None:
    name = {"github": "renovate[bot]", "gitlab": "project_7_bot_1f", "gitea": "gitea-actions"}[each.kind]
    each.state.review(each.state.open(A), name, bot=True)
    assert [one.bot for one in look(each).reviews] == [True]


def test_a_fork_with_the_same_branch_is_marked(each: Forge) -> None:
    each.state.open(A)
    each.state.open(B, fork=True, author="mallory")
    assert sorted((one.author, one.fork) for one in look(each).pulls) == [("ada", False), ("mallory", True)]


def test_two_pulls_of_one_branch(each: Forge) -> None:
    each.state.open(A, base="develop")
    each.state.open(A)
    assert sorted(one.base_name for one in look(each).pulls) == ["develop", "main"]


def test_other_branches_are_left_alone(each: Forge) -> None:
    each.state.open(A, branch="hotfix/krow-v0.1.10")
    assert look(each).pulls == ()


def test_runs_of_the_head_alone(each: Forge) -> None:
    each.state.run("tests", A)
    each.state.run("lint", A, said="failure")
    each.state.run("slow", A, state="running")
    each.state.run("tests", B)
    found = {(run.name, run.head, run.state, run.conclusion) for run in look(each).runs}
    assert found == {
        ("tests", A, "completed", "success"),
        ("lint", A, "completed", "failure"),
        ("slow", A, "running", ""),
    }


def test_our_own_status_is_nobodys_ci(each: Forge) -> None:
    for name in ("nightdesk", "jenkins/tests"):
        each.state.statuses.append({"name": name, "head": A, "said": "success", "at": each.state.stamp()})
    assert [(run.name, run.conclusion) for run in look(each).runs] == [("jenkins/tests", "success")]


def test_a_release_by_a_tag_with_slashes(each: Forge) -> None:
    each.state.release("v9")
    each.state.release(TAG)
    assert [(one.tag, one.draft, one.prerelease) for one in look(each).releases] == [(TAG, False, False)]
    assert look(each).releases[0].published_at == each.state.at


def test_a_draft_is_seen_as_one(each: Forge) -> None:
    each.state.release(TAG, draft=True)
    assert [one.draft for one in look(each).releases] == [True]


def test_no_release_is_no_trouble(each: Forge) -> None:
    assert (look(each).releases, look(each).unread) == ((), ())


@pytest.mark.parametrize(
    ("states", "told"),
    [
        (("success",), "succeeded"),
        (("in_progress", "failure"), "failed"),
        (("in_progress",), "started"),
        (("success", "inactive"), "succeeded"),
    ],
)
def test_deployments_of_github(github: Forge, states: tuple[str, ...], told: str) -> None:
    github.state.deploy(A, *states)
    github.state.deploy(B, "success", ref="main")
    [found] = look(github).deployments
    assert (found.environment, found.sha, found.ref, found.state) == ("production", A, TAG, told)


def test_deployments_of_gitlab(gitlab: Forge) -> None:
    gitlab.state.deploy(A, "success")
    gitlab.state.deploy(B, "failed", ref="other")
    [found] = look(gitlab).deployments
    assert (found.environment, found.sha, found.state, found.id) == ("production", A, "succeeded", "1")


def test_more_than_one_page(each: Forge) -> None:
    """K107: the approval is the 130th review."""
    pull = each.state.open(A)
    for _n in range(129):
        each.state.review(pull, "carl", "commented")
    each.state.review(pull, "ben")
    each.most = 50
    assert ("ben", "approved", A) in words(look(each))


def test_a_pull_among_three_hundred(gitea: Forge) -> None:
    gitea.state.open(A)
    for number in range(300):
        gitea.state.open(B, branch=f"feature/{number}")
    assert [one.number for one in look(gitea).pulls] == [1]


def test_what_has_not_changed_is_not_sent_again(each: Forge) -> None:
    pull = each.state.open(A)
    each.state.review(pull, "ben")
    each.state.run("tests", A)
    each.state.release()
    each.state.logs_pushes = True
    first, kept = read(each.connection(), ASK)
    each.seen.clear()
    second, again = read(each.connection(), ASK, json.loads(json.dumps(kept)))
    assert second == first
    assert set(each.codes()) == {304}
    assert again == kept
    each.state.review(pull, "carl")
    assert [by for by, _state, _commit in words(read(each.connection(), ASK, again)[0])] == ["ben", "carl"]


def test_a_forge_far_away_is_asked_several_things_at_once(each: Forge) -> None:
    """A dozen questions in the time of five."""
    each.state.review(each.state.open(A), "ben")
    each.state.deploy(A, "success")
    each.delay = 0.1
    began = time.monotonic()
    read(each.connection(), Ask(BRANCH, (A, B, oid("c")), TAG))
    assert time.monotonic() - began < 0.1 * len(each.seen)


def test_what_was_kept_by_somebody_else_harms_nothing(each: Forge) -> None:
    each.state.open(A)
    _reading, kept = read(each.connection(), ASK)
    odd: object
    for odd in ([], "x", 7, {"etag": 3}, {"etag": "a", "rows": 5}):
        reading, _kept = read(each.connection(), ASK, dict.fromkeys(kept, odd))
        assert len(reading.pulls) == 1


def test_a_reading_survives_its_column(each: Forge) -> None:
    pull = each.state.open(A)
    each.state.review(pull, "ben")
    each.state.merge(pull)
    each.state.run("tests", A)
    each.state.release()
    reading = look(each)
    assert Reading.from_json(json.loads(json.dumps(reading.to_json()))) == reading


def test_an_older_or_broken_column_is_read_as_far_as_it_goes() -> None:
    data = {
        "kind": "github",
        "pulls": [{"number": "x", "labels": 3, "draft": "yes"}, 7],
        "runs": None,
        "unread": [["a"]],
    }
    reading = Reading.from_json(data)
    assert (len(reading.pulls), reading.pulls[0].number, reading.runs, reading.unread) == (1, 0, (), ())
    assert Reading.from_json([1]) == Reading.from_json(None) == Reading()


def test_everything_is_bounded(each: Forge) -> None:
    each.state.open(A, title="t" * 5_000, body="b" * 90_000, labels=[f"l{n}" for n in range(900)])
    [pull] = look(each).pulls
    assert (len(pull.title), len(pull.body), len(pull.labels)) == (300, 20_000, 200)


def test_what_postgresql_cannot_hold_is_taken_out(each: Forge) -> None:
    each.state.open(A, title="a\x00b\ud800c")
    assert look(each).pulls[0].title == "ab?c"


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "//evil.example",
        "https://a b",
        "https://x/" + "a" * 2_000,
        7,
    ],
)
def test_only_web_addresses_become_links(url: object) -> None:
    assert link({"url": url}, "url") == Reading.from_json({"runs": [{"url": url}]}).runs[0].url == ""
    assert link({"url": "https://forge.example/1"}, "url") == "https://forge.example/1"


def test_times_of_all_dialects_are_one() -> None:
    at = moment("2026-05-28T21:50:00Z")
    assert at is not None
    assert moment("2026-05-28 21:50:00 UTC") == moment("2026-05-28 23:50:00 +0200") == at
    assert moment("2026-05-28T21:50:00.123456789Z") == at + timedelta(microseconds=123456)
    assert [
        moment(odd)
        for odd in ("", "yesterday", None, True, "0001-01-01T00:00:00Z", 10**30, "2026-13-01 00:00:00")
    ] == [None] * 7


def test_the_shapes_have_defaults() -> None:
    assert (Run().conclusion, Release().draft, Deployed().state) == ("", False, "started")
