"""What Nightdesk writes on a forge: one status, one comment, never a second, and words of others only as words."""

import pytest

from hotfixes.forges.reading import Ask, read
from hotfixes.forges.telling import JOINER, LONGEST, Found, Status, comment, marker, plain, status
from hotfixes.forges.trouble import ForgeError, Trouble
from hotfixes.forges.writing import keep_comment, set_status
from products.vocabulary import Verdict
from tests.hotfixes.forges.playing import Forge, Handler, saying
from tests.hotfixes.forges.state import oid

A = oid("a")
URL = "https://nightdesk.example.test/incidents/INC-4/"


def test_the_status_names_the_first_thing_that_is_wrong() -> None:
    found = {
        "tag_pushed": Found(Verdict.FAIL, "The tag is gone."),
        "changelog_entry": Found(Verdict.FAIL, "CHANGELOG entry is not first, line 9"),
        "approval": Found(Verdict.FAIL, "Nobody looked."),
    }
    assert status(found) == Status("failure", "Nightdesk: CHANGELOG entry is not first, line 9")
    del found["changelog_entry"]
    assert status(found) == Status("failure", "Nightdesk: The tag is gone.")


def test_what_comes_after_the_merge_does_not_hold_it_back() -> None:
    """Where the status is required, waiting for the tag would be waiting for ever."""
    found = {
        "version_bump": Found(Verdict.PASS, "Done."),
        "approval": Found(Verdict.PENDING, "Nobody yet."),
        "merged": Found(Verdict.PENDING, "Not yet."),
        "tag_pushed": Found(Verdict.PENDING, "Not yet."),
    }
    assert status(found) == Status("success", "Nightdesk: all is right up to the merge.")


def test_what_nobody_can_tell_is_no_success() -> None:
    found = {"version_bump": Found(Verdict.UNKNOWN, "Can't tell: no file.")}
    assert status(found) == Status("pending", "Nightdesk: Can't tell: no file.")
    assert status({"version_bump": Found(Verdict.PENDING, "Not yet.")}).state == "pending"
    assert status({}).state == "pending"


@pytest.mark.parametrize("summary", ["word " * 90, "x" * 900, "a\r\nb\x00\u202e" * 50, "é" * 500])
def test_the_status_is_short_and_on_one_line(summary: str) -> None:
    text = status({"merged": Found(Verdict.FAIL, summary)}).text
    assert len(text) <= LONGEST
    assert text.isprintable()
    assert text.endswith("…")


def test_the_comment() -> None:
    found = {
        "branch_name": Found(Verdict.PASS, "The branch is named as agreed."),
        "tests_passed": Found(Verdict.STATED, "Ada wrote: “by hand”."),
        "version_bump": Found(Verdict.PENDING, "Not raised yet.", "Raise it."),
        "changelog_entry": Found(Verdict.FAIL, "It is not first, line 9.", "Put it on top."),
        "manifest_version": Found(Verdict.NOT_APPLICABLE, "The process names no manifest."),
    }
    assert comment("HF-3", URL, found).splitlines() == [
        "<!-- nightdesk:HF-3 -->",
        f"**Nightdesk · [HF-3]({URL})**",
        "",
        "- ✕ **changelog entry** (not right): It is not first, line 9. Put it on top.",
        "- … **version bump** (waiting): Not raised yet.",
        "- ✓ stated: tests passed",
        "- ✓ done: branch name",
    ]


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("@everyone look", f"@{JOINER}everyone look"),
        ("see #12 and !7", f"see #{JOINER}12 and !{JOINER}7"),
        ("<img src=x onerror=alert(1)>", "&lt;img src=x onerror=alert\\(1\\)&gt;"),
        ("[here](https://evil.example)", f"\\[here\\]\\(https:{JOINER}//evil.example\\)"),
        ("a --> b", "a --&gt; b"),
        ("`rm -rf` **now**", "\\`rm -rf\\` \\*\\*now\\*\\*"),
        ("one\n/merge\n@ben", f"one /merge @{JOINER}ben"),
        ("AT&T", "AT&amp;T"),
    ],
)
def test_words_are_words(said: str, written: str) -> None:
    assert plain(said) == written


def test_a_long_comment_ends() -> None:
    found = {f"check_{n}": Found(Verdict.FAIL, "x" * 9_000, "y" * 9_000) for n in range(200)}
    assert len(comment("HF-3", URL, found)) <= 20_000


def test_a_status_is_set_and_is_nobodys_ci(each: Forge) -> None:
    set_status(each.connection(), A, Status("failure", "Nightdesk: no"), URL)
    assert [(one["name"], one["said"], one["text"], one["head"]) for one in each.state.statuses] == [
        ("nightdesk", "failure", "Nightdesk: no", A)
    ]
    assert read(each.connection(), Ask("", (A,)))[0].runs == ()


def test_gitlab_refuses_to_say_it_again(gitlab: Forge) -> None:
    gitlab.instead = saying(400, {"message": "Cannot transition status via :enqueue from :pending"})
    set_status(gitlab.connection(), A, Status("pending", "Nightdesk: no"), URL)
    gitlab.instead = saying(400, {"message": "ref is missing"})
    with pytest.raises(ForgeError) as raised:
        set_status(gitlab.connection(), A, Status("pending", "Nightdesk: no"), URL)
    assert raised.value.trouble is Trouble.REFUSED


def test_one_comment_is_kept_in_step(each: Forge) -> None:
    each.state.open(A)
    mark = marker("HF-3")
    made = keep_comment(each.connection(), 1, "HF-3", f"{mark}\nfirst")
    assert made.done == "made"
    assert keep_comment(each.connection(), 1, "HF-3", f"{mark}\nfirst", made.id).done == "unchanged"
    assert keep_comment(each.connection(), 1, "HF-3", f"{mark}\nsecond", made.id).done == "updated"
    assert keep_comment(each.connection(), 1, "HF-3", f"{mark}\nthird").done == "updated"
    assert [one["body"] for one in each.state.comments] == [f"{mark}\nthird"]


def test_another_hotfix_has_its_own_comment(each: Forge) -> None:
    each.state.open(A)
    for ref in ("HF-3", "HF-33"):
        keep_comment(each.connection(), 1, ref, f"{marker(ref)}\ntext")
    assert len(each.state.comments) == 2


def test_who_copies_the_mark_keeps_their_words(each: Forge) -> None:
    each.state.open(A)
    mark = marker("HF-3")
    for body in (f"{mark}\nmine", f"> {mark}\nquoted"):
        each.state.comments.append(
            {"id": len(each.state.comments) + 1, "pull": 1, "body": body, "by": "mallory"}
        )
    assert keep_comment(each.connection(), 1, "HF-3", f"{mark}\nours").done == "made"
    assert [one["body"] for one in each.state.comments[:2]] == [f"{mark}\nmine", f"> {mark}\nquoted"]


def test_ours_is_found_behind_many(each: Forge) -> None:
    each.state.open(A)
    for number in range(130):
        each.state.comments.append({"id": number + 1, "pull": 1, "body": "hm", "by": "ben"})
    keep_comment(each.connection(), 1, "HF-3", f"{marker('HF-3')}\nfirst")
    assert keep_comment(each.connection(), 1, "HF-3", f"{marker('HF-3')}\nsecond").done == "updated"


def test_one_that_somebody_deleted_is_made_again(each: Forge) -> None:
    each.state.open(A)
    made = keep_comment(each.connection(), 1, "HF-3", f"{marker('HF-3')}\nfirst")
    each.state.comments.clear()
    assert keep_comment(each.connection(), 1, "HF-3", f"{marker('HF-3')}\nfirst", made.id).done == "made"


def test_a_token_that_may_only_read(each: Forge) -> None:
    each.state.open(A)

    def instead(handler: Handler) -> bool:
        return handler.command != "GET" and saying(403, {"message": "Resource not accessible"})(handler)

    each.instead = instead
    with pytest.raises(ForgeError) as raised:
        keep_comment(each.connection(), 1, "HF-3", "x")
    assert raised.value.trouble is Trouble.FORBIDDEN
    with pytest.raises(ForgeError) as raised:
        set_status(each.connection(), A, Status("pending", "x"), URL)
    assert raised.value.trouble is Trouble.FORBIDDEN
