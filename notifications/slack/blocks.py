"""One message as Slack's blocks. What people typed stands in `plain_text`, where Slack looks for no mention, link or
emoji. Pure."""

from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from notifications.channels.words import harmless, short
from notifications.parcel import Parcel

# Slack: a header 150 characters, a text 3,000, a button 75, a message 50 blocks; the text beside them about 4,000.
HEADER, TEXT, BUTTON, SECTIONS, FALLBACK = 150, 2_900, 75, 8, 700
PRESS = "acknowledge"
OPEN = "open"


def message(parcel: Parcel) -> dict[str, Any]:
    """Without the room. `text` is what a notification and a screen reader say."""
    return {**_shown(parcel), "unfurl_links": False, "unfurl_media": False}


def taken(parcel: Parcel, said: str) -> dict[str, Any]:
    """The same message, which says what became of it; there is nothing to press any more."""
    return _shown(replace(parcel, press=""), said)


def _shown(parcel: Parcel, said: str = "") -> dict[str, Any]:
    buttons = _buttons(parcel)
    first = f"{said}\n" if said else ""
    return {
        "text": plain(short(f"{first}{parcel.subject}\n{parcel.body}", FALLBACK)),
        "blocks": [
            {"type": "header", "text": _words(parcel.subject, HEADER)},
            *[{"type": "section", "text": _words(part, TEXT)} for part in _parts(parcel)],
            *([{"type": "context", "elements": [_words(said, TEXT)]}] if said else []),
            *([{"type": "actions", "elements": buttons}] if buttons else []),
        ],
        # The same at every attempt, for whoever wants to see whether one came twice.
        "metadata": {"event_type": "nightdesk_message", "event_payload": {"id": parcel.uid}},
    }


def plain(text: str) -> str:
    """Nobody is mentioned and nothing linked by what somebody typed (api.slack.com: escape these three)."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return harmless(escaped)


def _parts(parcel: Parcel) -> list[str]:
    text = short(parcel.body.strip(), TEXT * SECTIONS)
    if len(parcel.subject) > HEADER:
        text = f"{parcel.subject}\n{text}"
    parts: list[str] = []
    while text and len(parts) < SECTIONS:
        # At a line's end, if there is one in the second half.
        end = text.rfind("\n", TEXT // 2, TEXT) if len(text) > TEXT else -1
        end = end if end > 0 else TEXT
        parts.append(text[:end])
        text = text[end:].lstrip("\n")
    return [part for part in parts if part.strip()]


def _buttons(parcel: Parcel) -> list[dict[str, Any]]:
    """In a room *Acknowledge* comes back to us with who pressed it; in one's own it is the one-tap link."""
    pressed = [{"action_id": PRESS, "value": parcel.press, "style": "primary", "label": _("Acknowledge")}]
    linked = [
        {"action_id": f"link_{link.verb}", "url": link.url, "label": link.label} for link in parcel.links
    ]
    opened = [{"action_id": OPEN, "url": parcel.url, "label": _("Open")}]
    shown = [*(pressed if parcel.press else []), *linked, *(opened if parcel.url else [])]
    return [{"type": "button", "text": _words(one.pop("label"), BUTTON), **one} for one in shown]


def _words(text: str, most: int) -> dict[str, Any]:
    return {"type": "plain_text", "text": short(text, most), "emoji": False}
