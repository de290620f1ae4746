"""A number of errors from an answer, a log and Prometheus: no number is never none (K62, K75)."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from monitoring import probes
from monitoring.probes import Check, Outcome
from monitoring.probes.result import Count
from tests.network.serving import Handler, site

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
QUERY = 'sum(increase(errors_total{job="app"}[5m]))'


@pytest.fixture(autouse=True)
def loopback(settings: Settings) -> None:
    settings.NIGHTDESK_PROBE_NETWORKS = ["127.0.0.0/8"]


def asked(kind: str, body: bytes, expect: Mapping[str, Any], status: int = 200) -> tuple[Outcome, list[str]]:
    paths: list[str] = []

    def answer(handler: Handler) -> None:
        paths.append(handler.path)
        handler.send(status, body)

    with site(answer=answer) as server:
        check = Check(kind, f"http://127.0.0.1:{server.port}/", expect)
        return probes.run([check], now=NOW)[0], paths


def state(outcome: Outcome) -> tuple[str, str]:
    (result,) = outcome.for_targets([("", "")])
    return result.state, result.code


def vector(*values: str, **more: Any) -> bytes:
    rows = [{"metric": {}, "value": [1772366400.0, value]} for value in values]
    return json.dumps(
        {"status": "success", "data": {"resultType": "vector", "result": rows}, **more}
    ).encode()


def test_a_field_of_an_answer_is_counted() -> None:
    body = json.dumps({"stats": {"failed": 3}}).encode()
    (result,) = asked("http", body, {"count": "stats.failed", "count_over_s": 600})[0].results
    assert (result.state, result.said) == ("up", "3 errors in 10 min")
    assert result.count == Count(3, "errors", 600)
    reports = {"count": "stats.failed", "counts": "user_reports"}
    (result,) = asked("http", body, reports)[0].results
    assert (result.said, result.count) == ("3 user reports so far", Count(3, "user_reports", 0))


def test_more_than_the_limit_is_down_and_is_counted_all_the_same() -> None:
    expect = {"count": "n", "count_over_s": 60, "count_most": 2}
    (result,) = asked("http", b'{"n": 3}', expect)[0].results
    assert (result.state, result.code) == ("down", "too_many")
    assert (result.said, result.count) == ("3 errors in 60 s; at most 2 are right.", Count(3, "errors", 60))
    assert state(asked("http", b'{"n": 2}', expect)[0]) == ("up", "")


@pytest.mark.parametrize(
    "body", [b"{}", b'{"n": null}', b'{"n": "many"}', b'{"n": -1}', b'{"n": true}', b"<html>"]
)
def test_no_number_is_not_none(body: bytes) -> None:
    found = asked("http", body, {"count": "n"})[0]
    assert state(found) == ("unknown", "no_count")
    assert found.results[0].count is None


def test_an_address_that_answers_wrongly_is_down_and_counts_nothing() -> None:
    found = asked("http", b'{"n": 0}', {"count": "n"}, status=500)[0]
    assert (state(found), found.results[0].count) == (("down", "status"), None)


def test_lines_of_a_log_that_hold_a_text_are_counted(tmp_path: Path) -> None:
    """K62: the error log itself."""
    log = tmp_path / "app.log"
    filler = b"INFO all is well\n" * 60_000  # more than is read of other files
    log.write_bytes(filler + b"ERROR one\nerror in small letters\nERROR and ERROR again\n" + filler + b"ERR")

    def look() -> Outcome:
        check = Check("file", str(log), {"count": "ERROR"})
        return probes.run([check], now=NOW, roots=[tmp_path])[0]

    (result,) = look().results
    assert (result.state, result.said, result.count) == ("up", "2 errors so far", Count(2, "errors", 0))
    with log.open("ab") as more:
        more.write(b"OR three\n")
    assert look().results[0].count == Count(3, "errors", 0)
    log.unlink()
    assert (look().code, look().results) == ("not_found", ())


def test_prometheus_is_asked_and_its_number_counted() -> None:
    found, paths = asked("prometheus", vector("0.97"), {"query": QUERY})
    assert paths == ["/api/v1/query?query=sum%28increase%28errors_total%7Bjob%3D%22app%22%7D%5B5m%5D%29%29"]
    assert (state(found), found.results[0].count) == (("up", ""), Count(0.97, "errors", 300))
    assert found.results[0].said == "1 error in 5 min"
    assert state(asked("prometheus", vector("12"), {"query": QUERY, "count_most": 5})[0]) == (
        "down",
        "too_many",
    )


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (vector(), "Prometheus knows no such series"),
        (vector("1", "2"), "The answer has 2 series: put sum(…) around the question."),
        (vector("NaN"), "The answer is no number of things."),
        (vector("0", warnings=["some data is missing"]), "Prometheus does not know all of it: some data"),
        (b'{"status": "error", "error": "parse error"}', "Prometheus says: parse error"),
        (b"<html>", "This is no answer of Prometheus"),
    ],
)
def test_an_answer_without_one_number_says_nothing_of_the_product(body: bytes, said: str) -> None:
    found = asked("prometheus", body, {"query": QUERY})[0]
    assert found.detail.startswith(said)
    assert (found.results, state(found)[0]) == ((), "unknown")


def test_a_prometheus_that_does_not_answer_leaves_it_unknown_and_not_down() -> None:
    check = Check("prometheus", "http://127.0.0.1:9/", {"query": QUERY})
    assert state(probes.run([check], now=NOW)[0]) == ("unknown", "connect")


def refused(kind: str, **expect: Any) -> str:
    target = "/var/log/shop/app.log" if kind == "file" else "https://prometheus.example.org"
    return next(iter(probes.problems(kind, target, expect, "").values()), "")


SAID: list[tuple[Callable[[], str], str]] = [
    (lambda: refused("prometheus", query=QUERY), ""),
    (lambda: refused("prometheus"), "Write what to ask"),
    (lambda: refused("prometheus", query="sum(errors_total)"), "Name one time to count over"),
    (lambda: refused("prometheus", query="increase(a[5m]) + increase(b[1h])"), "Name one time to count over"),
    (lambda: refused("prometheus", query='increase(a{path=~"[1h]"}[5m])'), ""),
    (lambda: refused("prometheus", query="sum(rate(a[5m]))"), "Ask for a number and not for one per second"),
    (lambda: refused("prometheus", query="increase(a[5m] offset 1h)"), "Ask about now"),
    (lambda: refused("prometheus", query=QUERY, counts="sheep"), "Either errors or user_reports"),
    (lambda: refused("prometheus", query=QUERY, status="200"), "“status” is not something to expect."),
    (lambda: refused("http", count="n", count_most=3), "Say of which time the number is"),
    (lambda: refused("http", count="n["), "“n[” is not a JMESPath"),
    (lambda: refused("http", counts="user_reports"), "Say where the answer has the number"),
    (lambda: refused("http", count="n", method="HEAD"), "An answer to HEAD has no body"),
    (lambda: refused("file", count="ERROR", sha256="0" * 64), "A log that grows has no sha256."),
    (lambda: refused("file", counts="errors"), "Say which text the lines hold."),
    (lambda: refused("file", count="ERROR"), ""),
]


@pytest.mark.parametrize(("found", "said"), SAID)
def test_what_could_not_be_counted_is_refused_when_it_is_written(found: Callable[[], str], said: str) -> None:
    assert found().startswith(said)
    assert bool(found()) == bool(said)
