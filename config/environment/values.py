"""Values out of the environment, refused with one line that names the variable, the value and what is wanted.

Each function takes the variable's name and text and raises ImproperlyConfigured. Passwords are never repeated. Folders
are in `folders.py`, the database and the broker in `connections.py`.
"""

import ipaddress
from email.utils import parseaddr
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

GIT_PROTOCOLS = ("https", "http", "file")
LEAST_SECRET = 32
YES, NO = ("1", "true", "on", "yes", "y", "ok"), ("0", "false", "off", "no", "n")


def site(name: str, text: str) -> str:
    """The public address people and links use: scheme and host, perhaps a port; no slash at the end."""
    address = text.rstrip("/")
    try:
        parts = urlsplit(address)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or address != f"{parts.scheme}://{parts.netloc}" or "@" in parts.netloc or " " in address:
        raise ImproperlyConfigured(f"{name}: “{text}” is not an address like https://nightdesk.example.org")
    if not parts.netloc.isascii():  # requests name it as the DNS does
        try:
            parts = parts._replace(netloc=parts.netloc.encode("idna").decode())
        except UnicodeError as problem:
            raise ImproperlyConfigured(f"{name}: “{text}” names a host that no DNS knows") from problem
        address = parts.geturl()
    usual = {"http": 80, "https": 443}[parts.scheme]
    port = f":{parts.port}" if parts.port not in (None, usual) else ""
    # As browsers write it when they say where a form is from.
    return f"{parts.scheme}://{host(address)}{port}"


def host(address: str) -> str:
    """The host of an address as requests name it: an IPv6 address in brackets."""
    found = urlsplit(address).hostname or ""
    return f"[{found}]" if ":" in found else found


def origins(name: str, found: list[str]) -> list[str]:
    """Addresses whose forms are taken; a star may stand for a part of the host."""
    for origin in found:
        if not origin.startswith(("http://", "https://")) or origin.count("/") != 2 or origin.endswith("/"):
            raise ImproperlyConfigured(
                f"{name}: “{origin}” is not an origin. Write it like https://nightdesk.example.org"
            )
    return found


def hosts(name: str, found: list[str]) -> list[str]:
    """Names that requests may ask for, without scheme and port."""
    for host in found:
        if not host or "/" in host or " " in host:
            raise ImproperlyConfigured(f"{name}: “{host}” is not a host. Write it like nightdesk.example.org")
    return found


def number(name: str, text: str, default: int, *, least: int = 1) -> int:
    """A whole number."""
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and least <= int(text) < 2**31):
        raise ImproperlyConfigured(f"{name}: “{text}” is not a whole number from {least} on")
    return int(text)


def address(name: str, text: str) -> str:
    """A web address, never repeated in a message: who knows it may use it. Empty for none."""
    try:
        parts = urlsplit(text)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        usable = False
    if text and (not usable or not text.isprintable() or " " in text):
        raise ImproperlyConfigured(f"{name} must look like https://ping.example.org/a-long-random-name")
    return text


def secret(name: str, text: str) -> str:
    """What signs sessions and links: whoever can guess it signs in as anybody. Empty for none."""
    if text and len(text.strip()) < LEAST_SECRET:
        raise ImproperlyConfigured(
            f"{name} must have at least {LEAST_SECRET} characters: sh scripts/make-env prints one. "
            "Left out, one is made and kept in the data folder"
        )
    return text


def sender(name: str, text: str) -> str:
    """An address, perhaps with a name before it. Empty for none."""
    person, _at, domain = parseaddr(text)[1].rpartition("@")
    if text and not (person and domain and text.isprintable()):
        raise ImproperlyConfigured(f"{name}: “{text}” is not like Nightdesk <nightdesk@example.org>")
    return text


def flag(name: str, text: str, *, default: bool) -> bool:
    """1 or 0, or a word for them."""
    word = text.strip().lower()
    if word not in ("", *YES, *NO):
        raise ImproperlyConfigured(f"{name}: “{text}” is neither 1 nor 0")
    return word in YES if word else default


def token(name: str, text: str) -> str:
    """A password for a machine, as it fits into a header. Empty for none."""
    if text and (len(text) < 16 or not text.isascii() or not text.isprintable() or " " in text):
        raise ImproperlyConfigured(f"{name} must have at least 16 characters and no blanks")
    return text


def networks(name: str, text: str) -> list[str]:
    """Comma-separated networks (CIDR) or single addresses."""
    found = [part.strip() for part in text.split(",") if part.strip()]
    for part in found:
        try:
            ipaddress.ip_network(part, strict=False)
        except ValueError as problem:
            raise ImproperlyConfigured(
                f"{name}: “{part}” is not a network. Write it like 10.20.0.0/16, separated by commas"
            ) from problem
    return found


def git_protocols(name: str, text: str) -> tuple[str, ...]:
    """A comma list of https, http and file, in this order whatever the order there; empty is https alone."""
    wanted = {word.strip().lower() for word in text.split(",") if word.strip()} or {"https"}
    if unknown := sorted(wanted - set(GIT_PROTOCOLS)):
        raise ImproperlyConfigured(
            f"{name}: “{unknown[0][:40]}” is not one of https, http, file. Write them with commas between"
        )
    return tuple(protocol for protocol in GIT_PROTOCOLS if protocol in wanted)
