"""The request for review: marked urgent, titled, opened and filled in as agreed (K40–K46, K106)."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from time import process_time
from typing import Any

import pytest

from hotfixes.checks import Context, Result, evaluate
from hotfixes.forges.shapes import Reading
from tests.hotfixes.checks.stories import BRANCH, Story
from tests.hotfixes.forges.playing import forge
from tests.hotfixes.forges.scene import REVIEW, Scene
from tests.hotfixes.forges.state import BODY


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Context]:
    """Read once: what is written in the request is then tried by itself."""
    with forge("github") as found:
        scene = Scene(Story.begun(tmp_path_factory.mktemp("once")), found)
        scene.asked()
        scene.observe()
        yield scene.context()


def reviewed(context: Context, rule: dict[str, Any] | None = None, **given: Any) -> Result:
    """Of a pull that says this instead."""
    assert context.forge is not None
    reading = Reading("github", (replace(context.forge.pulls[0], **given),))
    review = context.policy.review
    assert review is not None
    policy = context.policy.model_copy(
        update={"review": type(review).model_validate({**REVIEW, **(rule or {})})}
    )
    changed = replace(context, policy=policy, forge=reading)
    return evaluate(changed, ["review_requested"])["review_requested"]


def test_it_is_asked_for_as_agreed(everywhere: Scene) -> None:
    """K40, K106."""
    everywhere.story.whole_fix()
    assert everywhere.verdict("review_requested") == "PENDING"
    pull = everywhere.state.open(everywhere.tip)
    result = everywhere.judge("review_requested")
    sign = "merge request !1" if everywhere.forge.kind == "gitlab" else "pull request #1"
    assert (str(result.verdict), result.summary) == ("PASS", f"Review asked for, marked URGENT: {sign}.")
    assert (result.facts["number"], result.facts["head"]) == (pull.number, everywhere.tip)


def test_there_is_none_yet_and_how_to_make_it(scene: Scene) -> None:
    scene.story.whole_fix()
    result = scene.judge("review_requested")
    assert (str(result.verdict), result.summary) == ("PENDING", f"There is no pull request for {BRANCH} yet.")
    assert result.next is not None
    [command] = result.next.commands
    assert command.startswith(
        f"gh pr create --base main --head {BRANCH} --title 'HOTFIX: [issue]' --body '**URGENT"
    )
    assert command.endswith(" --label URGENT")


@pytest.mark.parametrize(
    ("labels", "title", "marked"),
    [
        (["URGENT"], "HOTFIX: x", True),
        (["urgent"], "HOTFIX: x", True),
        (["priority: Urgent"], "HOTFIX: x", True),
        (["not-urgent"], "HOTFIX: x", False),
        (["URGENTLY"], "HOTFIX: x", False),
        ([], "URGENT: HOTFIX: x", True),
        ([], "[URGENT] HOTFIX: x", True),
        ([], "HOTFIX: x is urgent", False),
        ([], "HOTFIX: x", False),
    ],
)
def test_the_mark(once: Context, labels: list[str], title: str, marked: bool) -> None:
    """K40: a label however it is dressed, or the word itself in the title."""
    body = BODY.partition("\n")[2]
    result = reviewed(once, {"opening": None}, labels=tuple(labels), title=title, body=body)
    assert str(result.verdict) == ("PASS" if marked else "FAIL")


def test_the_word_in_the_text_marks_it_too(once: Context) -> None:
    """K40: `gh pr create` sets no label, and the text opens with the word."""
    assert str(reviewed(once, labels=()).verdict) == "PASS"


@pytest.mark.parametrize(
    ("title", "fine"),
    [
        ("HOTFIX: sign-in fails", True),
        ("Draft: HOTFIX: sign-in fails", True),
        ("HOTFIX: [Issue description]", False),
        ("HOTFIX: TODO", False),
        ("HOTFIX:", False),
        ("Fix sign-in", False),
        ("", False),
    ],
)
def test_the_title(once: Context, title: str, fine: bool) -> None:
    """K41."""
    result = reviewed(once, title=title)
    assert (str(result.verdict), result.facts.get("missing")) == (
        ("PASS", None) if fine else ("FAIL", ["the title “HOTFIX: [issue]”"])
    )


@pytest.mark.parametrize(
    ("opening", "fine"),
    [
        ("**URGENT PRODUCTION FIX**", True),
        ("\n\n# Urgent production fix\n", True),
        ("<!-- say what it is\nin a line -->\n**URGENT PRODUCTION FIX** for Krow", True),
        ("Hello\n\n**URGENT PRODUCTION FIX**", False),
        ("<!-- **URGENT PRODUCTION FIX** -->", False),
    ],
)
def test_the_opening(once: Context, opening: str, fine: bool) -> None:
    """K42."""
    result = reviewed(once, body=BODY.replace("**URGENT PRODUCTION FIX**", opening))
    assert str(result.verdict) == ("PASS" if fine else "FAIL")


@pytest.mark.parametrize(
    ("label", "row"), [("Issue", "K43"), ("Impact", "K44"), ("Solution", "K45"), ("Testing", "K46")]
)
@pytest.mark.parametrize("value", [None, "", "[fill in]", "TODO"])
def test_each_part_must_be_filled_in(once: Context, label: str, row: str, value: str | None) -> None:
    """K43, K44, K45, K46."""
    lines = [line for line in BODY.splitlines() if not line.startswith(label)]
    result = reviewed(once, body="\n".join(lines + ([] if value is None else [f"{label}: {value}"])))
    assert (str(result.verdict), result.facts["missing"]) == ("FAIL", [f"{label}:"])
    assert result.summary == f"The pull request #1 lacks: {label}:"


@pytest.mark.parametrize(
    "change",
    [
        lambda body: body.replace("\n", "\r\n"),
        lambda body: body.replace("Issue:", "**Issue:**"),
        lambda body: body.replace("Issue: nobody", "### Issue:\nnobody").replace("### ", ""),
        lambda body: body + "\n\nCloses #7",
        lambda body: body.upper(),
        lambda body: "\ufeff" + body,
        lambda body: (
            "\ufeff" + body.replace("Issue: ", "## Issue\n\n").replace("Impact: ", "\n### **Impact:**\r\n")
        ),
    ],
)
def test_the_text_in_other_dress(once: Context, change: Callable[[str], str]) -> None:
    assert str(reviewed(once, body=change(BODY)).verdict) == "PASS"


def test_an_empty_section_is_not_filled_by_the_next_one(once: Context) -> None:
    """K43: `## Issue`, and below it only another heading."""
    result = reviewed(
        once, body=BODY.replace("Issue: nobody can sign in", "## Issue\n\n## Screenshots\n\nnone")
    )
    assert (str(result.verdict), result.facts["missing"]) == ("FAIL", ["Issue:"])


def test_a_draft_waits(everywhere: Scene) -> None:
    pull = everywhere.asked(draft=True)
    assert everywhere.verdict("review_requested") == "PENDING"
    pull.draft = False
    assert everywhere.verdict("review_requested") == "PASS"


def test_closed_without_being_merged(everywhere: Scene) -> None:
    pull = everywhere.asked()
    pull.state = "closed"
    assert everywhere.verdict("review_requested") == "FAIL"
    pull.state = "open"
    assert everywhere.verdict("review_requested") == "PASS"


def test_a_second_one_after_the_first_was_closed(everywhere: Scene) -> None:
    everywhere.asked(title="oops").state = "closed"
    everywhere.state.open(everywhere.tip)
    assert everywhere.judge("review_requested").facts["number"] == 2


def test_it_goes_elsewhere(once: Context) -> None:
    missing = reviewed(once, base_name="develop").facts["missing"]
    assert missing == ["main as the target (it goes to develop)"]


def test_one_from_a_fork_is_not_ours(everywhere: Scene) -> None:
    everywhere.asked(fork=True)
    result = everywhere.judge("review_requested")
    assert (str(result.verdict), result.proof[0].split(":")[0]) == ("PENDING", "From a fork, not this branch")


def test_merged_by_a_push_to_main(scene: Scene) -> None:
    pull = scene.asked()
    scene.story.fast_forward()
    scene.state.merge(pull)
    assert scene.verdict("review_requested") == "PASS"


def test_released_and_never_asked(scene: Scene) -> None:
    scene.story.whole_fix()
    scene.observe()
    scene.story.fast_forward()
    assert scene.verdict("review_requested") == "FAIL"


def test_words_of_strangers_stay_words(once: Context) -> None:
    result = reviewed(once, title="HOTFIX: <script>alert(1)</script> $(reboot) `x`")
    assert (str(result.verdict), "<script>" in result.proof[0]) == ("PASS", True)


def test_commands_are_quoted(scene: Scene) -> None:
    scene.rule(label="URGENT; reboot", title="HOTFIX: it's {issue}")
    scene.story.whole_fix()
    result = scene.judge("review_requested")
    assert result.next is not None
    assert result.next.commands[0].endswith("--label 'URGENT; reboot'")


def test_the_process_may_not_ask(scene: Scene) -> None:
    del scene.story.policy["review"]
    assert scene.verdict("review_requested") == "N/A"


@pytest.mark.parametrize("body", ["<!--" * 5_000, "# " + ":" * 9_990 + "x" + ":" * 9_990 + "x"])
def test_a_description_made_to_be_slow_is_read_in_no_time(once: Context, body: str) -> None:
    began = process_time()
    assert reviewed(once, body=body).verdict == "FAIL"
    assert process_time() - began < 1


def test_what_a_comment_says_is_not_said(once: Context) -> None:
    assert reviewed(once, body=f"<!-- {BODY} -->").verdict == "FAIL"
    assert reviewed(once, body=f"<!-- fill in -->{BODY}<!-- end").verdict == "PASS"
