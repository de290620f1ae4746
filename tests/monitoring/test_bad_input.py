"""Everything that a monitored host or a wrong setting may hand us ends as "can't tell" with a code, never as up, and
never stops the monitors beside it."""

import json
import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django import Settings

from monitoring.models import Monitor, StatusChange, Target
from monitoring.sweep import probe_due
from tests.factories import make_monitor
from tests.monitoring.conftest import Service, let_pass

pytestmark = pytest.mark.django_db

GOOD = {"services": [{"name": "api", "status": "up"}]}


def flat(**facts: object) -> bytes:
    return json.dumps(
        [{"name": "api", "slug": "api", "url": "https://api.example", "status": "up", **facts}]
    ).encode()


BODIES = {
    "empty": (b"", "empty"),
    "only spaces": (b"  \n ", "empty"),
    "not JSON": (b"up up up", "not_json"),
    "an HTML error page": (b"<!doctype html><h1>502 Bad Gateway</h1>", "not_json"),
    "five megabytes": (b'[{"name": "' + b"a" * 5_000_000 + b'"}]', "too_large"),
    "a hundred levels": (b"[" * 100 + b"]" * 100, "too_deep"),
    "NaN": (b'[{"name": "api", "status": "up", "uptime": NaN}]', "nan_or_infinity"),
    "the same key twice": (b'{"status": "down", "status": "up"}', "duplicate_key"),
    "not UTF-8": (b'[{"name": "\xff\xfe", "status": "up"}]', "not_utf8"),
    "no targets": (b"[]", "no_targets"),
}


def look_at(target: str) -> tuple[Monitor, str]:
    """One look by a worker; the monitor and the code that tells why it says nothing."""
    monitor = make_monitor(kind="summary", target=target)
    assert probe_due() == 1
    monitor.refresh_from_db()
    assert Target.objects.exclude(state="unknown").count() == 0
    assert StatusChange.objects.count() == 0
    assert monitor.detail != ""
    return monitor, monitor.code


@pytest.fixture
def root(tmp_path: Path, settings: Settings) -> Path:
    folder = tmp_path / "watched"
    folder.mkdir()
    settings.NIGHTDESK_FILE_ROOTS = [folder]
    return folder


@pytest.mark.parametrize("what", BODIES)
def test_a_bad_summary_over_http_is_unknown_with_its_code(service: Service, what: str) -> None:
    service.body, code = BODIES[what]
    monitor, found = look_at(service.url)
    assert found == code
    if service.body.strip() and code != "too_large":
        assert monitor.kept == service.body.decode("utf-8", "replace")[:4096]


@pytest.mark.parametrize("what", BODIES)
def test_a_bad_summary_in_a_file_is_unknown_with_its_code(root: Path, what: str) -> None:
    body, code = BODIES[what]
    (root / "summary.json").write_bytes(body)
    assert look_at(str(root / "summary.json"))[1] == code


def test_a_time_in_the_future_is_refused(root: Path) -> None:
    later = (timezone.now() + timedelta(minutes=10)).isoformat()
    (root / "s.json").write_text(
        json.dumps({"timestamp": later, "summary": {"uptime_percent": 100, "status": "up"}})
    )
    assert look_at(str(root / "s.json"))[1] == "timestamp_in_future"


def test_a_file_that_is_not_written_any_more_turns_unknown_by_its_own_time(root: Path) -> None:
    written = (timezone.now() - timedelta(minutes=2)).isoformat()
    (root / "s.json").write_text(
        json.dumps({"timestamp": written, "summary": {"uptime_percent": 100, "status": "up"}})
    )
    monitor = make_monitor(kind="summary", target=str(root / "s.json"))
    probe_due()
    assert Target.objects.get().state == "up"
    let_pass(3600)
    written = (timezone.now() - timedelta(minutes=62)).isoformat()
    (root / "s.json").write_text(
        json.dumps({"timestamp": written, "summary": {"uptime_percent": 100, "status": "up"}})
    )
    probe_due()
    target = Target.objects.get()
    assert (target.state, target.code) == ("unknown", "stale")
    assert Monitor.objects.get().pk == monitor.pk


@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.1:{port}/",
        "http://169.254.169.254/latest/meta-data/",
        "http://0x7f.1:{port}/",
        "http://localhost:{port}/",
        "http://[::1]:{port}/",
        "http://2130706433:{port}/",
    ],
)
@pytest.mark.parametrize("kind", ["http", "summary"])
def test_an_address_that_is_not_allowed_is_never_asked(
    service: Service, settings: Settings, target: str, kind: str
) -> None:
    settings.NIGHTDESK_PROBE_NETWORKS = []
    monitor = make_monitor(kind=kind, target=target.format(port=service.port), fail_after=1)
    probe_due()
    monitor.refresh_from_db()
    assert monitor.code == "refused_address"
    assert ("NIGHTDESK_PROBE_NETWORKS=" in monitor.detail) is ("169.254" not in target)
    assert Target.objects.exclude(state="unknown").count() == 0
    assert service.asked == 0


def test_a_redirect_to_an_address_that_is_not_allowed_is_not_followed(service: Service) -> None:
    service.status, service.headers = 302, {"Location": "http://169.254.169.254/latest/meta-data/"}
    make_monitor(target=service.url, fail_after=1)
    probe_due()
    target = Target.objects.get()
    assert (target.state, target.code) == ("unknown", "refused_address")


@pytest.mark.parametrize("which", ["outside", "symlink", "fifo", "device", "folder", "missing", "up and out"])
def test_a_file_that_may_not_be_read_is_unknown_and_says_what_to_set(root: Path, which: str) -> None:
    outside = root.parent / "secret.json"
    outside.write_text(json.dumps(GOOD))
    paths = {
        "outside": outside,
        "symlink": root / "link.json",
        "fifo": root / "fifo",
        "device": Path("/dev/zero"),
        "folder": root,
        "missing": root / "nothing.json",
        "up and out": Path(f"{root}/../secret.json"),
    }
    (root / "link.json").symlink_to(outside)
    os.mkfifo(root / "fifo")
    monitor, code = look_at(str(paths[which]))
    assert code != ""
    assert monitor.kept == ""
    if which in ("outside", "device"):
        assert ("NIGHTDESK_FILE_ROOTS=" in monitor.detail) is (which == "outside")


def test_one_bad_monitor_does_not_spoil_the_batch(service: Service) -> None:
    service.pages["/bad"] = b"\xff{{{"
    bad = make_monitor(kind="summary", target=service.url + "bad", name="bad")
    make_monitor(bad.product, target=service.url, name="good")
    assert probe_due() == 2
    assert list(Target.objects.values_list("monitor__name", "state")) == [("good", "up")]


def test_hostile_words_are_kept_as_text_without_control_characters(service: Service) -> None:
    name = "<script>alert(1)</script>\x00\x1b[2J" + "n" * 500
    service.body = flat(name=name)
    make_monitor(kind="summary", target=service.url)
    probe_due()
    target = Target.objects.get()
    assert target.name == ("<script>alert(1)</script>[2J" + "n" * 500)[:200]
