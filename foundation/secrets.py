"""Secrets at rest: channels' addresses and keys lie in the database sealed, and a backup leaves the keys out.

`NIGHTDESK_ENCRYPTION_KEYS` is a comma list: the first seals, all of them open, so that a key can be replaced.
"""

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class SecretLost(Exception):
    """None of the keys opens it: made with a key that is gone, or damaged. It must be entered again."""


def seal(text: str) -> str:
    """`text` encrypted and signed, as ASCII. The same text gives another result each time."""
    return _fernet().encrypt(text.encode()).decode("ascii")


def unseal(sealed: str) -> str:
    """What `seal` was given. Raises SecretLost when no key opens it."""
    try:
        return _fernet().decrypt(sealed.encode()).decode()
    except (InvalidToken, UnicodeError) as error:
        raise SecretLost("no key of NIGHTDESK_ENCRYPTION_KEYS opens this secret: enter it again") from error


def opens(sealed: str) -> bool:
    """Whether one of the keys opens it; if not, it has to be entered again."""
    try:
        unseal(sealed)
    except SecretLost:
        return False
    return True


def _fernet() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings.NIGHTDESK_ENCRYPTION_KEYS])
