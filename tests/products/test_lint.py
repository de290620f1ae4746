"""What is questionable is said where it stands; each rule also knows when to be quiet."""

import pytest

from products.process.lint import RULES, Finding, lint_text
from products.sources.shipped import FOLDER
from tests.products.documents import GOOD

KROW = (FOLDER / "krow.yaml").read_text()
ARCHY = (FOLDER / "archy.yaml").read_text()


def found(text: str) -> list[Finding]:
    return lint_text(text.encode(), name="process.yaml")


def codes(text: str) -> set[str]:
    return {finding.code for finding in found(text)}


def changed(text: str, old: str, new: str) -> str:
    assert old in text
    return text.replace(old, new)


def test_krow_shows_its_own_contradictions() -> None:
    """C1–C5, C7–C11, C13–C15, C17."""
    real = {"C1", "C2", "C3", "C4", "C5", "C7", "C8", "C9", "C10", "C11", "C13", "C14", "C15", "C17"}
    assert {code for code in codes(KROW) if code.startswith("C")} == real


def test_archy_shows_its_own_contradictions() -> None:
    """C6, C12, C14, C16, C18."""
    assert {code for code in codes(ARCHY) if code.startswith("C")} == {"C6", "C12", "C14", "C16", "C18"}


@pytest.mark.parametrize("text", [KROW, ARCHY], ids=["krow", "archy"])
def test_the_shipped_documents_settle_each_of_them(text: str) -> None:
    findings = [finding for finding in found(text) if finding.code.startswith("C")]
    assert [finding.code for finding in findings if finding.settled is None] == []
    assert {finding.settled.origin.value for finding in findings if finding.settled} == {"house"}


@pytest.mark.parametrize("text", [KROW, ARCHY], ids=["krow", "archy"])
def test_a_finding_says_where_why_and_what_would_settle_it(text: str) -> None:
    lines = text.splitlines()
    for finding in found(text):
        assert finding.message.endswith(".")
        assert finding.why.endswith((".", "?"))
        assert finding.cure.endswith((".", "?"))
        # The line it names has the last key of its path, or begins the item of the list.
        last = finding.path.rsplit(".", 1)[-1].split("[")[0]
        line = lines[finding.line - 1]
        assert not finding.path or last in line or line.lstrip().startswith("- ")


def test_a_settlement_answers_and_does_not_hide() -> None:
    without = KROW[: KROW.index("settles:")]
    assert codes(without) == codes(KROW)
    assert all(finding.settled is None for finding in found(without))


# What makes each finding of a shipped document go away, so that no rule speaks for ever.
@pytest.mark.parametrize(
    ("code", "text", "old", "new"),
    [
        ("C1", KROW, "merge: ff-only", "merge: merge"),
        ("C1", KROW, "cut_from: base_tag", "cut_from: main"),
        ("C2", KROW, "target: {within: 30 min}", "target: {within: 15 min}"),
        ("C3", KROW, "  for: 2 h", "  for: 1 h"),
        ("C4", KROW, "target: {within: 4 h, earliest: 2 h}", "target: {within: 4 h, earliest: 1 h}"),
        ("C5", KROW, "start: Once the severity", "start: Except for MEDIUM, once the severity"),
        ("C6", ARCHY, "response: {within: 72 h}", "response: {milestone: v1.1}"),
        ("C7", KROW, "hotfix/<product>-v<PATCH+1>", "hotfix/<product>-v<NEW>"),
        ("C9", KROW, "gh pr create --title", "gh pr create --label URGENT --title"),
        ("C10", KROW, "check: release_published, ", "check: release_published, step: tag, "),
        ("C11", KROW, "when: {event: deployed, not_before: smoke_passed}", "when: {event: smoke_passed}"),
        ("C12", ARCHY, "  merge: any", "  merge: merge\n  annotated: false\n  cut_from: main"),
        ("C13", KROW, "  build: plus-one\n", ""),
        ("C14", KROW, "    bounds: house\n", ""),
        ("C15", KROW, "  approved_by: product_owner\n", ""),
        ("C17", KROW, "    when: {event: resolved}\n    audience: users\n    role: product_owner\n    origin: house",
         "    when: {event: resolved}\n    audience: users\n    role: product_owner"),
        ("C18", ARCHY, "target: /", "target: https://example.org/"),
        ("N6", ARCHY, "  bump: patch", "  bump: patch\n  review: {approvals: 1}"),
        ("N10", KROW, "    decides: true\n", "    decides: true\n    deputies: [devops]\n"),
        ("N13", KROW, "data_preserved: unknown", 'data_preserved: "no"'),
        ("N14", GOOD, "clocks:", "postmortem: {questions: [{key: why, text: Why?}]}\nclocks:"),
    ],
)  # fmt: skip
def test_a_finding_goes_when_its_cause_does(code: str, text: str, old: str, new: str) -> None:
    before = [finding for finding in found(text) if finding.code == code]
    after = [finding for finding in found(changed(text, old, new)) if finding.code == code]
    assert len(after) < len(before)


def test_c16_goes_when_no_way_back_is_described() -> None:
    without = ARCHY[: ARCHY.index("  options:\n")] + ARCHY[ARCHY.index("postmortem:\n") :]
    assert "C16" in codes(ARCHY)
    assert "C16" not in codes(without)


# What the shipped documents do right, done wrong.
@pytest.mark.parametrize(
    ("code", "text", "old", "new"),
    [
        ("N1", KROW, "response: {within: 1 h}", "response: {within: 5 h}"),
        ("N2", KROW, "at: 45 min", "at: 20 min"),
        ("N3", KROW, "    target: {within: 15 min}\n", ""),
        ("N4", KROW, "    wake: {answer: yes, origin: house}\n  - key: HIGH", "    wake: no\n  - key: HIGH"),
        ("N5", KROW, 'branch: "hotfix/{product}-v{new}"', 'branch: "hotfix/{product}"'),
        ("N5", KROW, 'tag: "{product}/prod-v{new}"', 'tag: "{product}/prod"'),
        ("N7", KROW, "    - {role: devops, label: DevOps}\n", ""),
        ("N8", ARCHY, "check: deployed, step: dev, done_on: [deployed]}", "step: dev}"),
        ("N9", KROW.replace("  approved_by: product_owner\n", ""), "    decides: true\n", ""),
        ("N11", KROW, "    title: Fix the bug\n    role: release_engineer\n", "    title: Fix the bug\n"),
        ("N12", ARCHY, "      steps:\n        - {text: Tell users where that ISO is and its SHA-256., origin: house}\n",
         ""),
    ],
)  # fmt: skip
def test_a_finding_comes_with_its_cause(code: str, text: str, old: str, new: str) -> None:
    assert code not in codes(text)
    assert code in codes(changed(text, old, new))


def test_each_rule_has_its_own_code_and_a_case_here() -> None:
    assert len({rule.__doc__ and rule.__doc__.split(".")[0].split(":")[0] for rule in RULES}) == len(RULES)
