"""Keys that stand in addresses stay out of every log line."""

import logging

import pytest

from foundation.logging import Formatter, harmless, without_keys


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        ("Internal Server Error: /in/push/AbC-_9", "Internal Server Error: /in/push/…"),
        ('GET "/l/WzEs:1abc:xyz?x=1" 200', 'GET "/l/…?x=1" 200'),
        ("path=/accounts/password/reset/key/1-abc-def/", "path=/accounts/password/reset/key/…/"),
        ("/incidents/INC-1/ and /products/l/edit", "/incidents/INC-1/ and /products/l/…"),
        ("nothing of that kind", "nothing of that kind"),
    ],
)
def test_a_key_in_a_path_is_cut(line: str, kept: str) -> None:
    assert without_keys(line) == kept


def test_in_a_traceback_too() -> None:
    try:
        raise RuntimeError("POST /in/push/AbC failed")
    except RuntimeError as error:
        record = logging.LogRecord("x", logging.ERROR, "x", 1, "%s", ("/l/abc",), (type(error), error, None))
    line = Formatter().format(record)
    assert "AbC" not in line
    assert "/l/abc" not in line


@pytest.mark.parametrize(
    ("sent", "written"),
    [
        ("one line", "one line"),
        ("a\nb\n", "a\n    b"),
        ("a\rb\x1b[31m", "a\\rb\\x1b[31m"),
        ("a\u2028b\u202ec\x9b", "a\\u2028b\\u202ec\\x9b"),
        ("Zoë\tⅧ 🚨", "Zoë\tⅧ 🚨"),
    ],
)
def test_nothing_that_was_sent_begins_a_line_or_steers_a_terminal(sent: str, written: str) -> None:
    assert harmless(sent) == written
