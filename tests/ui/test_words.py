"""Spans, moments, chips: what the tags print."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django import forms
from django.conf import settings
from django.template import Context, Template
from django.utils import timezone

from ui.durations import ago_text, clock_text, rough_text
from ui.moments import moment_html
from ui.shapes import chip_html, state_html
from ui.templatetags.nightdesk import percent

AT = datetime(2026, 11, 21, 1, 16, 40, tzinfo=UTC)


def render(text: str, **context: object) -> str:
    return Template("{% load nightdesk %}" + text).render(Context(context))


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0:00"), (42, "0:42"), (702, "11:42"), (3599.9, "59:59"), (3600, "1 h 00"), (7500, "2 h 05"),
        (172799, "47 h 59"), (172800, "2 d 0 h"), (-250, "4:10"),
    ],
)  # fmt: skip
def test_the_number_of_a_clock(seconds: float, text: str) -> None:
    assert clock_text(seconds) == text


def test_rough_spans_beside_a_moment() -> None:
    assert [rough_text(s) for s in (12, 60, 840, 7500)] == ["12 s", "1 min", "14 min", "2 h 05"]
    assert (ago_text(12), ago_text(-360)) == ("12 s ago", "in 6 min")


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, "–"), (100.0, "100 %"), (99.996, "99.99 %"), (99.9999999, "99.99 %"), (0.0, "0.00 %")],
)
def test_a_percentage_is_never_rounded_up_to_a_hundred(value: float | None, text: str) -> None:
    assert percent(value) == text


def test_a_moment_is_printed_in_its_zone_with_the_name_and_utc_on_hover() -> None:
    assert moment_html(AT, zone="Europe/Berlin") == (
        '<time datetime="2026-11-21T01:16:40.000Z" data-moment="full" title="2026-11-21 01:16:40 UTC">'
        "21 Nov 2026, 02:16 CET</time>"
    )
    assert "02:16:40<" in moment_html(AT, "second", "Europe/Berlin")
    assert render("{% moment at 'time' %}", at=AT, zone="America/New_York").endswith("20:16 EST</time>")
    assert moment_html(None) == "<span>never</span>"


def test_an_hour_of_another_day_has_its_day() -> None:
    now = timezone.now()
    assert 'data-moment="time"' in moment_html(now - timedelta(hours=2), "time")
    old = moment_html(now - timedelta(days=9), "time", "Europe/Berlin")
    assert ('data-moment="day"' in old, f"{now - timedelta(days=9):%b}" in old) == (True, True)


def test_a_moment_of_a_summer_night_has_the_summer_zone() -> None:
    assert moment_html(datetime(2026, 7, 1, 0, 5, tzinfo=UTC), "time", "Europe/Berlin").endswith(
        "02:05 CEST</time>"
    )


def test_a_chip_has_a_shape_for_each_tone_and_escapes_its_words() -> None:
    assert (
        chip_html("critical", "P0 <b>")
        == '<span class="chip critical"><span aria-hidden="true">■</span>P0 &lt;b&gt;</span>'
    )
    assert chip_html("plain", "Active") == '<span class="chip plain">Active</span>'


def test_a_state_says_its_word_and_one_we_do_not_know_is_not_called_up() -> None:
    assert "●</span>up" in state_html("up")
    assert (
        state_html("down", "18 min")
        == '<span class="chip down"><span aria-hidden="true">■</span>down 18 min</span>'
    )
    assert state_html("sideways") == state_html("unknown")


class Form(forms.Form):
    title = forms.CharField(label="What is broken?", help_text="A few words")
    kind = forms.ChoiceField(choices=[("a", "A")], widget=forms.RadioSelect, required=False)
    private = forms.BooleanField(required=False)
    key = forms.CharField(widget=forms.HiddenInput, required=False)


def test_a_field_is_tied_to_its_label_help_and_error() -> None:
    html = render("{% field form.title %}", form=Form({}))
    assert '<label for="id_title">What is broken?</label>' in html
    assert 'aria-describedby="id_title_helptext id_title_error"' in html
    assert 'aria-invalid="true"' in html
    assert '<p class="help" id="id_title_helptext">A few words</p>' in html
    assert '<p class="error" id="id_title_error">Fill this in.</p>' in html


def test_choices_are_chips_a_check_box_has_its_words_behind_it_and_a_hidden_field_has_none() -> None:
    form = Form()
    assert '<label class="choice"><input type="radio"' in render("{% field form.kind %}", form=form)
    assert '<div class="field check">' in render("{% field form.private %}", form=form)
    assert render("{% field form.key %}", form=form).strip() == '<input type="hidden" name="key" id="id_key">'


def test_the_summary_of_errors_leads_to_each_field_and_is_absent_when_all_is_well() -> None:
    html = render("{% errors form %}", form=Form({}))
    assert '<a href="#id_title">What is broken?</a>: Fill this in.' in html
    assert render("{% errors form %}", form=Form({"title": "x"})).strip() == ""


def test_the_face_of_a_clock_escapes_what_a_process_calls_it() -> None:
    from tests.ui.test_clock_face import view

    assert "&lt;script&gt;" in render(
        "{% clock view %}", view=view(key="own", label="<script>", remaining_s=60.0)
    )


def test_no_space_stands_before_a_full_stop() -> None:
    """An included template ends its last line: what follows the tag at once is read after a blank ("15:22 UTC .")."""
    wrong = [
        f"{file.name}: {found[0]}"
        for file in (settings.BASE_DIR / "templates").rglob("*.html")
        for found in re.finditer(r"{% include [^%]*%}[.,;:!?]", file.read_text())
    ]
    assert wrong == []
