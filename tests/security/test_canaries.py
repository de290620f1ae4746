"""A running house with a recognisable word in every secret; afterwards no log, row, answer or backup holds one."""

from __future__ import annotations

import base64
import json
import re
import signal
import socket
import subprocess
import tarfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import psycopg
import pytest
from cryptography.fernet import Fernet

from config import embedded
from config.backup import address
from tests.fixtures.begun import Begin
from tests.notifications.receiving import receiver, saying
from tests.patience import START_S
from tests.setup.forked import commands
from tests.setup.running import EMAIL, PASSWORD, Up, command, up

SEALING = Fernet.generate_key().decode()
WORDS = {
    "secret key": "canary-django-secret-key-0123456789-0123456789-0123456789",
    "mail password": "canarySmtpPassword1",
    "metrics token": "canaryMetricsToken1",
    "administrator's password": PASSWORD,
    "typed password": "canaryTypedPassword1",
    "ntfy token": "canaryNtfyToken1",
    "ntfy topic": "canaryNtfyTopic1",
    "slack path": "canarySlackPath1",
    "refused path": "canaryRefusedPath1",
    "database password": "canaryDatabasePassword1",
    "broker password": "canaryBrokerPassword1",
    "repository token": "canaryRepositoryToken1",
    "token in an address": "canaryAddressToken1",
}
WEBHOOK = "whsec_" + base64.b64encode(b"canary-webhook-secret-0123456789").decode()
TAP = re.compile(r"/l/[\w:.-]{20,}")


class House:
    """The running site, what it answered, and the keys that came to be on the way."""

    def __init__(self, started: Up, url: str, data: Path) -> None:
        self.started, self.url, self.data = started, url, data
        self.words = {**WORDS, "webhook secret": WEBHOOK, "sealing key": SEALING}
        self.answers: list[str] = []
        self.pages = httpx.Client(base_url=url, follow_redirects=True, timeout=30)
        self.token = ""

    def page(self, method: str, path: str, **form: str) -> str:
        if method == "POST":
            form["csrfmiddlewaretoken"] = self.pages.cookies.get("csrftoken") or ""
        answer = self.pages.request(method, path, data=form or None, headers={"Referer": self.url + path})
        self.answers.append(f"{path}\n{answer.headers}\n{answer.text}")
        return answer.text

    def call(self, method: str, path: str, body: Any = None, *, shows: str = "") -> Any:
        """`shows`: the member that may hold a secret, since it is told only now."""
        headers = {"Authorization": f"Bearer {self.token}"}
        answer = httpx.request(method, f"{self.url}/api/v1{path}", json=body, headers=headers, timeout=30)
        said = answer.json()
        if shows:
            self.words[f"{shows} of {path}"] = str(said[shows]).rpartition("/")[2]
        self.answers.append(json.dumps({name: text for name, text in said.items() if name != shows}))
        return said

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """A command beside it, with the same secrets."""
        secrets = {"SECRET_KEY": WORDS["secret key"], "NIGHTDESK_ENCRYPTION_KEYS": SEALING}
        return command(self.data, *arguments, **secrets)

    def database(self) -> psycopg.Connection[Any]:
        where: dict[str, Any] = address.of(embedded.settings(self.data / "postgres", owner=True))
        return psycopg.connect(**where)

    def query(self, text: str) -> list[Any]:
        with self.database() as connection:
            found = connection.execute(text.encode())
            return found.fetchall() if found.description else []

    def rows(self) -> str:
        """All rows of all tables but where a key must stand: sessions."""
        with self.database() as connection:
            names = connection.execute(
                "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
            ).fetchall()
            kept = {name for (name,) in names} - {"django_session", "usersessions_usersession"}
            asked = (f'SELECT to_jsonb(t)::text FROM "{name}" t' for name in sorted(kept))
            return "\n".join(
                str(row) for text in asked for row in connection.execute(text.encode()).fetchall()
            )


@contextmanager
def refusing_mail_server() -> Iterator[int]:
    """Speaks SMTP up to the password, which it never takes."""
    server = socket.create_server(("127.0.0.1", 0))

    def talk(connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as lines:
            connection.sendall(b"220 here\r\n")
            for line in lines:
                word = line[:4].upper()
                if word == b"EHLO":
                    connection.sendall(b"250-here\r\n250 AUTH PLAIN\r\n")
                elif word == b"AUTH":
                    connection.sendall(b"535 these are not the right words\r\n")
                elif word == b"QUIT":
                    return
                else:
                    connection.sendall(b"250 ok\r\n")

    def serve() -> None:
        while True:
            try:
                connection, _peer = server.accept()
            except OSError:
                return
            threading.Thread(target=talk, args=(connection,), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    yield int(server.getsockname()[1])
    server.close()


def until(true: Any, seconds: float = START_S) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it takes too long"
        time.sleep(0.2)


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory, begin: Begin) -> Iterator[tuple[House, dict[str, str]]]:
    """The house after everything went wrong once, and all that it ever said, by place.

    What a first start says, `begin` knows to the letter. With a folder of processes each start prepares."""
    data = begin(tmp_path_factory.mktemp("canaries") / "data")
    (processes := data.parent / "processes").mkdir()
    with refusing_mail_server() as port, receiver(saying(401)) as outside:
        mail = f"smtp://ada:{quote(WORDS['mail password'])}@127.0.0.1:{port}"
        with up(
            data, SECRET_KEY=WORDS["secret key"], NIGHTDESK_ENCRYPTION_KEYS=SEALING, MAIL_URL=mail,
            METRICS_TOKEN=WORDS["metrics token"], NIGHTDESK_WEBHOOK_NETWORKS="127.0.0.2/32",
            NIGHTDESK_PROCESS_DIR=str(processes),
        ) as (started, url):  # fmt: skip
            house = House(started, url, data)
            sign_in(house)
            set_up(house, outside.url)
            go_wrong(house)
            house.pages.close()
            found = {"rows": house.rows(), "answers": "\n".join(house.answers), "backup": backup(house)}
        found["log"] = "\n".join(started.lines) + "\n".join(_rest(started))
        found["database log"] = (
            (data / "postgres.log").read_text() if (data / "postgres.log").exists() else ""
        )
        found["refused start"] = refused_start(data.parent / "other")
        yield house, found


def _rest(started: Up) -> list[str]:
    lines = []
    while not started._queue.empty():
        lines.append(started._queue.get())
    return lines


def sign_in(house: House) -> None:
    house.page("GET", "/accounts/login/")
    house.page("POST", "/accounts/login/", login=EMAIL, password=WORDS["typed password"])
    house.page("POST", "/accounts/login/", login=EMAIL, password=WORDS["administrator's password"])
    house.words["session"] = house.pages.cookies["sessionid"]
    made = house.run(
        "token",
        "--user",
        EMAIL,
        "--name",
        "canary-bot",
        "--scope",
        "read",
        "incidents",
        "monitoring",
        "admin",
    )
    house.token = house.words["token"] = re.search(r"nd_[\w-]+", made.stdout)[0]  # type: ignore[index]


def set_up(house: House, outside: str) -> None:
    house.call("POST", "/teams", {"name": "Duty"})
    house.call("POST", "/products", {"name": "Mobile", "process": "krow", "team": "duty"})
    for kind, more in {
        "ntfy": {"url": f"{outside}/{WORDS['ntfy topic']}", "token": WORDS["ntfy token"]},
        "slack": {"url": f"{outside}/{WORDS['slack path']}"},
        "webhook": {"url": f"http://127.0.0.1:9/{WORDS['refused path']}", "secret": WEBHOOK},
    }.items():
        made = house.call("POST", "/channels", {"name": f"{kind} room", "kind": kind, "team": "duty", **more})
        house.call("POST", f"/channels/{made['id']}/test")
    house.call(
        "POST", "/channels", {"name": "post", "kind": "email", "team": "duty", "address": "duty@example.test"}
    )
    house.call("POST", "/products/mobile/contacts", {"label": "Duty", "address": "phone@example.test"})
    house.call("POST", "/monitors", {"name": "Cron", "product": "mobile", "kind": "heartbeat", "interval_s": 300},
               shows="push_url")  # fmt: skip
    connect(house)
    house.call("POST", "/incidents", {"title": "Down", "product": "mobile", "severity": "CRITICAL"})
    until(
        lambda: (
            house.query("SELECT count(*) FROM notifications_attempt WHERE ended_at IS NOT NULL")[0][0] >= 5
        )
    )


def connect(house: House) -> None:
    """Repositories that refuse, with a token in the address and one beside it; a hook whose key and secret are told."""
    for word in ("token in an address", "repository token"):
        code = {
            "url": f"https://ada:{WORDS['token in an address']}@127.0.0.2:9/you/mobile.git",
            "forge": "gitea",
        }
        if word == "repository token":
            code = {"url": "https://127.0.0.2:9/you/mobile.git", "token": WORDS[word]}
        house.call("PATCH", "/products/mobile", {"repository": code})
        until(lambda: house.query("SELECT count(*) FROM hotfixes_mirror WHERE trouble <> ''")[0][0] == 1)
        house.query("UPDATE hotfixes_mirror SET trouble = ''")
    headers = {"Authorization": f"Bearer {house.token}"}
    path = f"{house.url}/api/v1/products/mobile/repository/secret"
    told = httpx.post(path, json={}, headers=headers, timeout=30).json()
    house.words["hook secret"], house.words["hook key"] = told["secret"], told["hook"].rpartition("/")[2]
    signed = {"X-Gitea-Signature": "0" * 64, "X-Gitea-Event": "push"}
    refused = httpx.post(
        f"{house.url}/in/forge/{house.words['hook key']}", json={}, headers=signed, timeout=30
    )
    assert refused.status_code == 403
    house.answers.append(refused.text)


def go_wrong(house: House) -> None:
    """Faults with secrets at hand: unknown keys, a table that is gone while somebody signs in, a killed worker."""
    key = next(text for name, text in house.words.items() if name.startswith("push_url"))
    for path in (f"/in/push/{key}x", f"/l/{key}", f"/accounts/password/reset/key/1-{key}/"):
        httpx.post(house.url + path, headers={"Referer": f"{house.url}/l/{key}"})
    link = re.search(r"reset/key/(\S+)/", house.run("reset", EMAIL).stdout)
    assert link
    house.words["reset link"] = link[1]
    httpx.get(f"{house.url}/accounts/password/reset/key/{link[1]}x/", follow_redirects=True)
    tables = (
        "django_session",
        "accounts_apitoken",
        "monitoring_receiver",
        "products_repository",
        "accounts_user",
    )
    for table in tables:
        house.query(f"ALTER TABLE {table} RENAME TO away")
        try:
            house.page("GET", "/")
            httpx.post(f"{house.url}/in/push/{key}", timeout=30)
            httpx.post(f"{house.url}/in/forge/{house.words['hook key']}", json={}, timeout=30)
            headers = {"Authorization": f"Bearer {house.token}"}
            house.answers.append(httpx.get(f"{house.url}/api/v1/me", headers=headers, timeout=30).text)
            with httpx.Client(base_url=house.url, timeout=30) as stranger:
                stranger.get("/accounts/login/")
                token = stranger.cookies.get("csrftoken", "")
                form = {"login": EMAIL, "password": WORDS["typed password"], "csrfmiddlewaretoken": token}
                house.answers.append(stranger.post("/accounts/login/", data=form).text)
        finally:
            house.query(f"ALTER TABLE away RENAME TO {table}")
    house.started.child("celery").send_signal(signal.SIGKILL)


def backup(house: House) -> str:
    file = house.data.parent / "whole.backup"
    command(
        house.data, "backup", str(file), SECRET_KEY=WORDS["secret key"], NIGHTDESK_ENCRYPTION_KEYS=SEALING
    )
    with tarfile.open(file) as packed:
        members = [packed.extractfile(member) for member in packed.getmembers()]
        return "\n".join(each.read().decode("utf-8", "replace") for each in members if each)


def refused_start(data: Path) -> str:
    """Addresses that do not work, with a password in each."""
    database = f"postgres://ada:{WORDS['database password']}@127.0.0.1:9/nothing"
    broker = f"rediss//:{WORDS['broker password']}@127.0.0.1:9"
    mail = f"smpt://ada:{WORDS['mail password']}@127.0.0.1:9"
    with commands() as run:
        done = [
            run(data, "up", DATABASE_URL=database),
            run(data, "up", REDIS_URL=broker),
            run(data, "up", MAIL_URL=mail),
            run(data, "up", DATABASE_URL=database.replace("postgres://", "mysql://")),
            run(data, "up", NIGHTDESK_ENCRYPTION_KEYS=SEALING[:-6]),
        ]
    assert all(one.returncode for one in done)
    return "\n".join(one.stdout + one.stderr for one in done)


def test_no_secret_is_where_it_must_not_be(said: tuple[House, dict[str, str]]) -> None:
    house, places = said
    found = [
        f"{name} in {place}"
        for place, text in places.items()
        for name, word in house.words.items()
        for spelled in {word, quote(word), base64.b64encode(word.encode()).decode()}
        if spelled in text
    ]
    assert found == []


def test_one_tap_links_are_signed_when_sent_and_kept_nowhere(said: tuple[House, dict[str, str]]) -> None:
    _house, places = said
    assert {place: TAP.findall(text) for place, text in places.items() if TAP.search(text)} == {}


def test_it_did_go_wrong(said: tuple[House, dict[str, str]]) -> None:
    """The search above proves something only if each of these was there to say a secret."""
    house, places = said
    assert {"ntfy token", "session", "token", "webhook secret", "hook key"} <= set(house.words)
    assert "these are not the right words" in places["rows"]
    assert "NIGHTDESK_WEBHOOK_NETWORKS" in places["rows"]
    assert places["log"].count("Traceback") >= 3
    assert "does not exist" in places["database log"] + places["log"]
    assert len(places["backup"]) > 10_000
