"""A client that has just signed in, as by the form: what weighs much does not ask again who it is."""

import time

from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from django.test import Client

from accounts.models import User


def sign_in(user: User, client: Client | None = None, *, seconds_ago: float = 0) -> Client:
    client = client or Client()
    client.force_login(user)
    session = client.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "password", "at": time.time() - seconds_ago}]
    session[f"{AUTHENTICATION_METHODS_SESSION_KEY}_user"] = str(user.pk)
    session.save()
    return client
