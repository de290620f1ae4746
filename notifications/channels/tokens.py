"""A token stays with the server that it was set for: whoever may change where a channel leads must not get to read it,
for pages and API never show it.
"""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from notifications.channels.forms import host_of


def whole(known: dict[str, str], given: dict[str, str]) -> dict[str, str]:
    """What is `known` with what is `given`; the token of another server is forgotten."""
    leaves = "url" in known and host_of(given.get("url", known["url"])) != host_of(known["url"])
    return {name: text for name, text in known.items() if name != "token" or not leaves} | given


def needed(known: dict[str, str], given: dict[str, str]) -> dict[str, str]:
    """The same where nothing goes without one. Raises ValidationError."""
    found = whole(known, given)
    if "token" in known and "token" not in found:
        raise ValidationError(
            {"token": _("Enter the access token too: the one that is set is the former server's.")}
        )
    return found
