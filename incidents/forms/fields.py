"""Fields every form of this app shares.

Text that refuses control characters, a moment in the reader's zone.
"""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from foundation.blobs import LARGEST, Upload, in_words, taken, too_large
from foundation.text import plain_text, single_line
from ui.moment_field import MomentField as MomentField


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
