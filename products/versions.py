"""Version numbers as people write them: "v1.0.0", "0.1.0+5", and the one a hotfix raises them to (K32, A27)."""

import re
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

_VERSION = re.compile(
    r"[vV]?(?P<major>\d{1,9})\.(?P<minor>\d{1,9})(\.(?P<patch>\d{1,9}))?(\+[0-9A-Za-z.-]+)?"
)


# What names of branches and tags may hold as a version: 1.2.3.4, 2026.11.2, 1.4.0-rc.1, r42, 0.1.0+5.
_NAMEABLE = re.compile(r"[0-9A-Za-z]+([._+-][0-9A-Za-z]+)*", re.ASCII)
LONGEST = 80


class Version(NamedTuple):
    """A release: three numbers. `1.4` is read as 1.4.0; the build number behind a plus is not part of it."""

    major: int
    minor: int
    patch: int

    @classmethod
    def parse(cls, text: str) -> "Version | None":
        """None for what is no plain release: a pre-release, a date, words."""
        match = _VERSION.fullmatch(text.strip())
        return cls(*(int(match[part] or 0) for part in cls._fields)) if match else None

    def raised(self, bump: str) -> "Version | None":
        """By the process's `policy.bump`: "patch" or "minor"; None for anything else."""
        if bump == "patch":
            return self._replace(patch=self.patch + 1)
        return self._replace(minor=self.minor + 1, patch=0) if bump == "minor" else None

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}"


def is_nameable(text: str) -> bool:
    """Whether branches and tags can be called by it: one word with a number in it, as git takes it."""
    plain = _NAMEABLE.fullmatch(text) and len(text) <= LONGEST and not text.lower().endswith(".lock")
    return bool(plain) and any(character.isdigit() for character in text)


def check_version(text: str, field: str) -> str:
    """`text` without the space around it; ValidationError on `field` where it is no version. Empty is none."""
    version = text.strip()
    if not version or is_nameable(version):
        return version
    words = {"version": version[:LONGEST]}
    if not re.search(r"[0-9]", version):
        said = _("“%(version)s” is no version: it has no number. Write one such as 0.1.0 or v1.4.2.")
    else:
        said = _(
            "Branches and tags cannot be called by “%(version)s”. Write letters and digits, with dots, dashes or a plus"
            " between them and no space, such as 0.1.0, v1.4.2 or 0.1.0+5."
        )
    raise ValidationError({field: said % words})


def bare(text: str) -> str:
    """A version without the `v` before it and the build number behind it: what tags and messages name (K67)."""
    version = text.strip().partition("+")[0]
    return version[1:] if re.match(r"[vV]\d", version) else version


def lower(one: str, other: str) -> bool | None:
    """Whether version `one` came out before `other`; None where that cannot be told by the numbers alone."""
    first, second = Version.parse(bare(one)), Version.parse(bare(other))
    if bare(one) == bare(other):
        return False
    if first is None or second is None or first == second:
        return None
    return first < second
