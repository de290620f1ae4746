"""The lines of a process text as its reader counts them (YAML's line breaks), and what makes two look alike."""

import re

from products.process.aligning import Effort, matches

_LINE = re.compile("[^\r\n\x85\u2028\u2029]*(?:\r\n|[\r\n\x85\u2028\u2029]|\\Z)")
_END = re.compile("(\r\n|[\r\n\x85\u2028\u2029])\\Z")
_SENT_AS_CR_LF = ("\n", "\r\n", "\r")


def lines(text: str) -> list[str]:
    """With their ends, so that joined they are `text` again; the last one may have none."""
    found = _LINE.findall(text)
    return found[:-1] if found and not found[-1] else found


def without_end(line: str) -> str:
    return _END.sub("", line)


def end(line: str) -> str:
    """Its line end, "" for a last line that has none."""
    match = _END.search(line)
    return match[0] if match else ""


def as_before(sent: str, before: str) -> str:
    """`sent` from a form, with the line ends of `before`: browsers send CR, LF and CR LF all as CR LF.

    A line that stands in both keeps its own end; a new one gets the end that most lines of `before` have. What a
    browser leaves alone (U+2028 and its like) stays as it was sent.
    """
    old, new = lines(before), lines(sent)
    ends = [end(line) for line in old if end(line) in _SENT_AS_CR_LF]
    usual = max(_SENT_AS_CR_LF, key=ends.count) if ends else "\n"
    kept: dict[int, str] = {}
    if len(set(ends)) > 1:
        bare_old, bare_new = [without_end(line) for line in old], [without_end(line) for line in new]
        kept = {b: end(old[a]) for a, b in matches(bare_old, bare_new, Effort())}
    return "".join(
        without_end(line) + _end_of(line, kept.get(position, ""), usual) for position, line in enumerate(new)
    )


def _end_of(line: str, kept: str, usual: str) -> str:
    if end(line) not in _SENT_AS_CR_LF:
        return end(line)
    return kept if kept in _SENT_AS_CR_LF else usual
