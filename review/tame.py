"""Words of people inside a Markdown document of ours: what they typed can break neither its outline nor its lists.

Pure. One line is escaped; several lines of Markdown are quoted, and checked by a Markdown parser: if they would still
make headings, raw HTML, pictures, link definitions or links that could do something, they stand as code.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~!$^])")
_ENTITY = re.compile(r"&(?=#?\w+;)")
_HTML = re.compile(r"<(?=[A-Za-z/!?])")
_HEADING = re.compile(r"^((?:[ \t]*(?:[>*+-]|\d{1,9}[.)]))*[ \t]*)(#{1,6})(?=[ \t]|$)")
_UNDERLINE = re.compile(r"^((?:[ \t]*(?:[>*+-]|\d{1,9}[.)])[ \t])*[ \t]*)([=-])(?=[=-]*[ \t]*$)")
# Where a link may lead: a wiki that takes our document may let a `javascript:` pass that we do not.
_SCHEMES = ("https://", "http://", "mailto:")
_LINK = re.compile(r"\]\((?!\s*<?(?:https?://|mailto:))", re.IGNORECASE)
_WILD = {"heading_open", "html_block", "html_inline", "image"}


def inline(text: object) -> str:
    """One line of plain text as Markdown that reads the same."""
    line = " ".join(str(text).split())
    return _ENTITY.sub(r"\\&", _SPECIAL.sub(r"\\\1", line))


def link(text: object, address: str) -> str:
    """A link to an address of the web; the text alone for any other."""
    if not address.startswith(("https://", "http://")):
        return inline(text)
    safe = re.sub(r"[\s<>\\|`]", lambda found: f"%{ord(found[0]):02X}", address)
    return f"[{inline(text)}](<{safe}>)"


def quote(text: str, indent: str = "") -> str:
    """Several lines of people's Markdown as a quotation, `indent` before each line."""
    tamed = tame(text)
    return "\n".join(f"{indent}> {line}".rstrip() for line in tamed.split("\n"))


def tame(text: str) -> str:
    """The Markdown of `text` without what reaches beyond it."""
    lines = re.sub(r"\r\n?|[\v\f\x1c-\x1e\x85\u2028\u2029]", "\n", text).strip("\n").expandtabs(4)
    if not _is_wild(lines):
        return lines
    mild = _mild(lines)
    return mild if not _is_wild(mild) else _code(lines)


def _any_link(url: str) -> bool:
    """Also what our own reader would leave as text: another one may not."""
    return True


@cache
def _reader() -> MarkdownIt:
    """Raw HTML is understood here, as other readers do: what it would make shows what must go."""
    from markdown_it import MarkdownIt  # 60 modules that few processes need

    reader = MarkdownIt("commonmark", {"html": True, "maxNesting": 40}).enable(["table", "strikethrough"])
    reader.validateLink = _any_link  # type: ignore[method-assign]
    return reader


def _is_wild(text: str) -> bool:
    """As it will stand: in a quotation, after something else."""
    env: dict[str, object] = {}
    quoted = "\n".join(f"> {line}" for line in text.split("\n"))
    tokens = _reader().parse(quoted, env)
    blocks = sum(token.type == "blockquote_open" and token.level == 0 for token in tokens)
    return blocks != 1 or bool(env.get("references")) or any(_tells(token) for token in tokens)


def _tells(token: Token) -> bool:
    if token.type == "link_open" and not str(token.attrs["href"]).lower().startswith(_SCHEMES):
        return True
    return token.type in _WILD or any(_tells(child) for child in token.children or [])


def _mild(text: str) -> str:
    """Escaped where it is not code already."""
    code: set[int] = set()
    for token in _reader().parse(text):
        if token.type in ("fence", "code_block") and token.map:
            code.update(range(*token.map))
    return "\n".join(
        line if number in code else _mild_line(line) for number, line in enumerate(text.split("\n"))
    )


def _mild_line(line: str) -> str:
    line = _HEADING.sub(r"\1\\\2", line)
    line = _UNDERLINE.sub(r"\1\\\2", line)
    line = _LINK.sub(r"]\\(", _HTML.sub("&lt;", line))
    return line.replace("![", r"\![").replace("]:", r"]\:")


def _code(text: str) -> str:
    longest = max((len(found) for found in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}\n{text}\n{fence}"
