"""`{% load health %}`: a part's sentence with its moment as the reader's own time."""

from datetime import timedelta

from django import template
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from config.health.parts import Part
from ui import moments
from ui.context import server_now

register = template.Library()


@register.simple_tag
def said(part: Part) -> SafeString:
    """`{% said part %}`: "… has not ticked since 02:14 UTC. …", with the day once it is older than one."""
    words, gap, rest = part.said.partition("%(since)s")
    if not gap or part.since is None:
        return SafeString(conditional_escape(part.summary))
    style = "time" if server_now() - part.since < timedelta(hours=20) else "day"
    shown = mark_safe(moments.moment_html(part.since, style))  # noqa: S308 - its own
    return format_html("{}{}{}", words.replace("%%", "%"), shown, rest.replace("%%", "%"))
