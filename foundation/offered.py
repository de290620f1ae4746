"""What a select of a form offers, where only the form's own situation says so."""

from collections.abc import Iterable
from typing import Any, cast

from django.db.models import QuerySet
from django.forms import BaseForm, ChoiceField, ModelChoiceField


def offer(form: BaseForm, name: str, choices: Iterable[tuple[Any, Any]]) -> None:
    """The field `name` of `form`, a ChoiceField, offers `choices`."""
    cast(ChoiceField, form.fields[name]).choices = choices


def offer_rows(form: BaseForm, name: str, rows: QuerySet[Any]) -> None:
    """The field `name` of `form`, a ModelChoiceField, offers `rows`."""
    cast("ModelChoiceField[Any]", form.fields[name]).queryset = rows
