"""A summary from a file or an address: bad input has its word and makes targets unknown, an old file says nothing (A2,
A33).
"""

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from monitoring import probes
from monitoring.probes import Check, Outcome
from monitoring.probes.freshness import freshness
from monitoring.probes.look import look
from monitoring.probes.result import Result
from tests.network.serving import redirecting, site

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
FIVE_MINUTES = {"preset": "flat", "interval_s": 300}


@pytest.fixture(autouse=True)
def loopback(settings: Settings) -> None:
    settings.NIGHTDESK_PROBE_NETWORKS = ["127.0.0.0/8"]
    settings.NIGHTDESK_FILE_ROOTS = []


def archy(age_s: float = 0, **fields: Any) -> bytes:
    """The flat shape of row A33, written `age_s` ago."""
    at = (NOW - timedelta(seconds=age_s)).isoformat()
    return json.dumps({"timestamp": at, "summary": {"uptime_percent": 100, **fields}}).encode()


def gatus(*ages: float) -> bytes:
    moments = [(NOW - timedelta(seconds=age)).isoformat() for age in ages]
    rows = [
        {"key": f"k{n}", "name": f"n{n}", "results": [{"success": True, "timestamp": at}]}
        for n, at in enumerate(moments)
    ]
    return json.dumps(rows).encode()


def from_file(body: bytes, tmp_path: Path, mapping: Any = None, age_s: float = 0) -> Outcome:
    path = tmp_path / "summary.json"
    path.write_bytes(body)
    os.utime(path, (NOW.timestamp() - age_s,) * 2)
    return probes.run([Check("summary", str(path), mapping=mapping)], now=NOW, roots=[tmp_path])[0]


def from_address(body: bytes, status: int = 200, mapping: Any = None, **headers: str) -> Outcome:
    with site(answer=lambda h: h.send(status, body, **headers)) as server:
        return probes.run([Check("summary", f"http://127.0.0.1:{server.port}/", mapping=mapping)], now=NOW)[0]


def states(outcome: Outcome) -> list[tuple[str, str, str]]:
    return [(result.key, result.state, result.code) for result in outcome.results]


def test_a_file_and_an_address_read_alike(tmp_path: Path) -> None:
    there, here = from_file(archy(60), tmp_path, FIVE_MINUTES), from_address(archy(60), mapping=FIVE_MINUTES)
    assert there.results == here.results
    assert there.results == (
        Result("", "", "up", checked_at=NOW - timedelta(seconds=60), uptime_percent=100.0,
               fresh_until=NOW - timedelta(seconds=60) + timedelta(minutes=30)),
    )  # fmt: skip
    assert (there.preset, there.freshness, there.code) == ("flat", "fresh", "")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "empty"),
        (b"not json", "not_json"),
        (b"<html><h1>502 Bad Gateway</h1></html>", "not_json"),
        (b" " * 5_000_000, "too_large"),
        (b"[" * 100 + b"]" * 100, "too_deep"),
        (b'{"uptime_percent": NaN}', "nan_or_infinity"),
        (b'{"up": true, "up": false}', "duplicate_key"),
        (b"\xff\xfe{}", "not_utf8"),
        (archy(-121), "timestamp_in_future"),
        (gatus(0, -600), "timestamp_in_future"),
        (b'{"services": {}}', "no_mapping"),
        (b"[]", "no_targets"),
        (json.dumps([{"name": str(n), "up": True} for n in range(501)]).encode(), "too_many_targets"),
    ],
)
def test_bad_input_makes_every_known_target_unknown(body: bytes, code: str, tmp_path: Path) -> None:
    for outcome in (from_file(body, tmp_path), from_address(body)):
        assert (outcome.code, outcome.results, bool(outcome.detail)) == (code, (), True)
        known = [("api", "API"), ("web", "Web")]
        assert [(r.key, r.state, r.code) for r in outcome.for_targets(known)] == [
            ("api", "unknown", code),
            ("web", "unknown", code),
        ]
        assert [(r.key, r.state, r.code) for r in outcome.for_targets([])] == [("", "unknown", code)]
    assert outcome.body == body[:1_000_000]


def test_two_minutes_ahead_is_still_no_wrong_clock(tmp_path: Path) -> None:
    assert states(from_file(archy(-110), tmp_path)) == [("", "up", "")]


@pytest.mark.parametrize(
    ("age_s", "age"),
    [(0, "fresh"), (660, "fresh"), (661, "late"), (1_800, "late"), (1_801, "stale"), (86_400, "stale")],
)
def test_a_five_minute_timer_is_fresh_for_eleven_late_for_thirty_minutes(age_s: float, age: str) -> None:
    """A2."""
    assert freshness(NOW - timedelta(seconds=age_s), NOW, 300) == age


def test_a_file_that_stops_being_written_is_late_then_unknown(tmp_path: Path) -> None:
    found = [from_file(archy(age, status="down"), tmp_path, FIVE_MINUTES) for age in (0, 900, 1_900)]
    assert [(outcome.freshness, states(outcome)) for outcome in found] == [
        ("fresh", [("", "down", "status")]),
        ("late", [("", "down", "status")]),
        ("stale", [("", "unknown", "stale")]),
    ]
    assert found[2].results[0].detail == "Last written 32 min ago; expected every 5 min."
    assert found[2].results[0].checked_at == NOW - timedelta(seconds=1_900)


def test_a_touched_file_is_as_old_as_it_says(tmp_path: Path) -> None:
    assert from_file(archy(1_900), tmp_path, FIVE_MINUTES, age_s=0).freshness == "stale"


def test_without_a_time_of_its_own_the_files_counts(tmp_path: Path) -> None:
    body = b'{"ok": true}'
    ages = [from_file(body, tmp_path, FIVE_MINUTES, age_s=age).freshness for age in (0, 900, 1_900)]
    assert ages == ["fresh", "late", "stale"]
    assert from_file(body, tmp_path, age_s=-500).code == "timestamp_in_future"


def test_without_a_time_of_its_own_last_modified_counts() -> None:
    assert from_address(b'{"ok": true}').freshness == "fresh"
    assert from_address(b'{"ok": true}').results[0].checked_at is None
    old = from_address(b'{"ok": true}', Last_Modified="Sun, 01 Mar 2026 11:00:00 GMT")
    assert (old.freshness, old.results[0].checked_at) == ("stale", NOW - timedelta(hours=1))


def test_one_forgotten_target_makes_no_other_one_unknown(tmp_path: Path) -> None:
    outcome = from_file(gatus(30, 90_000), tmp_path)
    assert (states(outcome), outcome.freshness) == ([("k0", "up", ""), ("k1", "unknown", "stale")], "stale")


def test_the_files_own_interval_counts_when_it_is_longer(tmp_path: Path) -> None:
    assert from_file(archy(600, interval_s=300), tmp_path).freshness == "fresh"
    assert from_file(archy(600), tmp_path).freshness == "stale"


def test_a_target_that_is_no_longer_named_is_unknown(tmp_path: Path) -> None:
    found = from_file(gatus(0), tmp_path).for_targets([("k0", "n0"), ("gone", "Gone")])
    assert [(result.key, result.name, result.state, result.code) for result in found] == [
        ("k0", "n0", "up", ""), ("gone", "Gone", "unknown", "missing"),
    ]  # fmt: skip


@pytest.mark.parametrize(("status", "code"), [(404, "status"), (502, "status"), (301, "status")])
def test_an_address_that_answers_wrongly_is_unknown_never_down(status: int, code: str) -> None:
    assert (from_address(archy(), status).code, from_address(archy(), status).results) == (code, ())


@pytest.mark.parametrize("target", ["http://169.254.169.254/x", "http://[::1]/x", "http://0.0.0.0/x"])
def test_a_refused_address_is_unknown(target: str) -> None:
    assert probes.run([Check("summary", target)], now=NOW)[0].code == "refused_address"


def test_a_redirect_to_a_refused_address_is_unknown() -> None:
    with site(answer=redirecting("http://169.254.169.254/x")) as server:
        outcome = probes.run([Check("summary", f"http://127.0.0.1:{server.port}/")], now=NOW)[0]
    assert (outcome.code, "NETWORKS" in outcome.detail) == ("refused_address", False)


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/etc/passwd", "refused_path"),
        ("/dev/zero", "refused_path"),
        ("/a/../b", "bad_path"),
        ("/a\x00b", "bad_path"),
    ],
)
def test_a_refused_file_is_unknown_with_a_sentence(path: str, code: str) -> None:
    outcome = probes.run([Check("summary", path)], now=NOW)[0]
    assert (outcome.code, outcome.results, bool(outcome.detail)) == (code, (), True)


def test_a_link_and_a_pipe_are_refused(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("/etc/passwd")
    os.mkfifo(tmp_path / "pipe")
    checks = [Check("summary", str(tmp_path / name)) for name in ("link", "pipe", "none")]
    assert [o.code for o in probes.run(checks, now=NOW, roots=[tmp_path])] == [
        "symlink",
        "not_regular",
        "not_found",
    ]


def test_the_form_names_each_wrong_field() -> None:
    assert list(probes.problems("summary", "summary.json", {}, {"targets": "["})) == ["target", "mapping"]
    assert (
        probes.problems("summary", "/var/lib/archipelago/uptime-monitor/summary.json", {}, FIVE_MINUTES) == {}
    )
    assert probes.problems("summary", "https://x.test/summary.json", {}, None) == {}


def test_try_it_now_shows_the_shape_it_found(tmp_path: Path) -> None:
    path = tmp_path / "summary.json"
    path.write_bytes(archy())
    found = look("summary", str(path), now=NOW, roots=[tmp_path])
    assert (found.preset, found.code, found.body, found.status) == ("flat", "", archy().decode(), 0)
    assert [result.state for result in found.results] == ["up"]


def test_try_it_now_shows_what_could_not_be_read(tmp_path: Path) -> None:
    path = tmp_path / "summary.json"
    path.write_bytes(b"<html>" + b"x" * 10_000)
    found = look("summary", str(path), now=NOW, roots=[tmp_path])
    assert (found.code, len(found.body), found.body_bytes) == ("not_json", 4_096, 10_006)


@pytest.mark.parametrize("at", ["yesterday", "2026-13-01T00:00:00Z", "0001-01-01T00:00:00Z", True, {"s": 1}])
def test_a_time_that_cannot_be_read_is_never_fresh(at: Any, tmp_path: Path) -> None:
    mapping = {"targets": "t", "key": "k", "status": "s", "checked_at": "at", "generated_at": "at"}
    target = {"k": "a", "s": "up"}
    later = {"t": [{"k": "b", "s": "up", "at": NOW.isoformat()}, target], "at": at}
    own = {"t": [{**target, "at": at}], "at": NOW.isoformat()}
    assert [
        states(from_file(json.dumps(document).encode(), tmp_path, mapping)) for document in (own, later)
    ] == [
        [("a", "unknown", "bad_timestamp")],
        [("b", "up", ""), ("a", "unknown", "bad_timestamp")],
    ]


@pytest.mark.parametrize("at", ["1970-01-01T00:00:00Z", "0001-01-01T00:00:00Z", 0, "yesterday", 1e30])
@pytest.mark.parametrize("name", ["generated_at", "timestamp", "last_updated"])
def test_a_time_in_a_flat_summary_that_cannot_be_read_is_never_fresh(
    name: str, at: Any, tmp_path: Path
) -> None:
    """A machine that lost its clock writes 1970, a program that never looked the year 1."""
    document = {name: at, "targets": [{"name": "a", "status": "up"}]}
    assert states(from_file(json.dumps(document).encode(), tmp_path, None)) == [
        ("a", "unknown", "bad_timestamp")
    ]
    beside = {**document, "checked_at": NOW.isoformat()}
    assert states(from_file(json.dumps(beside).encode(), tmp_path, None)) == [("a", "up", "")]


def test_no_time_at_all_is_of_the_moment_the_file_was_written(tmp_path: Path) -> None:
    mapping = {"targets": "t", "key": "k", "status": "s", "checked_at": "at", "generated_at": "at"}
    document = {"t": [{"k": "a", "s": "up", "at": ""}], "at": None}
    assert states(from_file(json.dumps(document).encode(), tmp_path, mapping)) == [("a", "up", "")]
