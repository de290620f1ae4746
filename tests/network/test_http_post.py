"""Messages go only where the operator lets them: the egress matrix once more, through network/http.py."""

import time
from collections.abc import Callable, Iterator
from email.utils import formatdate
from ipaddress import ip_network

import pytest

from network.egress import Policy
from network.http import Reply, post
from network.names import Names
from tests.network.test_egress_matrix import MALFORMED, SPELLINGS
from tests.notifications.receiving import Receiver, Take, hanging, receiver, saying

OUTSIDE = Policy(frozenset({ip_network("127.0.0.2/32")}), "NIGHTDESK_WEBHOOK_NETWORKS")


@pytest.fixture
def victim() -> Iterator[Receiver]:
    with receiver(host="127.0.0.1") as server:
        yield server
        assert server.got == []


def send(url: str, names: Names | None = None, **options: float) -> Reply:
    return post(url, b"{}", policy=OUTSIDE, names=names or Names(kept_s=0), **options)  # type: ignore[arg-type]


def port(server: Receiver) -> int:
    return int(server.server_address[1])


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_no_spelling_reaches_this_machine(spelling: str, victim: Receiver) -> None:
    reply = send(spelling.format(port=port(victim)))
    if spelling.startswith("http://0177."):  # httpx itself does not take it
        assert (reply.error, reply.status) == ("bad_url", 0)
        return
    assert (reply.error, reply.status, reply.body) == ("refused_address", 0, b"")
    unwise = any(each in spelling for each in ("169.254", "fd00:ec2", "fe80"))
    assert ("NIGHTDESK_WEBHOOK_NETWORKS=127.0.0.2/32," in reply.detail) is not unwise


@pytest.mark.parametrize("spelling", MALFORMED)
def test_what_is_no_plain_web_address_is_never_sent(spelling: str, victim: Receiver) -> None:
    assert send(spelling.format(port=port(victim))).error == "bad_url"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed(status: int, victim: Receiver) -> None:
    with receiver(saying(status, Location=f"http://127.0.0.1:{port(victim)}/")) as outside:
        assert send(outside.url).status == status


def test_a_header_that_cannot_be_sent_is_not_quoted() -> None:
    for token in ("canary\nline", "canaryü"):
        with receiver() as outside:
            reply = post(outside.url, b"", policy=OUTSIDE, headers={"Authorization": f"Bearer {token}"})
        assert (reply.error, reply.detail) == ("internal", "Nightdesk itself failed on this request.")


@pytest.mark.parametrize("said", ["soon", "-5", "", "1e9", "Sat, 21 Nov 2020 02:14:00 GMT"])
def test_who_says_no_moment_to_come_again_asks_for_no_rest(said: str) -> None:
    with receiver(saying(429, **{"Retry-After": said})) as outside:
        assert send(outside.url).rest_s == 0


def test_who_names_seconds_or_a_date_to_come_again_is_heard() -> None:
    for said in ("3600", formatdate(time.time() + 3600, usegmt=True)):
        with receiver(saying(429, **{"Retry-After": said})) as outside:
            assert send(outside.url).rest_s == pytest.approx(3600, abs=600)
    for said in ("315360000", "9" * 400, formatdate(time.time() + 315_360_000, usegmt=True)):
        with receiver(saying(429, **{"Retry-After": said})) as outside:
            assert send(outside.url).rest_s > 300_000_000


def test_a_name_that_leads_here_is_refused(victim: Receiver) -> None:
    names = Names(lambda name: ["127.0.0.1", "::1"], kept_s=0)
    assert send(f"http://innocent.example:{port(victim)}/", names).error == "refused_address"


def test_a_name_that_changes_its_answer_is_refused_the_second_time(victim: Receiver) -> None:
    answers = iter([["127.0.0.2"], ["127.0.0.1"]])
    names = Names(lambda name: next(answers), kept_s=0)
    with receiver() as outside:
        assert send(f"http://rebinding.example:{port(outside)}/", names).status == 200
    assert send(f"http://rebinding.example:{port(victim)}/", names).error == "refused_address"


def test_no_proxy_of_the_environment_is_used(victim: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{port(victim)}")
    with receiver() as outside:
        assert send(outside.url).status == 200


def test_a_server_that_hangs_or_drips_ends_in_time() -> None:
    import time

    def drip(take: Take) -> None:
        take.send_response(200)
        take.end_headers()
        for _n in range(100):
            take.wfile.write(b"x")
            time.sleep(0.1)

    # What has said 200 has said it, whatever becomes of the rest.
    answers: list[tuple[Callable[[Take], None], int]] = [(hanging, 0), (drip, 200)]
    for answer, status in answers:
        with receiver(answer) as server:
            began = time.monotonic()
            reply = send(server.url, total_s=0.5)
            assert (reply.error, reply.status, time.monotonic() - began < 8) == ("timeout", status, True)


def test_of_a_large_answer_only_a_part_is_read() -> None:
    with receiver(lambda take: take.say(200, b"x" * 1_000_000)) as server:
        assert len(send(server.url).body) == 64 * 1024


def test_a_name_without_an_address_and_a_closed_port_say_so() -> None:
    def nobody(name: str) -> list[str]:
        raise OSError(-2, "Name or service not known")

    assert send("http://nowhere.example/", Names(nobody, kept_s=0)).error == "dns"
    assert send("http://127.0.0.2:9/").error == "connect"
