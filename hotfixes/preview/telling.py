"""What a commit says of itself: that it mends a hole, that it was a hotfix. Words of people; said as "looks like"."""

import re

_SECURITY = re.compile(
    r"\b(CVE-\d{4}-\d{4,8}|GHSA(?:-[0-9a-z]{4}){3}|security|vulnerabilit(?:y|ies)|xss|csrf|ssrf|rce|xxe|"
    r"(?:sql|command|code|header) injection|path traversal|privilege escalation|auth(?:entication|orization)? bypass|"
    r"exploit|sicherheitsl(?:ü|ue)cke)\b",
    re.IGNORECASE,
)
_HOTFIX = re.compile(r"\bhot[- ]?fix\b", re.IGNORECASE)


def security(text: str) -> str:
    """The word that makes it look like a security fix; "" for none. Only the first 4,000 characters are read."""
    found = _SECURITY.search(text[:4000])
    return found[0][:40] if found else ""


def is_hotfix(text: str) -> bool:
    return bool(_HOTFIX.search(text[:4000]))
