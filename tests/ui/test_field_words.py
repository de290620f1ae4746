"""Bad input is told in our words: no form of the house speaks Django's."""

import re
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.urls import get_resolver

# Of Django's own default messages, what would be read: forms/fields.py, forms/models.py, core/validators.py.
DJANGOS = (
    "Ensure ",
    "This field ",
    "Select a valid",
    "Enter a",
    "Null characters",
    "No file",
    "The submitted",
)


def forms_of_the_house() -> list[Any]:
    """All that its pages can show: with the addresses their modules are there."""
    assert get_resolver().url_patterns
    mine = ("accounts", "hotfixes", "incidents", "monitoring", "notifications", "products", "review")
    return [one for one in _below(forms.BaseForm) if one.__module__.partition(".")[0] in mine]


def _below(kind: type[Any]) -> set[Any]:
    return {kind}.union(*map(_below, kind.__subclasses__()))


def test_no_form_speaks_djangos_words() -> None:
    known = forms_of_the_house()
    assert len(known) > 30
    wrong = {
        f"{form.__qualname__}.{name}: {words}"
        for form in known
        for name, field in form.base_fields.items()
        for words in field.error_messages.values()
        if str(words).startswith(DJANGOS)
    }
    assert wrong == set()


@pytest.mark.parametrize(
    ("field", "given", "said"),
    [
        (forms.IntegerField(min_value=0), "-1", "Write 0 or more."),
        (forms.IntegerField(max_value=100), "101", "Write 100 or less."),
        (forms.IntegerField(), "many", "Write a whole number, such as 12."),
        (forms.CharField(), "", "Fill this in."),
        (forms.CharField(max_length=3), "abcd", "At most 3 characters; these are 4. Shorten it."),
        (forms.CharField(min_length=3), "ab", "At least 3 characters; this has 2."),
        (forms.CharField(), "a\x00b", "This holds an invisible sign (U+0000). Type it anew."),
        (forms.EmailField(), "nobody", "Write a mail address, such as ada@example.org."),
        (forms.URLField(assume_scheme="https"), "a b", "Write a whole address, such as https://example.org/page."),
        (forms.ChoiceField(choices=[("a", "A")]), "b", "Choose one of those that are offered."),
        (forms.DateField(), "2026-02-31", "Write a date, such as 2026-11-21."),
    ],
)  # fmt: skip
def test_what_it_says(field: forms.Field, given: str, said: str) -> None:
    with pytest.raises(ValidationError) as refused:
        field.clean(given)
    assert refused.value.messages == [said]


def test_a_page_cuts_nothing_that_is_pasted() -> None:
    """A browser stops at `maxlength` without a word: half of a version, or of a note, was kept as if it were whole."""

    class Pasted(forms.Form):
        version = forms.CharField(max_length=3)
        note = forms.CharField(max_length=3, widget=forms.Textarea)

    assert "maxlength" not in Pasted().as_p()
    assert "<textarea" in Pasted().as_p()
    assert Pasted({"version": "1.2.3", "note": "abcd"}).errors == {
        "version": ["At most 3 characters; these are 5. Shorten it."],
        "note": ["At most 3 characters; these are 4. Shorten it."],
    }


def test_no_page_cuts_by_hand_but_what_it_searches_for() -> None:
    cuts = {
        page.stem
        for page in (Path(settings.BASE_DIR) / "templates").rglob("*.html")
        for box in re.findall(r"<(?:input|textarea)\b[^>]*\bmaxlength=[^>]*>", page.read_text())
        if 'type="search"' not in box
    }
    assert cuts == set()
