"""What forms say of bad input, in our words: Django's own speak of values that must be ensured.

Read before any form is written (ui/apps.py): a field takes its words when its class is made.
"""

from typing import Any

from django import forms
from django.core import validators
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

LIST = _("Choose one of those that are offered.")
NUMBER = _("Write a whole number, such as 12.")

_FIELDS: dict[type[forms.Field], dict[str, Any]] = {
    forms.Field: {"required": _("Fill this in.")},
    forms.IntegerField: {"invalid": NUMBER},
    forms.FloatField: {"invalid": _("Write a number, such as 1.5.")},
    forms.DecimalField: {"invalid": _("Write a number, such as 1.5.")},
    forms.DateField: {"invalid": _("Write a date, such as 2026-11-21.")},
    forms.DateTimeField: {"invalid": _("Write a date and a time, such as 2026-11-21 02:14.")},
    forms.TimeField: {"invalid": _("Write a time, such as 02:14.")},
    forms.ChoiceField: {"required": _("Choose one."), "invalid_choice": LIST},
    forms.MultipleChoiceField: {"required": _("Choose at least one."), "invalid_choice": LIST, "invalid_list": LIST},
    forms.ModelChoiceField: {"required": _("Choose one."), "invalid_choice": LIST},
    forms.ModelMultipleChoiceField: {
        "required": _("Choose at least one."), "invalid_choice": LIST, "invalid_list": LIST, "invalid_pk_value": LIST,
    },
    forms.URLField: {"invalid": _("Write a whole address, such as https://example.org/page.")},
    forms.EmailField: {"invalid": _("Write a mail address, such as ada@example.org.")},
    forms.FileField: {
        "required": _("Choose a file."),
        "invalid": _("The file did not come along. Choose it again and send once more."),
        "missing": _("The file did not come along. Choose it again and send once more."),
        "empty": _("This file is empty."),
    },
    forms.JSONField: {"invalid": _("This is not JSON.")},
}  # fmt: skip

_VALIDATORS: dict[type[validators.BaseValidator] | type[validators.RegexValidator], Any] = {
    validators.MinValueValidator: _("Write %(limit_value)s or more."),
    validators.MaxValueValidator: _("Write %(limit_value)s or less."),
    validators.MinLengthValidator: ngettext_lazy(
        "At least %(limit_value)d character; this has %(show_value)d.",
        "At least %(limit_value)d characters; this has %(show_value)d.",
        "limit_value",
    ),
    validators.MaxLengthValidator: ngettext_lazy(
        "At most %(limit_value)d character; this has %(show_value)d. Shorten it.",
        "At most %(limit_value)d characters; these are %(show_value)d. Shorten it.",
        "limit_value",
    ),
    validators.URLValidator: _("Write a whole address, such as https://example.org/page."),
}


_attrs = forms.CharField.widget_attrs


def _uncut(field: forms.CharField, widget: forms.Widget) -> dict[str, Any]:
    """No page stops anybody at a limit: a browser cuts what is pasted beyond it without a word. It is refused instead,
    beside its field and whole.
    """
    return {name: value for name, value in _attrs(field, widget).items() if name != "maxlength"}


def use() -> None:
    forms.CharField.widget_attrs = _uncut  # type: ignore[assignment,method-assign]
    for field, words in _FIELDS.items():
        field.default_error_messages = {**field.__dict__.get("default_error_messages", {}), **words}
    for validator, message in _VALIDATORS.items():
        validator.message = message
    validators.EmailValidator.message = _("Write a mail address, such as ada@example.org.")
    validators.ProhibitNullCharactersValidator.message = _(
        "This holds an invisible sign (U+0000). Type it anew."
    )
