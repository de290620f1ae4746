"""Words for other people's rooms: as long as those take, and ringing nobody whom a title or a log line names. Pure."""

import re
from collections.abc import Callable

ELLIPSIS = "…"
# Breaks a name apart where a program looks for one, and shows nothing.
JOINT = "\u200b"
# `@channel`, `@**all**`, `@<user>`; an address such as ada@example.test stays what it is.
_MENTION = re.compile(r"(?<![\w.+-])@(?=[\w*<!&])")
# Markdown's disguised link.
_DISGUISE = "]("
# A one-tap link, as whoever quotes a message writes it.
_LINK = re.compile(r"/l/[\w%=:.-]{8,}")


def cut(text: str, most: int) -> str:
    """The first `most` bytes in UTF-8, at a character's end, with a sign that something is missing."""
    content = text.encode()
    if len(content) <= most:
        return text
    return content[: max(0, most - len(ELLIPSIS.encode()))].decode(errors="ignore").rstrip() + ELLIPSIS


def fitting(text: str, most: int, pack: Callable[[str], bytes]) -> bytes:
    """What `pack` makes of `text`, cut until that is `most` bytes: quotes and line ends weigh double in JSON."""
    while len(packed := pack(text)) > most and text:
        text = cut(text, max(0, len(text.encode()) - max(200, len(packed) - most)))
    return packed


def short(text: str, most: int) -> str:
    """The first `most` characters."""
    return text if len(text) <= most else text[: most - 1].rstrip() + ELLIPSIS


def harmless(text: str) -> str:
    """Nobody is mentioned and no link disguised by what somebody typed."""
    return _MENTION.sub(f"@{JOINT}", text).replace(_DISGUISE, f"]{JOINT}(")


def without_links(text: str) -> str:
    """What a server quotes of a message stands on the incident's page: the links that act must not."""
    return _LINK.sub("/l/…", text)
