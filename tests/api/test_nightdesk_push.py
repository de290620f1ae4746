"""The script nightdesk-push where it is hard: odd names, no curl, a server that is busy or not there yet (C18)."""

from __future__ import annotations

import html
import json
import os
import re
import shutil
import socket
import subprocess
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from monitoring.models import Receiver as Pushed
from monitoring.push_keys import push_url
from products.models import Product
from tests.api.test_push import SCRIPT, run, states, waiting
from tests.factories import join, make_product, make_user
from tests.notifications.receiving import Take, receiver

TAKEN = b'{"monitor": "x", "code": "", "detail": "", "targets": {}}'
needs_curl = pytest.mark.skipif(not shutil.which("curl"), reason="no curl on this machine")


def shells() -> list[str]:
    return [found for name in ("dash", "bash") if (found := shutil.which(name))]


@needs_curl
@pytest.mark.django_db(transaction=True)
def test_names_and_sizes_of_any_kind_arrive_as_they_are(
    asgi_server: str, settings: Settings, tmp_path: Path
) -> None:
    settings.NIGHTDESK_URL = asgi_server
    monitor = waiting(make_product(), "file")
    names = [
        "two\nlines.bak",
        " blank ends .bak",
        "-leading.bak",
        "Größe 名 💾.bak",
        'quote "\\$(id)`.bak',
        "*.bak",
    ]
    paths = [tmp_path / name for name in names]
    for path in paths:
        path.write_text("x")
    large = tmp_path / "large.log"
    with large.open("wb") as file:
        file.truncate(60_000_000)  # a hole without a line's end
        file.seek(60_000_000)
        file.write("é\nlast line\n".encode())
    for shell in shells():
        asked = [part for path in paths for part in ("--file", str(path))]
        done = run(shell, *asked, "--log", str(large), push_url(monitor), "--lines", "1")
        assert (done.returncode, done.stderr) == (0, ""), shell
        told = {row["path"]: row for row in Pushed.objects.get().files}
        assert list(told) == [*map(str, paths), str(large)]
        assert {row["size"] for path, row in told.items() if path != str(large)} == {1}
        assert (told[str(large)]["size"], told[str(large)]["tail"].strip()) == (60_000_013, "last line")


@needs_curl
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", ["heartbeat", "file"])
def test_the_lines_on_the_monitors_page_work_as_printed(
    asgi_server: str, settings: Settings, tmp_path: Path, client: Client, kind: str
) -> None:
    settings.NIGHTDESK_URL = asgi_server
    monitor = waiting(make_product(), kind)
    client.force_login(manager(monitor.product))
    page = client.get(f"/monitoring/{monitor.slug}/").content.decode()
    lines = [html.unescape(text) for text in re.findall(r'<code id="push-(?:get|line)">(.*?)</code>', page)]
    assert len(lines) == 2
    done = subprocess.run(
        ["sh", "-euc", "\n".join(lines)], cwd=tmp_path, env={"PATH": "/usr/bin:/bin"},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert ("up" if kind == "heartbeat" else "down") in {state for state, _code in states(monitor).values()}


def manager(product: Product) -> User:
    user = make_user("mia@example.test")
    join(user, product.team, "manager")
    return user


@needs_curl
def test_a_busy_server_is_asked_again() -> None:
    asked: list[float] = []

    def busy(take: Take) -> None:
        asked.append(time.monotonic())
        take.say(503 if len(asked) < 3 else 200, TAKEN)

    with receiver(busy) as server:
        done = run("/bin/sh", f"{server.url}/in/push/x")
    assert (done.returncode, done.stderr.count("nightdesk-push"), len(asked)) == (0, 0, 3)


class Taking(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", str(len(TAKEN)))
        self.end_headers()
        self.wfile.write(TAKEN)


@needs_curl
def test_one_that_starts_meanwhile_is_reached() -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.2", 0))
        port = held.getsockname()[1]

    def start() -> None:
        with HTTPServer(("127.0.0.2", port), Taking) as server:
            server.timeout = 30
            server.handle_request()

    thread = threading.Timer(0.5, start)
    thread.start()
    done = run("/bin/sh", f"http://127.0.0.2:{port}/in/push/x")
    thread.join()
    assert done.returncode == 0, done.stderr  # curl tells of each refusal on the way


@needs_curl
def test_a_line_that_is_cut_is_tried_again() -> None:
    asked: list[int] = []

    def cutting(take: Take) -> None:
        asked.append(1)
        if len(asked) == 1:
            take.connection.shutdown(socket.SHUT_RDWR)  # as a server that is stopped just then
        else:
            take.say(200, TAKEN)

    with receiver(cutting) as server:
        done = run("/bin/sh", f"{server.url}/in/push/x")
    assert (done.returncode, len(asked)) == (0, 2), done.stderr


def test_a_name_that_is_not_found_is_asked_for_three_times_more(tmp_path: Path) -> None:
    """Whatever a machine's resolver does: curl says 6, and the script does not wait in earnest here."""
    for name, text in (("curl", f"echo x >>{tmp_path}/asked; exit 6"), ("sleep", "")):
        (tmp_path / name).write_text(f"#!/bin/sh\n{text}\n")
        (tmp_path / name).chmod(0o755)
    for shell in shells():
        done = run(shell, "http://nowhere.example.test/x", PATH=f"{tmp_path}:/usr/bin:/bin")
        assert (done.returncode, (tmp_path / "asked").read_text().count("x")) == (1, 4), shell
        (tmp_path / "asked").unlink()


@needs_curl
def test_a_log_whose_name_looks_like_an_option_is_found(tmp_path: Path) -> None:
    for name in ("-old.log", "-new.log"):
        (tmp_path / name).write_text(name)
    os.utime(tmp_path / "-old.log", (1, 1))
    with receiver(lambda take: take.say(200, TAKEN)) as server:
        done = subprocess.run(
            ["sh", str(SCRIPT), "--log", "*.log", f"{server.url}/in/push/x"], cwd=tmp_path, check=False,
            env={"PATH": "/usr/bin:/bin"}, capture_output=True, text=True, timeout=60,
        )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    (told,) = json.loads(server.got[0].body)["files"]
    assert (told["path"], told["pattern"]) == ("./-new.log", "*.log")


@needs_curl
def test_what_was_not_taken_is_said_with_exit_1() -> None:
    with receiver(lambda take: take.say(404, b'{"detail": "There is no such address."}')) as server:
        done = run("/bin/sh", f"{server.url}/in/push/wrong")
    assert (done.returncode, done.stderr) == (
        1, 'nightdesk-push: not taken (404): {"detail": "There is no such address."}\n',
    )  # fmt: skip
    assert "wrong" not in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--file",),
        ("--wrong", "u"),
        ("--lines", "x", "u"),
        ("--lines", "", "u"),
        ("--summary", "a", "--file", "b", "u"),
    ],
)
def test_wrong_use_is_exit_2_and_says_how(arguments: tuple[str, ...]) -> None:
    for shell in shells():
        done = run(shell, *arguments)
        assert (done.returncode, done.stdout, "--summary FILE URL" in done.stderr) == (2, "", True)


def test_help_is_no_mistake_and_leaves_nothing_behind(tmp_path: Path) -> None:
    done = run("/bin/sh", "--help", TMPDIR=str(tmp_path))
    assert (done.returncode, done.stderr, "--summary FILE URL" in done.stdout) == (0, "", True)
    assert list(tmp_path.iterdir()) == []


def test_without_curl_it_says_so(tmp_path: Path) -> None:
    for tool in ("sed", "mktemp", "rm", "sh"):
        (tmp_path / tool).symlink_to(str(shutil.which(tool)))
    done = run("/bin/sh", "http://127.0.0.1:9/x", PATH=str(tmp_path))
    assert (done.returncode, done.stderr) == (1, "nightdesk-push: curl is not installed\n")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may look at everything")
def test_what_it_may_not_look_at_is_not_called_missing(tmp_path: Path) -> None:
    (tmp_path / "closed").mkdir(mode=0)
    done = run("/bin/sh", "--file", str(tmp_path / "closed" / "x"), "http://127.0.0.1:9/x")
    assert (done.returncode, "may not look at" in done.stderr) == (1, True)


def test_it_is_one_plain_file() -> None:
    assert (SCRIPT.read_text().splitlines()[0], os.access(SCRIPT, os.X_OK)) == ("#!/bin/sh", True)
