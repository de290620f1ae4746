"""Django's sessions, which also remember when they end: one in use can be kept without a query more."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.utils import timezone


class SessionStore(DatabaseStore):
    expires_at: datetime | None = None

    def _get_session_from_db(self) -> Any:
        row = super()._get_session_from_db()  # type: ignore[misc]
        self.expires_at = row.expire_date if row else None
        return row

    def keep(self, *, at_least: timedelta) -> None:
        """Have it saved again, with its whole age before it, if less than `at_least` is left."""
        if self.expires_at and self.expires_at - timezone.now() < at_least:
            self.modified = True
