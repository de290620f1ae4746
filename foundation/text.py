"""What a person may type.

Everything but NUL and control characters, which break logs, terminals and PostgreSQL.
"""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

# C0 and C1 controls but tab, line feed and carriage return; the bidirectional overrides can make a line
# read as another one.
_UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def plain_text(value: str) -> None:
    """Validator for every text that people or machines send in.

    Raises ValidationError naming the first unwanted character.
    """
    found = _UNWANTED.search(value)
    if found:
        raise ValidationError(
            _(
                "This contains a control character (U+%(code)s at position %(position)s). Remove it and send again."
            ),
            code="control_character",
            params={"code": f"{ord(found.group()):04X}", "position": found.start() + 1},
        )


def stripped(value: str) -> str:
    """The same text without unwanted characters.

    For what machines sent and nobody can correct (a probe's detail).
    """
    return _UNWANTED.sub("", value)
