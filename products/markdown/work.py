"""What people do: steps with their commands, the boxes of the checklist, smoke tests and the watch."""

import re

from products.markdown.draft import Draft, about, announced, key_of
from products.markdown.git import filled
from products.markdown.guesses import Said, Told, Why
from products.markdown.reading import Block, Item, Section, Text
from products.markdown.shell import commands, is_command
from products.markdown.times import span
from products.markdown.words import check, events, topic

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
_FIELDS = {
    "issue": "title",
    "title": "title",
    "summary": "title",
    "severity": "severity",
    "priority": "severity",
    "product": "product",
    "service": "product",
    "environment": "environment",
    "impact": "impact",
    "schweregrad": "severity",
    "produkt": "product",
    "umgebung": "environment",
    "auswirkung": "impact",
    "vorfall": "title",
}


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
            _into(draft, last, block)


def _is_message(draft: Draft, section: Section, block: Block) -> bool:
    """Words to send, not to type: a quote or a block without a command, where messages are spoken of."""
    if block.kind == "quote":
        return True
    return (
        block.kind == "code"
        and not any(is_command(line) for line in block.code.split("\n"))
        and announced(block, section) == "messages"
    )


def _listed(draft: Draft, item: Item, phase: str) -> Told | None:
    said = item.text.text
    if item.text.line in draft.ruled:
        return None
    title = said
    run = [code for code in item.text.codes if is_command(code)]
    if run:
        title = re.sub(r"\s*[:–—-]?\s*$", "", said.replace(run[0], "")) if len(run) == 1 else said
    title = draft.line(title, item.text.line) or draft.line(said, item.text.line)
    if not title:
        return None
    step = _made(draft, title, item.text.line, "a line of a numbered list or of a phase", phase)
    for code in run[:12]:
        _command(draft, step, code, "", item.text.line)
    if said != title and not run:
        _say(draft, step, item.text)
    for block in item.inside:
        _into(draft, step, block)
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
            _into(draft, step, block)
    draft.add("steps", step, MOST)


def _into(draft: Draft, step: Told, block: Block) -> None:
    """A block below a step: commands, a form, tests, or words."""
    if block.kind == "code":
        _code(draft, step, block)
    elif block.kind == "table":
        for row in block.rows:
            _say(
                draft,
                step,
                Text(" · ".join(cell.text for cell in row if cell.text), row[0].line if row else block.line),
            )
        draft.take(block)
    else:
        label = block.label.text if block.label else ""
        smoke = block.kind == "list" and re.search(r"smoke|rauchtest|sanity", label, re.I)
        watch = block.kind == "list" and not smoke and re.search(r"monitor|watch|beobacht", label, re.I)
        for text in block.texts:
            _say(draft, step, text)
        for item in block.items:
            if smoke:
                _smoke(draft, item.text)
            elif watch:
                _watch(draft, label, [item.text], item.text.line)
            elif not item.box:
                _below(draft, step, item)
        draft.take(block)


def _below(draft: Draft, step: Told, item: Item) -> None:
    run = [code for code in item.text.codes if is_command(code)]
    for code in run:
        _command(draft, step, code, item.text.text.replace(code, "").strip(" :"), item.text.line)
    if not run:
        _say(draft, step, item.text)
    for inner in item.inside:
        _into(draft, step, inner)


def _say(draft: Draft, step: Told, text: Text) -> None:
    words = step.setdefault("text", [])
    if len(words) < 20 and (said := draft.sentence(text, "a line of this step")):
        words.append(said)
    for code in text.codes:
        if is_command(code) and code != text.text:
            _command(draft, step, code, "", text.line)
    if not words:
        del step["text"]


def _command(draft: Draft, step: Told, run: str, about_: str, line: int) -> None:
    written = filled(draft, run)
    found = step.setdefault("commands", [])
    if len(found) >= 12 or len(written) > 2000:
        draft.cut.append(Why(f"Left out, because it does not fit into the step: {run[:100]}", line))
        return
    names = list(re.findall(r"(?<!\{)\{(\w+)\}(?!\})", written))
    holes = f", with {', '.join(dict.fromkeys(names))} filled in" if names else ""
    workdir = re.match(r"cd ([\w./-]+)\s*&&\s*(.+)$", written, re.S)
    made = Told(
        Why(f"a command{holes}", line),
        run=workdir[2] if workdir else written,
        about=draft.line(about_, line) or None,
    )
    if workdir:
        made["workdir"] = workdir[1]
    found.append(made)
    draft.use(line)


def _code(draft: Draft, step: Told, block: Block) -> None:
    lines = block.code.split("\n")
    draft.take(block)
    if not block.code.strip():
        return
    if _form(draft, step, block):
        return
    if any(is_command(line) for line in lines):
        for command in commands(block.code):
            if re.match(r"\s*-\s", command.run):
                _say(draft, step, Text(command.run.strip(" -"), block.line + command.line))
            else:
                _command(draft, step, command.run, command.about, block.line + command.line)
    elif lines[0].startswith("#") and any(re.match(r"\s*[-*] ", line) for line in lines):
        _listed_code(draft, step, block)
    elif lines[0].startswith("|"):
        _command(
            draft,
            step,
            re.sub(r"\d{4}-\d\d-\d\d", "[date]", lines[0], count=1),
            "The row to add.",
            block.line,
        )
    else:
        for at, line in enumerate(lines):
            if line.strip():
                _say(draft, step, Text(line.strip("# "), block.line + at))


def _form(draft: Draft, step: Told, block: Block) -> bool:
    """`Severity: …`, `Impact: …`: what is to be said of an incident."""
    named = [
        (match[1].lower(), match[2])
        for line in block.code.split("\n")
        if (match := re.match(r"\W*(\w+)\W*:\s*(.*)$", line))
    ]
    fields = [_FIELDS[name] for name, _said in named if name in _FIELDS]
    if len(set(fields)) < 3:
        return False
    order = ("title", "severity", "product", "environment", "impact")
    step["fields"] = [field for field in order if field in fields]
    step.setdefault("checks", ["severity_assessed"])
    for name, said in named:
        setup = draft.root.setdefault("setup", {})
        if _FIELDS.get(name) == "product" and re.search("[/|]", said):
            names = [part.strip(" []") for part in re.split(r"[/|]", said) if part.strip(" []")]
            setup["products"] = [
                Told(Why("a choice in a form", block.line), name=name[:80]) for name in dict.fromkeys(names)
            ][:40]
        if _FIELDS.get(name) == "environment" and re.search("prod", said, re.I):
            setup["environments"] = [
                Told(
                    Why("the environment of the form", block.line),
                    key="production",
                    label="Production",
                    kind="production",
                )
            ]
    return True


def _listed_code(draft: Draft, step: Told, block: Block) -> None:
    """Lists inside a block of code, each below a remark."""
    head, at = "", block.line
    for number, line in enumerate(block.code.split("\n")):
        at = block.line + number
        if line.lstrip().startswith("#"):
            head = line.strip("# ")
            if re.search(r"monitor|watch", head, re.I):
                _watch(draft, head, [], at)
        elif line.strip():
            text = Text(line.strip(" -*"), at)
            if re.search(r"smoke|sanity", head, re.I):
                _smoke(draft, text)
            elif re.search(r"monitor|watch", head, re.I):
                _watch(draft, head, [text], at)
            else:
                _say(draft, step, text)
    step["checks"] = list(
        dict.fromkeys([*step.get("checks", []), *(["smoke"] if draft.root.get("smoke") else [])])
    )[:20] or ["smoke"]


def _smoke(draft: Draft, text: Text) -> None:
    title = draft.line(text.text, text.line)
    keys = draft.keys("smoke") if "smoke" in draft.root else []
    if title:
        draft.add(
            "smoke", Told(Why("a smoke test", text.line), key=key_of(title, keys, "smoke"), title=title), 20
        )
        draft.use(text.line)


def _watch(draft: Draft, head: str, texts: list[Text], line: int) -> None:
    watch = draft.root.setdefault(
        "watch", Told(Why(f"the watch: {head[:60]}", line), from_="deployed", for_="2 h")
    )
    if time := span(head):
        watch["for"] = time.text()
    if draft.root.get("smoke"):
        watch["from"], watch["samples_from"] = "smoke_passed", "deployed"
    for text in texts:
        look = watch.setdefault("look_at", [])
        if len(look) < 20 and text.text.strip():
            look.append(
                Told(
                    Why("what to look at while watching", text.line),
                    title=draft.line(text.text, text.line),
                    check=check(text.text),
                )
            )
            draft.use(text.line)


def join(draft: Draft) -> None:
    """What belongs together: the watch and its clock, a box and its step (by its check), a step and who executes it."""
    clocks = {clock["key"]: clock for clock in draft.root.get("clocks", [])}
    if "watch" in clocks:
        watch = draft.root.setdefault(
            "watch", Told(clocks["watch"].why, from_=clocks["watch"]["from"], for_="2 h")
        )
        watch["for"] = clocks["watch"]["target"]["within"]
        clocks["watch"]["from"] = watch["from"]
    elif watch := draft.root.get("watch"):
        why = Why("the watch takes that long", watch.why.line)
        clock = Told(
            why,
            key="watch",
            label="Watch",
            kind="commitment",
            from_=watch["from"],
            to=["watch_met", "watch_failed"],
            target={"within": watch["for"]},
            at_least=True,
            holds=["close"],
            per="remedy",
            bounds="house",
        )
        draft.add("clocks", clock, 40)
    watching = next((role["key"] for role in draft.root.get("roles", []) if role.get("watches")), None)
    if watching and "watch" in draft.root:
        draft.root["watch"].setdefault("role", watching)
    executing = next((role["key"] for role in draft.root.get("roles", []) if role.get("executes")), None)
    for step in draft.root.get("steps", []):
        named = next(
            (role["key"] for role in draft.root.get("roles", []) if _speaks_of(step, role)), executing
        )
        if named:
            step["role"] = named
    for item in (draft.root.get("checklist") or {}).get("items", []):
        step = next(
            (
                s
                for s in draft.root.get("steps", [])
                if item.get("check") and item["check"] in s.get("checks", [])
            ),
            None,
        )
        if step:
            item["step"] = step["key"]


def _speaks_of(step: Told, role: Told) -> bool:
    return re.match(rf"(the )?{re.escape(role['label'])}\b", step["title"], re.I) is not None
