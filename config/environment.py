"""Values out of the environment, refused with one line that names the variable, the value and what is wanted.

Each function takes the variable's name and text and raises ImproperlyConfigured. Passwords are never repeated.
"""

import ipaddress
import os
from email.utils import parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit, urlunsplit

import environ
from django.core.exceptions import ImproperlyConfigured

# First words of the names in a data folder: of files that Nightdesk makes there.
OURS = {
    "secret_key", "encryption_keys", "postgres", "static", "bundle", "backups", "demo", "mirrors", "repositories",
}  # fmt: skip
GIT_PROTOCOLS = ("https", "http", "file")
LEAST_SECRET = 32
# The others are libpq's.
DJANGOS_OWN = {"assume_role", "isolation_level", "prepare_threshold", "server_side_binding", "pool"}
YES, NO = ("1", "true", "on", "yes", "y", "ok"), ("0", "false", "off", "no", "n")
TLS_CHECKS = ("required", "optional", "none")
OURS_FOR_A_WHILE = "nightdesk-"  # where a backup is unpacked (TMPDIR); a kill leaves it
NOT_OURS = {"static"}  # a common name; beside it `static.collected` lies in a folder of ours


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
    return (
        f"{parts.scheme}://{host(address)}{port}"  # as browsers write it when they say where a form is from
    )


def data_folder(name: str, text: str, default: Path) -> Path:
    """The folder that is all ours. One that holds something else is refused before anything is written into it."""
    folder = (Path(text) if text else default).expanduser().resolve()
    try:
        there = (
            {entry.name for entry in folder.iterdir()} - {"lost+found"} if text and folder.is_dir() else set()
        )
    except OSError as problem:
        raise ImproperlyConfigured(
            f"{name}: {folder} cannot be read ({problem.strerror}). Name a folder of your own"
        ) from problem
    if there and not any(
        entry.split(".")[0] in OURS or entry.startswith(OURS_FOR_A_WHILE)
        for entry in there
        if entry not in NOT_OURS
    ):
        raise ImproperlyConfigured(
            f"{name}: {folder} holds something that Nightdesk did not put there. Name an empty folder, or a new one"
        )
    return folder


def git_protocols(name: str, text: str) -> tuple[str, ...]:
    """A comma list of https, http and file, in this order whatever the order there; empty is https alone."""
    wanted = {word.strip().lower() for word in text.split(",") if word.strip()} or {"https"}
    if unknown := sorted(wanted - set(GIT_PROTOCOLS)):
        raise ImproperlyConfigured(
            f"{name}: “{unknown[0][:40]}” is not one of https, http, file. Write them with commas between"
        )
    return tuple(protocol for protocol in GIT_PROTOCOLS if protocol in wanted)


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
    from psycopg import (
        ProgrammingError,
        conninfo,
    )  # most addresses have none, and the supervisor needs no driver

    try:
        conninfo.make_conninfo(**options)
    except ProgrammingError as problem:
        raise ImproperlyConfigured(f"{name}: {str(problem).strip()}") from problem


def owner(name: str, text: str, app: str) -> str:
    """The owner's address; empty: the same as `app`, DATABASE_URL."""
    if text and not app:
        raise ImproperlyConfigured(f"{name} is set and DATABASE_URL is not: set both, or neither")
    return text


# Of every connection of the web process and the worker: nobody waits for ever, and nobody holds a lock for ever.
LIMITS = {
    "statement_timeout": "30s",
    "lock_timeout": "5s",
    "idle_in_transaction_session_timeout": "60s",
    # A page's rows bring a dozen others with them by their keys. To weigh the orders of all these joins took
    # 300 ms of the 440 of the first page, to run what was found 5: only the first few, which filter, are weighed.
    "join_collapse_limit": "3",
}


def limit(entry: dict[str, Any]) -> None:
    """Put LIMITS into an entry of DATABASES; what DATABASE_URL itself says about them wins."""
    options = entry.setdefault("OPTIONS", {})
    ours = " ".join(f"-c {name}={value}" for name, value in LIMITS.items())
    options["options"] = f"{ours} {options.get('options', '')}".rstrip()


def broker(name: str, text: str) -> str:
    """A Redis address; empty for none. Over TLS the certificate is checked unless the address says otherwise: the
    library's own default is to check nothing."""
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
    if not text:
        return ""
    if not usable:
        raise ImproperlyConfigured(f"{name} must look like redis://host:6379/0")
    if parts.scheme != "rediss":
        return text
    checked = parse_qs(parts.query).get("ssl_cert_reqs", [])
    if checked and checked[-1] not in TLS_CHECKS:
        raise ImproperlyConfigured(f"{name}: ssl_cert_reqs is one of {', '.join(TLS_CHECKS)}")
    more = "&".join(part for part in (parts.query, "" if checked else "ssl_cert_reqs=required") if part)
    return urlunsplit(parts._replace(query=more))


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


def folders(name: str, text: str) -> list[Path]:
    """Colon-separated folders, each absolute. One that is not there yet is allowed: a mount may come later."""
    found = [Path(part) for part in text.split(":") if part]
    for folder in found:
        if not folder.is_absolute():
            raise ImproperlyConfigured(f"{name}: “{folder}” must be an absolute path such as /var/lib/soak")
        if folder.exists() and not folder.is_dir():
            raise ImproperlyConfigured(f"{name}: “{folder}” is not a folder")
    return found


def process_folder(name: str, text: str) -> Path | None:
    """The folder that processes come from as files; None without one. It must be there: a mount that was forgotten
    would leave a team working by yesterday's text."""
    if not text:
        return None
    folder = Path(text)
    if not folder.is_absolute():
        raise ImproperlyConfigured(
            f"{name}: “{text}” must be an absolute path such as /etc/nightdesk/processes"
        )
    try:
        next(folder.iterdir(), None)
    except NotADirectoryError as problem:
        raise ImproperlyConfigured(f"{name}: “{text}” is not a folder") from problem
    except OSError as problem:
        raise ImproperlyConfigured(f"{name}: “{text}” cannot be read ({problem.strerror})") from problem
    return folder


DEMO_EMAIL, DEMO_PASSWORD = "demo@example.test", "nightdesk-demo"


def demo(base: Path) -> None:
    """For `./run demo`, before the settings are read: a data folder of its own, and leave to look at this machine.

    What is set already stays, but nothing of yours is filled with made-up incidents: raises ImproperlyConfigured.
    """
    if os.environ.get("DATABASE_URL"):
        raise ImproperlyConfigured(
            "DATABASE_URL is set, and the demo fills no database but its own. Unset it to see the demo."
        )
    named = os.environ.get("NIGHTDESK_DATA")
    data = Path(named or base / ".nightdesk" / "demo").expanduser().resolve()
    os.environ["NIGHTDESK_DATA"] = str(data)
    _claim(data, known=not named)
    os.environ.setdefault("NIGHTDESK_ADMIN_EMAIL", DEMO_EMAIL)
    os.environ.setdefault("NIGHTDESK_ADMIN_PASSWORD", DEMO_PASSWORD)
    os.environ.setdefault("NIGHTDESK_PROBE_NETWORKS", "127.0.0.0/8,::1/128")
    os.environ.setdefault("NIGHTDESK_FILE_ROOTS", str(data / "files"))
    # Its own repository lies in that folder.
    os.environ.setdefault("NIGHTDESK_GIT_PROTOCOLS", "https,http,file")
    # The demo's own monitor reads in it from the first look on.
    (data / "files").mkdir(parents=True, exist_ok=True)


def _claim(data: Path, *, known: bool) -> None:
    """Mark the folder as the demo's. Refuses one that holds something else, unless it is `known` as ours."""
    marker = data / "demo"
    try:
        if not known and not marker.exists() and data.exists() and any(data.iterdir()):
            raise ImproperlyConfigured(
                f"NIGHTDESK_DATA: {data} holds something that no demo made. Name another folder, or none."
            )
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        marker.touch()
    except OSError as problem:
        raise ImproperlyConfigured(
            f"NIGHTDESK_DATA: {data} cannot be used ({problem.strerror}). Name another folder, or none."
        ) from problem
