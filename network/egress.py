"""Where Nightdesk's own clients may go: one policy, asked with the address that a connection is about to
reach.

The decision is about the resolved peer, never about the spelling of a URL: `http://0x7f.1/`, a name that resolves to
loopback, a name that resolves differently the second time and every hop of a redirect all end in the same question.
Networks come from the environment (`NIGHTDESK_PROBE_NETWORKS`), never from the browser.
"""

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Address
from typing import Self

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext as _

from network.ranges import WORDS, Address, Kind, Network, embedded, find

# Kinds that are opened only by an operator who knows what they do: no message of ours says how.
UNWISE = (Kind.METADATA, Kind.LINK_LOCAL)


@dataclass(frozen=True, slots=True)
class Policy:
    """What may be reached besides the public internet. `networks`: the ones that the operator lists in
    `variable`, as written there.
    """

    networks: frozenset[Network] = frozenset()
    variable: str = "NIGHTDESK_PROBE_NETWORKS"

    @classmethod
    def from_settings(cls, purpose: str = "probe") -> Self:
        """The operator's policy for one purpose ("probe" → NIGHTDESK_PROBE_NETWORKS). Raises
        ImproperlyConfigured on a wrong network.
        """
        variable = f"NIGHTDESK_{purpose.upper()}_NETWORKS"
        return cls(frozenset(_networks(getattr(settings, variable), variable)), variable)

    def refusal(self, address: str, *others: str) -> str | None:
        """None when the peer may be reached, else a sentence that ends with the exact line to set. Where clouds hand
        out credentials no line is suggested: it names the risk.

        `others` are further refused peers of the same name (`localhost` is two addresses): the line then
        opens all of them.
        """
        peer = _parse(address)
        if peer is None:
            return _("“%(address)s” is not an address that Nightdesk understands.") % {
                "address": address[:80]
            }
        kind = self._kind(peer)
        if kind is None:
            return None
        if kind in UNWISE:
            return _(
                "Nightdesk does not go to %(address)s: %(word)s. Clouds give out this server's credentials on "
                "such addresses, and whoever may add a monitor or a channel could read them."
            ) % {"address": peer, "word": WORDS[kind]}
        needed = [
            _suggestion(p)
            for p in (peer, *map(_parse, others))
            if p is not None and self._kind(p) not in (None, *UNWISE)
        ]
        return _(
            "Nightdesk may not reach %(address)s: %(word)s. If this is right and you run this server, "
            "set %(line)s and restart."
        ) % {"address": peer, "word": WORDS[kind], "line": self._line(needed)}

    def _kind(self, peer: Address) -> Kind | None:
        """Why `peer` is refused, or None. An operator's network wins; an IPv4 one also stands for the
        v4-mapped form.
        """
        found = find(peer)
        if found is None:
            return None
        kind, widest = found
        forms = {peer, peer.ipv4_mapped or peer} if isinstance(peer, IPv6Address) else {peer}
        listed = (n for n in self.networks if any(form in n for form in forms))
        return None if any(widest is None or n.num_addresses <= widest for n in listed) else kind

    def _line(self, needed: Iterable[Network]) -> str:
        """The variable's whole new value: what it holds now and what is missing, without doubles."""
        listed = {
            str(n): None
            for n in sorted(self.networks, key=lambda n: (n.version, int(n.network_address), n.prefixlen))
        }
        return f"{self.variable}={','.join(listed | {str(n): None for n in needed})}"


def _suggestion(peer: Address) -> Network:
    """The smallest network worth opening for this peer: all of 127.0.0.0/8, the /24 or /64 of a private
    network, else one address.
    """
    mapped = peer.ipv4_mapped if isinstance(peer, IPv6Address) else None
    if mapped is not None:
        return _suggestion(mapped)
    if peer in IPv4Network("127.0.0.0/8"):
        return IPv4Network("127.0.0.0/8")
    found = find(peer)
    if found is not None and found[0] is Kind.PRIVATE and embedded(peer)[0] is None:
        return ipaddress.ip_network(f"{peer}/{24 if peer.version == 4 else 64}", strict=False)
    return ipaddress.ip_network(str(peer))


def _parse(address: str) -> Address | None:
    """An address as a socket gives it (`fe80::1%eth0` has its zone cut off), or None."""
    try:
        return ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return None


def _networks(listed: Iterable[str], variable: str) -> Iterable[Network]:
    for text in listed:
        if not text.strip():
            continue
        try:
            yield ipaddress.ip_network(text.strip(), strict=False)
        except ValueError as error:
            raise ImproperlyConfigured(
                f"{variable}: “{text}” is not a network. "
                "Write it like 10.0.0.0/8 or fd12::/64, separated by commas."
            ) from error
