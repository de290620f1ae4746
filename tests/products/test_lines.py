"""Line ends: what a browser sends back is stored as it was read (A1, K1: byte for byte)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from products.process.lines import as_before, end, lines, without_end


def sent(text: str) -> str:
    """What a browser makes of the text in a field: every line end is CR LF."""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\r\n")


@given(st.text(alphabet="ab \r\n\x85\u2028\ufeff"))
def test_lines_joined_are_the_text_again(text: str) -> None:
    assert "".join(lines(text)) == text
    assert all(without_end(line) + end(line) == line for line in lines(text))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "a\n",
        "a\r\nb\r\n",
        "a\r\nb",
        "a\nb\r\nc\n",
        "\ufeffa \n\t\n",
        "a\rb\r",
        "a\n\n\n",
        "\r\n\n\r\n",
    ],
)
def test_a_text_that_nobody_changed_comes_back_as_it_was(text: str) -> None:
    assert as_before(sent(text), text) == text


@given(st.text(alphabet="ab \r\n"))
def test_so_does_any_other(text: str) -> None:
    assert as_before(sent(text), text) == text


def test_a_new_line_gets_the_end_that_the_others_have() -> None:
    assert as_before("a\r\nnew\r\nb\r\n", "a\nb\n") == "a\nnew\nb\n"
    assert as_before("a\r\nnew\r\nb\r\n", "a\r\nb\r\n") == "a\r\nnew\r\nb\r\n"
    assert as_before("a\r\nnew\r\nb\r\nc\r\n", "a\r\nb\nc\n") == "a\r\nnew\nb\nc\n"


def test_lines_are_counted_as_yaml_does() -> None:
    assert lines("a\x85b\u2028c\r\nd\re") == ["a\x85", "b\u2028", "c\r\n", "d\r", "e"]


@pytest.mark.parametrize(
    ("before", "typed", "stored"),
    [
        ("a\nb\n", "a\u2028b\r\n", "a\u2028b\n"),  # pasted: a browser leaves it alone
        ("a\u2028b\n", "a\r\nb\r\n", "a\nb\n"),  # made an ordinary line on purpose
        ("a\u2028", "a\u2028b\r\n", "a\u2028b\n"),
    ],
)
def test_line_ends_that_browsers_leave_alone_are_neither_added_nor_taken_away(
    before: str, typed: str, stored: str
) -> None:
    assert as_before(typed, before) == stored
