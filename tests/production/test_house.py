"""Production mode: several web processes and workers on one PostgreSQL and one Redis, started as compose does."""

from __future__ import annotations

import os
import queue
import re
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import psycopg
import pytest

from tests.production.compose import ROOT
from tests.production.house import House, database, house, until
from tests.setup.running import EMAIL, PASSWORD

pytestmark = pytest.mark.skipif(not shutil.which("redis-server"), reason="no redis-server on this machine")
GUEST = "198.51.100.9"
SCOPES = ("read", "incidents", "monitoring", "admin")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with house(tmp_path_factory.mktemp("production")) as found:
        migrate = found.start("migrate", NIGHTDESK_ADMIN_EMAIL=EMAIL, NIGHTDESK_ADMIN_PASSWORD=PASSWORD)
        assert migrate.wait(300) == 0, found.log("migrate-1")
        for service, number in (("worker", 1), ("worker", 2), ("web", 1), ("web", 2), ("live", 1)):
            found.start(service, number)
        found.serving()
        yield found


class Browser:
    """What stands behind the proxy: it keeps cookies, also those for https, and may ask any of the processes."""

    def __init__(self, site: House) -> None:
        self.site, self.cookies = site, dict[str, str]()
        self.http = httpx.Client(timeout=20)

    def ask(self, at: str, method: str, path: str, **form: str) -> httpx.Response:
        answer = self.http.request(
            method, f"http://127.0.0.1:{self.site.ports[at]}{path}", data=form or None, headers=self.headers()
        )
        for line in answer.headers.get_list("set-cookie"):
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer

    def headers(self) -> dict[str, str]:
        """As Caddy passes it on."""
        return {
            "Host": "nightdesk.example.org",
            "X-Forwarded-For": GUEST,
            "X-Forwarded-Proto": "https",
            "Referer": "https://nightdesk.example.org/",
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
        }

    def send(self, at: str, path: str, page: str, **form: str) -> httpx.Response:
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.ask(at, "GET", page).text)
        assert found, page
        return self.ask(at, "POST", path, csrfmiddlewaretoken=found[1], **form)


@pytest.fixture(scope="module")
def visitor(site: House) -> Iterator[Browser]:
    """Signed in through one web process."""
    found = Browser(site)
    with found.http:
        yield signed_in(found)


def signed_in(found: Browser) -> Browser:
    answer = found.send("web-1", "/accounts/login/", "/accounts/login/", login=EMAIL, password=PASSWORD)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/"), answer.text
    return found


def rows(site: House, question: str) -> list[Any]:
    with database(site, "web") as connection:
        return connection.execute(question.encode()).fetchall()


def test_the_session_holds_in_the_other_process_and_knows_the_visitor(site: House, visitor: Browser) -> None:
    assert {re.sub("device-.*", "device", name) for name in visitor.cookies} == {
        "__Host-sessionid", "__Host-csrftoken", "__Host-device",
    }  # fmt: skip
    answer = visitor.ask("web-2", "GET", "/")
    assert answer.status_code == 200
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
    assert until(lambda: rows(site, "SELECT DISTINCT ip::text FROM usersessions_usersession"), "seen") == [
        (f"{GUEST}/32",)
    ]


def test_the_app_s_password_opens_no_way_to_change_the_story(site: House) -> None:
    with database(site, "worker") as connection:
        for statement in (
            "DELETE FROM incidents_timelineevent",
            "CREATE TABLE x (y int)",
            "DROP TABLE accounts_team",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement.encode())
    with database(site, "migrate", "DATABASE_OWNER_URL") as connection:
        owner = connection.execute("SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'")
        assert owner.fetchall() == [("nightdesk",)]
        found = connection.execute(
            "SELECT datlocprovider, datlocale, upper('übermut') FROM pg_database WHERE datname = 'nightdesk'"
        )
        assert found.fetchall() == [("b", "C.UTF-8", "ÜBERMUT")]


class Down(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(500)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def broken_service() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Down)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/"
    server.shutdown()
    server.server_close()


def heard(site: House, visitor: Browser, topic: str) -> queue.Queue[str]:
    """The lines of a stream of the `live` process."""
    lines: queue.Queue[str] = queue.Queue()
    opened = threading.Event()

    def read() -> None:
        address = f"http://127.0.0.1:{site.ports['live-1']}/live?topic={topic}"
        with (
            suppress(httpx.HTTPError),  # it ends with the process
            httpx.Client(timeout=None) as http,
            http.stream("GET", address, headers=visitor.headers()) as stream,
        ):
            opened.set()
            for line in stream.iter_lines():
                lines.put(line)

    threading.Thread(target=read, daemon=True).start()
    assert opened.wait(20)
    return lines


@pytest.fixture(scope="module")
def ask(site: House) -> Callable[..., Any]:
    """The API, through any web process."""
    made = subprocess.run(
        [sys.executable, "manage.py", "token", "--user", EMAIL, "--name", "t", "--scope", *SCOPES],
        cwd=ROOT, env=site.environment("web"), capture_output=True, text=True, check=True,
    )  # fmt: skip
    headers = {"Authorization": f"Bearer {made.stdout.strip()}", "Host": "nightdesk.example.org"}

    def asked(at: str, path: str, **body: Any) -> Any:
        address = f"http://127.0.0.1:{site.ports[at]}/api/v1/{path}"
        answer = httpx.post(address, json=body, headers=headers, timeout=20)
        assert answer.status_code < 300, answer.text
        return answer.json()

    return asked


def events(site: House, ref: str) -> list[str]:
    found = rows(
        site,
        "SELECT kind FROM incidents_timelineevent e JOIN incidents_incident i ON i.id = e.incident_id"
        f" WHERE 'INC-' || i.number = '{ref}' ORDER BY seq",
    )
    return [kind for (kind,) in found]


def test_what_one_process_writes_another_tells_and_a_dead_worker_is_not_missed(
    site: House, visitor: Browser, ask: Callable[..., Any], broken_service: str
) -> None:
    product = ask("web-1", "products", name="Shop", process="krow")["slug"]
    first = ask("web-1", "incidents", title="Sign-in fails", product=product, severity="critical")["ref"]
    (number,) = rows(site, "SELECT id FROM incidents_incident")[0]
    lines = heard(site, visitor, f"incident:{number}")

    ask("web-2", f"incidents/{first}/acknowledge")
    until(lambda: "acknowledged" in lines.get(timeout=20).lower(), "the open page is told")

    # A monitor fails: a worker looks, another may notice, one incident is opened.
    facts = {"kind": "http", "interval_s": 10, "retry_s": 1, "fail_after": 2}
    ask("web-2", "monitors", name="checkout", product=product, target=broken_service, **facts)
    opened = until(lambda: rows(site, "SELECT number FROM incidents_incident WHERE number > 1"), "opened")
    assert opened == [(2,)]

    # One worker dies in the midst of it; a clock runs out; the other one says so, once.
    dead = site.processes["worker-1"]
    os.killpg(dead.pid, signal.SIGKILL)
    dead.wait()
    open_clocks = "incident_id = %s AND stopped_at IS NULL AND cancelled_at IS NULL"
    with database(site, "worker") as connection:
        out = connection.execute(
            f"UPDATE incidents_clock SET due_at = now() WHERE {open_clocks}".encode(), [number]
        )
        assert out.rowcount > 0
    until(lambda: events(site, first).count("clock_breached") >= out.rowcount, "the breach is told")
    ask("web-1", f"incidents/{first}/resolve", text="Over")
    assert events(site, first).count("clock_breached") == out.rowcount
    assert [name for name in site.processes if "Traceback" in site.log(name)] == []
