"""Every kind of answer, over a real server: the headers that keep browsers safe, and what odd requests get."""

from __future__ import annotations

import http.client
import socket
from urllib.parse import urlsplit

import pytest
from django.core.cache import cache
from django.test import Client
from structlog.testing import capture_logs

from accounts.models import Scope
from monitoring.push_keys import push_url
from products.token_products import make_narrow_token
from tests.factories import join, make_monitor, make_product, make_user
from tests.security.world import cookie

pytestmark = pytest.mark.django_db(transaction=True)
EVERY_KIND = {
    "page": ("GET", "/accounts/login/", ""),
    "private page": ("GET", "/settings/", "session"),
    "fragment": ("GET", "/monitoring/", "session"),
    "missing": ("GET", "/nothing", "session"),
    "wrong method": ("POST", "/settings/", "session"),
    "cross-site form": ("POST", "/settings/profile/", "session"),
    "static": ("GET", "/static/css/tokens.css", ""),
    "API": ("GET", "/api/v1/incidents", ""),
    "API description": ("GET", "/api/v1/openapi.json", ""),
    "too large": ("POST", "/in/push/x", "large"),
    "unknown key": ("POST", "/in/push/x", ""),
    "one-tap link": ("GET", "/l/x", ""),
    "probe": ("GET", "/healthz", ""),
    "stream refused": ("GET", "/live?topic=user:1", ""),
    "bad stream": ("GET", "/live", ""),
    "script": ("GET", "/nightdesk-push", ""),
}


def test_every_kind_of_answer_keeps_browsers_safe(asgi_server: str) -> None:
    client = Client()
    client.force_login(make_user())
    for kind, (method, path, how) in EVERY_KIND.items():
        headers = {"Origin": "https://evil.test"}
        if how == "session":
            headers["Cookie"] = f"sessionid={cookie(client)}"
        if how == "large":
            headers["Content-Length"] = str(26_000_000)
        found = headers_of(asgi_server, method, path, headers)
        assert [name for name in found if name.lower().startswith("access-control-")] == [], kind
        assert found["X-Content-Type-Options"] == "nosniff", kind
        assert found["Referrer-Policy"] == "same-origin", kind
        assert found["Cross-Origin-Opener-Policy"] == "same-origin", kind
        assert found["X-Frame-Options"] == "DENY", kind
        policy = str(found["Content-Security-Policy"])
        assert "frame-ancestors 'none'" in policy, kind
        assert "unsafe" not in policy, kind
        assert "default-src 'self'" in policy or "default-src 'none'" in policy, kind
        if how == "session":
            assert found["Cache-Control"] == "private, no-store", kind


def headers_of(site: str, method: str, path: str, headers: dict[str, str]) -> http.client.HTTPMessage:
    connection = http.client.HTTPConnection(urlsplit(site).netloc, timeout=20)
    connection.putrequest(method, path)
    for name, text in headers.items():
        connection.putheader(name, text)
    connection.endheaders()
    answer = connection.getresponse()
    connection.close()
    return answer.headers


@pytest.mark.parametrize("method", ["TRACE", "TRACK", "CONNECT", "PROPFIND"])
def test_no_method_tells_what_was_sent(asgi_server: str, method: str) -> None:
    sent = "sessionid=a-word-of-mine"
    for path in (
        "/",
        "/accounts/login/",
        "/api/v1/incidents",
        "/in/push/x",
        "/live",
        "/healthz",
        "/static/css/tokens.css",
    ):
        request = (
            f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nCookie: {sent}\r\nConnection: close\r\n\r\n"
        )
        status, head, body = raw(asgi_server, request.encode())
        assert (status >= 300, status < 500, sent in head + body) == (True, True, False), (path, status)


HEAD = "POST {} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n"
RAW = {
    "no length": ("{head}\r\n", (404, 401)),
    "negative length": ("{head}Content-Length: -5\r\n\r\n", (400,)),
    "length in words": ("{head}Content-Length: ten\r\n\r\n", (400,)),
    "two lengths": ("{head}Content-Length: 1\r\nContent-Length: 2\r\n\r\nab", (400,)),
    "length and chunks": (
        "{head}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        (400, 401, 404),
    ),
    "chunks": ("{head}Transfer-Encoding: chunked\r\n\r\n2\r\n{{}}\r\n0\r\n\r\n", (404, 401)),
    "broken chunks": ("{head}Transfer-Encoding: chunked\r\n\r\nzz\r\n", (400,)),
    "huge length": ("{head}Content-Length: 99999999999999999999\r\n\r\n", (413, 400)),
    "foreign host": ("{foreign}Content-Length: 0\r\n\r\n", (400, 401, 404)),
}  # fmt: skip


@pytest.mark.parametrize("path", ["/in/push/x", "/api/v1/incidents"])
def test_odd_framing_is_refused_and_never_a_fault(asgi_server: str, path: str) -> None:
    for kind, (text, wanted) in RAW.items():
        status, head, body = raw(
            asgi_server,
            text.format(head=HEAD.format(path, "localhost"), foreign=HEAD.format(path, "evil.test")).encode(),
        )
        assert status in wanted, (kind, status, body)
        if status in (408, 411, 413):
            assert "application/problem+json" in head, kind


def raw(site: str, request: bytes) -> tuple[int, str, str]:
    with socket.create_connection(("127.0.0.1", urlsplit(site).port or 0), timeout=20) as connection:
        connection.sendall(request)
        received = b""
        while chunk := connection.recv(65536):
            received += chunk
    head, _, body = received.decode("utf-8", "replace").partition("\r\n\r\n")
    return int(head.split()[1]), head, body


@pytest.mark.parametrize("encoding", ["utf-16", "latin-1", "UTF-7", "cp037"])
@pytest.mark.parametrize(
    "path", ["/accounts/login/", "/l/x", "/incidents/INC-1/note", "/in/slack/x", "/api/v1/incidents"]
)
def test_a_form_in_another_encoding_is_refused_in_a_word(path: str, encoding: str) -> None:
    """Without a traceback, which is what a stranger could fill the log with."""
    client = Client(raise_request_exception=False)
    client.cookies["csrftoken"] = "a" * 32
    kind = f"application/x-www-form-urlencoded; charset={encoding}"
    with capture_logs() as log:
        answer = client.generic("POST", path, b"a=1", kind)
    assert (answer.status_code, log) == (415, [])
    utf8 = client.generic("POST", path, b"{}", "application/x-www-form-urlencoded; charset=UTF8")
    assert utf8.status_code in (302, 400, 401, 403, 404)


BODIES = {
    "empty": b"",
    "not JSON": b"{",
    "not UTF-8": b'{"title": "\xff"}',
    "UTF-16": '{"title": "x"}'.encode("utf-16"),
    "a NUL": b'{"title": "a\\u0000b", "product": "staff-mobile"}',
    "half a pair": b'{"title": "\\ud800", "product": "staff-mobile"}',
    "half a pair as product": b'{"title": "x", "product": "\\ud800"}',
    "deep": b'{"title": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "deep objects": b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
    "a huge number": b'{"title": "x", "product": "staff-mobile", "users_affected": 1' + b"0" * 5000 + b"}",
    "a large number": b'{"title": "x", "product": "staff-mobile", "users_affected": 99999999999999999999}',
    "a float without end": b'{"title": "x", "product": "staff-mobile", "users_affected": 1e999}',
    "a list": b"[]",
    "null": b"null",
    "a name twice": b'{"title": "x", "title": "", "product": "staff-mobile"}',
    "an odd name": b'{"title": "x", "product": "staff-mobile", "__proto__": {}}',
    "a moment out of range": b'{"title": "x", "product": "staff-mobile", "detected_at": "99999-01-01T00:00:00Z"}',
}


@pytest.mark.django_db
@pytest.mark.parametrize("kind", BODIES)
def test_no_body_is_a_fault_of_ours(kind: str) -> None:
    """The API answers 400 or 422; a push is kept and said to be unreadable, with 200."""
    cache.clear()
    product = make_product()
    ada = make_user()
    join(ada, product.team, "manager")
    text = make_narrow_token(ada, by=None, name="x", scopes=Scope.values)[1]
    headers = {"Authorization": f"Bearer {text}", "Idempotency-Key": "\u00e9" if kind == "empty" else "k"}
    answer = Client().generic("POST", "/api/v1/incidents", BODIES[kind], "application/json", headers=headers)
    assert (answer.status_code, answer["Content-Type"]) in (
        (400, "application/problem+json"), (422, "application/problem+json"),
    )  # fmt: skip
    for sort in ("summary", "file", "heartbeat"):
        monitor = make_monitor(product, kind=sort, target="", name=sort, interval_s=300)
        path = "/" + push_url(monitor).split("/", 3)[3]
        assert Client().generic("POST", path, BODIES[kind], "application/json").status_code == 200, sort
