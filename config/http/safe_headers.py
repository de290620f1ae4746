"""What every answer says to browsers, whoever wrote it: Django, the event stream, a probe, a refused upload.

Pages set their own, stricter or wider; here is what is missing. Referrers stay in the house because some addresses
(one-tap links, resets) are keys.
"""

from __future__ import annotations

from django.conf import settings

from live.asking import Message, Send

SAFE = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
]


def safely(send: Send) -> Send:
    """`send` with the headers that an answer lacks."""
    wanted = list(SAFE)
    if settings.HTTPS:
        wanted.append((b"strict-transport-security", f"max-age={settings.SECURE_HSTS_SECONDS}".encode()))

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            there = {name.lower() for name, _text in message.get("headers", ())}
            more = [pair for pair in wanted if pair[0] not in there]
            message = {**message, "headers": [*message.get("headers", ()), *more]}
        await send(message)

    return sending
