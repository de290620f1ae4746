"""Ending sessions, and telling open pages of that person at once."""

from __future__ import annotations

from collections.abc import Iterable

from allauth.usersessions.adapter import DefaultUserSessionsAdapter
from allauth.usersessions.models import UserSession
from django.db import transaction

from accounts import access
from accounts.models import User


class SessionsAdapter(DefaultUserSessionsAdapter):  # type: ignore[misc]
    def end_sessions(self, sessions: Iterable[UserSession]) -> None:
        ended = list(sessions)
        with transaction.atomic():
            super().end_sessions(ended)
            for user in {session.user for session in ended}:
                access.changed(user)


def end_all(user: User) -> None:
    """Signs `user` out everywhere."""
    SessionsAdapter().end_sessions(UserSession.objects.filter(user=user).select_related("user"))
