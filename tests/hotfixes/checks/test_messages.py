"""Which messages say all that Krow asks for, however people write them (K24–K28)."""

import pytest

from hotfixes.checks.git.written import lacking
from products.process.schema.policy import CommitSpec
from tests.hotfixes.checks.stories import KROW

SPEC = CommitSpec.model_validate(KROW["commit"])
BODY = "HOTFIX for production\nIssue: a\nSolution: b\nTested: c"


@pytest.mark.parametrize("subject", ["fix: x", "Fix: x", "fix(web)!: x", "fix:x"])
def test_a_subject_that_begins_as_agreed(subject: str) -> None:
    assert lacking(SPEC, subject, f"{subject}\n\n{BODY}") == []


@pytest.mark.parametrize(
    "subject", ["fix:", "fixed: x", "hotfix: x", "fix: [issue description]", "fix: TODO", ""]
)
def test_a_subject_that_does_not(subject: str) -> None:
    assert lacking(SPEC, subject, f"{subject}\n\n{BODY}") == ["fix:"]


@pytest.mark.parametrize(
    "body",
    [
        BODY.upper(),
        "**HOTFIX for production**\n\n**Issue:** a\n- Solution: b\nTested:\n  on a phone",
        BODY.replace("\n", "\n\n") + "\n\nSigned-off-by: Ada <ada@example.test>",
    ],
)
def test_parts_are_found_in_other_dress(body: str) -> None:
    assert lacking(SPEC, "fix: x", f"fix: x\n\n{body}") == []


@pytest.mark.parametrize("value", ["", "[how was it tested locally]", "<how>", "TBD", "...", "n/a", "-"])
def test_a_part_that_nobody_filled_in_is_missing(value: str) -> None:
    body = BODY.replace("Tested: c", f"Tested: {value}\n\nSigned-off-by: Ada")
    assert lacking(SPEC, "fix: x", f"fix: x\n\n{body}") == ["Tested:"]


def test_no_empty_line_after_the_subject_is_forgiven() -> None:
    """Git then hands over one long subject."""
    joined = f"fix: x {BODY}".replace("\n", " ")
    assert lacking(SPEC, joined, joined) == []
    without = joined.replace("Solution: b ", "")
    assert lacking(SPEC, without, without) == ["Solution:"]
