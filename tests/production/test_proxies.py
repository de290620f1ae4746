"""NIGHTDESK_TRUSTED_PROXIES: the word of those proxies counts, of nobody else."""

from typing import Any

import pytest

from config.http.proxies import Proxies

OURS = Proxies(["10.0.0.0/8", "192.0.2.7", "2001:db8:1::/48", "127.0.0.1"])
GUEST = "198.51.100.9"


def seen(
    peer: str | None, *headers: tuple[str, str], by: Proxies = OURS, scheme: str = "http"
) -> tuple[str | None, str]:
    """(visitor, scheme) of a request from `peer` with these headers."""
    scope: dict[str, Any] = {
        "type": "http",
        "client": peer and (peer, 4711),
        "scheme": scheme,
        "headers": [(name.encode(), text.encode("latin-1")) for name, text in headers],
    }
    found = by.seen_through(scope)
    return found["client"] and found["client"][0], found["scheme"]


FOR, PROTO = "x-forwarded-for", "x-forwarded-proto"


@pytest.mark.parametrize(
    ("peer", "said", "visitor"),
    [
        ("10.1.2.3", GUEST, GUEST),
        ("192.0.2.7", GUEST, GUEST),
        ("192.0.2.8", GUEST, "192.0.2.8"),  # one beside ours
        ("203.0.113.5", GUEST, "203.0.113.5"),  # anybody
        ("::1", GUEST, "::1"),  # loopback is not trusted for being loopback
        ("10.1.2.3", f"1.1.1.1, {GUEST}", GUEST),  # the left is the visitor's own invention
        ("10.1.2.3", f"127.0.0.1, 10.9.9.9, {GUEST}", GUEST),
        ("10.1.2.3", f"{GUEST}, 10.0.0.9, 192.0.2.7", GUEST),  # three proxies of ours
        ("10.1.2.3", f"1.1.1.1, {GUEST}, 10.0.0.9", GUEST),
        ("10.1.2.3", f"{GUEST},10.0.0.9", GUEST),
        ("10.1.2.3", f"  {GUEST}\t", GUEST),
        ("10.1.2.3", f"{GUEST}, , ", GUEST),
        ("10.1.2.3", f"{GUEST}:4433", GUEST),
        ("10.1.2.3", "10.0.0.8, 10.0.0.9", "10.0.0.8"),  # a machine of ours itself
        ("10.1.2.3", "2001:db8:2::5", "2001:db8:2::5"),
        ("10.1.2.3", "[2001:db8:2::5]", "2001:db8:2::5"),
        ("10.1.2.3", "[2001:db8:2::5]:4433", "2001:db8:2::5"),
        ("10.1.2.3", "2001:DB8:2:0:0:0:0:5", "2001:db8:2::5"),
        ("10.1.2.3", f"::ffff:{GUEST}", GUEST),
        ("10.1.2.3", "fe80::1%eth0", "fe80::1"),
        ("2001:db8:1::1", GUEST, GUEST),
        ("2001:db8:9::1", GUEST, "2001:db8:9::1"),
        ("::ffff:10.1.2.3", GUEST, GUEST),  # a socket for both kinds names IPv4 peers so
        ("127.0.0.1", GUEST, GUEST),
    ],
)
def test_the_nearest_hop_that_is_no_proxy_of_ours_is_the_visitor(peer: str, said: str, visitor: str) -> None:
    assert seen(peer, (FOR, said)) == (visitor, "http")


@pytest.mark.parametrize(
    "garbage",
    ["", " ", ",", ", ,", "unknown", "_hidden", "999.1.1.1", "1.2.3", "0x7f.1", "1.2.3.4:x", "1.2.3.4:", "[::1",
     "[1.2.3.4]", "[::1]x", "[::1]:x", "::1]:4", "localhost", "\x00", "é", "1.2.3.4;5.6.7.8", "<script>", "-1"],
)  # fmt: skip
def test_what_cannot_be_read_is_not_taken_for_anybody(garbage: str) -> None:
    assert seen("10.1.2.3", (FOR, garbage)) == ("10.1.2.3", "http")
    assert seen("10.1.2.3", (FOR, f"1.1.1.1, {garbage or 'unknown'}, 10.0.0.9"))[0] in ("10.0.0.9", "1.1.1.1")
    assert seen("10.1.2.3", (FOR, f"{garbage}, {GUEST}")) == (GUEST, "http")


def test_nobody_reaches_past_a_hop_that_cannot_be_read() -> None:
    assert seen("10.1.2.3", (FOR, "127.0.0.1, unknown, 10.0.0.9")) == ("10.0.0.9", "http")


def test_several_headers_are_one_list_in_their_order() -> None:
    assert seen("10.1.2.3", (FOR, "1.1.1.1"), (FOR, GUEST), (FOR, "10.0.0.9")) == (GUEST, "http")
    assert seen("10.1.2.3", (FOR, GUEST), ("x-other", "2.2.2.2"), (FOR, "")) == (GUEST, "http")


def test_thousands_of_hops_are_not_followed() -> None:
    assert seen("10.1.2.3", (FOR, f"{GUEST}," + ",".join(["10.0.0.9"] * 6000))) == ("10.0.0.9", "http")


@pytest.mark.parametrize(
    ("peer", "said", "scheme"),
    [
        ("10.1.2.3", ["https"], "https"),
        ("10.1.2.3", ["HTTPS"], "https"),
        ("10.1.2.3", ["http"], "http"),
        ("10.1.2.3", ["https, http"], "http"),  # what the nearest proxy saw
        ("10.1.2.3", ["https", "http"], "http"),
        ("10.1.2.3", ["ftp"], "http"),
        ("10.1.2.3", [""], "http"),
        ("203.0.113.5", ["https"], "http"),
        ("::1", ["https"], "http"),
    ],
)
def test_the_scheme_is_believed_from_the_same_proxies(peer: str, said: list[str], scheme: str) -> None:
    assert seen(peer, *((PROTO, text) for text in said))[1] == scheme


def test_without_any_nothing_is_believed_not_even_from_this_machine() -> None:
    headers = (FOR, GUEST), (PROTO, "https")
    assert seen("127.0.0.1", *headers, by=Proxies([])) == ("127.0.0.1", "http")
    assert seen(None, *headers) == (None, "http")


@pytest.mark.parametrize(
    ("peer", "headers", "here"),
    [
        ("127.0.0.1", [], True),
        ("::1", [], True),
        ("::ffff:127.0.0.1", [], True),
        ("", [], True),  # a Unix socket has no address
        ("192.0.2.1", [], False),
        ("nonsense", [], False),
        # Brought by a proxy of this machine that nobody named.
        ("127.0.0.1", ["x-forwarded-for"], False),
        ("127.0.0.1", ["x-real-ip"], False),
        ("127.0.0.1", ["forwarded"], False),
        ("", ["via"], False),
        ("127.0.0.9", [], False),  # a proxy that is named, by a network with host bits
    ],
)
def test_a_visitor_whom_a_proxy_brings_is_not_at_this_machine(
    peer: str, headers: list[str], here: bool
) -> None:
    assert Proxies(["127.0.0.9/32", "10.20.0.1/16"]).at_this_machine(peer, ["host", *headers]) is here
