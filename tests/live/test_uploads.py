"""Slow senders and slow readers: the site answers the others, and says clearly what it does not take."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from urllib.request import urlopen

import pytest

from config.http import bodies
from config.http.pages import Pages
from tests.live.conftest import Served

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def connected(site: str, *lines: str, body: bytes = b"") -> Iterator[socket.socket]:
    """A connection on which a request's head, and as much of its body, was sent."""
    port = int(site.rsplit(":", 1)[1])
    with socket.create_connection(("127.0.0.1", port), timeout=30) as found:
        found.sendall("\r\n".join([*lines, f"Host: localhost:{port}", "", ""]).encode() + body)
        yield found


def answer(connection: socket.socket) -> tuple[str, str]:
    """The protocol with the status, and the body."""
    received = b""
    while chunk := connection.recv(65536):
        received += chunk
    head, _, body = received.partition(b"\r\n\r\n")
    return " ".join(head.decode().split()[:2]), body.decode()


def seconds_for_a_page(site: str) -> float:
    start = time.monotonic()
    with urlopen(f"{site}/healthz", timeout=20) as page:
        assert page.status == 200
    return time.monotonic() - start


def test_fifty_stalled_uploads_leave_the_site_quick(asgi_server: str) -> None:
    seconds_for_a_page(asgi_server)
    head = ("POST /incidents/declare HTTP/1.1", "Content-Length: 500000")
    with ExitStack() as stalled:
        for _ in range(50):
            stalled.enter_context(connected(asgi_server, *head, body=b"x" * 1000))
        assert max(seconds_for_a_page(asgi_server) for _ in range(5)) < 1
    assert seconds_for_a_page(asgi_server) < 1


def test_a_stalled_upload_is_ended_with_a_clear_answer(
    monkeypatch: pytest.MonkeyPatch, asgi_server: str
) -> None:
    monkeypatch.setattr(bodies, "SECONDS", 0.3)
    with connected(asgi_server, "POST /in/x HTTP/1.1", "Content-Length: 1000", body=b"x") as upload:
        status, text = answer(upload)
        assert status == "HTTP/1.1 408"
        assert json.loads(text)["detail"] == "The request did not arrive completely in time."


@pytest.mark.parametrize(
    ("path", "size", "limit"),
    [
        ("/anywhere", 1_000_001, 1),
        ("/inn", 1_000_001, 1),
        ("/incidents/INC-1/note", 15_000_001, 10),
        ("/incidents/INC-1/resolve", 1_000_001, 1),
    ],
)
def test_a_body_too_large_is_refused_before_it_is_sent(
    asgi_server: str, path: str, size: int, limit: int
) -> None:
    with connected(asgi_server, f"POST {path} HTTP/1.1", f"Content-Length: {size}") as upload:
        upload.shutdown(socket.SHUT_WR)
        assert answer(upload) == (
            "HTTP/1.1 413",
            f"This is too large: at most {limit} MB are taken here.\n",
        )


@pytest.mark.parametrize(("path", "limit"), [("/in/hook", 25), ("/api/v1/incidents", 1)])
def test_a_machine_reads_the_same_as_problem_details(asgi_server: str, path: str, limit: int) -> None:
    with connected(asgi_server, f"POST {path} HTTP/1.1", "Content-Length: 99000000") as upload:
        upload.shutdown(socket.SHUT_WR)
        status, text = answer(upload)
        assert status == "HTTP/1.1 413"
        assert json.loads(text)["detail"] == f"This is too large: at most {limit} MB are taken here."


def test_a_body_too_large_which_did_not_say_so_is_refused_and_the_sender_can_read_it(
    asgi_server: str,
) -> None:
    chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
    with connected(asgi_server, "POST /x HTTP/1.1", "Transfer-Encoding: chunked") as upload:
        for _ in range(40):
            upload.sendall(chunk)
        upload.sendall(b"0\r\n\r\n")
        assert answer(upload)[0] == "HTTP/1.1 413"


def big_page(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """A WSGI application: eight megabytes, or "ok" on /healthz."""
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"ok"] if environ["PATH_INFO"] == "/healthz" else [b"x" * 65536] * 128


def test_slow_readers_do_not_hold_the_threads_of_pages() -> None:
    served = Served(Pages(big_page, threads=2), lifespan="off")
    with ExitStack() as readers:
        for _ in range(10):
            readers.enter_context(connected(served.url, "GET /big HTTP/1.1"))
        time.sleep(0.3)
        assert max(seconds_for_a_page(served.url) for _ in range(3)) < 1
    with urlopen(f"{served.url}/big", timeout=20) as page:
        assert len(page.read()) == 65536 * 128
    served.stop()


def test_a_reader_who_left_before_its_turn_costs_no_thread() -> None:
    asked: list[str] = []
    free = threading.Event()

    def wait(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        asked.append(environ["PATH_INFO"])
        free.wait(10)
        start_response("200 OK", [("Content-Length", "2")])
        return [b"ok"]

    served = Served(Pages(wait, threads=1), lifespan="off")
    with connected(served.url, "GET /first HTTP/1.1", "Connection: close") as first:
        with connected(served.url, "GET /second HTTP/1.1"):
            time.sleep(0.2)
        time.sleep(0.2)
        free.set()
        assert answer(first) == ("HTTP/1.1 200", "ok")
    served.stop()
    assert asked == ["/first"]


def test_an_error_of_the_application_is_an_answer_and_not_a_cut_line() -> None:
    def fail(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        raise ZeroDivisionError

    served = Served(Pages(fail), lifespan="off")
    with connected(served.url, "GET / HTTP/1.1", "Connection: close") as asked:
        assert answer(asked)[0] == "HTTP/1.1 500"
    served.stop()


def test_the_application_sees_the_request_as_it_was_sent() -> None:
    seen: dict[str, Any] = {}

    def keep(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        seen.update(environ, body=environ["wsgi.input"].read())
        start_response("204 No Content", [])
        return []

    served = Served(Pages(keep), lifespan="off")
    body = b"90000\r\n" + b"x" * 0x90000 + b"\r\n0\r\n\r\n"
    lines = (
        "POST /caf%C3%A9?q=1%202 HTTP/1.1",
        "Transfer-Encoding: chunked",
        "Connection: close",
        "X_Real_Ip: 1.1.1.1",
        "X-Real-Ip: 2.2.2.2",
    )
    with connected(served.url, *lines, body=body) as asked:
        assert answer(asked) == ("HTTP/1.1 204", "")
    served.stop()
    names = ("REQUEST_METHOD", "PATH_INFO", "QUERY_STRING", "CONTENT_LENGTH", "HTTP_X_REAL_IP", "REMOTE_ADDR")
    assert [seen[name] for name in names] == [
        "POST",
        "/caf\u00c3\u00a9",
        "q=1%202",
        str(0x90000),
        "2.2.2.2",
        "127.0.0.1",
    ]
    assert seen["body"] == b"x" * 0x90000
