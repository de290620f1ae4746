"""Version numbers as people write them: "v1.0.0", "0.1.0+5", and the one a hotfix raises them to (K32, A27)."""

import re
from typing import NamedTuple

_VERSION = re.compile(
    r"[vV]?(?P<major>\d{1,9})\.(?P<minor>\d{1,9})(\.(?P<patch>\d{1,9}))?(\+[0-9A-Za-z.-]+)?"
)


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
