"""What a mapping refuses: documents that say nothing, wrong and costly expressions. It raises nothing else."""

import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitoring.probes.expression import BadExpression, Work, search
from monitoring.probes.mapping import BadMapping, Reading, problem, read
from monitoring.probes.presets import PRESETS
from tests.depth import times
from tests.monitoring.test_mapping import OWN

words = st.sampled_from(
    ["status", "up", "summary", "uptime_percent", "uptime",
    "results", "heartbeatList", "uptimeList", "checks", "key", "name", "slug",
     "timestamp", "success", "total", "failed_checks", "last_check", "services", "interval", "1", "1_24"]
)  # fmt: skip
scalars = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | words | st.just(10**400)
)
documents = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(words | st.text(max_size=3), inner, max_size=5)
    ),
    max_leaves=25,
)


@pytest.mark.parametrize(
    ("document", "mapping", "code"),
    [
        ({"items": []}, OWN, "no_targets"),
        ({"items": "none"}, OWN, "no_targets"),
        ({"items": [1, "a", None]}, OWN, "no_targets"),
        ({}, OWN, "no_targets"),
        ([], None, "no_targets"),
        (None, "gatus", "no_targets"),
        ("text", "flat", "no_targets"),
        ({"items": [{"s": "up"}] * 501}, OWN, "too_many_targets"),
        ({"hello": "world"}, None, "no_mapping"),
        ({}, "nagios", "bad_mapping"),
        ({}, {"targets": "a[", "status": "s"}, "bad_mapping"),
        ({"a": [{"s": "up"}] * 400}, {"targets": "a", "status": "s" + "|[@,@][]" * 30}, "bad_mapping"),
    ],
)
def test_a_document_that_says_nothing_is_refused(document: Any, mapping: Any, code: str) -> None:
    with pytest.raises(BadMapping) as refused:
        read(document, mapping)
    assert (refused.value.code, bool(refused.value.detail)) == (code, True)


@pytest.mark.parametrize(
    ("mapping", "words"),
    [
        ("nagios", "no preset"), ({"preset": 7}, "no preset"), ({}, "at least"), ({"targets": "@"}, "at least"),
        ({**OWN, "colour": "x"}, "“colour”"), ({**OWN, "name": 7}, "must be a JMESPath"),
        ({**OWN, "name": "a["}, "name: "),
        ({**OWN, "name": "shout(n)"}, "no function"), ({**OWN, "name": "a" * 301}, "longer"),
        ({**OWN, "unit": "per cent"}, "unit"),
        ({**OWN, "status_map": {"1": "fine"}}, "status_map"), ({**OWN, "status_map": []}, ""),
        ({**OWN, "down_below": 101}, "0 to 100"),
        ({**OWN, "name": "(" * 150}, "name: "), ({**OWN, "name": "!" * 200 + "a"}, "deep"),
    ],
)  # fmt: skip
def test_a_wrong_mapping_is_told_in_the_form(mapping: Any, words: str) -> None:
    assert (words in problem(mapping)) is True
    assert bool(problem(mapping)) is bool(words)


@pytest.mark.parametrize(
    "mapping", [None, "", *PRESETS, OWN, {"preset": "flat", "interval_s": 300}, {**OWN, "interval_s": "300"}]
)
def test_a_right_mapping_has_no_problem(mapping: Any) -> None:
    assert problem(mapping) == ""


DEEP = "[@,@]" + "|[@,@]" * 40

COSTLY = [
    "[@,@][]" + "|[@,@][]" * 30, "join(big, items[*].s)", "a == b", "contains(items, items)", "to_string(@)",
    "map(&[@,@,@,@], items)[] | [@,@,@][] | [@,@,@][] | [@,@,@][] | [@,@,@][]", f"{DEEP} == {DEEP}"[:300],
    "join('', [big,big]) | join('', [@,@]) | join('', [@,@]) | join('', [@,@]) | join('', [@,@]) | join('', [@,@])",
    "items[?s == s && s == s && s == s && s == s && s == s] | [?s == s] | [?s == s]",
]  # fmt: skip


@pytest.mark.parametrize("text", COSTLY)
def test_an_expression_that_costs_too_much_is_stopped(text: str) -> None:
    document = {"items": [{"s": "x" * 20}] * 20_000, "big": "y" * 500_000, "a": [1], "b": [1]}
    began = time.monotonic()
    with pytest.raises(BadExpression):
        search(text, document, Work())
    assert time.monotonic() - began < 5  # milliseconds on a quiet machine; without the bound it would not end


@given(documents, st.sampled_from([None, *PRESETS]))
@settings(max_examples=times(300, deep=4000), deadline=None)
def test_no_document_raises_anything_but_a_refusal(document: Any, mapping: str | None) -> None:
    try:
        reading = read(document, mapping)
    except BadMapping as refused:
        assert refused.detail  # noqa: PT017
        return
    assert isinstance(reading, Reading)
    assert len({row.key for row in reading.rows}) == len(reading.rows)


@pytest.mark.filterwarnings("ignore:deprecated string literal syntax:PendingDeprecationWarning")
@given(documents, st.text(alphabet="ab[]@*.?|&,:{}()'`\"!<>=0-", max_size=40))
@settings(max_examples=times(300, deep=4000), deadline=None)
def test_no_expression_raises_anything_but_a_refusal(document: Any, text: str) -> None:
    try:
        search(text, document, Work())
    except BadExpression as refused:
        assert str(refused)  # noqa: PT017
