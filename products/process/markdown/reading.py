"""Markdown into sections of blocks, each with the line it stands on. The structure is read by markdown-it alone."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from markdown_it import MarkdownIt
from markdown_it.token import Token

_BOX = re.compile(r"(\[[ xX]\]|[□☐☑☒✅]) *(?=\S)")
_BULLET = re.compile(r"[•·◦▪‣*-]\s+")
_NUMBER = re.compile(
    r"(?:(step|phase|stage|part|schritt|stufe)\s+)?(\d{1,2}|[IVX]{1,4}|[A-H])(?:[.):]|"
    r"\s*[-–—:]|(?=\s))\s*",
    re.I,
)

# Blocks only: what stands in a line is read when somebody asks, so that a megabyte stays quick.
_blocks = MarkdownIt("commonmark", {"html": False, "maxNesting": 20}).enable("table")
_blocks.core.ruler.disable("inline")
_inline = MarkdownIt("commonmark", {"html": False, "maxNesting": 20}).enable("strikethrough")


@dataclass(frozen=True)
class Text:
    """A line of prose without its marks; `codes` are the parts in back-ticks, `links` the addresses it leads to."""

    text: str
    line: int
    codes: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    strong: bool = False


@dataclass
class Item:
    """A line of a list; `box` is a check box; `number` that of an ordered list."""

    text: Text
    number: int | None = None
    box: bool = False
    inside: list["Block"] = field(default_factory=list)


@dataclass
class Block:
    """`kind` says which of the others is filled: texts (prose, quote), items (list), header and rows (table), code."""

    kind: str
    line: int
    texts: list[Text] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)
    header: list[str] = field(default_factory=list)
    rows: list[list[Text]] = field(default_factory=list)
    code: str = ""
    info: str = ""
    label: Text | None = None

    def said(self) -> str:
        return "\n".join(text.text for text in self.texts)

    def lines(self) -> Iterator[int]:
        """Of everything in it."""
        yield from (text.line for text in self.texts)
        for item in self.items:
            yield item.text.line
            for block in item.inside:
                yield from block.lines()
        if self.kind == "table":
            yield self.line
            yield from (row[0].line for row in self.rows if row)
        yield from range(self.line, self.line + self.code.count("\n") + 1) if self.kind == "code" else ()


@dataclass
class Section:
    """What stands below one heading, up to the next. Level 0 is what comes before the first."""

    title: str
    level: int
    line: int
    number: str = ""
    named: bool = False  # "Step 3", not only "3."
    parents: tuple["Section", ...] = ()
    blocks: list[Block] = field(default_factory=list)
    last: int = 0


def sections(markdown: str, where: list[int]) -> list[Section]:
    """`where` has the line of the source for each line of `markdown`."""
    reader = _Reader(_blocks.parse(markdown), where)
    found = [Section("", 0, 1)]
    while reader.tokens:
        token = reader.tokens[-1]
        if token.type == "heading_open":
            found.append(_heading(reader, found))
        else:
            found[-1].blocks += reader.block()
    for section in found:
        _label(section)
    return found


def _heading(reader: "_Reader", before: list[Section]) -> Section:
    level, line = int(reader.tokens[-1].tag[1:]), reader.line(reader.tokens[-1])
    texts = reader.until("heading_close")
    title = " ".join(text.text for text in texts)
    parents = [*before[-1].parents, before[-1]]
    while parents and (parents[-1].level >= level or parents[-1].level == 0):
        parents.pop()
    match = _NUMBER.match(without_signs(title))
    rest = without_signs(title)[match.end() :] if match else ""
    number, named = (match[2], bool(match[1])) if match and (rest or match[1]) else ("", False)
    return Section(rest or without_signs(title), level, line, number, named, tuple(parents))


def without_signs(text: str) -> str:
    """Without pictures and signs at its beginning."""
    for at, letter in enumerate(text):
        if letter.isalnum() or letter in "[({<\"'“#/":
            return text[at:].strip()
    return text.strip()


def _label(section: Section) -> None:
    """Gives each block the line of prose before it that announces it: it ends with a colon, or is all bold."""
    label: Text | None = None
    for block in section.blocks:
        block.label = label
        if block.kind == "prose":
            last = block.texts[-1]
            label = last if last.text.endswith(":") or (last.strong and len(last.text) < 80) else None


class _Reader:
    def __init__(self, tokens: list[Token], where: list[int]) -> None:
        self.tokens, self.where = tokens[::-1], where

    def line(self, token: Token, offset: int = 0) -> int:
        number = (token.map[0] if token.map else 0) + offset
        return self.where[min(number, len(self.where) - 1)] if self.where else 1

    def until(self, closing: str) -> list[Text]:
        """The prose up to the token that closes it."""
        texts: list[Text] = []
        while self.tokens and (token := self.tokens.pop()).type != closing:
            if token.type == "inline":
                texts += self.prose(token)
        return texts

    def prose(self, token: Token) -> list[Text]:
        return [
            spoken(raw, self.line(token, number))
            for number, raw in enumerate(token.content.split("\n"))
            if raw.strip()
        ]

    def block(self) -> list[Block]:
        token = self.tokens.pop()
        line = self.line(token)
        if token.type == "paragraph_open":
            return _paragraph(self.until("paragraph_close"), line)
        if token.type in ("fence", "code_block"):
            first = self.line(token, 1 if token.type == "fence" else 0)
            return [Block("code", first, code=token.content.rstrip("\n"), info=token.info.strip())]
        if token.type in ("bullet_list_open", "ordered_list_open"):
            start = int(token.attrs.get("start", 1)) if token.type == "ordered_list_open" else None
            return [Block("list", line, items=self.items(token.type.replace("open", "close"), start))]
        if token.type == "blockquote_open":
            return [Block("quote", line, texts=self.until("blockquote_close"))]
        if token.type == "table_open":
            return [self.table(line)]
        if token.type == "heading_open":
            return _paragraph(self.until("heading_close"), line)
        return []

    def items(self, closing: str, number: int | None) -> list[Item]:
        items: list[Item] = []
        while self.tokens:
            token = self.tokens.pop()
            if token.type == closing:
                break
            if token.type == "list_item_open":
                items.append(self.item(token, number))
                number = None if number is None else number + 1
        return items

    def item(self, opening: Token, number: int | None) -> Item:
        texts: list[Text] = []
        if self.tokens and self.tokens[-1].type == "paragraph_open":
            self.tokens.pop()
            texts = self.until("paragraph_close")
        first, more = (texts[0], texts[1:]) if texts else (Text("", self.line(opening)), [])
        inside = _paragraph(more, first.line)
        while self.tokens and self.tokens[-1].type != "list_item_close":
            inside += self.block()
        if self.tokens:
            self.tokens.pop()
        box = _BOX.match(first.text)
        text = Text(first.text[box.end() :], first.line, first.codes, first.links) if box else first
        return Item(text, number, bool(box), inside)

    def table(self, line: int) -> Block:
        block = Block("table", line)
        row: list[Text] = []
        while self.tokens and (token := self.tokens.pop()).type != "table_close":
            if token.type == "tr_open":
                row, at = [], self.line(token)
            elif token.type == "inline":
                row.append(spoken(token.content, at))
            elif token.type == "tr_close":
                if block.header:
                    block.rows.append(row)
                else:
                    block.header = [cell.text for cell in row]
        return block


def _paragraph(texts: list[Text], line: int) -> list[Block]:
    """Lines that begin with a bullet or a box are a list, however they were typed."""
    if not texts:
        return []
    blocks: list[Block] = []
    for text in texts:
        box, bullet = _BOX.match(text.text), _BULLET.match(text.text)
        kind = "list" if (box and text.text[0] != "✅") or bullet else "prose"
        if not blocks or blocks[-1].kind != kind:
            blocks.append(Block(kind, text.line))
        if kind == "prose":
            blocks[-1].texts.append(text)
            continue
        rest = text.text[(box or bullet).end() :]  # type: ignore[union-attr]
        again = None if box else _BOX.match(rest)
        rest = rest[again.end() :] if again else rest
        item = Item(Text(rest, text.line, text.codes, text.links), box=bool(box or again))
        blocks[-1].items.append(item)
    return blocks


def spoken(raw: str, line: int) -> Text:
    """A line of Markdown without its marks."""
    words: list[str] = []
    codes: list[str] = []
    links: list[str] = []
    tokens = _inline.parseInline(raw.strip()[:4000])
    children = tokens[0].children or [] if tokens else []
    for token in children:
        if token.type == "code_inline":
            codes.append(token.content)
        if token.type == "link_open":
            links.append(str(token.attrs.get("href", "")))
        words.append(" " if token.type in ("softbreak", "hardbreak") else token.content)
    strong = len(children) > 2 and children[0].type == "strong_open" and children[-1].type == "strong_close"
    # A whole line in bold is [open, text, close], sometimes with an empty text around it.
    inner = [token for token in children if token.content or token.type.startswith("strong")]
    strong = bool(inner) and inner[0].type == "strong_open" and inner[-1].type == "strong_close"
    return Text(" ".join("".join(words).split()), line, tuple(codes), tuple(links), strong)
