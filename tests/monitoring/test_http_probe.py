"""An address asked over HTTP: up, degraded or down by what is expected, unknown only when the fault is
ours.
"""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pytest_django import Settings

from monitoring import probes
from monitoring.probes import Check, Outcome, http
from monitoring.probes.look import look
from monitoring.probes.result import Result
from network.exchange import Response
from tests.network.serving import Answer, Handler, hanging, redirecting, site

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
HEALTH = {
    "status": "ok",
    "version": "1.2.3",
    "checks": [{"name": "db", "ms": 3, "ok": True}],
    "nothing": None,
}


@pytest.fixture(autouse=True)
def loopback(settings: Settings) -> None:
    settings.NIGHTDESK_PROBE_NETWORKS = ["127.0.0.0/8"]


def run(answer: Answer, expect: dict[str, Any] | None = None) -> Outcome:
    with site(answer=answer) as server:
        return probes.run([Check("http", f"http://127.0.0.1:{server.port}/health", expect or {})], now=NOW)[0]


def seen(answer: Answer, expect: dict[str, Any] | None = None) -> tuple[str, str]:
    (result,) = run(answer, expect).results
    return result.state, result.code


def health(status: int = 200) -> Answer:
    return lambda handler: handler.send(status, json.dumps(HEALTH).encode())


def test_an_answer_is_one_result_of_the_monitor_itself() -> None:
    outcome = run(health())
    (result,) = outcome.results
    assert (result.key, result.name, result.state, result.code, result.detail) == ("", "", "up", "", "")
    assert (outcome.code, outcome.body) == ("", json.dumps(HEALTH).encode())
    assert result.latency_ms is not None
    assert result.checked_at is not None
    assert NOW <= result.checked_at < NOW + timedelta(seconds=5)
    assert result.fresh_until == result.checked_at + timedelta(seconds=360)


@pytest.mark.parametrize(
    ("status", "expected", "state"),
    [
        (200, None, "up"), (204, "200-299", "up"), (399, None, "up"), (401, "401", "up"),
        (401, ["200-299", 401], "up"),
        (404, None, "down"), (500, None, "down"), (503, "200-399", "down"), (200, 204, "down"),
        (301, "200,301", "up"),
    ],
)  # fmt: skip
def test_the_status_decides(status: int, expected: Any, state: str) -> None:
    assert seen(health(status), {"status": expected})[0] == state


def test_a_wrong_status_is_said() -> None:
    (result,) = run(health(503), {"status": "200-299, 404"}).results
    assert (result.code, result.detail) == ("status", "It answered 503 instead of 200–299, 404.")


@pytest.mark.parametrize(
    ("condition", "state"),
    [
        ({"path": "status", "equals": "ok"}, "up"),
        ({"path": "status", "equals": "fail"}, "down"),
        ({"path": "checks[?name=='db'].ok | [0]", "equals": True}, "up"),
        ({"path": "checks[0].ok", "equals": "true"}, "up"),
        ({"path": "checks[0].ok", "equals": 1}, "down"),
        ({"path": "checks[0].ms", "equals": "3"}, "up"),
        ({"path": "checks[0].ms", "equals": 3.0}, "up"),
        ({"path": "nothing", "equals": None}, "up"),
        ({"path": "missing", "equals": None}, "up"),
        ({"path": "missing", "equals": ""}, "down"),
        ({"path": "checks", "equals": "x"}, "down"),
        ({"path": "length(checks)", "equals": 1}, "up"),
    ],
)
def test_a_json_condition_decides(condition: dict[str, Any], state: str) -> None:
    assert seen(health(), {"json": [{"path": "status", "equals": "ok"}, condition]})[0] == state


def test_a_wrong_value_is_said() -> None:
    (result,) = run(health(), {"json": [{"path": "version", "equals": "1.2.4"}]}).results
    assert (result.code, result.detail) == ("json", "“version” is 1.2.3 instead of 1.2.4.")


def test_a_body_that_is_no_json_fails_a_json_condition() -> None:
    assert seen(lambda h: h.send(200, b"<h1>hi</h1>"), {"json": [{"path": "a", "equals": 1}]}) == (
        "down",
        "json",
    )


@pytest.mark.parametrize(("text", "state"), [("Zürich", "up"), ("Zurich", "down"), ("", "up")])
@pytest.mark.parametrize("charset", ["utf-8", "latin-1"])
def test_the_body_must_contain_the_text(text: str, state: str, charset: str) -> None:
    assert seen(lambda h: h.send(200, "Grüezi aus Zürich".encode(charset)), {"body": text})[0] == state


def test_a_huge_page_is_up_where_nobody_looks_into_it() -> None:
    assert seen(lambda h: h.send(200, b"x" * 5_000_000)) == ("up", "")
    assert seen(lambda h: h.send(200, b"needle" + b"x" * 5_000_000), {"body": "needle"}) == ("up", "")
    assert seen(lambda h: h.send(200, b"x" * 5_000_000), {"json": [{"path": "a", "equals": 1}]}) == (
        "down",
        "json",
    )


def test_redirects_are_followed_unless_told_otherwise() -> None:
    def answer(handler: Handler) -> None:
        handler.send(200, b"end") if handler.path == "/end" else handler.send(302, Location="/end")

    assert seen(answer, {"body": "end"}) == ("up", "")
    assert seen(answer, {"follow_redirects": False, "status": 302}) == ("up", "")
    assert seen(redirecting("/health")) == ("down", "too_many_redirects")


def test_head_asks_for_no_body() -> None:
    with site() as server:
        check = Check("http", f"http://127.0.0.1:{server.port}/", {"method": "HEAD"})
        assert probes.run([check], now=NOW)[0].results[0].state == "up"


@pytest.mark.parametrize(
    ("response", "expect", "state", "code"),
    [
        (Response(status=200, latency_ms=900), {"slow_ms": 800}, "degraded", "slow"),
        (Response(status=200, latency_ms=700), {"slow_ms": 800}, "up", ""),
        (Response(status=200, certificate_expires=NOW + timedelta(days=13.5)), {"certificate_days": 14},
         "degraded", "certificate"),
        (Response(status=200, certificate_expires=NOW + timedelta(days=14.5)), {"certificate_days": 14}, "up", ""),
        (Response(status=500, latency_ms=900), {"slow_ms": 800}, "down", "status"),
        (Response(error="dns", detail="x"), {}, "down", "dns"),
        (Response(error="connect", detail="x"), {}, "down", "connect"),
        (Response(error="timeout", detail="x"), {}, "down", "timeout"),
        (Response(error="tls", detail="x"), {}, "down", "tls"),
        (Response(error="broken_answer", detail="x"), {}, "down", "broken_answer"),
    ],
)  # fmt: skip
def test_the_first_thing_that_is_wrong_counts(response: Response, expect: Any, state: str, code: str) -> None:
    (result,) = http.evaluate(Check("http", "http://x.test/", expect), response, now=NOW).results
    assert (result.state, result.code) == (state, code)


@pytest.mark.parametrize("error", ["refused_address", "bad_url", "no_ca", "internal"])
def test_a_fault_of_ours_is_unknown_never_down(error: str) -> None:
    outcome = http.evaluate(Check("http", "http://x.test/"), Response(error=error, detail="why"), now=NOW)
    assert outcome.for_targets([("", "Health")]) == [Result("", "Health", "unknown", error, "why")]


@pytest.mark.parametrize(
    "target", ["http://169.254.169.254/", "http://[::1]/", "http://10.0.0.1/", "ftp://x/", "http://a@b/", ""]
)
def test_a_refused_target_is_unknown_with_a_sentence(target: str) -> None:
    (outcome,) = probes.run([Check("http", target)], now=NOW)
    assert (outcome.code in ("refused_address", "bad_url"), outcome.results, bool(outcome.detail)) == (
        True,
        (),
        True,
    )


def test_nobody_listening_is_down() -> None:
    with site() as server:
        target = f"http://localhost:{server.port}/"
    (outcome,) = probes.run([Check("http", target)], now=NOW)
    assert [(result.state, result.code) for result in outcome.results] == [("down", "connect")]


@pytest.mark.parametrize(
    "expect",
    [
        {"status": "9"}, {"status": "200-99"}, {"status": "ok"}, {"status": [True]}, {"body": 7},
        {"body": "x" * 1001}, {"json": {"path": "a"}},
        {"json": [{}]}, {"json": [{"path": "a["}]}, {"json": [{"path": "a[", "equals": 1}]},
        {"json": [{"path": "a", "equals": []}]},
        {"json": [{"path": "a", "equals": 1}] * 21}, {"method": "POST"}, {"method": "HEAD", "body": "x"},
        {"slow_ms": "soon"},
        {"slow_ms": -1}, {"slow_ms": True}, {"headers": {}},
    ],
)  # fmt: skip
def test_a_wrong_expectation_is_told_in_the_form_and_is_unknown_when_run(expect: dict[str, Any]) -> None:
    (place,) = probes.problems("http", "https://x.test/", expect, None)
    assert place in ("expect", *(f"expect.{key}" for key in (*expect, "json.equals")))
    (outcome,) = probes.run([Check("http", "http://127.0.0.1:9/", expect)], now=NOW)
    assert (outcome.code, outcome.results) == ("bad_expect", ())


def test_a_right_form_has_no_problem() -> None:
    expect: dict[str, Any] = {
        "status": "200, 300-399",
        "body": "",
        "json": [],
        "slow_ms": "800",
        "certificate_days": None,
        "method": "GET",
    }
    assert probes.problems("http", "https://x.test/", expect, None) == {}
    assert list(probes.problems("http", "x.test", {}, None)) == ["target"]


def test_hundreds_at_once_and_the_slow_one_last() -> None:
    with site(answer=hanging) as stuck, site(answer=health()) as server:
        checks = [Check("http", f"http://127.0.0.1:{stuck.port}/")]
        checks += [Check("http", f"http://127.0.0.1:{server.port}/{n}") for n in range(200)]
        checks += [Check("nonsense", "x"), Check("http", "http://127.0.0.1:1/", {"status": "x"})]
        order = [place for place, _ in probes.run_each(checks, now=NOW)]
    assert (sorted(order), order[-1]) == (list(range(203)), 0)


def test_a_probe_that_breaks_ends_no_batch(caplog: pytest.LogCaptureFixture) -> None:
    """A row that no form lets through: its interval is no number, which the probe cannot reckon with."""
    broken: Any = "soon"
    outcomes = probes.run(
        [Check("http", "http://127.0.0.1:1/", interval_s=broken), Check("summary", "/nowhere")],
        now=NOW,
        roots=[],
    )
    assert [outcome.code for outcome in outcomes] == ["internal", "refused_path"]
    assert "probe failed" in caplog.text


def test_try_it_now_shows_what_came_back() -> None:
    with site(answer=lambda h: h.send(503, b"sorry\x00\x1b[31m" + b"x" * 9000, X_Host="a")) as server:
        found = look("http", f"http://127.0.0.1:{server.port}/", now=NOW)
    assert (found.status, found.headers["x-host"], found.peer, found.body_bytes) == (
        503,
        "a",
        "127.0.0.1",
        9011,
    )
    assert (found.body[:10], len(found.body) <= 4096) == ("sorry[31mx", True)
    assert [(result.state, result.code) for result in found.results] == [("down", "status")]
