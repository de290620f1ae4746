"""Every box, in the order of the text, with the line above the first list of them and the line below it."""

import re

from products.process.markdown.draft import Draft, announced
from products.process.markdown.guesses import Said, Told, Why
from products.process.markdown.holes import filled
from products.process.markdown.reading import Block, Item, Section, Text
from products.process.markdown.words import check


def take_checklist(draft: Draft) -> None:
    """Every box, in the order of the text, with the line above and the line below the first list of them."""
    for section in draft.sections:
        for at, block in enumerate(section.blocks):
            boxes = [item for item in _items(block) if item.box]
            listed = block.kind == "list" and announced(block, section) == "checklist" and not section.named
            for item in boxes or (block.items if listed else []):
                _box(draft, item)
            if boxes or listed:
                _around(draft, section, at)
                if all(item.box for item in block.items) or listed:
                    draft.take(block)
                draft.use(section.line)


def _items(block: Block) -> list[Item]:
    return [
        found
        for item in block.items
        for found in [item, *(one for inner in item.inside for one in _items(inner))]
    ]


def _box(draft: Draft, item: Item) -> None:
    title = draft.line(item.text.text, item.text.line)
    if not title:
        return
    checklist = draft.root.setdefault("checklist", Told(Why("the boxes of the text", item.text.line)))
    items = checklist.setdefault("items", [])
    draft.use(item.text.line)
    if len(items) >= 60:
        draft.cut.append(Why(f"Left out, because at most 60 boxes fit: {title}", item.text.line))
        return
    known = check(title)
    items.append(
        Told(
            Why(
                f"a box; {'our check ' + known if known else 'only a person can say that it is done'}",
                item.text.line,
            ),
            title=title,
            check=known,
        )
    )


def _around(draft: Draft, section: Section, at: int) -> None:
    checklist = draft.root.get("checklist")
    if checklist is None:
        return
    before = [
        text for block in section.blocks[:at] if block.kind in ("prose", "code") for text in _lines(block)
    ]
    after = [
        text
        for block in section.blocks[at + 1 : at + 2]
        if block.kind in ("prose", "code")
        for text in _lines(block)
    ]
    for name, texts in (("header", before[-1:]), ("footer", after[:1])):
        for text in texts:
            if re.search(r"\[[^\]]+\]|<[^>]+>|_{2,}", text.text) and name not in checklist:
                blank = re.sub(
                    r"_{2,}",
                    "{minutes}" if re.search("time|zeit|minut", text.text, re.I) else "[…]",
                    text.text,
                )
                kept = filled(draft, blank.replace("{minutes}", "[minutes]"))
                checklist[name] = Said(
                    draft.line(kept, text.line), Why(f"the {name} of the checklist", text.line)
                )
                draft.use(text.line)


def _lines(block: Block) -> list[Text]:
    if block.kind == "code":
        return [Text(line, block.line + at) for at, line in enumerate(block.code.split("\n")) if line.strip()]
    return [*block.texts, *(item.text for item in block.items)]
