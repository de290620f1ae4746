"""Names of time zones, as the operating system's tz database (or the tzdata package) knows them."""

import zoneinfo
from functools import cache

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


@cache
def names() -> tuple[str, ...]:
    """Every zone a person may choose, UTC first, then by name: "Europe/Berlin", never "EST5EDT"."""
    known = sorted(
        name for name in zoneinfo.available_timezones() if "/" in name and not name.startswith("Etc/")
    )
    return ("UTC", *known)


def known_zone(value: str) -> None:
    """Validator: raises ValidationError unless `value` can be used as a zone on this machine."""
    if value not in zoneinfo.available_timezones():
        raise ValidationError(
            _("“%(value)s” is not a time zone. Choose one such as Europe/Berlin or UTC."),
            code="unknown_zone",
            params={"value": value},
        )
