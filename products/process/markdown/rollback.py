"""The ways back: options from headings, lists or prose, and what is said of each."""

import re

from products.process.markdown.below import code_into
from products.process.markdown.draft import Draft, about, key_of
from products.process.markdown.guesses import Said, Told, Why
from products.process.markdown.holes import filled
from products.process.markdown.reading import Block, Item, Section, Text
from products.process.markdown.shell import is_command

_KINDS = (
    ("ota", re.compile(r"\bota\b|over[- ]the[- ]air", re.I)),
    ("reflash", re.compile(r"re-?flash|re-?image|re-?install", re.I)),
    ("binary_backup", re.compile(r"backup|\.bak\b|snapshot|sicherung", re.I)),
    ("flag_off", re.compile(r"feature flag|toggle|kill ?switch|flag\b", re.I)),
    ("halt_rollout", re.compile(r"(halt|stop|pause).*roll ?out", re.I)),
    (
        "redeploy",
        re.compile(
            r"re-?deploy|previous (version|release|tag|image|build)|roll(out)? undo|revert|"
            r"rollback|vorige",
            re.I,
        ),
    ),
)


def take(draft: Draft) -> None:
    """A section about the way back: its lists are options when they read as such, else the steps of one."""
    for section in draft.sections:
        if about(section) != "rollback" or section.named:
            continue
        rollback = draft.root.setdefault("rollback", Told(Why("the way back", section.line)))
        for block in section.blocks:
            if not draft.free(block):
                continue
            if block.kind == "prose":
                _rollback_prose(draft, rollback, block, section)
            elif block.kind == "list":
                _options(draft, rollback, block, section)
            elif block.kind == "code":
                option = _one_option(draft, rollback, section)

                code_into(draft, option, block)
                for name in ("text", "fields", "checks"):
                    option.pop(name, None)
        draft.use(section.line)


def _rollback_prose(draft: Draft, rollback: Told, block: Block, section: Section) -> None:
    for text in block.texts:
        if "when" not in rollback and re.search(r"\bif\b|\bwhen\b|\bwenn\b|\bfalls\b", text.text, re.I):
            said = draft.sentence(Text(text.text.rstrip(" :"), text.line), "when to think of the way back")
            if said:
                rollback["when"] = said
        else:
            steps = _one_option(draft, rollback, section).setdefault("steps", [])
            if len(steps) < 20 and (said := draft.sentence(text, "about the way back")):
                steps.append(said)
    draft.take(block)


def _one_option(draft: Draft, rollback: Told, section: Section) -> Told:
    options = rollback.setdefault("options", [])
    if not options:
        options.append(_option(draft, section.title, section.line, []))
    return options[-1]  # type: ignore[no-any-return]


def _option(draft: Draft, title: str, line: int, options: list[Told]) -> Told:
    kind = next((kind for kind, words in _KINDS if words.search(title)), "other")
    option = Told(
        Why(f"a way back, taken for {kind}", line),
        key=key_of(title, [one["key"] for one in options], "option"),
        kind=kind,
        title=draft.line(title, line) or "Roll back",
    )
    if re.search(
        r"data.{0,30}(preserved|kept|safe|intact|survive)|(keep|preserve)s?\b.{0,20}data|"
        r"daten.{0,30}(erhalten|bleiben)",
        title,
        re.I,
    ):
        option["data_preserved"] = "yes"
        note = re.search(r"\(([^)]*data[^)]*)\)", title, re.I)
        option["data_note"] = draft.line(note[1] if note else title, line)
    if re.search(r"data.{0,30}(lost|wiped|erased)|loses? .{0,20}data|datenverlust", title, re.I):
        option["data_preserved"] = "no"
    if re.match(r"(the )?(users?|customers?|operators?|nutzer|kunden)\b", title, re.I):
        option["user_action"] = draft.line(title, line)
    return option


def _options(draft: Draft, rollback: Told, block: Block, section: Section) -> None:
    """Numbered ways back are options; numbered orders ("Stop …", "Run …") are the steps of one."""
    ways = sum(any(words.search(item.text.text) for _kind, words in _KINDS) for item in block.items)
    options = rollback.setdefault("options", [])
    as_steps = ways * 2 < len(block.items) or (
        block.label and re.search("step|schritt", block.label.text, re.I)
    )
    for item in block.items:
        if as_steps:
            option = _one_option(draft, rollback, section)
            _steps(draft, option, item)
        elif len(options) < 12 and item.text.text:
            options.append(_option(draft, item.text.text, item.text.line, options))
            for inner in item.inside:
                for text in [*inner.texts, *(one.text for one in inner.items)]:
                    _steps(draft, options[-1], Item(text))
            for code in item.text.codes:
                if re.search(r"[/\\].*\w", code) and not is_command(code):
                    steps = options[-1].setdefault("steps", [])
                    steps.append(Said(f"Use {code}", Why("a path named there", item.text.line)))
    draft.take(block)


def _steps(draft: Draft, option: Told, item: Item) -> None:
    runs = [code for code in item.text.codes if is_command(code)]
    for code in runs[:12]:
        option.setdefault("commands", []).append(
            Told(Why("a command", item.text.line), run=filled(draft, code))
        )
    steps = option.setdefault("steps", [])
    if len(steps) < 20 and (said := draft.sentence(item.text, "a step of the way back")):
        steps.append(said)
