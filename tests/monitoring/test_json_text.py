"""Every bad document has its word, and nothing a stranger writes raises anything else."""

import json
import sys

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from monitoring.probes.json_text import BadJson, Json, parse
from tests.depth import times

BAD = {
    "nothing": (b"", "empty"),
    "spaces": (b" \r\n\t ", "empty"),
    "only a byte order mark": (b"\xef\xbb\xbf", "empty"),
    "words": (b"Service Unavailable", "not_json"),
    "an HTML page": (b"<!doctype html><h1>502 Bad Gateway</h1>", "not_json"),
    "an XML page": (b"<?xml version='1.0'?>", "not_json"),
    "half a document": (b'{"a": [1, 2', "not_json"),
    "two documents": (b"{} {}", "not_json"),
    "a trailing comma": (b"[1,]", "not_json"),
    "single quotes": (b"{'a': 1}", "not_json"),
    "a comment": (b"[1] // one", "not_json"),
    "a control character": (b'["a\nb"]', "not_json"),
    "an open string": (b'["a', "not_json"),
    "closing only": (b"]" * 1000, "not_json"),
    "five megabytes": (b"[" + b"1," * 2_500_000 + b"1]", "too_large"),
    "one byte too many": (b" " * 1_000_001, "too_large"),
    "200,000 objects": (b"[" + b"{}," * 200_000 + b"{}]", "too_large"),
    "100 levels": (b"[" * 100 + b"]" * 100, "too_deep"),
    "41 levels": (b'{"a":' * 41 + b"1" + b"}" * 41, "too_deep"),
    "100 levels with text": (b'[{"a]":' * 50 + b'"\\"]"' + b"}]" * 50, "too_deep"),
    "90,000 openings": (b"[" * 90_000, "too_deep"),
    "a million openings": (b"[" * 1_000_000, "too_large"),
    "Latin-1": ('{"name": "Zürich"}'.encode("latin-1"), "not_utf8"),
    "UTF-16": ('{"a": 1}'.encode("utf-16"), "not_utf8"),
    "bytes": (bytes(range(255, 0, -1)), "not_utf8"),
    "NaN": (b'{"uptime": NaN}', "nan_or_infinity"),
    "Infinity": (b"[Infinity]", "nan_or_infinity"),
    "-Infinity": (b"[-Infinity]", "nan_or_infinity"),
    "NaN after a huge integer": (b"[" + b"9" * 5000 + b", NaN]", "nan_or_infinity"),
    "half after a huge integer": (b"[" + b"9" * 5000 + b", ", "not_json"),
    "the same key twice": (b'{"a": 1, "b": 2, "a": 3}', "duplicate_key"),
    "the same key twice below": (b'[{"x": {"a": 1, "\\u0061": 1}}]', "duplicate_key"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_document_is_refused_with_its_word(name: str) -> None:
    body, code = BAD[name]
    with pytest.raises(BadJson) as refused:
        parse(body)
    assert (refused.value.code, bool(refused.value.detail)) == (code, True)


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        (b"null", None),
        (b'\xef\xbb\xbf {"a": [true, 1.5, "\xc3\xbc"]} \n', {"a": [True, 1.5, "ü"]}),
        (b'{"a:": "b:\\\\", "c\\"": {"a:": 1}}', {"a:": "b:\\", 'c"': {"a:": 1}}),
        (b"[1e999]", [float("inf")]),
        (b"[" + b"9" * 5000 + b"]", [float("inf")]),
        (b"[" * 40 + b"]" * 40, json.loads("[" * 40 + "]" * 40)),
        (b'["' + b"[" * 1000 + b'"]', ["[" * 1000]),
        (b'{"": 1, " ": 2}', {"": 1, " ": 2}),
    ],
)
def test_a_good_document_is_read_as_it_is(body: bytes, wanted: Json) -> None:
    assert parse(body) == wanted


def test_a_deep_document_needs_no_deep_stack() -> None:
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(len_of_stack() + 60)
    try:
        with pytest.raises(BadJson) as refused:
            parse(b"[" * 90_000 + b"]" * 90_000)
    finally:
        sys.setrecursionlimit(limit)
    assert refused.value.code == "too_deep"


def len_of_stack() -> int:
    frame, count = sys._getframe(), 0
    while frame.f_back:
        frame, count = frame.f_back, count + 1
    return count


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(values)
@settings(max_examples=times(200), deadline=None)
def test_whatever_json_can_say_is_read_back(value: Json) -> None:
    assert parse(json.dumps(value).encode()) == value


@given(
    st.binary(max_size=300) | st.text(alphabet='[]{}",:\\ \n019.eE-tfnulNaI<', max_size=120).map(str.encode)
)
@example(b'"\\"')
@example(b'{"\\\\":1}')
@settings(max_examples=times(1000), deadline=None)
def test_no_bytes_raise_anything_but_a_refusal(body: bytes) -> None:
    try:
        found = parse(body)
    except BadJson as refused:
        assert refused.code in {code for _, code in BAD.values()}  # noqa: PT017
        return
    assert found == json.loads(body.decode("utf-8-sig"))


@given(values, st.data())
@settings(max_examples=times(200), deadline=None)
def test_no_cut_or_changed_document_raises_anything_but_a_refusal(value: Json, data: st.DataObject) -> None:
    body = bytearray(json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass"))
    place = data.draw(st.integers(0, len(body)))
    body[place : place + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    try:
        parse(bytes(body))
    except BadJson as refused:
        assert refused.detail  # noqa: PT017
