"""MAIL_URL as Django's MAILERS: smtp://user:password@host:port, with ?tls for STARTTLS; smtps:// is TLS at once."""

from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

TIMEOUT_S = 10
PORTS = {"smtp": 25, "smtps": 465}


def mailers(url: str) -> dict[str, dict[str, Any]]:
    """The MAILERS setting for `url`; without one, mail goes nowhere and nothing else breaks.

    Raises ImproperlyConfigured with one line that says what is wrong, never the password.
    """
    if not url:
        return {"default": {"BACKEND": "django.core.mail.backends.dummy.EmailBackend"}}
    parts = urlsplit(url)
    if parts.scheme not in PORTS:
        raise ImproperlyConfigured(
            f"MAIL_URL must start with smtp:// or smtps://, not {parts.scheme or '?'}://"
        )
    if not parts.hostname:
        raise ImproperlyConfigured("MAIL_URL names no host: smtp://user:password@mail.example.org:587?tls")
    asked = parse_qs(parts.query, keep_blank_values=True)
    unknown = sorted(set(asked) - {"tls"})
    if unknown:
        raise ImproperlyConfigured(f"MAIL_URL has an unknown option {unknown[0]}; only ?tls is known")
    if "tls" in asked and parts.scheme == "smtps":
        raise ImproperlyConfigured("MAIL_URL: smtps:// is TLS from the start; leave ?tls out")
    try:
        port = parts.port or (587 if "tls" in asked else PORTS[parts.scheme])
    except ValueError as error:
        raise ImproperlyConfigured("MAIL_URL has a port that is not a number from 0 to 65535") from error
    options = {
        "host": parts.hostname,
        "port": port,
        "username": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "use_tls": "tls" in asked,
        "use_ssl": parts.scheme == "smtps",
        "timeout": TIMEOUT_S,
    }
    return {"default": {"BACKEND": "network.mail.Bounded", "OPTIONS": options}}
