"""What stands below a step: commands, a form to fill in, smoke tests, what to watch, words."""

import re

from products.process.markdown.draft import Draft, key_of
from products.process.markdown.guesses import Told, Why
from products.process.markdown.holes import filled
from products.process.markdown.reading import Block, Item, Text
from products.process.markdown.shell import commands, is_command
from products.process.markdown.times import span
from products.process.markdown.words import check

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


def into(draft: Draft, step: Told, block: Block) -> None:
    """A block below a step: commands, a form, tests, or words."""
    if block.kind == "code":
        code_into(draft, step, block)
    elif block.kind == "table":
        for row in block.rows:
            say(
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
            say(draft, step, text)
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
        type_in(draft, step, code, item.text.text.replace(code, "").strip(" :"), item.text.line)
    if not run:
        say(draft, step, item.text)
    for inner in item.inside:
        into(draft, step, inner)


def say(draft: Draft, step: Told, text: Text) -> None:
    if said := draft.sentence(text, "a line of this step"):
        draft.fit(step, "text", said, 20)
    for code in text.codes:
        if is_command(code) and code != text.text:
            type_in(draft, step, code, "", text.line)


def type_in(draft: Draft, step: Told, run: str, about_: str, line: int) -> None:
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


def code_into(draft: Draft, step: Told, block: Block) -> None:
    lines = block.code.split("\n")
    draft.take(block)
    if not block.code.strip():
        return
    if _form(draft, step, block):
        return
    if any(is_command(line) for line in lines):
        for command in commands(block.code):
            if re.match(r"\s*-\s", command.run):
                say(draft, step, Text(command.run.strip(" -"), block.line + command.line))
            else:
                type_in(draft, step, command.run, command.about, block.line + command.line)
    elif lines[0].startswith("#") and any(re.match(r"\s*[-*] ", line) for line in lines):
        _listed_code(draft, step, block)
    elif lines[0].startswith("|"):
        type_in(
            draft,
            step,
            re.sub(r"\d{4}-\d\d-\d\d", "[date]", lines[0], count=1),
            "The row to add.",
            block.line,
        )
    else:
        for at, line in enumerate(lines):
            if line.strip():
                say(draft, step, Text(line.strip("# "), block.line + at))


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
                say(draft, step, text)
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
