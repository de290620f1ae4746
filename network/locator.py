"""What a URL must look like before anything is resolved: http or https, a host, no user name, nothing that
two parsers read differently.
"""

import re
from contextlib import suppress
from functools import lru_cache
from urllib.parse import quote, urljoin, urlsplit

from django.utils.translation import gettext as _

MAX_LENGTH = 2_000
_UNWANTED = re.compile(r"[\x00-\x20\x7f-\x9f\\<>\"`{}|^]")
_HOST = re.compile(r"[A-Za-z0-9._-]{1,253}\Z")
_IPV4 = re.compile(r"(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!\Z)|\Z)){4}")
_SAFE = "/:?#[]@!$&'()*+,;=%-._~"


class BadUrl(ValueError):
    """The URL may not be used; the message is a sentence for people."""


@lru_cache(maxsize=4096)
def clean(url: str) -> str:
    """The URL as it will be sent: host in ASCII, other characters percent-encoded, no fragment. Raises
    BadUrl.
    """
    if len(url) > MAX_LENGTH:
        raise BadUrl(_("The address is longer than %(count)s characters.") % {"count": MAX_LENGTH})
    if _UNWANTED.search(url):
        raise BadUrl(_('The address contains a space, a control character or one of \\ < > " ` { } | ^.'))
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise BadUrl(_("The address is not a valid URL.")) from None
    if parts.scheme not in ("http", "https"):
        raise BadUrl(_("The address must begin with http:// or https://."))
    if "@" in parts.netloc:
        raise BadUrl(_("The address must not contain a user name or password."))
    if not parts.hostname or port == 0:
        raise BadUrl(_("The address has no host."))
    origin = f"{parts.scheme}://{_host(parts.hostname)}" + (f":{port}" if port else "")
    query = f"?{parts.query}" if parts.query else ""
    return origin + quote((parts.path or "/") + query, safe=_SAFE)


def joined(base: str, location: str) -> str:
    """Where a Location header (its bytes read as Latin-1) leads from a cleaned URL; not cleaned."""
    with suppress(UnicodeError):
        location = location.encode("latin-1").decode("utf-8")
    try:
        return urljoin(base, location)
    except ValueError:
        return location


def origin(url: str) -> str:
    """scheme://host:port of a cleaned URL: what decides whether a redirect leaves the site."""
    return "/".join(url.split("/", 3)[:3]).lower()


def host_and_port(url: str) -> tuple[str, int]:
    """Of a cleaned URL; an IPv6 address without its brackets."""
    parts = urlsplit(url)
    return parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)


def is_address(host: str) -> bool:
    """True for a plain address. Odd spellings (0x7f.1, 2130706433) are names here: the resolver reads them,
    the peer is judged.
    """
    return ":" in host or _IPV4.match(host) is not None


def _host(hostname: str) -> str:
    if ":" in hostname:
        return f"[{quote(hostname, safe=':%.')}]"
    if not hostname.isascii():
        try:
            hostname = hostname.encode("idna").decode("ascii")
        except UnicodeError:
            raise BadUrl(_("The host's name is not a valid one.")) from None
    if not _HOST.match(hostname):
        raise BadUrl(_("The host's name is not a valid one."))
    return hostname
