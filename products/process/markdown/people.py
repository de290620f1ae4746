"""Who does what, who is told, when to hotfix and when not, what people get wrong."""

import re

from products.process.markdown.draft import Draft, about, announced, key_of
from products.process.markdown.guesses import Said, Told, Why
from products.process.markdown.reading import Block, Item, Section, Text
from products.process.markdown.words import topic

_DECIDES = re.compile(
    r"decid|approv|decision|final (say|call)|chooses?|owns the call|entscheid|genehmig|"
    r"freigeben",
    re.I,
)
_EXECUTES = re.compile(
    r"execut|implement|deploys?\b|carries out|fixes|writes the (fix|code)|ships|führt|"
    r"setzt um|makes the (fix|change)",
    re.I,
)
_WATCHES = re.compile(r"monitor|watch|observ|infrastructure|keeps an eye|überwach|beobacht", re.I)
_ROLE = re.compile(
    r"\b(?:(?:incident|on-?call|release|product|project|engineering|technical|tech|"
    r"communications?|comms|operations|ops|duty|team|security|site|support|database|"
    r"customer|subject matter|quality|site reliability)[ -]){0,2}"
    r"(?:commander|manager|owner|lead(?:er)?|engineer|officer|liaison|scribe|devops|dba|"
    r"sre|responder|coordinator|expert|developer|maintainer|cto|ceo|qa|support|team|"
    r"tester|decider)\b"
    r"|\b(?:einsatzleit(?:er|erin|ung)|bereitschaft|entwickl(?:er|erin)|"
    r"produktverantwortliche[r]?|teamleit(?:er|erin|ung)|leitung|technik(?:er|erin)?|"
    r"schriftführer(?:in)?|pressestelle)\b|\bdevops\b",
    re.I,
)
_CHANNEL = re.compile(
    r"(?:slack|teams|discord|mattermost|irc|matrix|kanal|channel|chat|"
    r"zulip)\b.{0,40}?#[\w-]{2,}|(?<![\w&/])#[a-z][\w-]{2,}",
    re.I,
)
_CALL = re.compile(
    r"\b(call|bridge|zoom|meet(ing)?\b.*link|conference|telefonkonferenz|phone|war ?room|"
    r"anruf)\b",
    re.I,
)
_REACH = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+|(?<![\d-])(?!\d{4}-\d\d-\d\d)\+?\d[\d ()/-]{6,}\d|@[\w-]{2,}")
_SAID_OF = re.compile(r"^(?P<who>[A-ZÄÖÜ][\w&/ ().-]{1,50}?)\s*(?::|–|—|\s-\s|→|=)\s*(?P<what>.+)$")


def take_lists(draft: Draft) -> None:
    """Lists that a heading or a line above them gives a meaning: use, do not use, do, don't."""
    for section in draft.sections:
        for block in section.blocks:
            if block.kind not in ("list", "prose") or not draft.free(block):
                continue
            kind = announced(block, section)
            if (
                kind in ("use", "not")
                and block.kind == "list"
                and about(section) not in ("steps", "checklist", "contacts")
            ):
                draft.use(section.line)
                _gather(
                    draft,
                    "eligibility",
                    kind,
                    block,
                    "when to use it" if kind == "use" else "when not to use it",
                    20,
                )
            elif (
                block.kind == "list"
                and (kind in ("do", "dont") or about(section) == "mistakes")
                and not _in_step(section)
            ):
                _mistakes(draft, kind, block)


def _in_step(section: Section) -> bool:
    return section.named and topic(section.title) != "mistakes"


def _mistakes(draft: Draft, kind: str, block: Block) -> None:
    """What is said of each line goes before what stands above all of them."""
    for item in block.items:
        said = re.match(
            r"(?:[❌✗🚫]\s*)?(do not|don['’]t|never|avoid|nie(mals)?|nicht|❌|✗|🚫)\b", item.text.text, re.I
        )
        good = re.match(r"(✅|✔|✓|always\b|do\b(?! not)|immer\b)", item.text.text, re.I)
        name = "dont" if said else "do" if good else kind if kind in ("do", "dont") else "dont"
        words = draft.sentence(item.text, "something to do" if name == "do" else "a mistake to avoid")
        if words:
            draft.fit(draft.root.setdefault("mistakes", {}), name, words, 30)
    draft.take(block)


def _gather(draft: Draft, section: str, name: str, block: Block, what: str, limit: int) -> None:
    for item in block.items:
        if words := draft.sentence(item.text, what):
            draft.fit(draft.root.setdefault(section, {}), name, words, limit)
    draft.take(block)


def take_roles(draft: Draft) -> None:
    """From sections of roles and contacts: lists, tables, headings."""
    for section in draft.sections:
        kind = about(section)
        if kind in ("roles", "contacts") and not section.named:
            _role_heading(draft, section)
            for block in section.blocks:
                if draft.free(block):
                    _role_block(draft, section, block, announced(block, section) or kind)


def _role_heading(draft: Draft, section: Section) -> None:
    parent = section.parents[-1] if section.parents else None
    if parent and topic(parent.title) == "roles" and len(section.title) < 60:
        role = _role(draft, section.title, section.line)
        for block in section.blocks:
            for text in [*block.texts, *(item.text for item in block.items)]:
                _duty(draft, role, text.text, text.line)
            if block.kind in ("list", "prose"):
                draft.take(block)


def _role_block(draft: Draft, section: Section, block: Block, kind: str) -> None:
    if block.kind == "table":
        for row in block.rows:
            _told_row(draft, block, row)
        draft.take(block)
        draft.use(section.line)
    for item in block.items:
        if item.inside and not _ROLE.fullmatch(item.text.text.strip(" :")):
            draft.use(item.text.line)
            for inner in item.inside:
                for text in [*inner.texts, *(one.text for one in inner.items)]:
                    _person(draft, text, tell=_tells(item.text.text, kind))
                draft.take(inner)
            if not item.text.text.endswith(":"):
                _person(draft, item.text, tell=False)
        else:
            _person(draft, item.text, tell=_tells("", kind), item=item, roles=kind == "roles")
    if block.kind == "list":
        draft.seen.add(id(block))
    for text in block.texts if block.kind == "prose" else []:
        if _CHANNEL.search(text.text) or _REACH.search(text.text):
            _person(draft, text, tell=False)


def _tells(label: str, kind: str) -> bool:
    if re.search(r"decision|decides?|entscheid|channel|kanal|communication", label, re.I):
        return False
    return kind == "contacts" or bool(
        re.search(r"notify|tell|inform|call|alert|benachrichtig|anruf", label, re.I)
    )


def _person(draft: Draft, text: Text, *, tell: bool, item: Item | None = None, roles: bool = False) -> None:
    """A line about a channel, a call, a role and what it does, or somebody to tell.

    Under a heading of `roles` whoever stands before a colon is one, however the house calls them."""
    said = text.text.strip()
    if not said:
        return
    contacts = draft.root.setdefault("contacts", {})
    if _way_to_meet(draft, contacts, said, text.line):
        return
    duty = _SAID_OF.match(said)
    verb = re.match(rf"(?P<who>{_ROLE.pattern})\s+(?P<what>[a-zäöü]\w+:?\s+.+|[a-z]+(?:es|s))$", said, re.I)
    if verb or (duty and (roles or _ROLE.search(duty["who"]))):
        who, what = (verb["who"], verb["what"]) if verb else (duty["who"], duty["what"])  # type: ignore[index]
        role = _role(draft, who, text.line)
        if _REACH.search(what) or len(what) < 3:
            _tell(draft, role, said, text.line)
        else:
            _duty(draft, role, what, text.line)
            if tell and not verb:
                _tell(draft, role, who, text.line)
    elif tell or _REACH.search(said):
        named = _ROLE.search(said) and len(said) < 60 and not _REACH.search(said)
        _tell(draft, _role(draft, said, text.line) if named else None, said, text.line)
    elif _ROLE.search(said) and len(said) < 60:
        _role(draft, said, text.line)
    else:
        return
    draft.use(text.line)
    for inner in item.inside if item else []:
        for line in [*inner.texts, *(one.text for one in inner.items)]:
            if verb or duty or _ROLE.search(said):
                _duty(draft, _role(draft, said.split(":")[0], text.line), line.text, line.line)


def _way_to_meet(draft: Draft, contacts: Told, said: str, line: int) -> bool:
    """The channel or the call, if the line names one; true when it says nothing else."""
    if channel := _CHANNEL.search(said):
        if "channel" not in contacts:
            contacts["channel"] = Said(
                draft.line(said if ":" in said else channel[0], line), Why("the channel", line)
            )
        draft.use(line)
        return not _ROLE.search(said)
    if _CALL.search(said) and not _ROLE.match(said):
        if "urgent" not in contacts:
            contacts["urgent"] = Said(draft.line(said, line), Why("how what cannot wait is settled", line))
        draft.use(line)
        return True
    return False


def _role(draft: Draft, who: str, line: int) -> Told:
    label = draft.line(re.sub(r"\s*\([^)]*\)", "", who).strip(" :*-–—"), line, 80)
    label = re.sub(r"^(the|der|die|das) ", "", label, flags=re.I) or "Somebody"
    for role in draft.root.get("roles", []):
        if role["label"].casefold() == label.casefold():
            return role  # type: ignore[no-any-return]
    keys = draft.keys("roles") if "roles" in draft.root else []
    role = Told(Why("a role", line), key=key_of(label, keys, "role"), label=label)
    if "team" in label.lower() or "affected" in label.lower():
        role["needed"] = False
    if not draft.add("roles", role, 20):
        return draft.root["roles"][-1]  # type: ignore[no-any-return]
    draft.use(line)
    return role


def _duty(draft: Draft, role: Told, what: str, line: int) -> None:
    for flag, words in (("decides", _DECIDES), ("executes", _EXECUTES), ("watches", _WATCHES)):
        if words.search(what):
            role[flag] = True
    if what.strip():
        why = Why(f"what the {role['label']} does", line)
        draft.fit(role, "responsibilities", Said(draft.line(what[:1].upper() + what[1:], line), why), 20)
    draft.use(line)


def _tell(draft: Draft, role: Told | None, said: str, line: int) -> None:
    contacts = draft.root.setdefault("contacts", {})
    label = draft.line(said, line, 80)
    if label and label not in [one["label"] for one in contacts.get("tell", [])]:
        made = Told(Why("somebody to tell", line), role=role["key"] if role else None, label=label)
        draft.fit(contacts, "tell", made, 20)


def _told_row(draft: Draft, block: Block, row: list[Text]) -> None:
    """Role, name, phone, mail in any order: the first cell says who, the others how to reach them or what they do."""
    cells = [cell for cell in row if cell.text.strip(" -–—")]
    if not cells:
        return
    titles = dict(zip((cell.line * 1000 + at for at, cell in enumerate(row)), block.header, strict=False))
    first = next((cell for cell in cells if _ROLE.search(cell.text)), None)
    role = _role(draft, first.text, first.line) if first and len(first.text) < 60 else None
    reach = [
        cell.text
        for cell in cells
        if cell is not first
        and not re.search(
            r"respons|does|duty|aufgab|task", titles.get(cell.line * 1000 + row.index(cell), ""), re.I
        )
    ]
    for at, cell in enumerate(row):
        if (
            role
            and at < len(block.header)
            and re.search(r"respons|does|duty|aufgab|task", block.header[at], re.I)
            and cell.text
        ):
            _duty(draft, role, cell.text, cell.line)
    if any(_REACH.search(cell.text) for cell in cells) or about_contacts(block):
        who = [first.text] if first else []
        _tell(draft, role, ", ".join([*who, *reach]), cells[0].line)
    for cell in cells:
        if channel := _CHANNEL.search(cell.text):
            draft.root.setdefault("contacts", {}).setdefault(
                "channel", Said(channel[0], Why("the channel", cell.line))
            )


def about_contacts(block: Block) -> bool:
    return bool(
        re.search(r"phone|mail|contact|telefon|slack|name|reach|erreichbar", " ".join(block.header), re.I)
    )


def decide(draft: Draft) -> None:
    deciding = [role for role in draft.root.get("roles", []) if role.get("decides")]
    if rollback := draft.root.get("rollback"):
        if deciding:
            rollback["approved_by"] = deciding[0]["key"]
        executing = next((role for role in draft.root.get("roles", []) if role.get("executes")), None)
        if executing:
            rollback["executed_by"] = executing["key"]
