"""Every row of the two written processes has a test, and docs/conformance.md says which."""

import pytest

from tests.conformance.page import PAGE, rows, text
from tests.conformance.tested import proofs, rows_in


def test_every_row_is_there() -> None:
    expected = [
        *(f"A{n}" for n in range(1, 45)),
        *(f"K{n}" for n in range(1, 147)),
        *(f"C{n}" for n in range(1, 19)),
    ]
    assert list(rows()) == expected


def test_no_row_is_without_a_test() -> None:
    assert [row for row in rows() if row not in proofs()] == []


def test_no_test_names_a_row_that_does_not_exist() -> None:
    assert [(row, tests[0]) for row, tests in proofs().items() if row not in rows()] == []


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text() == text(), "run: .venv/bin/python -m tests.conformance"


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("test_k6_to_k8_when", ["K6", "K7", "K8"]),
        ("test_a8_a9_p0_critical_within_4_hours", ["A8", "A9"]),
        ("proves the agenda (121–123 is no row; K121–K123 is)", ["K121", "K122", "K123"]),
        ("K78-K80, A2 and C14.", ["K78", "K79", "K80", "A2", "C14"]),
        ("K5–7", ["K5", "K6", "K7"]),
        ("archy K, 4K, MK12, K1a, SHA-A1B2", []),
    ],
)
def test_rows_are_read_from_what_a_test_says(said: str, found: list[str]) -> None:
    assert rows_in(said) == found
