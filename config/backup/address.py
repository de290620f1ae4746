"""How PostgreSQL's own programs and psycopg reach a database that Django's settings describe."""

from typing import Any

from psycopg.conninfo import make_conninfo
from psycopg.pq import Conninfo

_NAMES = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}


def of(entry: dict[str, Any]) -> dict[str, str]:
    """libpq's parameters of an entry of DATABASES; what only Django understands is left out."""
    known = {option.keyword.decode() for option in Conninfo.get_defaults()}
    options = {key: str(value) for key, value in entry.get("OPTIONS", {}).items() if key in known}
    return {name: str(entry[key]) for key, name in _NAMES.items() if entry.get(key)} | options


def line(address: dict[str, str]) -> tuple[str, dict[str, str]]:
    """(connection string without the password, environment with it): nobody reads it in a list of processes."""
    shown = {key: value for key, value in address.items() if key != "password"}
    return make_conninfo(**shown), {"PGPASSWORD": address["password"]} if "password" in address else {}
