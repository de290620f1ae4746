"""The drill: a backup while people and machines write, restored on an empty machine, which then goes on."""

import json
import re
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.cookiejar import CookieJar
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest

from config import embedded
from tests.fixtures.begun import Begin
from tests.notifications.mailbox import Mailbox, mailbox
from tests.patience import MUST_S
from tests.setup.running import EMAIL, PASSWORD, command, up

WRITERS = 2


FAULT = {"product": "staff-mobile", "severity": "critical"}
HEARTBEAT = {"name": "Nightly job", "product": "staff-mobile", "kind": "heartbeat", "interval_s": 300}


class Api:
    """One script of the team's; it survives the machine."""

    def __init__(self, site: str, token: str) -> None:
        self.site, self.token = site, token

    def __call__(self, path: str, body: dict[str, Any] | None = None, key: str = "") -> Any:
        request = urllib.request.Request(f"{self.site}/api/v1{path}")
        request.add_header("Authorization", f"Bearer {self.token}")
        if body is not None:
            request.data = json.dumps(body).encode()
            request.add_header("Content-Type", "application/json")
        if key:
            request.add_header("Idempotency-Key", key)
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.loads(answer.read())


class Load:
    """People who declare, note and acknowledge, and a machine that goes up and down, until told to stop."""

    def __init__(self, api: Api, push_url: str) -> None:
        self.api, self.push_url = api, push_url
        self.acknowledged: list[tuple[str, str]] = []  # (ref, what the site confirmed)
        self.faults: list[Exception] = []
        self._numbers = count(1)
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._loop, args=(self._person,)) for _n in range(WRITERS)]
        self._threads.append(threading.Thread(target=self._loop, args=(self._machine,)))

    def __enter__(self) -> "Load":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _loop(self, work: Callable[[], None]) -> None:
        while not self._stop.is_set():
            try:
                work()
            except Exception as fault:
                self.faults.append(fault)
                return

    def _person(self) -> None:
        number = next(self._numbers)
        ref = self.api("/incidents", {**FAULT, "title": f"Fault {number}"}, key=f"drill-{number}")["ref"]
        self.acknowledged.append((ref, "declared"))
        self.api(f"/incidents/{ref}/note", {"text": f"Seen by {number}"})
        self.acknowledged.append((ref, "noted"))
        self.api(f"/incidents/{ref}/acknowledge", {})
        self.acknowledged.append((ref, "acknowledged"))
        time.sleep(0.3)

    def _machine(self) -> None:
        summary = {"status": "fail" if next(self._numbers) % 2 else "ok"}
        request = urllib.request.Request(self.push_url, data=json.dumps(summary).encode(), method="POST")
        with urllib.request.urlopen(request, timeout=20):
            pass
        time.sleep(0.2)


@pytest.fixture
def refusing() -> Iterator[Mailbox]:
    """A mail server that says "come again" to everybody: what is told waits."""
    with mailbox(lambda n: "4xx") as box:
        yield box


@pytest.fixture
def taking() -> Iterator[Mailbox]:
    with mailbox() as box:
        yield box


def rows(data: Path, question: str) -> list[tuple[Any, ...]]:
    where = str(embedded.socket_folder((data / "postgres").resolve()))
    with psycopg.connect(host=where, port=5432, user="nightdesk", dbname="nightdesk") as connection:
        return connection.execute(question.encode()).fetchall()


def eventually[T](ask: Callable[[], T], want: Callable[[T], bool], seconds: float = MUST_S) -> T:
    until = time.monotonic() + seconds
    while not want(found := ask()):
        assert time.monotonic() < until, found
        time.sleep(0.1)
    return found


def token(data: Path) -> str:
    scopes = ["read", "incidents", "monitoring", "admin"]
    return command(data, "token", "--user", EMAIL, "--name", "drill", "--scope", *scopes).stdout.strip()


def furnish(api: Api) -> Api:
    """A product, and a duty address that is told of everything."""
    api("/products", {"name": "Staff Mobile", "process": "krow"})
    api("/products/staff-mobile/contacts", {"label": "Duty", "address": "duty@example.test"})
    return api


def events(data: Path) -> set[tuple[str, str]]:
    """(ref, kind) of every entry of every timeline."""
    question = """SELECT 'INC-' || number, kind FROM incidents_timelineevent e
                  JOIN incidents_incident i ON i.id = e.incident_id"""
    return {(ref, kind) for ref, kind in rows(data, question)}


def about_to_breach(api: Api, due_in: float) -> str:
    """An incident whose response clock ends in so many seconds."""
    detected = datetime.now(UTC) - timedelta(hours=1) + timedelta(seconds=due_in)
    return str(
        api("/incidents", {**FAULT, "title": "Payments stall", "detected_at": detected.isoformat()})["ref"]
    )


def sign_in(site: str) -> str:
    """The first page of a person who signs in by the form."""
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    form = opener.open(f"{site}/accounts/login/").read().decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form)
    assert token
    sent = {"csrfmiddlewaretoken": token[1], "login": EMAIL, "password": PASSWORD}
    answer = opener.open(f"{site}/accounts/login/", urllib.parse.urlencode(sent).encode())
    assert answer.geturl() == f"{site}/"
    return str(opener.open(f"{site}/settings/held/").read().decode())


BREACHED = """
SELECT breached_at = due_at, noticed_at > due_at,
       (SELECT count(*) FROM incidents_timelineevent e WHERE e.incident_id = i.id AND kind = 'clock_breached')
FROM incidents_clock c JOIN incidents_incident i ON i.id = c.incident_id
WHERE 'INC-' || number = '{}' AND breached_at IS NOT NULL"""

TOLD_OF = "SELECT key, state FROM notifications_delivery WHERE about LIKE '{}/%' AND route != 'inapp'"


def test_a_backup_under_load_comes_up_whole_on_an_empty_machine(
    tmp_path: Path, refusing: Mailbox, taking: Mailbox, begin: Begin
) -> None:
    old, new, file = tmp_path / "old" / "data", tmp_path / "new" / "data", tmp_path / "night.backup"
    for place in (old, new):
        place.parent.mkdir()
    begin(old)
    with up(old, MAIL_URL=f"smtp://127.0.0.1:{refusing.port}") as (_up, site):
        api = furnish(Api(site, token(old)))
        push_url = api("/monitors", HEARTBEAT)["push_url"]
        with Load(api, push_url) as load:
            eventually(lambda: len(load.acknowledged), lambda n: n >= 6 * WRITERS)
            eventually(lambda: refusing.asked, lambda n: n > 0)
            late, runs_out = about_to_breach(api, due_in=5), time.monotonic() + 5
            before = list(load.acknowledged)
            made = command(old, "backup", str(file))
            assert (made.returncode, load.faults) == (0, []), made
        refused = command(old, "restore", str(file))
        assert (refused.returncode, "is already running on" in refused.stderr) == (1, True)
        due = {clock["due_at"] for clock in api(f"/incidents/{before[0][0]}/clocks")["items"]}

    # It ran out before the restore: the old machine may have told of that, so it is held with the others.
    time.sleep(max(0, runs_out - time.monotonic()))
    # With the environment of the site, as docs/backup.md says: what clocks have to say needs the ways to say it.
    done = command(new, "restore", str(file), MAIL_URL=f"smtp://127.0.0.1:{taking.port}")
    assert (done.returncode, "all whole" in done.stdout) == (0, True), done
    with up(new, MAIL_URL=f"smtp://127.0.0.1:{taking.port}") as (_up, site):
        api.site = site
        assert command(new, "verify_timeline").returncode == 0
        assert set(before) - events(new) == set()
        # Clocks go on: the same moments, and what ran out meanwhile is breached once, as of when it ran out.
        assert {clock["due_at"] for clock in api(f"/incidents/{before[0][0]}/clocks")["items"]} == due
        late_clocks = eventually(lambda: rows(new, BREACHED.format(late)), bool)
        assert {(on_time, noticed_late) for on_time, noticed_late, _said in late_clocks} == {(True, True)}
        assert [said for _on_time, _noticed_late, said in late_clocks] == [len(late_clocks)] * len(
            late_clocks
        )
        # A script that did not hear the answer sends again, and nothing is made twice.
        assert api("/incidents", {**FAULT, "title": "Fault 1"}, key="drill-1")["ref"] in {
            ref for ref, _ in before
        }
        # What is new is sent, and nothing else was.
        fresh = api("/incidents", {**FAULT, "title": "New"})["ref"]
        eventually(
            lambda: [m["Subject"] for m in taking.kept], lambda found: any(fresh in one for one in found)
        )
        subjects = [message["Subject"] for message in taking.kept]
        assert [one for one in subjects if fresh not in one] == []
        told = rows(new, TOLD_OF.format(late))
        assert {state for key, state in told if key == "breached"} == {"held"}
        held = rows(new, "SELECT count(*) FROM notifications_delivery WHERE state = 'held'")[0][0]
        page = sign_in(site)
        assert (held > 0, "Held messages" in page, f"{held} message" in page) == (True, True, True)
