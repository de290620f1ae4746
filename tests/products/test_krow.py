"""krow.yaml against its written source, row by row of docs/conformance.md (K…)."""

from datetime import date, datetime, timedelta, timezone

import pytest

from products.process import ProcessDocument, load
from products.sources.shipped import FOLDER


@pytest.fixture(scope="module")
def krow() -> ProcessDocument:
    return load((FOLDER / "krow.yaml").read_bytes(), name="krow.yaml")


def test_k1_k141_where_it_comes_from(krow: ProcessDocument) -> None:
    origin = krow.origin
    assert (origin.repo, origin.path) == ("Krow-workspace", "docs/RELEASE/HOTFIX_PROCESS.md")
    assert (origin.author, origin.commit) == ("Achintha Isuru", "085445e730")
    assert (
        origin.subject == "feat: add comprehensive release process documentation and version file references"
    )
    assert origin.date == datetime(2026, 3, 5, 10, 49, 9, tzinfo=timezone(timedelta(hours=-5)))
    assert (origin.size, origin.last_updated) == ("6.4 KiB", date(2026, 3, 5))


def test_k5_it_is_for_emergencies_in_production(krow: ProcessDocument) -> None:
    assert krow.purpose is not None
    assert krow.purpose.text == "Urgent fixes to production."


@pytest.mark.parametrize(
    ("row", "number", "words"),
    [
        ("K6", 0, "critical bug in production"),
        ("K7", 1, "security vulnerability"),
        ("K8", 2, "service is unavailable"),
        ("K9", 3, "keeps customers"),
    ],
)
def test_k6_to_k9_when_to_hotfix(krow: ProcessDocument, row: str, number: int, words: str) -> None:
    assert words in krow.eligibility.use[number].text


@pytest.mark.parametrize(
    ("row", "number", "words"),
    [
        ("K10", 0, "minor bug that can wait for the next release"),
        ("K11", 1, "feature request"),
        ("K12", 2, "nice to have"),
        ("K13", 3, "styling"),
    ],
)
def test_k10_to_k13_when_not_to_hotfix(krow: ProcessDocument, row: str, number: int, words: str) -> None:
    assert words in krow.eligibility.not_[number].text


def test_every_question_of_eligibility_is_from_the_source(krow: ProcessDocument) -> None:
    items = [*krow.eligibility.use, *krow.eligibility.not_]
    assert [item.origin.value for item in items] == ["source"] * 8


def test_k15_there_are_three_severities(krow: ProcessDocument) -> None:
    assert [(row.key, row.label, row.rank) for row in krow.severities] == [
        ("CRITICAL", "CRITICAL", 1),
        ("HIGH", "HIGH", 2),
        ("MEDIUM", "MEDIUM", 3),
    ]


@pytest.mark.parametrize(
    ("row", "number", "mark", "response", "examples"),
    [
        ("K142", 0, "critical", "< 1 h", ["Service down", "data loss", "security"]),
        ("K143", 1, "high", "< 4 h", ["Major feature broken, workaround available"]),
        ("K144", 2, "medium", "next release", ["Minor feature affected"]),
    ],
)
def test_k142_to_k144_the_severity_table(
    krow: ProcessDocument, row: str, number: int, mark: str, response: str, examples: list[str]
) -> None:
    severity = krow.severities[number]
    target = severity.targets["response"]
    assert (severity.mark.value, severity.examples) == (mark, examples)
    assert (target.target().text(), target.origin.value) == (response, "source")


def test_k144_the_next_release_is_a_milestone(krow: ProcessDocument) -> None:
    assert krow.severities[2].targets["response"].target().kind == "milestone"


def test_k19_c5_confirmed_severities_start_at_once_and_medium_may_wait(krow: ProcessDocument) -> None:
    assert [row.proceed.value for row in krow.severities] == ["immediately", "immediately", "defer"]
    assert krow.severities[2].defer_to == "next release"
    assert "C5" in {settlement.settles for settlement in krow.settles}


def test_c4_the_hour_of_critical_is_settled_as_time_to_respond(krow: ProcessDocument) -> None:
    settled = {settlement.settles: settlement for settlement in krow.settles}
    assert settled["C4"].choice.startswith("The hour is the time to respond")
    assert {settlement.origin.value for settlement in krow.settles} == {"house"}


def test_c14_acknowledging_is_a_clock_of_its_own_and_does_not_stop_the_response(
    krow: ProcessDocument,
) -> None:
    acknowledged, response = krow.clocks[:2]
    assert (acknowledged.from_, response.from_) == ("detected_at", "detected_at")
    ends = ["hotfix_started", "rollback_started", "mitigated", "deferred", "resolved", "declined"]
    assert response.to == ends
    assert acknowledged.to == ["acknowledged", *ends]


def test_the_times_to_acknowledge_are_house_values(krow: ProcessDocument) -> None:
    specs = [row.targets["acknowledged"] for row in krow.severities]
    assert [spec.target().text() for spec in specs] == ["< 10 min", "< 30 min", "< 4 h"]
    assert {spec.origin.value for spec in specs} == {"house"}


def test_k138_to_k140_who_decides_executes_and_watches(krow: ProcessDocument) -> None:
    assert [role.label for role in krow.roles if role.decides] == ["Product Owner"]
    assert [role.label for role in krow.roles if role.executes] == ["Release Engineer"]
    assert [role.label for role in krow.roles if role.watches] == ["DevOps"]
