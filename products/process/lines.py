"""The lines of a process text as its reader counts them (YAML's line breaks), and what makes two look alike."""

import re
from difflib import SequenceMatcher

_LINE = re.compile("[^\r\n\x85\u2028\u2029]*(?:\r\n|[\r\n\x85\u2028\u2029]|\\Z)")
_END = re.compile("(\r\n|[\r\n\x85\u2028\u2029])\\Z")


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
    """`sent` from a form, with the line ends of `before`: browsers send every line end as CR LF.

    A line that stands in both keeps its own end; a new one gets the end that most lines of `before` have.
    """
    old, new = lines(before), lines(sent)
    ends = [end(line) for line in old if end(line)]
    usual = max(set(ends), key=ends.count) if ends else "\n"
    if len(set(ends)) <= 1:
        return "".join(without_end(line) + (usual if end(line) else "") for line in new)
    bare_old, bare_new = [without_end(line) for line in old], [without_end(line) for line in new]
    kept: dict[int, str] = {}
    for block in SequenceMatcher(None, bare_old, bare_new).get_matching_blocks():
        kept |= {block.b + offset: end(old[block.a + offset]) for offset in range(block.size)}
    return "".join(
        line + (kept.get(position) or usual if end(new[position]) else "")
        for position, line in enumerate(bare_new)
    )
