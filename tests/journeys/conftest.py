"""The people and the scripts of the two stories."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.core.cache import cache
from pytest_django import Settings

from accounts.models import Scope, User
from config.environment.mailers import mailers
from foundation import moment
from monitoring.models import Target
from products.token_products import make_narrow_token
from tests.api.conftest import Script
from tests.notifications.mailbox import Mailbox, mailbox
from tests.notifications.receiving import Receiver, receiver

type ScriptOf = Callable[[User], Script]


@pytest.fixture
def script_of(db: None) -> ScriptOf:
    """A script with that person's token, every scope."""
    cache.clear()

    def make(user: User) -> Script:
        _token, text = make_narrow_token(
            user, by=None, name="laptop", scopes=Scope.values, products=(), days=None
        )
        return Script(text)

    return make


@pytest.fixture
def room(settings: Settings) -> Iterator[Receiver]:
    """The outside world's chat room."""
    settings.NIGHTDESK_WEBHOOK_NETWORKS = ["127.0.0.2/32"]
    with receiver() as found:
        yield found


@pytest.fixture
def post(settings: Settings) -> Iterator[Mailbox]:
    """A mail server that takes everything."""
    with mailbox() as box:
        settings.MAIL_URL = f"smtp://127.0.0.1:{box.port}"
        settings.MAILERS = mailers(settings.MAIL_URL)
        yield box


def has_been(state: str, hours: float) -> None:
    """Every monitor has said so for `hours`: nobody waits a day in a test."""
    now = moment.now()
    Target.objects.update(
        state=state, settled=state, since=now - timedelta(hours=hours), fresh_until=now + timedelta(hours=1)
    )
