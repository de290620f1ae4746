"""Summaries in the wild read as targets: five presets, a mapping of one's own, and bounds on what an expression may
cost.
"""

from datetime import UTC, datetime
from typing import Any

import pytest

from monitoring.probes import moments
from monitoring.probes.mapping import BadMapping, detect, read

UPPTIME = [
    {"name": "Web", "url": "https://x.test", "icon": "i", "slug": "web", "status": "up", "uptime": "99.40%",
     "uptimeDay": "100.00%", "time": 120, "timeDay": 130, "dailyMinutesDown": {"2026-01-01": 3}},
    {"name": "API", "slug": "api", "status": "down", "uptime": "98.00%", "time": 0, "dailyMinutesDown": {}},
]  # fmt: skip
GATUS = [
    {"name": "api", "group": "core", "key": "core_api",
    "events": [{"type": "START", "timestamp": "2026-01-01T00:00:00Z"}],
     "results": [
         {"status": 200, "duration": 1, "success": True, "timestamp": "2026-01-01T00:00:00.123456789Z"},
         {"status": 503, "duration": 12_345_678, "success": False, "timestamp": "2026-01-01T00:05:00.987654321Z",
          "conditionResults": [{"condition": "[STATUS] (503) == 200", "success": False},
                               {"condition": "[BODY].ok == true", "success": True}]}]},
    {"name": "web", "key": "_web", "results": [{"success": True, "timestamp": "2026-01-01T01:05:00+01:00"}]},
]  # fmt: skip
KUMA = {
    "heartbeatList": {
        "1": [{"status": 0, "time": "2026-01-01 00:00:00.000", "msg": "", "ping": None},
              {"status": 1, "time": "2026-01-01 00:01:00.250", "msg": "", "ping": 23}],
        "2": [{"status": 3, "time": "2026-01-01 00:01:00.000", "msg": "", "ping": 5}],
        "7": [],
    },
    "uptimeList": {"1_24": 0.9985, "2_24": 1},
}  # fmt: skip
BADGE = {"status": "late", "total": 4, "grace": 1, "down": 0}
ARCHY = {
    "timestamp": "2026-01-01T00:00:00Z",
    "summary": {"uptime_percent": 100, "total_checks": 2016, "failed_checks": 0},
}


def states(document: Any, mapping: Any = None) -> list[tuple[str, str, str, float | None]]:
    return [(row.key, row.name, row.state, row.uptime_percent) for row in read(document, mapping).rows]


@pytest.mark.parametrize(
    ("document", "name"),
    [(UPPTIME, "upptime"), (GATUS, "gatus"), (KUMA, "kuma"), (BADGE, "healthchecks"), (ARCHY, "flat"),
     ({"checks": [{"name": "a", "status": "up", "last_ping": None}]}, "healthchecks"), ({"ok": True}, "flat"),
     ({"services": {"api": {"up": 1}}}, "flat"), ({}, None), ([], None), (None, None), ("up", None), ([[1]], None),
     ({"hello": "world"}, None)],
)  # fmt: skip
def test_a_shape_is_found_out(document: Any, name: str | None) -> None:
    assert detect(document) == name


def test_upptime() -> None:
    assert states(UPPTIME) == [("web", "Web", "up", 100.0), ("api", "API", "down", 98.0)]
    assert [row.latency_ms for row in read(UPPTIME, "upptime").rows] == [120.0, 0.0]


def test_gatus_takes_the_last_result_and_says_what_failed() -> None:
    api, web = read(GATUS, None).rows
    assert (api.key, api.name, api.state, api.detail) == (
        "core_api",
        "core / api",
        "down",
        "[STATUS] (503) == 200",
    )
    assert (api.latency_ms, api.checked_at) == (12.346, datetime(2026, 1, 1, 0, 5, 0, 987654, tzinfo=UTC))
    assert (web.name, web.state, web.checked_at) == ("web", "up", datetime(2026, 1, 1, 0, 5, tzinfo=UTC))


def test_kuma_joins_its_two_maps() -> None:
    assert states(KUMA) == [
        ("1", "Monitor 1", "up", 99.85), ("2", "Monitor 2", "unknown", 100.0), ("7", "Monitor 7", "unknown", None),
    ]  # fmt: skip
    assert read(KUMA, "kuma").rows[0].checked_at == datetime(2026, 1, 1, 0, 1, 0, 250_000, tzinfo=UTC)


def test_healthchecks_late_is_degraded() -> None:
    assert states(BADGE) == [("Healthchecks", "Healthchecks", "degraded", None)]


def test_flat_one_target_with_the_files_time() -> None:
    reading = read(ARCHY, None)
    assert states(ARCHY) == [("", "", "up", 100.0)]
    assert (reading.generated_at, reading.preset) == (datetime(2026, 1, 1, tzinfo=UTC), "flat")


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        ({"status": "OK"}, "up"),
        ({"currentStatus": "Major Outage"}, "down"),
        ({"state": "degraded", "uptime_percent": 100}, "degraded"),
        ({"up": False, "uptime_percent": 99.9}, "down"),
        ({"up": 1}, "up"),
        ({"is-healthy": True}, "up"),
        ({"down": True}, "down"),
        ({"status": 503}, "down"),
        ({"last_check": {"ok": False, "time": "2026-01-01T00:00:00Z"}, "uptime_percent": 99}, "down"),
        ({"last_check": {"status_code": 200}}, "up"),
        ({"consecutive_failures": 0, "failed_checks": 3, "total_checks": 9}, "up"),
        ({"consecutive_failures": 2, "uptime_percent": 99.9}, "down"),
        ({"total_checks": 10, "failed_checks": 10}, "down"),
        ({"total_checks": 10, "successful_checks": 10}, "up"),
        ({"total_checks": 10, "failed_checks": 1}, "degraded"),
        ({"failed_checks": 1, "last_failure": "2025-12-31T00:00:00Z"}, "up"),
        ({"failed_checks": 1, "last_failure": "2025-12-31T23:59:00Z"}, "degraded"),
        ({"uptime_percent": 100.0}, "up"),
        ({"uptimePercentage": "100%"}, "up"),
        ({"uptime": "100 %"}, "up"),
        ({"uptime_ratio": 1.0}, "up"),
        ({"uptime_percent": 99.2}, "degraded"),
        ({"uptime_percent": 0}, "down"),
    ],
)
def test_flat_the_state_is_taken_from_what_the_file_has(fields: dict[str, Any], state: str) -> None:
    assert [
        row.state for row in read({"timestamp": "2026-01-01T00:00:00Z", "summary": fields}, "flat").rows
    ] == [state]


@pytest.mark.parametrize(
    "fields", [{}, {"uptime": 86_400}, {"total_checks": 0, "failed_checks": 0}, {"up": 3}, {"status": "?"}]
)
def test_flat_nothing_is_made_up(fields: dict[str, Any]) -> None:
    with pytest.raises(BadMapping) as refused:
        read({"timestamp": "2026-01-01T00:00:00Z", **fields}, "flat")
    assert refused.value.code == "no_targets"


def test_flat_many_targets() -> None:
    document = {
        "generatedAt": 1_767_225_600,
        "services": {"api": {"up": True, "uptime": "99.9%"}, "web": {"status": "DOWN"}},
    }
    assert states(document) == [("api", "api", "up", 99.9), ("web", "web", "down", None)]
    assert states([{"name": "a", "ok": True}, {"name": "b", "ok": False}]) == [
        ("a", "a", "up", None),
        ("b", "b", "down", None),
    ]


@pytest.mark.parametrize(
    ("limits", "state"),
    [
        ({}, "degraded"),
        ({"degraded_below": 99}, "up"),
        ({"degraded_below": 99.5}, "degraded"),
        ({"down_below": 99.5}, "down"),
    ],
)
def test_flat_limits_of_uptime_are_the_mappings(limits: dict[str, float], state: str) -> None:
    document = {"summary": {"uptime_percent": 99.2}}
    assert [row.state for row in read(document, {"preset": "flat", **limits}).rows] == [state]


OWN = {
    "targets": "items",
    "key": "id",
    "name": "n",
    "status": "s",
    "uptime": "u",
    "generated_at": "at",
    "interval_s": "every",
}


def test_a_mapping_of_ones_own() -> None:
    document = {
        "at": 1_767_225_600_000,
        "every": 300,
        "items": [{"id": 1, "n": "One", "s": 1}, {"id": 2, "n": "Two", "s": "x"}],
    }
    reading = read(document, {**OWN, "status_map": {"1": "up", "X": "down"}})
    assert [(row.key, row.state, row.code) for row in reading.rows] == [
        ("1", "up", ""),
        ("2", "down", "status"),
    ]
    assert (reading.generated_at, reading.interval_s) == (datetime(2026, 1, 1, tzinfo=UTC), 300.0)


def test_an_object_gives_its_keys() -> None:
    mapping = {"targets": "hosts", "key": "key", "status": "value.state"}
    assert states({"hosts": {"a": {"state": "up"}, "b": {"state": "down"}}}, mapping) == [
        ("a", "a", "up", None), ("b", "b", "down", None),
    ]  # fmt: skip


def test_a_preset_can_be_changed_in_one_field() -> None:
    assert [row.name for row in read(GATUS, {"preset": "gatus", "name": "key"}).rows] == ["core_api", "_web"]


@pytest.mark.parametrize("value", [1, 0, 200, None, [], {}, "strange", ""])
def test_a_status_without_meaning_is_unknown_never_up(value: Any) -> None:
    row = read({"items": [{"id": "a", "s": value}]}, OWN).rows[0]
    assert (row.state, row.code) == ("unknown", "bad_status")


@pytest.mark.parametrize(
    ("value", "unit", "wanted"),
    [
        (99.5, None, 99.5), ("99.40%", None, 99.4), ("99.4 %", "ratio", 99.4), (0.5, "ratio", 50.0),
        (1, "ratio", 100.0),
        (1, "percent", 1.0), (0, None, 0.0), ("0.9985", "ratio", 99.85), (100, None, 100.0),
        (1, None, None), (0.5, None, None), (101, "percent", None), ("101%", None, None), (1.01, "ratio", None),
        (-1, "percent", None), (True, "percent", None), (float("inf"), "percent", None), (10**400, "percent", None),
        ("many", "percent", None), ("1_0", "percent", None), ("nan", "percent", None), ([99], "percent", None),
        ("9" * 100, "percent", None),
    ],
)  # fmt: skip
def test_a_bad_uptime_is_empty_and_its_target_stays(
    value: Any, unit: str | None, wanted: float | None
) -> None:
    row = read({"items": [{"id": "a", "s": "up", "u": value}]}, {**OWN, "unit": unit}).rows[0]
    assert (row.state, row.uptime_percent) == ("up", wanted)


def test_names_are_clean_and_keys_are_distinct() -> None:
    rows = read(
        {"items": [{"n": "a\x00\u202eb\ud800 \n c", "s": "up"}, *({"id": "x", "s": "up"},) * 3, {"s": "up"}]},
        OWN,
    ).rows
    assert [row.key for row in rows] == ["ab? c", "x", "x#2", "x#3", "5"]


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ("2026-01-01T00:00:00Z", 0), ("2026-01-01T01:00:00.123456789+01:00", 0.123456),
        ("2026-01-01 00:00:00.250", 0.25),
        ("2026-01-01T00:00:00", 0), ("2026-01-01 00:00", 0), ("2025-12-31T19:00:00-0500", 0),
        ("2026-01-01t00:00:00z", 0),
        ("2026-01-01 00:00:00 UTC", 0), (1_767_225_600, 0), (1_767_225_600_250, 0.25), (1_767_225_600.5, 0.5),
        (1_767_225_600_000_000_000, 0), ("1767225600", 0), ("Thu, 01 Jan 2026 00:00:00 GMT", 0),
        ("", None), ("yesterday", None), ("2026-13-01T00:00:00Z", None), ("2026-02-30T00:00:00Z", None), (None, None),
        (True, None),
        ("0001-01-01T00:00:00Z", None), (0, None), (-5, None), (-9e10, None), (1e300, None),
        (float("nan"), None), (10**400, None),
        ([], None),
        ("9999-12-31T23:59:59-14:00", None), ("2026-01-01T00:00:00+99:99", None), ("1" * 60, None),
        ("٢٠٢٦-01-01T00:00:00Z", None),
    ],
)  # fmt: skip
def test_moments_are_read_as_tools_write_them(value: Any, wanted: float | None) -> None:
    found = moments.parse(value)
    assert (None if found is None else found.timestamp() - 1_767_225_600) == (
        None if wanted is None else pytest.approx(wanted)
    )
