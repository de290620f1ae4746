"""A device from which somebody has signed in counts its own wrong passwords, apart from everybody else's.

Five of them close the door to an account. Were they counted for all the world together, anybody who knows an address
could keep its owner out all night. A sign-in leaves a signed cookie, for one person and one browser; it opens nothing
and allows no more guesses than there are without it (docs/decisions/0009-known-devices.md).
"""

from __future__ import annotations

import secrets

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare, salted_hmac

AGE_S = 365 * 24 * 3600


def number(request: HttpRequest, login: str) -> str:
    """Of the device that `request` comes from, if that person has signed in there before; else empty."""
    found, _dot, signature = request.COOKIES.get(cookie(login), "").partition(".")
    return found if found and constant_time_compare(signature, _signed(login, found)) else ""


def remember(request: HttpRequest, response: HttpResponse, login: str) -> None:
    """They have just signed in here. A device keeps its number: a new one would begin to count anew."""
    device = number(request, login) or secrets.token_urlsafe(16)
    response.set_cookie(
        cookie(login),
        f"{device}.{_signed(login, device)}",
        max_age=AGE_S,
        httponly=True,
        samesite="Lax",
        secure=settings.HTTPS,
    )


def cookie(login: str) -> str:
    """Its name: one for each person, for on the desk of a night shift several sign in. It does not say who."""
    return f"{'__Host-' if settings.HTTPS else ''}device-{_digest('name', login.lower())[:12]}"


def _signed(login: str, device: str) -> str:
    return _digest("number", f"{device} {login.lower()}")


def _digest(what: str, text: str) -> str:
    return salted_hmac(f"accounts.known_devices.{what}", text, algorithm="sha256").hexdigest()
