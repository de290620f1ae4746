"""How often: a count per minute and name, in the database, so that it holds across web processes."""

from __future__ import annotations

import time
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Network, ip_address

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.db import connection
from django.http import HttpRequest

WINDOW_S = 60
# One statement counts: of two at once neither is lost, as it was between reading a number and writing the next.
_COUNT = """
INSERT INTO accounts_counted AS known (name, minute, number) VALUES (%s, %s, 1)
    ON CONFLICT (name) DO UPDATE
   SET number = CASE WHEN known.minute = excluded.minute THEN known.number + 1 ELSE 1 END, minute = excluded.minute
RETURNING number"""
# Some of those that nobody counts on any more, and never one that somebody holds just now.
_FORGET = """
DELETE FROM accounts_counted
 WHERE name IN (SELECT name FROM accounts_counted WHERE minute < %s LIMIT 100 FOR UPDATE SKIP LOCKED)"""


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
    minute, passed = divmod(int(time.time()), WINDOW_S)
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [name, minute])
        number: int = cursor.fetchone()[0]
        if number == 1:
            cursor.execute(_FORGET, [minute])
    if number > most:
        raise TooOften(WINDOW_S - passed)
    return Counted(most, most - number, WINDOW_S - passed)
