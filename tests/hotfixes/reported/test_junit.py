"""JUnit files of all kinds: what ran, what failed, and what is not read."""

import pytest

from hotfixes.reported.junit import NotJUnit, Report, read

GOOD = b'<testsuite name="a" tests="2"><testcase name="x"/><testcase name="y"></testcase></testsuite>'


def test_passes_are_counted() -> None:
    assert read(GOOD) == Report(2, 0, 0, 0)
    assert read(GOOD).passed
    assert read(GOOD).sentence == "Tests: 2. Passed: 2. Failed: 0."


def test_suites_of_suites_with_failures_errors_and_skips() -> None:
    text = """<?xml version="1.0" encoding="UTF-8"?>
    <testsuites tests="5" failures="1" errors="1"><testsuite><testsuite name="inner">
      <testcase classname="app.Login" name="opens"><failure message="no">trace</failure></testcase>
      <testcase classname="app.Login" name="closes"><error/></testcase>
      <testcase name="later"><skipped/></testcase></testsuite>
      <testcase name="fine"><system-out>x</system-out></testcase>
      <testcase name="flaky"><flakyFailure/></testcase></testsuite></testsuites>"""
    found = read(text.encode())
    assert found == Report(5, 1, 1, 1, ("app.Login › opens", "app.Login › closes"))
    assert not found.passed
    assert found.sentence == "Tests: 5. Passed: 2. Failed: 2. Skipped: 1."


@pytest.mark.parametrize(
    "text",
    [
        "<testsuites/>",
        '<testsuites tests="0"/>',
        "<testsuite></testsuite>",
        "<testsuite><testcase><skipped/></testcase></testsuite>",
        '<testsuite tests="3" skipped="3"/>',
        '<testsuite><testcase name="x" status="notrun"/></testsuite>',
    ],
)
def test_where_nothing_ran_nothing_passed(text: str) -> None:
    assert not read(text.encode()).passed


@pytest.mark.parametrize(
    "text",
    [
        '<testsuite tests="3" failures="1"><testcase/></testsuite>',
        "<testsuite><error message='cannot start'/><testcase/></testsuite>",
        '<testsuites><testsuite failures="1" tests="9"/></testsuites>',
        '<testsuite><testcase name="x" status="failed"/></testsuite>',
        "<testsuite><testcase><skipped/><failure/></testcase><testcase/></testsuite>",
        "<testsuite><testcase><failure/><skipped/></testcase><testcase/></testsuite>",
    ],
)
def test_what_failed_anywhere_is_not_passed(text: str) -> None:
    assert not read(text.encode()).passed


@pytest.mark.parametrize(
    "content",
    [
        b'<j:testsuite xmlns:j="urn:x"><j:testcase name="x"/></j:testsuite>',
        b'\xef\xbb\xbf<testsuite><testcase name="x"/></testsuite>',
        '<?xml version="1.0" encoding="UTF-16"?><testsuite><testcase/></testsuite>'.encode("utf-16"),
        '<?xml version="1.0" encoding="ISO-8859-1"?><testsuite><testcase name="ü"/></testsuite>'.encode(
            "latin-1"
        ),
        b'<testsuite tests="-1" failures="many"><testcase name="x"/></testsuite>',
    ],
)
def test_names_marks_and_encodings_of_other_tools_are_read(content: bytes) -> None:
    assert read(content) == Report(1, 0, 0, 0)


ENTITIES = (
    b'<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;&x;">]><testsuite><testcase name="&y;"/></testsuite>'
)
OUTSIDE = b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><testsuite/>'
LOCAL = (
    b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><testsuite><testcase>&x;</testcase></testsuite>'
)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (ENTITIES, "document type"),
        (OUTSIDE, "document type"),
        (LOCAL, "document type"),
        (b"<html><body/></html>", "begins with <html>"),
        (b"<testsuite><testcase>", "line 1"),
        (b"", "line 1"),
        (b"PK\x03\x04", "line 1"),
        (b'<?xml version="1.0" encoding="nothing"?><testsuite/>', "characters"),
        (b"<testsuite>" * 60 + b"</testsuite>" * 60, "nested too deep"),
        (b"<testsuite>&unknown;</testsuite>", "line 1"),
        (b" " * 10_000_001, "too large"),
    ],
)
def test_what_is_not_read_says_why(content: bytes, words: str) -> None:
    with pytest.raises(NotJUnit, match=words):
        read(content)


def test_ten_megabytes_are_read_and_only_the_first_names_are_kept() -> None:
    case = b'<testcase classname="app" name="%05d"><failure/></testcase>'
    content = b"<testsuite>" + b"".join(case % n for n in range(150_000)) + b"</testsuite>"
    found = read(content)
    assert (found.tests, found.failures, len(found.failed), found.failed[0]) == (
        150_000,
        150_000,
        20,
        "app › 00000",
    )


def test_control_characters_and_endless_names_are_cut() -> None:
    content = f'<testsuite><testcase name="{"x" * 9000}&#10;&#x202e;y"><failure/></testcase></testsuite>'
    (name,) = read(content.encode()).failed
    assert len(name) == 200
