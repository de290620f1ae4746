"""Nobody but the operator opens a way to this machine or its neighbours: spellings × redirects × rebinding, on real
sockets.

"Outside" is 127.0.0.2, listed by the operator; the victim listens on 127.0.0.1, which is not. Whatever is
tried, the victim must see nothing.
"""

from collections.abc import Iterator
from ipaddress import ip_network

import pytest
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from network.curl import Request, Response, fetch_many
from network.egress import Policy
from network.names import Names
from tests.network.serving import Site, redirecting, site

OUTSIDE = Policy(frozenset({ip_network("127.0.0.2/32")}))

REFUSED = {
    "127.0.0.1": "127.0.0.0/8",
    "127.8.9.10": "127.0.0.0/8",
    "::1": "::1/128",
    "0.0.0.0": "0.0.0.0/32",
    "::": "::/128",
    "169.254.169.254": "169.254.169.254/32",
    "fd00:ec2::254": "fd00:ec2::254/128",
    "100.100.100.200": "100.100.100.200/32",
    "169.254.1.1": "169.254.1.1/32",
    "fe80::1": "fe80::1/128",
    "10.1.2.3": "10.1.2.0/24",
    "172.31.0.9": "172.31.0.0/24",
    "192.168.1.228": "192.168.1.0/24",
    "fd12:3456::7": "fd12:3456::/64",
    "100.64.0.1": "100.64.0.1/32",
    "224.0.0.1": "224.0.0.1/32",
    "ff02::1": "ff02::1/128",
    "255.255.255.255": "255.255.255.255/32",
    "240.0.0.1": "240.0.0.1/32",
    "192.0.2.1": "192.0.2.1/32",
    "198.18.0.1": "198.18.0.1/32",
    "2001:db8::1": "2001:db8::1/128",
    "::ffff:127.0.0.1": "127.0.0.0/8",
    "::ffff:10.1.2.3": "10.1.2.0/24",
    "::127.0.0.1": "::7f00:1/128",
    "::8.8.8.8": "::808:808/128",
    "64:ff9b::127.0.0.1": "64:ff9b::7f00:1/128",
    "64:ff9b::a9fe:a9fe": "64:ff9b::a9fe:a9fe/128",
    "64:ff9b:1::8.8.8.8": "64:ff9b:1::808:808/128",
    "::ffff:0:127.0.0.1": "::ffff:0:7f00:1/128",
    "2002:7f00:1::": "2002:7f00:1::/128",
    "2002:808:808::": "2002:808:808::/128",
    "2001:0:4136:e378:8000:63bf:80ff:fffe": "2001:0:4136:e378:8000:63bf:80ff:fffe/128",
    "2a00::5efe:127.0.0.1": "2a00::5efe:7f00:1/128",
    "2a00::200:5efe:8.8.8.8": "2a00::200:5efe:808:808/128",
}
PUBLIC = [
    "8.8.8.8",
    "1.1.1.1",
    "100.63.255.255",
    "172.32.0.1",
    "2606:4700::1111",
    "::ffff:8.8.8.8",
    "64:ff9b::8.8.8.8",
]

# {port} is the victim's; every one of these means 127.0.0.1 or ::1 to some resolver or parser.
SPELLINGS = [
    "http://127.0.0.1:{port}/",
    "http://localhost:{port}/",
    "http://LOCALHOST:{port}/",
    "http://0x7f.1:{port}/",
    "http://0x7f000001:{port}/",
    "http://2130706433:{port}/",
    "http://017700000001:{port}/",
    "http://0177.0.0.1:{port}/",
    "http://127.1:{port}/",
    "http://127.0.1:{port}/",
    "http://0/",
    "http://0.0.0.0:{port}/",
    "http://[::1]:{port}/",
    "http://[::]:{port}/",
    "http://[::ffff:127.0.0.1]:{port}/",
    "http://[::ffff:7f00:1]:{port}/",
    "http://[::127.0.0.1]:{port}/",
    "http://[64:ff9b::7f00:1]:{port}/",
    "http://[2002:7f00:1::]:{port}/",
    "http://①②⑦.0.0.1:{port}/",
    "http://127。0。0。1:{port}/",
    "http://ｌｏｃａｌｈｏｓｔ:{port}/",
    "http://169.254.169.254/latest/meta-data/",
    "http://[fd00:ec2::254]/latest/meta-data/",
    "http://[fe80::1%25lo]:{port}/",
    "https://127.0.0.1:{port}/",
]
# These never get as far as an address.
MALFORMED = [
    "http://user:secret@127.0.0.1:{port}/",
    "http://127.0.0.1:{port}\\@example.com/",
    "http://127%2e0%2e0%2e1:{port}/",
    "file:///etc/passwd",
    "gopher://127.0.0.1:{port}/_GET",
    "ftp://127.0.0.1:{port}/",
    "dict://127.0.0.1:{port}/",
    "http://",
    "http:///x",
    "//127.0.0.1:{port}/",
    "http://127.0.0.1:0/",
    "http://127.0.0.1:99999/",
    "http://a\x00b/",
    "http://127.0.0.1:{port}/\r\nX-Injected: 1",
    "http://[::1/",
    "",
]


@pytest.fixture
def victim() -> Iterator[Site]:
    with site("127.0.0.1") as server:
        yield server
        assert server.seen == []


def fetch(url: str, policy: Policy = OUTSIDE, names: Names | None = None, **options: object) -> Response:
    request = Request(url, **{"total_s": 5, **options})  # type: ignore[arg-type]
    return fetch_many([request], policy, names=names or Names(kept_s=0))[0]


# Where clouds hand out credentials: the refusal names the risk instead of a line.
UNWISE = {
    "169.254.169.254",
    "fd00:ec2::254",
    "100.100.100.200",
    "169.254.1.1",
    "fe80::1",
    "64:ff9b::a9fe:a9fe",
}


@pytest.mark.parametrize("address", sorted(UNWISE))
def test_a_refusal_never_says_how_to_open_what_hands_out_credentials(address: str) -> None:
    sentence = Policy().refusal(address) or ""
    assert "NETWORKS" not in sentence
    assert "could read them." in sentence


@pytest.mark.parametrize("address", sorted(set(REFUSED) - UNWISE))
def test_an_address_that_is_not_the_public_internet_is_refused_with_the_line_to_set(address: str) -> None:
    sentence = Policy().refusal(address) or ""
    assert sentence.endswith(f"set NIGHTDESK_PROBE_NETWORKS={REFUSED[address]} and restart.")


@pytest.mark.parametrize("address", REFUSED)
def test_setting_that_line_opens_exactly_that_address(address: str, settings: Settings) -> None:
    settings.NIGHTDESK_PROBE_NETWORKS = [REFUSED[address]]
    policy = Policy.from_settings("probe")
    opened = [other for other in REFUSED if policy.refusal(other) is None]
    assert address in opened
    assert {REFUSED[other] for other in opened} == {REFUSED[address]}


@pytest.mark.parametrize("address", PUBLIC)
def test_the_public_internet_is_open(address: str) -> None:
    assert Policy().refusal(address) is None


def test_the_line_keeps_what_is_set_already(settings: Settings) -> None:
    settings.NIGHTDESK_PROBE_NETWORKS = ["192.168.0.0/16", "fd00::/8", ""]
    sentence = Policy.from_settings("probe").refusal("::1", "127.0.0.1") or ""
    assert "NIGHTDESK_PROBE_NETWORKS=192.168.0.0/16,fd00::/8,::1/128,127.0.0.0/8 and" in sentence


@pytest.mark.parametrize(
    "wide", ["0.0.0.0/0", "::/0", "169.254.0.0/16", "fd00::/8", "64:ff9b::/96", "100.64.0.0/10"]
)
def test_a_wide_network_never_opens_the_metadata_service(wide: str) -> None:
    policy = Policy(frozenset({ip_network(wide)}))
    secrets = [
        "169.254.169.254",
        "::ffff:169.254.169.254",
        "64:ff9b::a9fe:a9fe",
        "fd00:ec2::254",
        "100.100.100.200",
    ]
    assert [address for address in secrets if policy.refusal(address) is None] == []


def test_a_network_that_is_none_stops_the_start_with_a_sentence(settings: Settings) -> None:
    settings.NIGHTDESK_PROBE_NETWORKS = ["10.0.0.0/33"]
    with pytest.raises(ImproperlyConfigured, match=r"“10\.0\.0\.0/33” is not a network"):
        Policy.from_settings("probe")


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_no_spelling_reaches_this_machine(spelling: str, victim: Site) -> None:
    response = fetch(spelling.format(port=victim.port))
    assert (response.error, response.status, response.body) == ("refused_address", 0, b"")
    unwise = any(each in spelling for each in ("169.254", "fd00:ec2", "fe80"))
    assert ("NIGHTDESK_PROBE_NETWORKS=127.0.0.2/32," in response.detail) is not unwise


@pytest.mark.parametrize("spelling", MALFORMED)
def test_what_is_no_plain_web_address_is_never_sent(spelling: str, victim: Site) -> None:
    response = fetch(spelling.format(port=victim.port))
    assert (response.error, response.status, response.peer) == ("bad_url", 0, "")


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_no_redirect_reaches_this_machine(spelling: str, victim: Site) -> None:
    target = spelling.format(port=victim.port).encode().decode("latin-1")  # UTF-8 bytes on the wire
    with site("127.0.0.2", redirecting(target)) as outside:
        response = fetch(f"http://127.0.0.2:{outside.port}/")
    assert (response.error, response.body, len(outside.seen)) == ("refused_address", b"", 1)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_every_kind_of_redirect_is_judged(status: int, victim: Site) -> None:
    with site("127.0.0.2", redirecting(f"http://127.0.0.1:{victim.port}/", status)) as outside:
        assert fetch(f"http://127.0.0.2:{outside.port}/").error == "refused_address"


@pytest.mark.parametrize(
    "spelling", ["file:///etc/passwd", "gopher://127.0.0.1:{port}/", "http://u:p@127.0.0.1:{port}/"]
)
def test_a_redirect_to_something_else_than_the_web_ends_there(spelling: str, victim: Site) -> None:
    with site("127.0.0.2", redirecting(spelling.format(port=victim.port))) as outside:
        assert fetch(f"http://127.0.0.2:{outside.port}/").error == "bad_url"


def test_a_redirect_at_the_end_of_a_chain_is_judged_too(victim: Site) -> None:
    with (
        site("127.0.0.2", redirecting(f"http://localhost:{victim.port}/")) as last,
        site("127.0.0.2", redirecting(f"http://127.0.0.2:{last.port}/")) as first,
    ):
        response = fetch(f"http://127.0.0.2:{first.port}/")
    assert (response.error, len(first.seen), len(last.seen)) == ("refused_address", 1, 1)


def test_a_name_that_resolves_to_this_machine_is_refused(victim: Site) -> None:
    names = Names(lambda name: ["127.0.0.1", "::1", "169.254.169.254"], kept_s=0)
    response = fetch(f"http://innocent.example:{victim.port}/", names=names)
    assert response.error == "refused_address"
    wanted = "NIGHTDESK_PROBE_NETWORKS=127.0.0.2/32,127.0.0.0/8,::1/128"
    assert sorted(wanted.split("=")[1].split(",")) == sorted(
        response.detail.split("NETWORKS=")[1].split(" ")[0].split(",")
    )


def test_a_name_that_changes_its_answer_between_looks_is_refused_the_second_time(victim: Site) -> None:
    answers = iter([["127.0.0.2"], ["127.0.0.1"]])
    names = Names(lambda name: next(answers), kept_s=0)
    with site("127.0.0.2") as outside:
        assert fetch(f"http://rebinding.example:{outside.port}/", names=names).status == 200
    assert fetch(f"http://rebinding.example:{victim.port}/", names=names).error == "refused_address"


def test_a_name_that_changes_its_answer_within_a_redirect_is_refused(victim: Site) -> None:
    answers = iter([["127.0.0.2"], ["127.0.0.1"]])
    names = Names(lambda name: next(answers), kept_s=0)
    with site("127.0.0.2", redirecting(f"http://rebinding.example:{victim.port}/")) as outside:
        assert fetch(f"http://rebinding.example:{outside.port}/", names=names).error == "refused_address"


def test_of_a_name_with_good_and_bad_addresses_only_the_good_ones_are_tried(victim: Site) -> None:
    names = Names(lambda name: ["127.0.0.1", "::1", "127.0.0.2"], kept_s=0)
    response = fetch(f"http://mixed.example:{victim.port}/", names=names)
    assert (response.error, response.status) == ("connect", 0)


def test_no_proxy_of_the_environment_is_used(victim: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{victim.port}")
    with site("127.0.0.2") as outside:
        assert fetch(f"http://127.0.0.2:{outside.port}/").status == 200


def test_a_listed_network_lets_its_v4_mapped_form_pass() -> None:
    with site("127.0.0.2") as outside:
        response = fetch(f"http://[::ffff:127.0.0.2]:{outside.port}/")
    assert (response.error, response.status) == ("", 200)
