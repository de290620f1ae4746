"""A share as a bar: how much of it was well. Pure; printable, without style attributes."""

from django.utils.html import format_html
from django.utils.safestring import SafeString

WIDE, HIGH = 100, 8


def svg(part: int, whole: int, label: str) -> SafeString:
    """What is missing of `whole` is open, with a line through it: it reads without colour. Nothing of nothing."""
    if whole <= 0:
        return SafeString("")
    edge = round(WIDE * part / whole, 1)
    missing = format_html('<path class="missing" d="M{0} 4H{1}"/>', edge, WIDE) if part < whole else ""
    return format_html(
        '<svg class="share" viewBox="0 0 {} {}" preserveAspectRatio="none" role="img" aria-label="{}">'
        '<rect class="part" width="{}" height="{}"/>{}</svg>',
        WIDE, HIGH, label, edge, HIGH, missing,
    )  # fmt: skip
