"""Which addresses are not the public internet, and which IPv6 addresses carry an IPv4 one (RFC 6890, 4291,
6052, 8215, 3056, 4380, 5214).
"""

import ipaddress
from enum import Enum, auto
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import Final

from django.utils.translation import gettext_lazy as _

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


class Kind(Enum):
    """Why an address is not the public internet."""

    LOOPBACK = auto()
    METADATA = auto()
    LINK_LOCAL = auto()
    PRIVATE = auto()
    SHARED = auto()
    MULTICAST = auto()
    UNSPECIFIED = auto()
    BROADCAST = auto()
    RESERVED = auto()
    HIDDEN = auto()


WORDS: Final = {
    Kind.LOOPBACK: _("it is this machine itself (loopback)"),
    Kind.METADATA: _("it is a cloud's metadata service, which hands out secrets"),
    Kind.LINK_LOCAL: _("it is a link-local address"),
    Kind.PRIVATE: _("it is a private network"),
    Kind.SHARED: _("it is a carrier's shared network (100.64.0.0/10)"),
    Kind.MULTICAST: _("it is a multicast address"),
    Kind.UNSPECIFIED: _("it is the unspecified address, which means this machine"),
    Kind.BROADCAST: _("it is a broadcast address"),
    Kind.RESERVED: _("it is a reserved address"),
    Kind.HIDDEN: _("it is an IPv4 address hidden in an IPv6 one"),
}

# The first match counts, so a metadata address stands before the network around it.
RANGES: Final[list[tuple[Network, Kind]]] = [
    (ipaddress.ip_network(text), kind)
    for text, kind in [
        ("169.254.169.254/32", Kind.METADATA),
        ("100.100.100.200/32", Kind.METADATA),
        ("127.0.0.0/8", Kind.LOOPBACK),
        ("0.0.0.0/8", Kind.UNSPECIFIED),
        ("169.254.0.0/16", Kind.LINK_LOCAL),
        ("10.0.0.0/8", Kind.PRIVATE),
        ("172.16.0.0/12", Kind.PRIVATE),
        ("192.168.0.0/16", Kind.PRIVATE),
        ("100.64.0.0/10", Kind.SHARED),
        ("224.0.0.0/4", Kind.MULTICAST),
        ("255.255.255.255/32", Kind.BROADCAST),
        ("192.0.0.0/24", Kind.RESERVED),
        ("192.0.2.0/24", Kind.RESERVED),
        ("192.88.99.0/24", Kind.RESERVED),
        ("198.18.0.0/15", Kind.RESERVED),
        ("198.51.100.0/24", Kind.RESERVED),
        ("203.0.113.0/24", Kind.RESERVED),
        ("240.0.0.0/4", Kind.RESERVED),
        ("fd00:ec2::254/128", Kind.METADATA),
        ("::/128", Kind.UNSPECIFIED),
        ("::1/128", Kind.LOOPBACK),
        ("fe80::/10", Kind.LINK_LOCAL),
        ("fec0::/10", Kind.PRIVATE),
        ("fc00::/7", Kind.PRIVATE),
        ("ff00::/8", Kind.MULTICAST),
        ("100::/64", Kind.RESERVED),
        ("2001:db8::/32", Kind.RESERVED),
        ("3fff::/20", Kind.RESERVED),
        ("5f00::/16", Kind.RESERVED),
    ]
]

_V4_COMPATIBLE = IPv6Network("::/96")
_TRANSLATED = IPv6Network("::ffff:0:0:0/96")
_NAT64 = IPv6Network("64:ff9b::/96")
_NAT64_LOCAL = IPv6Network("64:ff9b:1::/48")
_ISATAP = (0x0000_5EFE, 0x0200_5EFE)


def embedded(peer: Address) -> tuple[IPv4Address | None, bool]:
    """(the IPv4 address inside or None, whether this form may reach a public one).

    The v4-mapped form and the well-known NAT64 prefix are how ordinary public hosts look on a dual-stack
    socket or an IPv6-only network. The others are tunnels and local translations: nobody can say where they
    end, so they need an operator's line even around a public address.
    """
    if isinstance(peer, IPv4Address):
        return None, False
    low = IPv4Address(int(peer) & 0xFFFF_FFFF)
    if peer.ipv4_mapped is not None or peer in _NAT64:
        return low, True
    if peer in _NAT64_LOCAL or peer in _TRANSLATED or (peer in _V4_COMPATIBLE and int(peer) > 1):
        return low, False
    if peer.sixtofour is not None:
        return peer.sixtofour, False
    if peer.teredo is not None:
        return peer.teredo[1], False
    if (int(peer) >> 32) & 0xFFFF_FFFF in _ISATAP:
        return low, False
    return None, False


def find(peer: Address) -> tuple[Kind, int | None] | None:
    """(why it is refused, the size of the widest network that may open it or None for any), or None for the
    public internet.

    Metadata and link-local addresses open only to a network as small as their own range: a listed 0.0.0.0/0
    hands out no secrets.
    """
    inner, reaches_public = embedded(peer)
    if inner is not None:
        return find(inner) or (None if reaches_public else (Kind.HIDDEN, None))
    for network, kind in RANGES:
        if peer in network:
            return kind, network.num_addresses if kind in (Kind.METADATA, Kind.LINK_LOCAL) else None
    return None if peer.is_global else (Kind.RESERVED, None)
