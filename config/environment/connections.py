"""The addresses of PostgreSQL and of the broker, and what is asked of every connection to the database.

As in `values.py`: each function takes the variable's name and text and raises ImproperlyConfigured.
"""

from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit, urlunsplit

import environ
from django.core.exceptions import ImproperlyConfigured

# Words behind an address's question mark that Django reads; the others are libpq's.
DJANGOS_OWN = {"assume_role", "isolation_level", "prepare_threshold", "server_side_binding", "pool"}
TLS_CHECKS = ("required", "optional", "none")
# Of every connection of the web process and the worker: nobody waits for ever, and nobody holds a lock for ever.
LIMITS = {
    "statement_timeout": "30s",
    "lock_timeout": "5s",
    "idle_in_transaction_session_timeout": "60s",
    # A page's rows bring a dozen others with them by their keys. To weigh the orders of all these joins took
    # 300 ms of the 440 of the first page, to run what was found 5: only the first few, which filter, are weighed.
    "join_collapse_limit": "3",
}


def database(name: str, text: str) -> dict[str, Any]:
    """A PostgreSQL address as Django's entry in DATABASES. A socket's folder is its `host`, as libpq writes it:
    `postgres://user@%2Frun%2Fpostgresql/name`, or `?host=/run/postgresql`."""
    wanted = f"{name} must look like postgres://user:password@host:5432/name"
    if text.partition(":")[0].strip().lower() not in ("postgres", "postgresql"):
        raise ImproperlyConfigured(f"{wanted}; Nightdesk runs on PostgreSQL only")
    try:
        found: dict[str, Any] = environ.Env.db_url_config(text.strip())
    except (ValueError, TypeError) as problem:
        raise ImproperlyConfigured(
            f"{wanted}; this one cannot be read (in a password write / as %2F, ? as %3F, [ as %5B)"
        ) from problem
    if not found["NAME"]:
        raise ImproperlyConfigured(f"{wanted}; the name of the database is missing")
    _refuse_unknown(name, found.get("OPTIONS", {}))
    return found | {"ENGINE": "django.db.backends.postgresql", "HOST": unquote(found["HOST"])}


def _refuse_unknown(name: str, options: dict[str, Any]) -> None:
    """What stands behind the question mark; libpq says which words it knows."""
    options = {word: value for word, value in options.items() if word not in DJANGOS_OWN}
    if not options:
        return
    # Here because most addresses have none, and the supervisor needs no driver.
    from psycopg import ProgrammingError, conninfo

    try:
        conninfo.make_conninfo(**options)
    except ProgrammingError as problem:
        raise ImproperlyConfigured(f"{name}: {str(problem).strip()}") from problem


def owner(name: str, text: str, app: str) -> str:
    """The owner's address; empty: the same as `app`, DATABASE_URL."""
    if text and not app:
        raise ImproperlyConfigured(f"{name} is set and DATABASE_URL is not: set both, or neither")
    return text


def limit(entry: dict[str, Any]) -> None:
    """Put LIMITS into an entry of DATABASES; what DATABASE_URL itself says about them wins."""
    options = entry.setdefault("OPTIONS", {})
    ours = " ".join(f"-c {name}={value}" for name, value in LIMITS.items())
    options["options"] = f"{ours} {options.get('options', '')}".rstrip()


def broker(name: str, text: str) -> str:
    """A Redis address; empty for none. Over TLS the certificate is checked unless the address says otherwise: the
    library's own default is to check nothing."""
    if not text:
        return ""
    try:
        parts = urlsplit(text)
        number = parts.path.strip("/")
        usable = parts.scheme == "redis+socket" or (
            parts.scheme in ("redis", "rediss")
            and bool(parts.hostname)
            and parts.port != 0
            and (not number or (number.isascii() and number.isdigit()))
        )
    except ValueError:
        usable = False
    if not usable:
        raise ImproperlyConfigured(f"{name} must look like redis://host:6379/0")
    if parts.scheme != "rediss":
        return text
    checked = parse_qs(parts.query).get("ssl_cert_reqs", [])
    if checked and checked[-1] not in TLS_CHECKS:
        raise ImproperlyConfigured(f"{name}: ssl_cert_reqs is one of {', '.join(TLS_CHECKS)}")
    more = "&".join(part for part in (parts.query, "" if checked else "ssl_cert_reqs=required") if part)
    return urlunsplit(parts._replace(query=more))
