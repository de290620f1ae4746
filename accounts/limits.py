"""How often: a count per minute and name, in the database's cache, so that it holds across web processes."""

from __future__ import annotations

import time
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Network, ip_address

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

WINDOW_S = 60


@dataclass(frozen=True)
class Counted:
    """`left` more of `most` until the minute ends in `wait_s` seconds."""

    most: int
    left: int
    wait_s: int


class TooOften(Exception):
    """`wait_s`: seconds until it may be tried again."""

    def __init__(self, wait_s: int) -> None:
        super().__init__(f"again in {wait_s} s")
        self.wait_s = wait_s


def count_refused(request: HttpRequest) -> None:
    """One more key, link or token from this address that opened nothing; raises TooOften when it guesses on and on."""
    address = get_adapter(request).get_client_ip(request)
    count(f"refused:{household(address)}", settings.NIGHTDESK_REFUSED_A_MINUTE)


def household(address: str) -> str:
    """What one visitor has: an IPv4 address, or the 2^64 of an IPv6 network, each of which could try anew."""
    found = ip_address(address)
    if isinstance(found, IPv4Address) or found.ipv4_mapped:
        return address
    return str(IPv6Network((int(found) >> 64 << 64, 64)))


def count(name: str, most: int) -> Counted:
    """Counts one more of `name` in this minute; raises TooOften beyond `most`."""
    window, passed = divmod(int(time.time()), WINDOW_S)
    key = f"limit:{name}:{window}"
    try:
        number = cache.incr(key)
    except ValueError:  # the first of this minute; an `add` each time would be an error in PostgreSQL's log
        cache.add(key, 1, timeout=2 * WINDOW_S)
        number = 1
    if number > most:
        raise TooOften(WINDOW_S - passed)
    return Counted(most, most - number, WINDOW_S - passed)
