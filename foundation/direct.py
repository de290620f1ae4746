"""A connection outside Django's: for what must neither wait for the pool nor hang with a frozen server."""

from typing import Any

import psycopg
from django.conf import settings
from django.db import connections

LIMITS = "-c statement_timeout=3000 -c lock_timeout=1000"


def connect(name: str) -> psycopg.Connection[Any]:
    """Autocommit; `name` is what pg_stat_activity shows. A pooler refuses options: no limits behind one then."""
    asked = connections["default"].get_connection_params()
    for own_to_django in ("context", "cursor_factory", "prepare_threshold", "client_encoding", "options"):
        asked.pop(own_to_django, None)
    if not settings.LISTEN_DATABASE_URL:
        asked["options"] = LIMITS
    return psycopg.connect(
        **{
            **asked,
            "autocommit": True,
            "connect_timeout": 3,
            "application_name": name,
            "prepare_threshold": None,
        }
    )
