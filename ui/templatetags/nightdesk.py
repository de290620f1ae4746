"""The tags that pages are written with: `{% load nightdesk %}`. What they print is in ui/*.py, tested there."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import template
from django.forms import BoundField
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from ui import clock_face, durations, moments, shapes
from ui import markdown as md
from ui import share as shares
from ui import strip as strips
from ui.context import server_now

register = template.Library()


@register.simple_tag
def chip(tone: str, label: object) -> SafeString:
    """`{% chip severity.mark severity.label %}`; tones: critical high medium low good plain and the states."""
    return shapes.chip_html(str(tone), label)


@register.simple_tag
def verdict(check: Any) -> SafeString:
    """`{% verdict check %}` of a row with a verdict, or of anything with .verdict and .label: "✕ not right"."""
    row = getattr(check, "get_verdict_display", None)
    return shapes.verdict_html(str(check.verdict), row() if row else check.label)


@register.simple_tag
def state(name: str, since: datetime | None = None, now: datetime | None = None) -> SafeString:
    """`{% state target.state %}`, with `since=target.since` also for how long: "■ down 18 min"."""
    span = durations.rough_text(((now or server_now()) - since).total_seconds()) if since else ""
    return shapes.state_html(str(name), span)


@register.simple_tag(takes_context=True)
def moment(context: template.Context, at: datetime | None, style: str = "full", zone: str = "") -> SafeString:
    """`{% moment at "second" %}`; styles full day date time second. The zone is the page's `zone` unless given."""
    return moments.moment_html(at, style, zone or context.get("zone") or "")


@register.simple_tag
def ago(at: datetime | None, now: datetime | None = None) -> SafeString:
    """ "12 s ago", counted on by the script; nothing for None."""
    if at is None:
        return SafeString("")
    text = durations.ago_text(((now or server_now()) - at).total_seconds())
    return format_html(
        '<time datetime="{}" data-ago title="{}">{}</time>', moments.machine(at), moments.utc_text(at), text
    )


@register.simple_tag
def since(at: datetime, now: datetime | None = None) -> SafeString:
    """How long it has been, as a number that ticks: "18:18"."""
    text = durations.clock_text(((now or server_now()) - at).total_seconds())
    return format_html('<span data-since="{}">{}</span>', moments.machine(at), text)


@register.filter
def duration(seconds: float | None) -> str:
    """`{{ seconds|duration }}`: "11:42", "2 h 05"; "–" for None."""
    return "–" if seconds is None else durations.clock_text(seconds)


@register.filter
def left(due: datetime) -> str:
    """How long it is until then, for who reads the page now: "45 min", "3 h 59"."""
    return durations.rough_text(max(0.0, (due - server_now()).total_seconds()))


@register.filter
def minutes_span(minutes: int) -> str:
    """Whole minutes in words: "less than a minute", "35 min", "8 d 23 h"."""
    return durations.rough_text(minutes * 60) if minutes else _("less than a minute")


@register.filter
def span(seconds: float | None) -> str:
    """`{{ monitor.interval_s|span }}`: "12 s", "50 min", "2 h 05"; "–" for None."""
    return "–" if seconds is None else durations.rough_text(seconds)


@register.filter
def percent(value: float | None) -> str:
    """Cut, never rounded up: 99.996 is "99.99 %", and only a whole hundred is "100 %". "–" for None."""
    if value is None:
        return "–"
    return "100 %" if value >= 100 else f"{int(value * 100) / 100:.2f} %"


@register.inclusion_tag("ui/clock.html")
def clock(view: Any, compact: bool = False) -> dict[str, Any]:
    """A clock with its sum. `view` has .clock, .reading and .sum (ui/clock_face.py). `compact`: number and label.

    `view.actions` (.href, .label, .clock), if there are any, stand below the sum.
    """
    return {"face": clock_face.face(view), "compact": compact, "actions": getattr(view, "actions", ())}


@register.inclusion_tag("ui/strip.html")
def strip(
    stretches: Sequence[strips.Stretch],
    count: int = 48,
    legend: bool = True,
    marks: Sequence[strips.Mark] = (),
) -> dict[str, Any]:
    """The uptime strip of `stretches` (start, end, state, detail), which together are the window, with `marks`."""
    if not stretches:
        return {"svg": ""}
    start, end = stretches[0].start, stretches[-1].end
    shown = strips.ticks(stretches, start=start, end=end, count=count)
    zone, lines = timezone.get_current_timezone(), strips.within(stretches, marks or ())
    label = strips.marked(strips.summary(stretches, start=start, end=end), lines, zone)
    return {
        "svg": strips.svg(shown, label, zone, lines),
        "legend": strips.legend(shown, bool(lines)) if legend else "",
        "start": start,
        "end": end,
    }


@register.simple_tag
def share(part: int, whole: int, label: str) -> SafeString:
    """`{% share clock.met clock.n clock.words %}`: a bar that `label` says in words."""
    return shares.svg(part, whole, label)


@register.inclusion_tag("ui/field.html")
def field(bound: BoundField, label: str = "", help: str = "", *, required: bool = False) -> dict[str, Any]:
    """A form field with label, help and error beside it, tied together for screen readers.

    `required`: one cannot go on without it here, whatever the form says of other places.
    """
    return {
        "field": bound,
        "label": label or bound.label,
        "help": help or bound.help_text,
        "kind": getattr(bound.field.widget, "input_type", ""),
        "optional": not (required or bound.field.required),
    }


@register.inclusion_tag("ui/errors.html")
def errors(form: Any) -> dict[str, Any]:
    """What is wrong with a sent form, each a link to its field; put it first in the form. Nothing when all is well."""
    return {"form": form, "fields": [bound for bound in form if bound.errors]}


@register.simple_tag
def server_time() -> str:
    """The web process's clock for the script that ticks: RFC 3339 UTC."""
    return moments.machine(server_now())


@register.filter
def markdown(text: str) -> SafeString:
    """`{{ note|markdown }}`: what a person wrote, as harmless HTML; wrap it in `<div class="prose">`."""
    return md.to_html(text)
