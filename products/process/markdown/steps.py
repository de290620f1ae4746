"""Which headings and lines of lists are steps, and which are phases."""

import re

from products.process.markdown.below import into, say, type_in
from products.process.markdown.draft import Draft, about, announced, key_of
from products.process.markdown.guesses import Said, Told, Why
from products.process.markdown.reading import Block, Item, Section
from products.process.markdown.shell import is_command
from products.process.markdown.words import check, events, topic

MOST = 40
_SPECIAL = {
    "severity",
    "use",
    "not",
    "mistakes",
    "dont",
    "do",
    "checklist",
    "rollback",
    "postmortem",
    "contacts",
    "roles",
    "timeline",
    "background",
}
_IF_NEEDED = re.compile(
    r"\(?\b(if needed|if required|if necessary|when needed|optional(ly)?|falls nötig|"
    r"bei bedarf|wenn nötig)\b\)?",
    re.I,
)


def take_steps(draft: Draft) -> None:
    """Numbered headings, headings below one that speaks of a process, or numbered lists."""
    headed = [section for section in draft.sections if _is_step(draft, section)]
    listed = not headed or len(headed) < 2
    for section in headed if not listed else []:
        phases = (
            _is_phase(section) and sum(len(b.items) for s in headed for b in s.blocks if _is_phase(s)) <= MOST
        )
        if phases:
            _phase(draft, section, section.title)
        else:
            _step(draft, section)
        draft.use(section.line, *(parent.line for parent in section.parents))
    for section in draft.sections if listed else []:
        kind = about(section)
        if kind in _SPECIAL or any(
            draft.free(block) is False and block.kind == "table" for block in section.blocks
        ):
            continue
        if any(
            block.kind == "list" and draft.free(block) and _ordered(block) for block in section.blocks
        ) or (kind in ("steps", "messages") and section.blocks):
            _phase(draft, section, section.title)
            draft.use(section.line)


def _is_step(draft: Draft, section: Section) -> bool:
    own, parent = topic(section.title), section.parents[-1] if section.parents else None
    if not section.level or not section.blocks or all(not draft.free(block) for block in section.blocks):
        return False
    if section.named:
        return True
    below = parent is not None and topic(parent.title) in ("steps", "mistakes") and parent.level > 1
    if section.number and (below or (parent is not None and parent.level > 1 and not topic(parent.title))):
        return topic(parent.title) == "steps" if parent else True
    if section.number:
        return (own not in _SPECIAL and own != "monitors") or own == "steps"
    return below and own not in _SPECIAL and topic(parent.title) == "steps" if parent else False


def _ordered(block: Block) -> bool:
    return bool(block.items) and block.items[0].number is not None


def _is_phase(section: Section) -> bool:
    """A heading whose lines are steps: only lists below it, and it is not called a step itself."""
    kinds = {block.kind for block in section.blocks}
    return (
        kinds == {"list"}
        and not (section.named and topic(section.title) == "")
        and not re.match("step|schritt", section.title, re.I)
        and not section.named
    )


def _phase(draft: Draft, section: Section, phase: str) -> None:
    last: Told | None = None
    for block in section.blocks:
        if not draft.free(block):
            continue
        if block.kind == "list":
            for item in block.items:
                last = _listed(draft, item, phase) or last
            draft.take(block)
        elif (
            last is not None
            and block.kind in ("code", "prose", "quote")
            and not _is_message(draft, section, block)
        ):
            into(draft, last, block)


def _is_message(draft: Draft, section: Section, block: Block) -> bool:
    """Words to send, not to type: a quote or a block without a command, where messages are spoken of."""
    if block.kind == "quote":
        return True
    return (
        block.kind == "code"
        and not any(is_command(line) for line in block.code.split("\n"))
        and announced(block, section) == "messages"
    )


# A title that ends so would end in the middle: “Deploy with `./deploy.sh`”.
_HANGS = re.compile(r"\b(with|by|via|using|through|in|on|from|to|and|the|mit|durch|über|per)$", re.I)


def _listed(draft: Draft, item: Item, phase: str) -> Told | None:
    said = item.text.text
    if item.text.line in draft.ruled:
        return None
    title = said.rstrip(" :")
    run = [code for code in item.text.codes if is_command(code)]
    if run:
        title = re.sub(r"\s*[:–—-]?\s*$", "", said.replace(run[0], "")) if len(run) == 1 else said
        title = said if _HANGS.search(title) else title
    title = draft.line(title, item.text.line) or draft.line(said, item.text.line)
    if not title:
        return None
    step = _made(draft, title, item.text.line, "a line of a numbered list or of a phase", phase)
    for code in run[:12]:
        type_in(draft, step, code, "", item.text.line)
    if said != title and not run:
        say(draft, step, item.text)
    for block in item.inside:
        into(draft, step, block)
    return step if draft.add("steps", step, MOST) else None


def _made(draft: Draft, title: str, line: int, what: str, phase: str = "") -> Told:
    step = Told(
        Why(what, line),
        key=key_of(title, draft.keys("steps") if "steps" in draft.root else [], "step"),
        title=title,
    )
    if phase:
        step["phase"] = draft.line(phase, line, 80)
    if needed := _IF_NEEDED.search(title):
        rest = " ".join(_IF_NEEDED.sub("", title).split()).strip(" ,:.-")
        step["title"] = rest or title
        step["if_needed"] = Said(
            draft.line(f"Is this needed: {rest or title}?", line),
            Why(f"{needed[0]!r} makes it a question", line),
        )
    known, kinds = check(title), events(title)
    if known:
        step["checks"] = [known]
    ending = [
        kind
        for kind in kinds
        if kind not in ("detected_at", "reported_at") and not kind.startswith("message_sent")
    ]
    if (
        ending
        and re.search(r"branch|merge|tag\b|deploy.*(prod|live)|approv|severity|classif|smoke", title, re.I)
        and not re.search(r"\b(dev|staging|test)\b", title, re.I)
    ):
        step["done_on"] = ending[:1]
    draft.use(line)
    return step


def _step(draft: Draft, section: Section) -> None:
    step = _made(
        draft,
        draft.line(section.title, section.line),
        section.line,
        "a heading with a number or below a process",
    )
    for block in section.blocks:
        if draft.free(block) and not _is_message(draft, section, block):
            into(draft, step, block)
    draft.add("steps", step, MOST)
