"""Fields every form of this app shares.

Text that refuses control characters, a moment in the reader's zone.
"""

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.functional import lazy
from django.utils.translation import gettext as _said
from django.utils.translation import gettext_lazy as _

from foundation.blobs import LARGEST, Upload, in_words, taken, too_large
from foundation.text import plain_text, single_line


def line(label: Any, *, limit: int = 200, required: bool = True, **options: Any) -> forms.CharField:
    """One line of text."""
    return forms.CharField(
        label=label, max_length=limit, required=required, validators=[plain_text, single_line], **options
    )


def words(
    label: Any, *, limit: int = 4000, required: bool = True, rows: int = 3, **options: Any
) -> forms.CharField:
    """Several lines of text; Markdown is allowed where it is shown as such."""
    area = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(
        label=label, max_length=limit, required=required, validators=[plain_text], widget=area, **options
    )


class UploadField(forms.FileField):
    """A file that shows something; None without one."""

    widget = forms.FileInput

    def __init__(self, *, label: Any = None, **options: Any) -> None:
        most = {"most": in_words(LARGEST)}
        words = _("At most %(most)s. It is kept as it is: a photo may tell where it was taken.") % most
        options = {"help_text": words, "required": False, **options}
        super().__init__(label=label or _("A picture or another file"), **options)

    def clean(self, value: Any, initial: Any = None) -> Upload | None:
        found = super().clean(value, initial)
        if not found:
            return None
        if found.size > LARGEST:
            raise forms.ValidationError(too_large(found.size))
        try:
            return taken(found.name, found.read())
        except ValidationError as error:
            raise forms.ValidationError(error.messages) from None


def zone_words() -> str:
    """In which zone a moment is typed. Pages show moments in that of the person's device, which may be another."""
    # This machine's clock will do: all it says here is summer or winter, and forms ask several times.
    name = timezone.localtime().strftime("%Z")
    return _said("Time zone: %(zone)s") % {
        "zone": name if name.isalpha() else timezone.get_current_timezone_name()
    }


class MomentField(forms.DateTimeField):
    """A moment as the browser's own date-and-time field, read in the active time zone, which stands beside it.

    Never in the future.
    """

    widget = forms.DateTimeInput(attrs={"type": "datetime-local", "step": "1"}, format="%Y-%m-%dT%H:%M:%S")
    default_error_messages = {"invalid": _("Give a date and a time, such as 2026-11-21 02:14.")}

    def __init__(self, *, label: Any, required: bool = False, **options: Any) -> None:
        formats = ["%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M"]
        options = {"help_text": lazy(zone_words, str)(), **options}
        super().__init__(label=label, required=required, input_formats=formats, **options)

    def clean(self, value: Any) -> datetime | None:
        at: datetime | None = super().clean(value)
        if at and at.year < 2000:
            raise forms.ValidationError(_("The year is %(year)s. Is that right?"), params={"year": at.year})
        return at
