"""Shape before colour: every state has a sign, a word and a colour of its own (UX.md, WCAG 1.4.1)."""

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
TONES_BY_RANK = {1: "critical", 2: "high", 3: "medium", 4: "low"}


def chip_html(tone: str, label: object) -> SafeString:
    """A chip with the tone's shape (none for "plain") and `label`."""
    shape = SHAPES.get(tone)
    mark = format_html('<span aria-hidden="true">{}</span>', shape) if shape else ""
    return format_html('<span class="chip {}">{}{}</span>', tone, mark, label)


def state_html(state: str, span: str = "") -> SafeString:
    """How a monitor is: "■ down", with `span` "■ down 18 min". A state we do not know is shown as unknown."""
    known = state if state in STATES else "unknown"
    return chip_html(known, f"{_(STATES[known])} {span}".strip())
