"""Hundreds of requests on one loop: every bad answer is a word, and a slow one holds up nobody else."""

import datetime
import gzip
import ssl
import threading
import time
from collections.abc import Iterator
from ipaddress import ip_network
from pathlib import Path

import pytest

from network import authorities
from network.curl import Request, Response, fetch_each, fetch_many
from network.egress import Policy
from network.names import Names
from tests.certificates import self_signed
from tests.network.serving import Answer, Handler, hanging, redirecting, site

LOOPBACK = Policy(frozenset({ip_network("127.0.0.0/8")}))
YEAR = datetime.timedelta(days=365)


def ask(answer: Answer, **options: object) -> Response:
    with site(answer=answer) as server:
        request = Request(f"http://127.0.0.1:{server.port}/", **{"total_s": 5, **options})  # type: ignore[arg-type]
        return fetch_many([request], LOOPBACK)[0]


def test_an_answer_brings_its_status_headers_body_and_peer() -> None:
    response = ask(lambda h: h.send(201, b"hello", X_One="1", x_one="2"))
    assert (response.status, response.body, response.error, response.peer) == (201, b"hello", "", "127.0.0.1")
    assert response.headers["x-one"] == "1, 2"
    assert response.latency_ms > 0


def test_answers_come_in_the_order_of_the_requests() -> None:
    with site(answer=lambda h: h.send(200, h.path.encode())) as server:
        requests = [Request(f"http://127.0.0.1:{server.port}/{n}") for n in range(300)]
        found = fetch_many(requests, LOOPBACK, concurrency=50)
    assert [response.body.decode() for response in found] == [f"/{n}" for n in range(300)]


def test_nothing_of_ours_but_the_name_is_sent() -> None:
    with site() as server:
        fetch_many([Request(f"http://127.0.0.1:{server.port}/a?b=c#d")], LOOPBACK)
    path, headers = server.seen[0]
    assert path == "/a?b=c"
    assert (set(headers), headers["User-Agent"]) == (
        {"Host", "User-Agent", "Accept", "Accept-Encoding"},
        "Nightdesk",
    )


def test_a_cookie_is_never_sent_back() -> None:
    def answer(handler: Handler) -> None:
        if handler.path == "/":
            handler.send(302, Location="/next", Set_Cookie="session=1; Path=/")
        else:
            handler.send(200)

    with site(answer=answer) as server:
        assert fetch_many([Request(f"http://127.0.0.1:{server.port}/")], LOOPBACK)[0].status == 200
    assert [("Cookie" in headers) for _, headers in server.seen] == [False, False]


def test_headers_stay_within_their_origin() -> None:
    with site("127.0.0.2") as other, site(answer=redirecting(f"http://127.0.0.2:{other.port}/")) as first:
        request = Request(f"http://127.0.0.1:{first.port}/", headers=("X-Key: secret",))
        assert fetch_many([request], LOOPBACK)[0].status == 200
    assert (first.seen[0][1].get("X-Key"), other.seen[0][1].get("X-Key")) == ("secret", None)


def test_headers_stay_with_their_request() -> None:
    with site() as server:
        requests = [
            Request(f"http://127.0.0.1:{server.port}/", headers=headers)
            for headers in (("X-Key: secret",), ())
        ]
        fetch_many(requests, LOOPBACK, concurrency=1)
    assert [headers.get("X-Key") for _, headers in server.seen] == ["secret", None]


def test_a_redirect_is_followed_and_told() -> None:
    with site(
        answer=lambda h: h.send(200, b"end") if h.path == "/end" else h.send(302, Location="/end")
    ) as server:
        response = fetch_many([Request(f"http://127.0.0.1:{server.port}/")], LOOPBACK)[0]
    assert (response.status, response.body, response.final_url) == (
        200,
        b"end",
        f"http://127.0.0.1:{server.port}/end",
    )


def test_a_redirect_is_an_answer_when_none_is_followed() -> None:
    assert ask(redirecting("/elsewhere"), redirects=0).status == 302


def test_an_endless_redirect_ends() -> None:
    assert ask(redirecting("/again")).error == "too_many_redirects"


@pytest.mark.parametrize("encoding", ["", "gzip"])
def test_a_body_is_cut_where_the_limit_stands_after_unpacking(encoding: str) -> None:
    body = b"\0" * 20_000_000
    packed = gzip.compress(body) if encoding else body
    response = ask(
        lambda h: h.send(200, packed, Content_Encoding=encoding or "identity"), max_bytes=1_000_000
    )
    assert (response.error, response.status, len(response.body)) == ("too_large", 200, 1_000_000)


def test_a_flood_of_headers_is_cut() -> None:
    assert ask(lambda h: h.send(200, b"", **{f"X-{n}": "y" * 1000 for n in range(90)})).error == "too_large"


def test_a_target_that_hangs_is_a_timeout() -> None:
    response = ask(hanging, total_s=0.3)
    assert (response.error, response.status) == ("timeout", 0)
    assert 250 < response.latency_ms < 2_000


def test_the_time_limit_spans_all_redirects() -> None:
    def slow(handler: Handler) -> None:
        time.sleep(0.2)
        handler.send(302, Location="/again")

    assert ask(slow, total_s=0.5, redirects=100).error == "timeout"


def test_nobody_listening_is_connect() -> None:
    with site() as server:
        port = server.port
    assert fetch_many([Request(f"http://127.0.0.1:{port}/")], LOOPBACK)[0].error == "connect"


@pytest.mark.parametrize(
    "raw", [b"", b"SSH-2.0-x\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nshort", b"\xff" * 100]
)
def test_what_is_no_whole_answer_is_broken(raw: bytes) -> None:
    def answer(handler: Handler) -> None:
        handler.wfile.write(raw)

    assert ask(answer).error == "broken_answer"


def test_an_unknown_name_is_dns() -> None:
    def nothing(name: str) -> list[str]:
        raise OSError(-2, "Name or service not known")

    response = fetch_many([Request("http://nowhere.example/")], LOOPBACK, names=Names(nothing))[0]
    assert (response.error, response.detail) == (
        "dns", "The name could not be resolved. (Name or service not known)",
    )  # fmt: skip


def test_names_that_hang_hold_up_nobody() -> None:
    release = threading.Event()

    def resolve(name: str) -> list[str]:
        if name.startswith("hung"):
            release.wait(20)
        return ["127.0.0.1"]

    names = Names(resolve)
    with site() as server:
        hung = [Request(f"http://hung{n % 40}.example/", connect_s=1) for n in range(80)]
        fine = [Request(f"http://fine{n}.example:{server.port}/") for n in range(40)]
        began, moments = time.monotonic(), []
        for place, response in fetch_each([*hung, *fine], LOOPBACK, names=names):
            moments.append((place >= 80, response.error, time.monotonic() - began))
        ended = time.monotonic() - began
    release.set()
    assert {error for good, error, _ in moments if good} == {""}
    assert {error for good, error, _ in moments if not good} == {"dns"}
    assert max(moment for good, _, moment in moments if good) < min(
        moment for good, _, moment in moments if not good
    )
    assert ended < 15  # not the twenty seconds that a name hangs


def test_targets_that_hang_hold_up_nobody() -> None:
    with site(answer=hanging) as stuck, site() as server:
        requests = [Request(f"http://127.0.0.1:{stuck.port}/", total_s=1.5)] * 10
        requests += [Request(f"http://127.0.0.1:{server.port}/")] * 190
        order = [place for place, _ in fetch_each(requests, LOOPBACK, concurrency=50)]
    assert sorted(order[:190]) == list(range(10, 200))


def test_leaving_early_leaves_nothing_open() -> None:
    before = len(list(Path("/proc/self/fd").iterdir())) if Path("/proc/self/fd").exists() else 0
    with site() as server:
        found = fetch_each([Request(f"http://127.0.0.1:{server.port}/")] * 50, LOOPBACK)
        next(found)
        found.close()  # type: ignore[attr-defined]
    after = len(list(Path("/proc/self/fd").iterdir())) if before else 0
    assert after <= before + 2


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    return self_signed(tmp_path, "IP:127.0.0.1")


@pytest.fixture
def trusting(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    authorities.bundle.cache_clear()
    yield
    authorities.bundle.cache_clear()


def secure(certificate: Path) -> Response:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with site(tls=context) as server:
        return fetch_many([Request(f"https://127.0.0.1:{server.port}/", certificate=True)], LOOPBACK)[0]


def test_a_certificate_that_nobody_trusts_is_tls(certificate: Path) -> None:
    response = secure(certificate)
    assert (response.error, response.status) == ("tls", 0)


def test_a_trusted_certificate_tells_when_it_ends(certificate: Path, trusting: None) -> None:
    response = secure(certificate)
    assert (response.error, response.status) == ("", 200)
    assert response.certificate_expires is not None
    left = response.certificate_expires - datetime.datetime.now(datetime.UTC)
    assert datetime.timedelta(days=364) < left <= YEAR


def test_without_authorities_https_is_refused_not_left_unverified(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("network.handle.bundle", lambda: "")
    response = fetch_many([Request("https://127.0.0.1:9/")], LOOPBACK)[0]
    assert (response.error, response.status) == ("no_ca", 0)
