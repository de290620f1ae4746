"""Text copied from a rendered page: bullets and boxes are there, the marks of headings and code are gone.

Puts the marks back, line by line, so that one reader reads both. Blocks stand between empty lines, as pages show them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from products.process.markdown.shell import balanced, is_command

_BULLET = re.compile(r"(\s*)[•·◦▪‣]\s+(.*)")
_BOX = re.compile(r"\s*[□☐☑☒]\s*(.*)")
_ORDERED = re.compile(r"(\s*)(\d{1,3})[.)]\s+(.*)")
_MARKS = re.compile(r"^(#{2,6} |```|~~~|\|?[ :|-]*--[ :|-]*\|)")
_STEP = re.compile(r"(step|phase|stage|schritt)\s+\d+", re.I)
_FIELD = re.compile(r"[A-Z][\w ]{1,24}:\s+\S")
_OFFSET = re.compile(r"T\s*[-+]\s*\d", re.I)

type Line = tuple[str, int]


def is_pasted(lines: list[str]) -> bool:
    """Signs of a rendered page, and none of the marks that Markdown has for headings, code and tables."""
    signs = sum(bool(_BULLET.match(line) or _BOX.match(line)) for line in lines)
    return signs >= 3 and not any(_MARKS.match(line) for line in lines)


@dataclass
class _Page:
    """What has been read so far; `signed`: headings carry a picture, `label`: the last line announces a block."""

    signed: bool
    out: list[Line] = field(default_factory=list)
    label: bool = False
    listing: int = 0
    titled: bool = False
    quoting: bool = False

    def put(self, text: str, line: int) -> None:
        self.out.append((text, line))

    def fence(self, block: list[Line], *, opened: bool = False) -> None:
        self.put("" if opened else "~~~~~~", block[0][1])
        for text, line in block:
            self.put(text, line)
        self.put("~~~~~~", block[-1][1])
        self.put("", block[-1][1])


def marked(lines: list[str]) -> list[Line]:
    """Markdown of such a text, each line with the number of the line it was."""
    blocks = list(_blocks(lines))
    signs = [block for block in blocks if len(block) == 1 and _signed(block[0][0])]
    page = _Page(signed=len(signs) >= 3)
    for block in blocks:
        _block(page, block)
    return page.out


def _blocks(lines: list[str]) -> Iterator[list[Line]]:
    """Lines between empty ones; a quote that is still open in a command holds several together."""
    block: list[Line] = []
    for number, line in enumerate(lines, 1):
        if line.strip() or (block and is_command(_first(block)) and not balanced(block_text(block))):
            block.append((line, number))
        elif block:
            yield block
            block = []
    if block:
        yield block


def block_text(block: list[Line]) -> str:
    return "\n".join(text for text, _line in block)


def _first(block: list[Line]) -> str:
    """The first line that is no remark of the shell."""
    return next((text for text, _line in block if not text.lstrip().startswith("#")), block[0][0])


def _block(page: _Page, block: list[Line]) -> None:
    text, line = block[0]
    announced, page.label = page.label, False
    if _heading(page, block, announced):
        page.quoting, page.listing, page.titled = False, 0, True
        level = 3 if _STEP.match(text.strip()) else 2
        page.put(f"{'#' * level} {text.strip()}", line)
        page.put("", line)
    elif _BULLET.match(text) or _BOX.match(text) or (_ORDERED.match(text) and text[:1].isspace()):
        _list(page, block)
    elif _quoted(page, block, announced):
        if page.quoting:
            del page.out[-2:]  # the same message goes on
        page.fence(block, opened=page.quoting)
        page.quoting = True
    elif _is_code(block):
        page.quoting = False
        page.fence(block)
    else:
        _prose(page, block)


def _quoted(page: _Page, block: list[Line], announced: bool) -> bool:
    """A message: announced by a line that ends with a colon, up to the next such line."""
    if block_text(block).rstrip().endswith(":"):
        page.quoting = False
        return False
    shouted = _signed(block[0][0]) and block[0][0].upper() == block[0][0]
    return (announced and shouted) or page.quoting


def _is_code(block: list[Line]) -> bool:
    text = block[0][0].strip()
    if text.startswith(("# ", "|")) or is_command(text):
        return True
    if re.match(r'"[\w.-]+"\s*:', text) or all(_OFFSET.match(line.strip()) for line, _number in block):
        return True
    return len(block) > 1 and all(_FIELD.match(line) for line, _number in block)


def _heading(page: _Page, block: list[Line], announced: bool) -> bool:
    text = block[0][0].strip()
    if len(block) > 1 or announced or len(text) > 70 or block[0][0][:1].isspace():
        return False
    if _STEP.match(text):
        return True
    if text[-1:] in ".:;,)!?" or "://" in text or is_command(text) or ":" in text:
        return False
    if _signed(text):
        return not (page.quoting and text.upper() == text)
    plain = re.fullmatch(r"[\w&/’' -]+", text) is not None and not re.search(r"\d", text)
    return plain and text[:1].isupper() and not (page.signed and page.titled)


def _signed(text: str) -> bool:
    """Begins with a picture."""
    return bool(text.strip()) and ord(text.strip()[0]) > 0x2300


def _list(page: _Page, block: list[Line]) -> None:
    for text, line in block:
        bullet, box, ordered = _BULLET.match(text), _BOX.match(text), _ORDERED.match(text)
        if ordered:
            page.listing = len(ordered[1])
            page.put(f"{ordered[2]}. {ordered[3]}", line)
            # A blank line, so that a list that is not the first may begin with any number.
            continue
        if bullet:
            deeper = page.listing and len(bullet[1]) > page.listing
            page.put(f"{'    ' if deeper else ''}- {bullet[2]}", line)
        elif box:
            page.put(f"- [ ] {box[1]}", line)
        else:
            page.put(f"  {text.strip()}", line)
    page.put("", block[-1][1])


def _prose(page: _Page, block: list[Line]) -> None:
    page.listing = 0
    for text, line in block:
        # Nothing here is meant as a mark any more; a backslash keeps the first letter what it is.
        bare = text.strip()
        page.put(f"\\{bare}" if bare[:1] in "#>=+|~`" else bare, line)
    page.put("", block[-1][1])
    page.label = block[-1][0].rstrip().endswith(":")
