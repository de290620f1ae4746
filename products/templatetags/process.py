"""Tags of the pages that show a process: `{% load process %}`."""

from collections.abc import Mapping
from typing import Any

from django import template

from products.models import Process
from products.reading import outline
from products.reading.findings import Findings, adopted

register = template.Library()


@register.filter
def named(key: str | None, names: Mapping[str, str]) -> str:
    """`{{ item.role|named:names.roles }}`: what the key stands for in this document, else the key itself."""
    return names.get(key or "", key or "")


@register.filter
def event(value: str, names: Mapping[str, str]) -> str:
    """`{{ each|event:names.messages }}`: an event in words."""
    return outline.event_words(value, names)


@register.filter
def limit(target: Mapping[str, Any], calendars: Mapping[str, str]) -> str:
    """`{{ clock.target|limit:names.calendars }}`."""
    return outline.limit_words(target, calendars)


@register.filter
def planned(offset: str) -> str:
    """`{{ mark.at|planned }}`: "T+120 min"."""
    return outline.offset_words(offset)


@register.filter
def spaced(key: str | None) -> str:
    """`tests_passed` → "tests passed"."""
    return (key or "").replace("_", " ")


@register.inclusion_tag("products/process/findings.html", takes_context=True)
def beside(context: template.Context, place: str, index: int | None = None) -> dict[str, Any]:
    """`{% beside "steps" forloop.counter0 %}`: the findings of that element; without a number, of the section."""
    where = place if index is None else f"{place}[{index}]"
    return {
        "found": (context.get("findings_at") or {}).get(where, []),
        "process": context.get("process"),
        "version": context.get("version"),
    }


@register.simple_tag
def adopted_findings(process: Process) -> Findings:
    """`{% adopted_findings process as found %}`: what a product takes over with it."""
    return adopted(process)
