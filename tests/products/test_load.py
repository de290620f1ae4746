"""A process document is read strictly: each fault names file, line, path and what was expected."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from products.process import ProcessDocument, ProcessError, load
from products.sources.shipped import FOLDER
from tests.products.documents import GOOD, damaged


def faults(text: bytes) -> list[str]:
    with pytest.raises(ProcessError) as raised:
        load(text, name="shop.yaml")
    return [str(problem) for problem in raised.value.problems]


def lines_of_faults(text: bytes) -> list[int]:
    """None when it loads; ProcessError is the only thing that loading may raise."""
    try:
        load(text, name="shop.yaml")
    except ProcessError as error:
        return [problem.line for problem in error.problems]
    return []


def test_a_good_document_loads() -> None:
    process = load(GOOD.encode(), name="shop.yaml")
    assert (process.key, process.name) == ("shop", "Shop process")
    assert [severity.key for severity in process.severities] == ["SEV1", "SEV2"]
    assert process.severities[0].targets["response"].target().seconds == 1_800
    assert process.clocks[0].to == ["mitigated", "resolved"]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            "key: shop",
            "key: My Shop",
            "2: key: expected small letters, digits and -, beginning with a letter, not 'My Shop'",
        ),
        (
            "name: Shop process",
            "name: 5",
            "3: name: expected text; put it in quotes if it looks like something else (here: 5)",
        ),
        ("schema: 1", "schema: 2", "1: schema: expected 1, not 2"),
        ("name: Shop process\n", "", "1: name: is missing, and is needed here"),
        ("severities:", "severties:", "4: severties: is not known here; did you mean 'severities'?"),
        (
            "mark: critical",
            "mark: red",
            "7: severities[0].mark: expected 'critical', 'high', 'medium' or 'low', not 'red'",
        ),
        ("rank: 1", "rank: 0", "8: severities[0].rank: input should be greater than or equal to 1 (here: 0)"),
        (
            "within: 30 min",
            "within: 30 days",
            "11: severities[0].targets.response.within: expected a time in h, min or s"
            """ such as "4 h" or "90 min", not '30 days'""",
        ),
        (
            "{within: 30 min}",
            "{}",
            "11: severities[0].targets.response: expected exactly one of `within`, `milestone` and `none: true`",
        ),
        (
            "response: {within",
            "respond: {within",
            "11: severities[0].targets.respond: expected a clock of this process, not 'respond';"
            " did you mean 'response'?",
        ),
        (
            "    defer_to: next release\n",
            "",
            "13: severities[1]: expected `defer_to` with the release it waits for, because `proceed` is defer",
        ),
        ("key: SEV2", "key: sev1", "13: severities[1].key: 'sev1' is used twice, first by severities[0]"),
        (
            "from: detected_at",
            "from: detected",
            "25: clocks[0].from: expected a moment or an event, not 'detected'; did you mean 'detected_at'?",
        ),
        (
            "[mitigated, resolved]",
            "[mitigate]",
            "26: clocks[0].to[0]: expected an event, not 'mitigate'; did you mean 'mitigated'?",
        ),
        (
            "kind: commitment",
            "kind: promise",
            "24: clocks[0].kind: expected 'commitment' or 'target', not 'promise'",
        ),
    ],
)
def test_a_fault_names_file_line_path_and_what_was_expected(old: str, new: str, told: str) -> None:
    assert f"shop.yaml:{told}" in faults(damaged(old, new))


def test_all_faults_are_told_at_once_in_the_order_of_the_file() -> None:
    text = damaged("mark: critical", "mark: red").replace(b"kind: commitment", b"kind: promise")
    assert [fault.split(":")[1] for fault in faults(text)] == ["7", "24"]


@pytest.mark.parametrize("name", ["main", "branch", "base_tag", "tag"])
def test_a_name_that_programs_read_as_an_option_is_told(name: str) -> None:
    """`git push origin --receive-pack=…` runs what it names."""
    assert faults(f"{GOOD}policy:\n  {name}: --receive-pack=id\n".encode()) == [
        f"shop.yaml:28: policy.{name}: expected a name that does not begin with a dash: "
        "programs read it as an option"
    ]


@pytest.mark.parametrize("zone", ["U", "Europe/Nowhere", "../UTC", "Europe", "no"])
def test_a_time_zone_that_is_none_is_told(zone: str) -> None:
    """Found by random damage: what Python knows no zone by is a KeyError, not a ValueError."""
    calendar = f"calendars:\n  - key: office\n    time_zone: {zone}\n    hours: {{mon: 09:00-17:00}}\n"
    assert faults(f"{GOOD}{calendar}".encode()) == [
        f'shop.yaml:29: calendars[0].time_zone: expected a time zone such as "Europe/Vienna" or "UTC", not \'{zone}\''
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (b"", "1: Expected a mapping such as `schema: 1` at the top of the file."),
        (b"- a\n- b\n", "1: Expected a mapping such as `schema: 1` at the top of the file."),
        (b"just words", "1: Expected a mapping such as `schema: 1` at the top of the file."),
        (b"schema: 1\nname: \xff\xfe\n", "2: Byte 17 is not UTF-8. Save the file as UTF-8."),
        (
            b"schema: 1\nkey: a\x00b\n",
            "2: This contains a control character (U+0000 at position 17). Remove it and send again.",
        ),
        (b'schema: 1\nname: "a\\0b"\n', "2: The text has a control character."),
        (b"schema: 1\nseverities:\n\t- key: a\n", "3: The line is indented with a tab. Use spaces."),
        (b"schema: 1\nkey: a\nschema: 1\n", "3: `schema` is here twice, first on line 1."),
        (b"a: {b: 1, b: 2}\n", "1: a: `b` is here twice, first on line 1."),
        (b"a: &x [1]\nb: *x\n", "1: Anchors and aliases (`&`, `*`) are not used here. Write the value out."),
        (b"a: !!python/object/apply:os.system [id]\n", "1: Tags (`!`) are not used here. Remove it."),
        (b"a: 1\n---\nb: 2\n", "2: A second document starts here. One file holds one process."),
        (b"? [a]\n: b\n", "1: A key must be a plain word."),
        (b"a: " + b"[" * 500, "1: " + "a" + "[0]" * 10 + ": This is nested more than 12 levels deep."),
        (b"#" * (256 * 1024 + 1), "1: The file has 262145 bytes; a process may have at most 262144."),
    ],
)
def test_what_is_not_a_plain_document_is_refused_by_line(text: bytes, told: str) -> None:
    assert faults(text) == [f"shop.yaml:{told}"]


def test_broken_yaml_names_its_line() -> None:
    (told,) = faults(b"schema: 1\nname: [a, b\nkey: c\n")
    assert told.startswith("shop.yaml:3: This is not YAML: ")


def test_text_that_looks_like_something_else_stays_text() -> None:
    """YAML would make a falsehood of `no` and a number of 1.10."""
    process = load(damaged("[Checkout down]", "[no, 1.10, 12:30, 2026-03-11, 0755]"), name="shop.yaml")
    assert process.severities[0].examples == ["no", "1.10", "12:30", "2026-03-11", "0755"]


def test_a_process_survives_a_byte_order_mark_and_windows_line_ends() -> None:
    text = b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode()
    assert load(text, name="shop.yaml") == load(GOOD.encode(), name="shop.yaml")


@given(st.binary(max_size=300))
def test_any_bytes_load_or_are_refused_by_line(text: bytes) -> None:
    assert all(fault.startswith("shop.yaml:") for fault in faults(text))


@given(st.data())
def test_random_damage_never_crashes_and_names_the_place(data: st.DataObject) -> None:
    good = GOOD.encode()
    start = data.draw(st.integers(0, len(good)))
    end = data.draw(st.integers(start, min(len(good), start + 40)))
    text = good[:start] + data.draw(st.binary(max_size=20)) + good[end:]
    # What YAML calls a line break: a lone carriage return and Unicode's own count too.
    last = len(re.split(rb"\r\n|\r|\n|\xc2\x85|\xe2\x80[\xa8\xa9]", text))
    assert all(1 <= line <= last for line in lines_of_faults(text))


@pytest.mark.parametrize(
    "text", [GOOD.encode(), *(file.read_bytes() for file in sorted(FOLDER.glob("*.yaml")))]
)
def test_the_json_form_with_every_default_filled_in_loads_again_equal(text: bytes) -> None:
    loaded = load(text, name="x.yaml")
    assert ProcessDocument.model_validate(loaded.as_json()) == loaded
    assert load(json.dumps(loaded.as_json(), ensure_ascii=False).encode(), name="x.json") == loaded
