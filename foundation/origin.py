"""The address under which people know this site, and whether it leads here from anywhere else."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from django.conf import settings


def is_this_machine(host: str) -> bool:
    """A name or address that leads every reader to their own machine."""
    host = host.strip("[]").lower().rstrip(".")
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def links_open_here_only() -> bool:
    """Links in messages (NIGHTDESK_URL) would not open on a phone."""
    return is_this_machine(urlsplit(settings.NIGHTDESK_URL).hostname or "")
