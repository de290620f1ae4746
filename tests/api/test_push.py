"""What scripts push: by hand, and by nightdesk-push under dash against the running app (C18, A33, A34, A41)."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db.models import F
from django.test import Client
from pytest_django import Settings

from foundation import moment
from monitoring.models import Monitor, Receiver, StatusChange, Target
from monitoring.push_keys import push_url, rotate_key
from monitoring.sweep import probe_due
from products.models import Product
from tests.api.conftest import Script, problem
from tests.factories import make_monitor, make_user
from tests.monitoring.conftest import let_pass

SCRIPT = Path(__file__).parents[2] / "scripts" / "nightdesk-push"
SUMMARY = [
    {"name": "API", "status": "up", "uptime": "99.9%"},
    {"name": "Web", "status": "down", "uptime": "90%"},
]


def waiting(product: Product, kind: str, **facts: Any) -> Monitor:
    return make_monitor(product, kind=kind, target="", name=kind.capitalize(), interval_s=300, **facts)


def push(monitor: Monitor, body: Any = b"") -> dict[str, Any]:
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    path = push_url(monitor).removeprefix("http://localhost:8000")
    answer = Client().post(path, sent, content_type="application/octet-stream")
    assert answer.status_code == 200, answer.content
    told: dict[str, Any] = answer.json()
    return told


def states(monitor: Monitor) -> dict[str, tuple[str, str]]:
    return {t.name: (t.state, t.code) for t in Target.objects.filter(monitor=monitor)}


def look(monitor: Monitor) -> None:
    Monitor.objects.filter(pk=monitor.pk).update(due_at=moment.now(), lease_token=None)
    probe_due()


def test_a_heartbeat_is_unknown_until_heard_then_up(product: Product) -> None:
    monitor = waiting(product, "heartbeat")
    look(monitor)
    monitor.refresh_from_db()
    assert (states(monitor), monitor.code) == ({"": ("unknown", "no_push")}, "no_push")
    assert push(monitor) == {"monitor": "heartbeat", "code": "", "detail": "", "targets": {"": "up"}}
    look(monitor)
    assert states(monitor) == {"": ("up", "")}


@pytest.mark.django_db(transaction=True)
def test_a_late_heartbeat_is_down_after_its_failures_and_up_again(product: Product) -> None:
    monitor = waiting(product, "heartbeat")
    push(monitor)
    for expected in ("up", "up", "down"):
        let_pass(310 if expected == "up" and not StatusChange.objects.filter(state="down") else 1)
        Monitor.objects.update(pushed_at=moment.now() - timedelta(seconds=310))
        look(monitor)
        assert states(monitor)[""][0] == expected
    assert Target.objects.get().detail == "Last heard 5 min ago; expected every 5 min."
    push(monitor)
    assert states(monitor) == {"": ("up", "")}


def test_silence_while_nightdesk_was_off_is_nobodys_fault(product: Product) -> None:
    monitor = waiting(product, "heartbeat")
    push(monitor)
    let_pass(7200)
    Monitor.objects.update(pushed_at=F("pushed_at") - timedelta(seconds=7200))
    look(monitor)
    monitor.refresh_from_db()
    assert monitor.listening_since is not None
    assert Target.objects.get().fails == 0


def test_a_pushed_summary_is_read_like_a_fetched_one(product: Product) -> None:
    monitor = waiting(product, "summary")
    assert push(monitor, SUMMARY)["targets"] == {"API": "up", "Web": "down"}
    assert states(monitor) == {"API": ("up", ""), "Web": ("down", "status")}
    look(monitor)
    assert states(monitor) == {"API": ("up", ""), "Web": ("down", "status")}


def test_bad_bodies_are_kept_and_make_it_unknown(product: Product) -> None:
    monitor = waiting(product, "summary")
    push(monitor, SUMMARY)
    bad = (
        (b"<html>502</html>", "not_json"),
        (b"\xff\xfe", "not_utf8"),
        (b"", "empty"),
        (b"[]", "no_targets"),
    )
    for body, code in bad:
        assert push(monitor, body)["code"] == code
        monitor.refresh_from_db()
        assert monitor.code == code
    assert Receiver.objects.get().head == "[]"
    assert {t.seen for t in Target.objects.all()} == {"unknown"}
    assert monitor.kept_code == "no_targets"


def test_files_are_judged_one_by_one(product: Product) -> None:
    now = moment.now()
    monitor = waiting(product, "file", expect={"max_age_s": 3600, "min_bytes": 10})
    rows = [
        {"path": "/a/ok", "size": 20, "mtime": now.timestamp(), "sha256": "a" * 64, "tail": "line\n"},
        {"path": "/a/old", "size": 20, "mtime": now.timestamp() - 7200},
        {"path": "/a/small", "size": 1, "mtime": now.timestamp()},
        {"path": "/a/gone"},
        {"path": "/a/undated", "size": 20, "mtime": None},
        *({"path": f"/a/odd{n}", "size": size} for n, size in enumerate(("20", -1, 2**63, 1.5, True))),
    ]
    push(monitor, {"files": rows})
    assert states(monitor) == {
        "ok": ("up", ""), "old": ("down", "old"), "small": ("down", "too_small"), "gone": ("down", "missing"),
        "undated": ("unknown", "no_mtime"), **{f"odd{n}": ("unknown", "bad_size") for n in range(5)},
    }  # fmt: skip
    assert Receiver.objects.get().files[0]["tail"] == "line\n"
    bad: tuple[Any, ...] = ({"files": []}, {"files": [7, {}]}, [1], {"files": "x"})
    for body in bad:
        assert push(monitor, body)["code"] == "no_targets"


def test_another_digest_is_told(product: Product) -> None:
    monitor = waiting(product, "file", expect={"sha256": "a" * 64})
    push(monitor, {"files": [{"path": "/usr/local/bin/archipelago.bak", "size": 9, "sha256": "b" * 64}]})
    assert states(monitor) == {"archipelago.bak": ("down", "changed")}


def test_a_file_of_this_server_is_looked_at(product: Product, tmp_path: Path, settings: Settings) -> None:
    settings.NIGHTDESK_FILE_ROOTS = [tmp_path]
    backup = tmp_path / "app.bak"
    backup.write_bytes(b"binary")
    monitor = make_monitor(
        product, kind="file", target=str(backup), name="Backup",
        expect={"sha256": hashlib.sha256(b"binary").hexdigest()},
    )  # fmt: skip
    look(monitor)
    assert states(monitor) == {"app.bak": ("up", "")}
    backup.unlink()
    look(monitor)
    assert states(monitor) == {"app.bak": ("down", "missing")}


def test_an_unknown_an_old_and_an_archived_key_open_nothing(product: Product, ada: Any) -> None:
    monitor = waiting(product, "heartbeat")
    old = push_url(monitor).removeprefix("http://localhost:8000")
    rotate_key(monitor, by=ada)
    for path in (old, "/in/push/x", "/in/push/%00", "/in/push/" + "é" * 50):
        problem(Client().post(path), 404)
    push(monitor)
    Monitor.objects.update(archived_at=moment.now())
    problem(Client().post(push_url(monitor).removeprefix("http://localhost:8000")), 404)
    assert problem(Client().get(old), 405)["status"] == 405
    problem(Client().post("/in/pusch/x"), 404)


def test_switched_off_it_is_kept_and_judged_by_nobody(product: Product) -> None:
    monitor = waiting(product, "heartbeat", enabled=False)
    push(monitor, b"hello")
    assert (Receiver.objects.get().head, states(monitor)) == ("hello", {"": ("unknown", "")})


def test_the_key_is_kept_sealed_and_by_digest(product: Product) -> None:
    key = push_url(waiting(product, "heartbeat")).rpartition("/")[2]
    assert len(key) == 43
    assert key not in str(Receiver.objects.values().get())


def test_by_script_a_monitor_is_added_with_its_key(script: Script) -> None:
    body = {"name": "Cron", "product": "staff-mobile", "kind": "heartbeat", "interval_s": 300}
    made = script.post("/monitors", body, status=201)
    assert made["push_url"].startswith("http://localhost:8000/in/push/")
    assert script.get("/monitors/cron")["push_url"] is None
    rotated = script.post("/monitors/cron/rotate_key")["push_url"]
    assert rotated not in (None, made["push_url"])
    for method, path, sent in (("POST", "/monitors", body), ("PATCH", "/monitors/cron", {})):
        told = problem(script(method, path, {**sent, "target": "http://x.test/"}), 422)
        assert told["errors"][0]["field"] == "target"


def test_the_page_has_the_line_for_managers_only(product: Product, ada: Any, client: Client) -> None:
    monitor = waiting(product, "heartbeat")
    client.force_login(ada)
    page = client.get("/monitoring/heartbeat/").content.decode()
    assert f"./nightdesk-push {push_url(monitor)}" in page
    assert client.post("/monitoring/heartbeat/rotate_key/").status_code == 302
    from tests.factories import join

    ben = make_user("ben@example.test")
    join(ben, product.team)
    client.force_login(ben)
    assert "/in/push/" not in client.get("/monitoring/heartbeat/").content.decode()
    assert client.post("/monitoring/heartbeat/rotate_key/").status_code == 403


@pytest.mark.parametrize("kind", ["heartbeat", "summary", "file"])
def test_the_form_adds_one_that_waits(product: Product, ada: Any, client: Client, kind: str) -> None:
    client.force_login(ada)
    facts = {"kind": kind, "product": product.slug, "interval_s": "300", "opens_incident": "on"}
    assert client.post("/monitoring/new/", facts).status_code == 422
    answer = client.post("/monitoring/new/", {**facts, "name": "Timer"})
    assert answer.status_code == 302, answer.content.decode()
    monitor = Monitor.objects.get()
    assert (monitor.kind, monitor.waits, monitor.interval_s) == (kind, True, 300)
    assert "Run this where the script runs" in client.get(answer["Location"]).content.decode()
    assert client.post(f"{answer['Location']}edit/", {**facts, "name": "Other"}).status_code == 302


@pytest.fixture(params=["dash", "bash"])
def shell(request: pytest.FixtureRequest) -> str:
    found: str | None = shutil.which(str(request.param))
    if not found or not shutil.which("curl"):
        pytest.skip(f"no {request.param} with curl on this machine")
    return found


def run(shell: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [shell, str(SCRIPT), *arguments], env={"PATH": "/usr/bin:/bin", **environment},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_nightdesk_push_sends_all_of_them(
    asgi_server: str, settings: Settings, tmp_path: Path, shell: str
) -> None:
    from tests.factories import make_product

    settings.NIGHTDESK_URL = asgi_server
    product = make_product()
    beat, summary, files = (waiting(product, kind) for kind in ("heartbeat", "summary", "file"))
    assert run(shell, push_url(beat)).stderr == ""
    assert states(beat) == {"": ("up", "")}
    (tmp_path / "summary.json").write_text(json.dumps(SUMMARY))
    ok = run(shell, "--summary", str(tmp_path / "summary.json"), NIGHTDESK_PUSH_URL=push_url(summary))
    assert (ok.returncode, ok.stderr) == (0, "")
    assert states(summary) == {"API": ("up", ""), "Web": ("down", "status")}

    backup = tmp_path / 'app "2".bak'
    backup.write_bytes(bytes(range(256)) * 40)
    old, new = tmp_path / "stability-test-1.log", tmp_path / "stability-test-2 b.log"
    new.write_text("first\n" * 50 + 'tab\there "quoted" back\\slash é\x07\n')
    old.write_text("old\n")
    import os

    os.utime(old, (1, 1))
    done = run(shell, "--lines", "1", "--log", f"{tmp_path}/stability-test-*.log", "--file", str(backup), "--file",
               "/none/here", push_url(files))  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    told = {row["path"]: row for row in Receiver.objects.get(monitor=files).files}
    assert list(told) == [str(new), str(backup), "/none/here"]
    assert told[str(new)]["tail"] == 'tab\there "quoted" back\\slash é'
    assert told[str(backup)]["sha256"] == hashlib.sha256(backup.read_bytes()).hexdigest()
    assert (told[str(backup)]["size"], told["/none/here"]["size"]) == (10240, None)
    assert {state for state, _code in states(files).values()} == {"up", "down"}


@pytest.mark.django_db(transaction=True)
def test_nightdesk_push_says_what_is_wrong(
    asgi_server: str, settings: Settings, tmp_path: Path, shell: str
) -> None:
    from tests.factories import make_product

    settings.NIGHTDESK_URL = asgi_server
    summary = waiting(make_product(), "summary")
    assert run(shell).returncode == 2
    assert "--summary FILE URL" in run(shell, "--wrong").stderr
    assert run(shell, f"{asgi_server}/in/push/nothing").returncode == 1
    assert run(shell, "--summary", "/none", push_url(summary)).returncode == 1
    (tmp_path / "bad.json").write_text("<html>")
    bad = run(shell, "--summary", str(tmp_path / "bad.json"), push_url(summary))
    assert (bad.returncode, "not_json" in bad.stderr) == (0, True)


def test_the_script_is_served_to_everybody(client: Client) -> None:
    answer = client.get("/nightdesk-push")
    assert (answer.status_code, answer.content) == (200, SCRIPT.read_bytes())
