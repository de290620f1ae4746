"""archy.yaml against its written source, row by row of docs/conformance.md (A…)."""

from datetime import UTC, date, datetime

import pytest

from products.process import ProcessDocument, load
from products.sources.shipped import FOLDER


@pytest.fixture(scope="module")
def archy() -> ProcessDocument:
    return load((FOLDER / "archy.yaml").read_bytes(), name="archy.yaml")


def severity(process: ProcessDocument, key: str) -> tuple[str, str, str, str, list[str]]:
    """Label, mark, response, its origin, examples."""
    row = next(row for row in process.severities if row.key == key)
    response = row.targets["response"]
    return row.label, row.mark.value, response.target().text(), response.origin.value, row.examples


def test_a1_where_it_comes_from(archy: ProcessDocument) -> None:
    origin = archy.origin
    assert (origin.repo, origin.path, origin.author) == ("archy", "docs/hotfix-process.md", "Dorian")
    assert (origin.commit, origin.work_item) == ("5495fc5c3e", "LAUNCH-02")
    assert origin.subject == "docs: set up post-release monitoring and hotfix process (LAUNCH-02)"
    assert origin.date == datetime(2026, 3, 11, 18, 24, 56, tzinfo=UTC)
    assert (origin.format, origin.lines, origin.size) == ("Markdown", 51, "1.7 KiB")
    assert date(2026, 3, 11) == origin.date.date()


def test_a6_it_is_for_critical_bugs_after_v1_0_0(archy: ProcessDocument) -> None:
    assert archy.purpose is not None
    assert archy.purpose.text == "Critical bugs found after the v1.0.0 release."
    assert [item.text for item in archy.eligibility.use] == [
        "A critical bug that turned up after v1.0.0 was released"
    ]


def test_a7_the_severity_table_has_four_rows_in_order(archy: ProcessDocument) -> None:
    assert [(row.key, row.rank) for row in archy.severities] == [("P0", 1), ("P1", 2), ("P2", 3), ("P3", 4)]
    assert {row.origin.value for row in archy.severities} == {"source"}


def test_a8_a9_p0_critical_responds_within_4_hours(archy: ProcessDocument) -> None:
    examples = ["Data loss", "security vulnerability", "node bricked"]
    assert severity(archy, "P0") == ("P0 Critical", "critical", "< 4 h", "source", examples)


def test_a10_a11_p1_high_responds_within_24_hours(archy: ProcessDocument) -> None:
    examples = ["App won't start", "auth broken", "major UI failure"]
    assert severity(archy, "P1") == ("P1 High", "high", "< 24 h", "source", examples)


def test_a12_a13_p2_medium_responds_within_72_hours(archy: ProcessDocument) -> None:
    examples = ["Non-critical feature broken", "performance regression"]
    assert severity(archy, "P2") == ("P2 Medium", "medium", "< 72 h", "source", examples)


def test_a14_a15_p3_low_waits_for_the_next_release(archy: ProcessDocument) -> None:
    assert severity(archy, "P3") == (
        "P3 Low",
        "low",
        "next release",
        "source",
        ["Cosmetic", "minor UX", "edge cases"],
    )
    assert archy.severities[3].targets["response"].target().kind == "milestone"


def test_a18_a19_p0_and_p1_proceed_immediately(archy: ProcessDocument) -> None:
    assert [row.proceed.value for row in archy.severities] == ["immediately", "immediately", "defer", "defer"]


def test_a20_c6_p2_and_p3_go_on_the_v1_1_roadmap_while_the_clock_of_p2_runs(archy: ProcessDocument) -> None:
    assert [row.defer_to for row in archy.severities] == [None, None, "v1.1", "v1.1"]
    assert archy.severities[2].targets["response"].target().seconds == 72 * 3600
    assert "C6" in {settlement.settles for settlement in archy.settles}


def test_c14_acknowledging_is_a_clock_of_its_own_and_does_not_stop_the_response(
    archy: ProcessDocument,
) -> None:
    acknowledged, response = archy.clocks[:2]
    assert (acknowledged.key, acknowledged.from_, acknowledged.origin.value) == (
        "acknowledged",
        "detected_at",
        "house",
    )
    assert (response.key, response.from_, response.kind.value) == ("response", "detected_at", "commitment")
    ends = ["hotfix_started", "rollback_started", "mitigated", "deferred", "resolved", "declined"]
    assert response.to == ends
    assert acknowledged.to == ["acknowledged", *ends]
    assert "C14" in {settlement.settles for settlement in archy.settles}


def test_the_times_to_acknowledge_are_house_values(archy: ProcessDocument) -> None:
    specs = [row.targets["acknowledged"] for row in archy.severities]
    assert [spec.target().text() for spec in specs] == ["< 15 min", "< 1 h", "< 8 h", "no limit"]
    assert {spec.origin.value for spec in specs} == {"house"}


def test_c16_roles_that_the_source_does_not_name_are_house_defaults(archy: ProcessDocument) -> None:
    assert {role.origin.value for role in archy.roles} == {"house"}
    assert [role.key for role in archy.roles if role.decides] == ["decider"]
