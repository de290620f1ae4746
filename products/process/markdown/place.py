"""Where the text comes from, what it is for, and what it says of machines: hosts, monitors, parts."""

import datetime
import re
from typing import Any

from products.process.markdown.draft import Draft, about, key_of
from products.process.markdown.guesses import Said, Told, Why
from products.process.markdown.reading import Block, Text
from products.process.markdown.times import span

_DATED = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d)?)\s*([+-]\d\d:?\d\d|Z)?")
_NOT_PURPOSE = re.compile(r":$|^\W*\w+\s?\w*: ")
_UPDATED = re.compile(
    r"(?:last (?:updated|reviewed|changed)|updated|stand|zuletzt (?:geändert|"
    r"aktualisiert))\s*:?\s*\**\s*(\d{4}-\d\d-\d\d)",
    re.I,
)
_COMMIT = re.compile(
    r"^(?P<author>[A-ZÄÖÜ][^:\d]{1,60}?)\s+(?P<commit>[0-9a-f]{7,40})(?:\s+(?P<subject>.+))?$"
)
_PATH = re.compile(r"^(?P<repo>[\w.-]+)/(?P<path>[\w./-]+\.(?:md|markdown|txt|rst))$")
_ADDRESS = re.compile(r"https?://[^\s`<>)\"']+")
_FILE = re.compile(r"(?<![\w:/])/[\w.*-]+(?:/[\w.*-]+)+")
_HOST = re.compile(
    r"\b(?P<what>dev(?:elopment)?|staging|test|prod(?:uction)?|"
    r"live)\b[\w ]{0,20}\(?\s*`?(?P<host>(?:\d{1,3}\.){3}\d{1,3}|"
    r"[a-z0-9][\w-]*(?:\.[\w-]+)+)",
    re.I,
)
_KINDS = {"d": "dev", "s": "staging", "t": "dev", "p": "production", "l": "production"}


def take(draft: Draft, name: str) -> None:
    _head(draft)
    _titles(draft, name)
    for section in draft.sections:
        for block in section.blocks:
            for text in _lines(block):
                _updated(draft, text)
                _host(draft, text)
                _first_release(draft, text)
            if about(section) == "monitors" and not section.named:
                _monitors(draft, block)
                if draft.root.get("setup", {}).get("monitors"):
                    draft.use(section.line)


def _lines(block: Block) -> list[Text]:
    inside = [text for item in block.items for inner in item.inside for text in _lines(inner)]
    return [
        *block.texts,
        *(item.text for item in block.items),
        *inside,
        *(cell for row in block.rows for cell in row),
    ]


def _titles(draft: Draft, name: str) -> None:
    first = next((section for section in draft.sections if section.level), None)
    title = first.title if first and first.level <= 2 and first.title else name
    draft.root["name"] = draft.line(title, first.line if first else None, 120) or "Process"
    if first:
        draft.use(first.line)
    intro = first.blocks[:1] if first else draft.sections[0].blocks[:1]
    for block in intro:
        if block.kind == "prose" and not _NOT_PURPOSE.search(block.texts[0].text) and draft.free(block):
            said = " ".join(text.text for text in block.texts)
            draft.root["purpose"] = Said(draft.line(said, block.line), Why("what it is for", block.line))
            draft.use(*block.lines())


def _head(draft: Draft) -> None:
    """What a forge shows above a file: its path, author and commit, date, length."""
    origin: dict[str, Any] = {}
    for block in draft.sections[0].blocks:
        for text in _lines(block):
            known = _provenance(origin, text.text)
            if known:
                draft.use(text.line)
            elif (
                origin.get("commit")
                and len(origin.setdefault("related", [])) < 20
                and re.search(r"[A-Z_]{4,}\.md", text.text)
            ):
                origin["related"].append(draft.line(text.text, text.line))
                draft.use(text.line)
    if origin:
        draft.root["origin"] = Told(
            Why("where the text comes from", draft.sections[0].line), **{k: v for k, v in origin.items() if v}
        )


def _provenance(origin: dict[str, Any], said: str) -> bool:
    if path := _PATH.match(said):
        origin |= {"repo": path["repo"][:80], "path": path["path"][:200], "format": "Markdown"}
    elif (commit := _COMMIT.match(said)) and re.search(r"\d", commit["commit"]):
        origin |= {
            "author": commit["author"][:80],
            "commit": commit["commit"],
            "subject": (commit["subject"] or "")[:200],
        }
        if item := re.search(r"\b([A-Z]{2,10}-\d{1,6})\b", commit["subject"] or ""):
            origin["work_item"] = item[1]
    elif dated := _DATED.fullmatch(said):
        try:
            origin["date"] = datetime.datetime.fromisoformat(
                f"{dated[1]}T{dated[2]}{dated[3] or '+00:00'}"
            ).isoformat()
        except ValueError:
            return False
    elif size := re.fullmatch(r"[\d.]+ (?:[KM]i?B|bytes)", said):
        origin["size"] = size[0]
    elif lines := re.fullmatch(r"(\d{1,6}) lines(?: \(\d+ sloc\))?", said):
        origin["lines"] = max(1, int(lines[1]))
    else:
        return said in ("Markdown", "Files", "Raw", "Blame", "Preview", "Code", "History")
    return True


def _updated(draft: Draft, text: Text) -> None:
    if match := _UPDATED.search(text.text):
        try:
            day = datetime.date.fromisoformat(match[1])
        except ValueError:
            return
        origin = draft.root.setdefault("origin", Told(Why("where the text comes from", text.line)))
        origin["last_updated"] = Said(day.isoformat(), Why("when it was last changed", text.line))
        draft.use(text.line)


def _host(draft: Draft, text: Text) -> None:
    if not (match := _HOST.search(text.text)) or re.search(r"\.(md|json|ya?ml|sh|txt|py|js)$", match["host"]):
        return
    places = draft.root.setdefault("setup", {}).setdefault("environments", [])
    kind = _KINDS[match["what"][0].lower()]
    place = next((place for place in places if place["kind"] == kind), None)
    if place is None and len(places) < 20:
        label = {"dev": "Dev server", "staging": "Staging", "production": "Production"}[kind]
        place = Told(
            Why(f"an environment and its host: {match[0][:60]}", text.line),
            key=kind,
            label=label,
            kind=kind,
            hosts=[],
        )
        places.append(place)
    if place is not None and match["host"] not in place.setdefault("hosts", []) and len(place["hosts"]) < 20:
        place["hosts"].append(match["host"])


def _first_release(draft: Draft, text: Text) -> None:
    if match := re.search(
        r"(?:after|since|from|nach|seit)\b[^.]{0,20}\b(v?\d+\.\d+\.\d+)\b[^.]{0,12}release|"
        r"first release\W{1,4}(v?\d+\.\d+\.\d+)",
        text.text,
        re.I,
    ):
        draft.root.setdefault("setup", {}).setdefault(
            "first_release", Said(match[1] or match[2], Why("the first release", text.line))
        )
        draft.use(text.line)


def _monitors(draft: Draft, block: Block) -> None:
    texts = [
        *(item.text for item in block.items),
        *(
            Text(
                " ".join(c.text for c in row),
                row[0].line,
                tuple(c for cell in row for c in cell.codes),
                tuple(c for cell in row for c in cell.links),
            )
            for row in block.rows
            if row
        ),
    ]
    for text in texts:
        where = [*text.links, *text.codes, text.text]
        target = next(
            (match[0] for said in where if (match := _ADDRESS.search(said) or _FILE.search(said))), ""
        )
        label = re.split(r"\s*[:–—|]\s|\s-\s", text.text)[0].strip("* ") or text.text
        if not target or not draft.line(label, text.line, 80):
            continue
        monitors = draft.root.setdefault("setup", {}).setdefault("monitors", [])
        if len(monitors) < 40:
            monitors.append(
                _monitor(
                    draft, text, target, draft.line(label, text.line, 80), [one["key"] for one in monitors]
                )
            )
            draft.use(text.line)
    if texts and all(text.line in draft.used for text in texts):
        draft.take(block)


def _monitor(draft: Draft, text: Text, target: str, label: str, taken: list[str]) -> Told:
    kind = (
        "http"
        if target.startswith("http")
        else "soak"
        if re.search("soak|stability", text.text, re.I)
        else "summary"
        if target.endswith(".json")
        else "file"
    )
    monitor = Told(
        Why(f"a monitor, taken for {kind}", text.line),
        key=key_of(label, taken, "monitor"),
        label=label,
        kind=kind,
        target=draft.line(target, text.line),
    )
    for place in draft.root.get("setup", {}).get("environments", []):
        if place["label"].casefold() in text.text.casefold() or any(
            host in text.text for host in place.get("hosts", [])
        ):
            monitor["host"] = place["key"]
    if (every := re.search(r"every[^,.]*", text.text, re.I)) and (time := span(every[0])):
        monitor["every"] = time.text()
    return monitor


def lasting(draft: Draft) -> None:
    """ "Uptime monitor timer running every 5min, 30-day soak test active" said anywhere of a monitor that is named."""
    for monitor in draft.root.get("setup", {}).get("monitors", []):
        word = monitor["label"].split()[0]
        for section in draft.sections:
            for block in section.blocks:
                for text in block.texts:
                    _said_of(draft, monitor, word, text)


def _said_of(draft: Draft, monitor: Told, word: str, text: Text) -> None:
    for part in re.split(r",\s|\.\s", text.text):
        if word.casefold() not in part.casefold() or not (time := span(part)):
            continue
        if re.search("every|alle", part, re.I):
            monitor.setdefault("every", time.text())
        elif monitor["kind"] == "soak":
            monitor.setdefault("lasts", time.text())
        else:
            continue
        draft.use(text.line)
