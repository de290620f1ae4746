"""Shape before colour: every state has a sign, a word and a colour of its own (WCAG 1.4.1)."""

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

SHAPES = {
    "critical": "■",
    "high": "▲",
    "medium": "◆",
    "low": "◇",
    "good": "✓",
    "up": "●",
    "degraded": "◐",
    "down": "■",
    "flapping": "≋",
    "maintenance": "▨",
    "unknown": "◌",
}
STATES = {
    "up": gettext_noop("up"),
    "degraded": gettext_noop("degraded"),
    "down": gettext_noop("down"),
    "flapping": gettext_noop("flapping"),
    "maintenance": gettext_noop("maintenance"),
    "unknown": gettext_noop("can't tell"),
}
# How a check answered: tone and sign by verdict.
VERDICTS = {
    "PASS": ("good", "✓"),
    "STATED": ("medium", "~"),
    "FAIL": ("critical", "✕"),
    "WARN": ("high", "!"),
    "PENDING": ("plain", "…"),
    "UNKNOWN": ("unknown", "?"),
    "N/A": ("plain", "–"),
}


def chip_html(tone: str, label: object) -> SafeString:
    """A chip with the tone's shape (none for "plain") and `label`."""
    shape = SHAPES.get(tone)
    mark = format_html('<span aria-hidden="true">{}</span>', shape) if shape else ""
    return format_html('<span class="chip {}">{}{}</span>', tone, mark, label)


def verdict_html(verdict: str, label: object) -> SafeString:
    """How a check stands: sign and word. One that we do not know is shown as "can't tell"."""
    tone, sign = VERDICTS.get(verdict, VERDICTS["UNKNOWN"])
    return format_html('<span class="chip {}"><span aria-hidden="true">{}</span>{}</span>', tone, sign, label)


def state_html(state: str, span: str = "") -> SafeString:
    """How a monitor is: "■ down", with `span` "■ down 18 min". A state we do not know is shown as unknown."""
    known = state if state in STATES else "unknown"
    return chip_html(known, f"{_(STATES[known])} {span}".strip())
