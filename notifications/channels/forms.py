"""What every channel's form has. Secrets are never shown again: left empty, the one that is set stays."""

import re
from collections.abc import Collection, Mapping
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from foundation.text import plain_text
from network import locator


def web_address(value: str) -> None:
    """Validator: what network/locator takes, said beside the field."""
    try:
        locator.clean(value)
    except locator.BadUrl as problem:
        raise ValidationError(str(problem)) from problem


def header_word(value: str) -> None:
    """Validator: what can stand in a header, where errors name it whole."""
    if not re.fullmatch(r"[\x21-\x7e]*", value):
        raise ValidationError(
            _("Copy it again: it has neither blanks nor line breaks, only plain characters.")
        )


def host_of(url: str) -> str:
    """What a page may show of an address whose path is a secret: `https://hooks.example.org/…`."""
    parts = urlsplit(locator.clean(url))
    return f"{parts.scheme}://{parts.netloc}/…"


class Secret(forms.CharField):
    """Write-only: the page never gets it back."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            max_length=options.pop("max_length", 1000),
            validators=[plain_text, *options.pop("validators", [])],
            widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
            **options,
        )


class ChannelForm(forms.Form):
    """`secrets` are the fields that are sealed together; the others belong to the row.

    `known`: they are set already, and may stay; `kept` says what an empty field means then, where it needs more words.
    `clearable`: those that it can do without, and the words for forgetting one; `is_set`: which of them are there.
    """

    name = forms.CharField(label=lazy("Name"), max_length=80, validators=[plain_text])
    secrets: tuple[str, ...] = ()
    kept: Mapping[str, Any] = {}
    clearable: Mapping[str, Any] = {}

    def __init__(self, *args: Any, known: bool = False, is_set: Collection[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = known
        if known:
            for name in self.secrets:
                self.fields[name].help_text = self.kept.get(name) or (
                    _("It is set. Leave this empty to keep it.")
                    if self.fields[name].required
                    else _("Leave this empty to keep what is set.")
                )
                self.fields[name].required = False
                if name in self.clearable and name in is_set:
                    forget = forms.BooleanField(label=self.clearable[name], required=False)
                    self.fields[f"forget_{name}"] = forget

    def config(self) -> dict[str, str]:
        """What was typed of the secrets; empty for one that is to be forgotten."""
        typed = {name: self.cleaned_data[name] for name in self.secrets if self.cleaned_data.get(name)}
        forgotten = {name for name in self.clearable if self.cleaned_data.get(f"forget_{name}")}
        return dict.fromkeys(forgotten, "") | typed
