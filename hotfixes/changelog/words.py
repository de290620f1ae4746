"""Versions and dates inside a line of a changelog."""

import re
from datetime import date

# Possessive, as in version_files.shapes: one pass, whatever stands there. Two numbers at least.
VERSION = r"[vV]?(?P<version>\d{1,9}+(?:\.\d{1,9}+){1,5}+(?:[-._]?+[A-Za-z0-9]++){0,12}+(?:\+[A-Za-z0-9.-]{1,60}+)?)"
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ISO = re.compile(r"(?<!\d)(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)")
_DOTTED = re.compile(r"(?<![\d.])(\d{1,2})\.(\d{1,2})\.(\d{4})(?![\d.])")  # only ever day first
_WORDS = re.compile(
    r"(?:(\d{1,2})(?:st|nd|rd|th|\.)? )?([A-Za-z]{3})[a-z]{0,6}\.? (?:(\d{1,2})(?:st|nd|rd|th)?,? )?(\d{4})"
)
_VERSION = re.compile(VERSION)


def version(text: str) -> str:
    """The version that the whole text is, without its `v`; "" for anything else."""
    found = _VERSION.fullmatch(text)
    is_date = _ISO.fullmatch(text) or _DOTTED.fullmatch(text)
    return found["version"] if found and not is_date else ""


def iso_date(text: str) -> str:
    """The first clear date in `text` as ISO. 05/03/2026 is unclear (May or March?) and gives ""."""
    if found := _ISO.search(text):
        return _real(int(found[1]), int(found[2]), int(found[3]))
    if found := _DOTTED.search(text):
        return _real(int(found[3]), int(found[2]), int(found[1]))
    for found in _WORDS.finditer(text[:300]):
        day, month = found[1] or found[3], found[2].lower()
        if day and month in _MONTHS:
            return _real(int(found[4]), _MONTHS.index(month) + 1, int(day))
    return ""


def _real(year: int, month: int, day: int) -> str:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return ""


def bare(text: str) -> str:
    """A cell or heading without the marks of bold, code and links: `**[1.0.1](url)**` → `1.0.1`."""
    text = re.sub(r"\[([^\[\]]{1,200})\]\([^()]{0,500}\)", r"\1", text[:1000])
    return text.strip().strip("*_`[]").strip()
