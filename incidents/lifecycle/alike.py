"""Whether two sentences seem to be about the same thing. Pure: by the trigrams of their words, so that endings and
slips of the thumb matter little.
"""

import re
import unicodedata

# Below this share of common trigrams two sentences are not alike.
ALIKE = 0.4
_WORD = re.compile(r"\w+")


def likeness(typed: str, known: str) -> float:
    """0 to 1: how much of the shorter one's trigrams the other one has. 0 when fewer than three letters are typed."""
    mine, theirs = _trigrams(typed), _trigrams(known)
    if len("".join(_WORD.findall(typed))) < 3 or not theirs:
        return 0.0
    return len(mine & theirs) / min(len(mine), len(theirs))


def _trigrams(text: str) -> set[str]:
    plain = unicodedata.normalize("NFKC", text).casefold()
    words = _WORD.findall(plain) + _WORD.findall(plain.replace("-", ""))  # "sign-in" is written "signin" too
    padded = (f"  {word} " for word in words)
    return {word[start : start + 3] for word in padded for start in range(len(word) - 2)}
