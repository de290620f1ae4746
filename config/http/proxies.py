"""Whom a request comes from when proxies stand before us: NIGHTDESK_TRUSTED_PROXIES says which ones are believed.

What a proxy appends to X-Forwarded-For stands at the right; what a visitor made up stands at the left. So the hops are
read from the right, and the first one that is no proxy of ours is the visitor. Anybody else is not believed at all.
"""

import ipaddress
from collections.abc import Collection, Iterable, Iterator

from django.conf import settings

from live.asking import Scope

type Address = ipaddress.IPv4Address | ipaddress.IPv6Address
type Network = ipaddress.IPv4Network | ipaddress.IPv6Network

# What a proxy adds: whoever sent one of these is not sitting at this machine.
FORWARDED = {"forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip", "via"}
MOST_HOPS = 50  # a header of 64 KB could name thousands


class Proxies:
    """The networks whose word counts."""

    def __init__(self, networks: Iterable[str]) -> None:
        self._networks: tuple[Network, ...] = tuple(
            ipaddress.ip_network(text, strict=False) for text in networks
        )

    def trust(self, address: Address) -> bool:
        return any(address in network for network in self._networks)

    def at_this_machine(self, peer: str, headers: Collection[str]) -> bool:
        """Whether who asks sits at this machine itself: `peer` is loopback or a Unix socket (""), no proxy of ours,
        and nothing in `headers` (lower case) says that a proxy passed it on, also one that nobody named.
        """
        if FORWARDED & set(headers):
            return False
        address = _address(peer)
        return peer == "" if address is None else address.is_loopback and not self.trust(address)

    def seen_through(self, scope: Scope) -> Scope:
        """The same request with `client` and `scheme` as the visitor's; unchanged unless a trusted proxy brings it."""
        peer = _address(scope["client"][0]) if scope.get("client") else None
        if peer is None or not self.trust(peer):
            return scope
        changed: Scope = {**scope}
        visitor = self._visitor(peer, _values(scope, b"x-forwarded-for"))
        if visitor != peer:
            changed["client"] = (str(visitor), 0)
        for said in _values(scope, b"x-forwarded-proto"):
            if said.lower() in ("http", "https"):
                changed["scheme"] = said.lower()
            break
        return changed

    def _visitor(self, peer: Address, hops: Iterator[str]) -> Address:
        """The nearest hop that is not ours; where all are, or one cannot be read, the farthest that is known."""
        known = peer
        for _, hop in zip(range(MOST_HOPS), hops, strict=False):
            found = _address(hop)
            if found is None:
                break
            known = found
            if not self.trust(found):
                break
        return known


def trusted() -> Proxies:
    return Proxies(settings.NIGHTDESK_TRUSTED_PROXIES)


def _values(scope: Scope, wanted: bytes) -> Iterator[str]:
    """The comma-separated parts of all headers of this name, the last one first, without empty ones."""
    for name, text in reversed(scope["headers"]):
        if name == wanted:
            for part in reversed(text.decode("latin-1").split(",")):
                if part.strip():
                    yield part.strip()


def _address(text: str) -> Address | None:
    """`192.0.2.1`, `192.0.2.1:443`, `2001:db8::1`, `[2001:db8::1]:443`; an IPv4 address in IPv6 clothes is IPv4."""
    host, colon, port = text, "", ""
    if text.startswith("["):
        host, bracket, rest = text[1:].partition("]")
        _, colon, port = rest.partition(":")
        if not bracket or ":" not in host or rest != colon + port:
            return None
    elif text.count(":") == 1:
        host, colon, port = text.partition(":")
    if colon and not (port.isascii() and port.isdigit()):
        return None
    try:
        found = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return None
    return (found.ipv4_mapped or found) if isinstance(found, ipaddress.IPv6Address) else found
