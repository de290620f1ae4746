"""Keys that stand in addresses stay out of every log line."""

import logging

import pytest

from foundation.logging import Formatter, without_keys


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
