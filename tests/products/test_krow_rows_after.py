"""krow.yaml row by row, from the plan on, do and don't, boxes, afterwards, people (docs/conformance.md)."""

from typing import Any

import pytest

from products.process import ProcessDocument, load
from products.process.schema.work import ItemSpec
from products.sources.shipped import FOLDER


@pytest.fixture(scope="module")
def krow() -> ProcessDocument:
    return load((FOLDER / "krow.yaml").read_bytes(), name="krow.yaml")


def test_k78_to_k85_the_plan(krow: ProcessDocument) -> None:
    assert [(mark.at, [what.label for what in mark.what]) for mark in krow.marks] == [
        ("0", ["Detected", "Reported"]),
        ("5 min", ["Severity assessed", "Branch created"]),
        ("15 min", ["Fix in place", "Review started"]),
        ("30 min", ["Approved", "Merged", "Tagged"]),
        ("45 min", ["Deployed"]),
        ("60 min", ["Smoke tests passed", "Watch begun"]),
        ("2 h", ["Emergency resolved", "Users told"]),
        ("24 h", ["Follow-up sent"]),
    ]


@pytest.mark.parametrize(
    ("row", "number", "said"),
    [
        ("K87", 0, "Skip the review, not even in an emergency"),
        ("K88", 1, "Put several unrelated fixes into one hotfix"),
        ("K89", 2, "Forget the version number"),
        ("K90", 3, "Forget the changelog entry"),
        ("K91", 4, "Deploy without testing"),
        ("K92", 5, "Forget to tell the users"),
    ],
)
def test_k87_to_k92_what_not_to_do(krow: ProcessDocument, row: str, number: int, said: str) -> None:
    assert (len(krow.mistakes.dont), krow.mistakes.dont[number].text) == (6, said)


@pytest.mark.parametrize(
    ("row", "number", "said"),
    [
        ("K93", 0, "Keep the hotfix small and about one thing"),
        ("K94", 1, "Test every fix locally first"),
        ("K95", 2, "Get at least one approval"),
        ("K96", 3, "Update every version file"),
        ("K97", 4, "Deploy at once after the approval"),
        ("K98", 5, "Watch actively for two hours or more"),
    ],
)
def test_k93_to_k98_what_to_do(krow: ProcessDocument, row: str, number: int, said: str) -> None:
    assert (len(krow.mistakes.do), krow.mistakes.do[number].text) == (6, said)


def test_k87_k95_one_approval_not_of_the_author_on_the_last_commit(krow: ProcessDocument) -> None:
    assert krow.policy is not None
    review = krow.policy.review
    assert review is not None
    assert (review.approvals, review.not_by_author, review.on_final_head) == (1, True, True)


BOXES = [
    ("K100", "severity_assessed", "assess"),
    ("K101", "cut_from_tag", "branch"),
    ("K102", "tests_passed", "fix"),
    ("K103", "version_bump", "version"),
    ("K104", "changelog_entry", "changelog"),
    ("K105", "commit_message", "fix"),
    ("K106", "review_requested", "review"),
    ("K107", "approval", "review"),
    ("K108", "merged", "merge"),
    ("K109", "tag_commit", "tag"),
    ("K110", "tag_pushed", "tag"),
    ("K111", "deployed", "deploy"),
    ("K112", "smoke", "verify"),
    ("K113", "healthy_window", "verify"),
    ("K114", "users_notified", "communicate"),
    ("K115", "release_published", None),
    ("K116", "documented", None),
]


def test_k100_to_k116_seventeen_boxes_in_the_order_of_the_source(krow: ProcessDocument) -> None:
    assert krow.checklist is not None
    items: list[ItemSpec] = krow.checklist.items
    assert [(item.check, item.step) for item in items] == [(check, step) for _row, check, step in BOXES]
    assert {item.origin.value for item in items} == {"source"}


def test_k103_k106_k113_what_the_boxes_add_in_brackets(krow: ProcessDocument) -> None:
    assert krow.checklist is not None
    titles = [item.title for item in krow.checklist.items]
    assert [title.partition("(")[2].rstrip(")") for title in titles if "(" in title] == [
        "PATCH only",
        "marked URGENT",
        "2 hours or more",
    ]


def test_k99_k117_the_line_above_the_boxes_and_the_one_below(krow: ProcessDocument) -> None:
    assert krow.checklist is not None
    assert krow.checklist.header == "Hotfix: {product_name} v{old} → v{new}"
    assert krow.checklist.footer == "Total Time: {minutes} minutes"


def test_k118_k119_k120_three_questions(krow: ProcessDocument) -> None:
    assert krow.postmortem is not None
    assert [(question.key, question.text) for question in krow.postmortem.questions] == [
        ("root_cause", "What was the root cause?"),
        ("why_not_caught", "Why was it not caught before?"),
        ("missed_testing", "What testing was missed?"),
    ]


def test_k121_to_k124_the_postmortem_its_clock_and_agenda(krow: ProcessDocument) -> None:
    assert krow.postmortem is not None
    assert krow.postmortem.clock == "postmortem"
    assert [point.text for point in krow.postmortem.agenda] == [
        "Look at what went wrong",
        "Talk about how to prevent it",
        "Change the process if that is needed",
    ]


def test_k125_to_k130_five_kinds_of_actions_and_who_hears_of_it(krow: ProcessDocument) -> None:
    assert krow.postmortem is not None
    assert [action.kind for action in krow.postmortem.actions] == [
        "test",
        "ci",
        "monitoring",
        "docs",
        "process",
    ]
    assert [line.text for line in krow.postmortem.share] == ["The team hears what was found"]


def test_k131_all_of_that_begins_when_it_is_resolved(krow: ProcessDocument) -> None:
    clock = next(clock for clock in krow.clocks if clock.key == "postmortem")
    assert clock.from_ == "resolved"


def test_k132_to_k137_who_is_told_where_and_how(krow: ProcessDocument) -> None:
    assert [contact.label for contact in krow.contacts.tell] == [
        "Release Engineer",
        "DevOps",
        "Product Owner",
        "Affected Team",
    ]
    assert krow.contacts.channel == "Slack: #emergency-releases"
    assert krow.contacts.urgent is not None
    assert krow.contacts.urgent.text == "What cannot wait is settled on a call."


def test_k138_k139_who_decides_and_who_carries_it_out(krow: ProcessDocument) -> None:
    assert krow.rollback is not None
    assert (krow.rollback.approved_by, krow.rollback.executed_by) == ("product_owner", "release_engineer")


def test_c15_the_ways_back_are_house_options_because_the_source_has_none(krow: ProcessDocument) -> None:
    assert krow.rollback is not None
    options = [(option.key, option.components, option.origin.value) for option in krow.rollback.options]
    assert options == [
        ("redeploy_previous_tag", ["web", "backend"], "house"),
        ("halt_rollout", ["mobile"], "house"),
    ]


def test_k145_eleven_steps_in_order(krow: ProcessDocument) -> None:
    assert [step.key for step in krow.steps] == [
        "assess", "branch", "fix", "version", "changelog", "review", "merge", "tag", "deploy", "verify", "communicate",
    ]  # fmt: skip
    assert {step.origin.value for step in krow.steps} == {"source"}


def test_k146_the_parts_stand_in_the_order_of_the_source(krow: ProcessDocument) -> None:
    """When, process, timeline; mistakes, post-incident, contacts: as far as our sections keep them together."""
    written: dict[str, Any] = {}
    for number, line in enumerate((FOLDER / "krow.yaml").read_text().split("\n")):
        written.setdefault(line.partition(":")[0], number)
    parts = ["eligibility", "steps", "checklist", "mistakes", "postmortem", "contacts"]
    assert sorted(parts, key=written.__getitem__) == parts
