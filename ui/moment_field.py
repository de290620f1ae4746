"""A moment as people type it: date and time of day on the clocks of one place, whose zone stands beside the field."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.functional import lazy
from django.utils.translation import gettext as _said
from django.utils.translation import gettext_lazy as _


def zone_words() -> str:
    """In which zone a moment is typed. Pages show moments in that of the person's device, which may be another."""
    # This machine's clock will do: all it says here is summer or winter, and forms ask several times.
    name = timezone.localtime().strftime("%Z")
    return _said("Time zone: %(zone)s") % {
        "zone": name if name.isalpha() else timezone.get_current_timezone_name()
    }


class MomentField(forms.DateTimeField):
    """A moment as the browser's own date-and-time field, read in the active time zone, which stands beside it.

    What that zone's clocks show twice, or never, in the night in which they change is refused and explained.
    """

    widget = forms.DateTimeInput(attrs={"type": "datetime-local", "step": "1"}, format="%Y-%m-%dT%H:%M:%S")
    default_error_messages = {"invalid": _("Give a date and a time, such as 2026-11-21 02:14.")}

    def __init__(self, *, label: Any, required: bool = False, **options: Any) -> None:
        formats = ["%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M"]
        options = {"help_text": lazy(zone_words, str)(), **options}
        super().__init__(label=label, required=required, input_formats=formats, **options)

    def to_python(self, value: Any) -> datetime | None:
        try:
            return super().to_python(value)
        except forms.ValidationError as error:
            if error.code != "ambiguous_timezone":
                raise
            raise forms.ValidationError(_no_one_moment((error.params or {})["datetime"])) from None

    def clean(self, value: Any) -> datetime | None:
        at: datetime | None = super().clean(value)
        if at and at.year < 2000:
            raise forms.ValidationError(_("The year is %(year)s. Is that right?"), params={"year": at.year})
        return at


def _no_one_moment(typed: datetime) -> str:
    """Why the active zone's clocks do not show `typed` exactly once."""
    zone = timezone.get_current_timezone()
    first, second = (typed.replace(tzinfo=zone, fold=fold).utcoffset() for fold in (0, 1))
    if first == second:
        return _said("No clock shows this time. Is the year right?")
    if first and second and first > second:
        words = _said(
            "The clocks go back then and show %(time)s twice. Take a time before or after that hour."
        )
    else:
        words = _said("The clocks go forward then: there is no %(time)s. Take an earlier or a later time.")
    return words % {"time": f"{typed:%H:%M}"}
