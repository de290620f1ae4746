"""What a person may type.

Everything but NUL and control characters, which break logs, terminals and PostgreSQL.
"""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

# C0 and C1 controls but tab, line feed and carriage return; the bidirectional overrides can make a line
# read as another one.
_UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


# Letters and signs that are drawn as nothing: fillers of Hangul, an empty pattern of Braille.
_DRAWN_EMPTY = set("\u115f\u1160\u2800\u3164\uffa0")


def no_controls(value: str) -> None:
    """For the text of a file. Raises ValidationError naming the first unwanted character."""
    found = _UNWANTED.search(value)
    if found:
        raise ValidationError(
            _(
                "This contains a control character (U+%(code)s at position %(position)s). Remove it and send again."
            ),
            code="control_character",
            params={"code": f"{ord(found.group()):04X}", "position": found.start() + 1},
        )


def plain_text(value: str) -> None:
    """Validator for every text that people or machines send in.

    Raises ValidationError naming the first unwanted character, and for what is there and cannot be seen: a link by
    that name could not be found or pressed.
    """
    no_controls(value)
    if value.strip() and not can_be_seen(value):
        raise ValidationError(
            _("This cannot be seen: it holds nothing but invisible characters."), code="unseen"
        )


def can_be_seen(value: str) -> bool:
    """Whether any of it is drawn."""
    return any(_is_seen(character) for character in value)


def _is_seen(character: str) -> bool:
    return character not in _DRAWN_EMPTY and unicodedata.category(character) not in {
        "Cc",
        "Cf",
        "Zs",
        "Zl",
        "Zp",
    }


def single_line(value: str) -> None:
    """Validator for titles and names: a line break or tab would tear lists and messages apart."""
    if any(character in value for character in "\r\n\t"):
        raise ValidationError(_("This must be one line."), code="several_lines")


def stripped(value: str) -> str:
    """The same text without unwanted characters.

    For what machines sent and nobody can correct (a probe's detail). A lone surrogate, which JSON can write and no
    database takes, becomes a question mark.
    """
    return _UNWANTED.sub("", value).encode("utf-8", "replace").decode("utf-8")


def asked(request: HttpRequest, name: str, limit: int = 200) -> str:
    """What the address says for `name`, trimmed and without unwanted characters; "" when it says nothing.

    At most `limit` characters. Every view reads its query string through this: PostgreSQL refuses NUL.
    """
    return stripped(request.GET.get(name, "")).strip()[:limit]
