"""Where LISTEN goes: straight to PostgreSQL, past Django's pool and past a transaction pooler such as PgBouncer,
behind which notifications are lost."""

from typing import Any

from django.conf import settings
from django.db import connections

_OWN_TO_DJANGO = ("context", "cursor_factory", "prepare_threshold", "client_encoding")


def address() -> tuple[str, dict[str, Any]]:
    """Connection string and parameters for psycopg: LISTEN_DATABASE_URL, else the database everything else uses."""
    if settings.LISTEN_DATABASE_URL:
        return settings.LISTEN_DATABASE_URL, {}
    asked = connections["default"].get_connection_params()
    return "", {name: value for name, value in asked.items() if name not in _OWN_TO_DJANGO}
