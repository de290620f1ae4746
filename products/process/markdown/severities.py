"""How bad it is: a table, a list or headings of severities, in whatever columns and words."""

import re

from products.process.markdown import ranking
from products.process.markdown.draft import Draft, about, announced
from products.process.markdown.guesses import Told, Why
from products.process.markdown.reading import Block, Item, Section, Text
from products.process.markdown.times import Span, release, span
from products.process.markdown.words import topic

_CODE = r"(?:SEV(?:ERITY)?|PRIO(?:RITY|RITÄT)?|LEVEL|STUFE|CLASS|KLASSE|TIER|GRADE|[SP])[-\s]?\d{1,2}"
_WORD = (
    r"critical|blocker|urgent|emergency|highest|high|major|severe|medium|moderate|normal|"
    r"low(?:est)?|minor|trivial|cosmetic|informational"
    r"|kritisch|dringend|sehr hoch|hoch|schwer|mittel|normal|niedrig|gering|leicht|sev[er]*"
)
_NAME = re.compile(rf"^\W*(?P<name>{_CODE}|\d{{1,2}}\b|(?:{_WORD})\b)(?P<rest>.*)$", re.I | re.S)
COLUMNS = (
    ("acknowledged", re.compile(r"ack|bestätig|pick ?up|first touch", re.I)),
    ("update", re.compile(r"update|communic|cadence|status|kommunik|meldung", re.I)),
    ("total", re.compile(r"resol|fix|restor|behebung|lösung|wiederherst|mttr|target|repair|close", re.I)),
    ("response", re.compile(r"respon|react|reaktion|antwort|sla|time|zeit|within|frist|start", re.I)),
)
_EXAMPLES = re.compile(
    r"exampl|descri|defin|mean|impact|criteri|beispiel|beschreib|bedeut|auswirk|what|"
    r"symptom|scope|wann",
    re.I,
)
_LABEL = re.compile(r"^(name|label|title|bezeichnung|titel)", re.I)
_WAKE = re.compile(r"wake|page|paging|night|24|nachts|wecken|out of hours", re.I)


def take(draft: Draft) -> None:
    """The first place that names at least two; then what other lines say of them."""
    for look in (_tables, _lists, _headings, _choices):
        if look(draft):
            break
    else:
        ranking.house(draft)
    ranking.what_follows(draft)


def _tables(draft: Draft) -> bool:
    for section in draft.sections:
        for block in section.blocks:
            if block.kind == "table" and (column := _names_in(block, section)) is not None:
                found = [_of_row(draft, block, row, column) for row in block.rows]
                ranking.rank(draft, [one for one in found if one])
                draft.take(block)
                draft.use(section.line)
                _say_columns(draft, block, column)
                return True
    return False


def _names_in(block: Block, section: Section) -> int | None:
    """The column whose cells are names of severities."""
    for column, title in enumerate(block.header):
        cells = [row[column].text for row in block.rows if column < len(row)]
        fitting = [cell for cell in cells if _NAME.match(cell) and not span(cell)]
        if len(fitting) < 2 or len(fitting) * 5 < len(cells) * 4 or len(set(cells)) < len(cells):
            continue
        bare = all(cell.strip().isdigit() for cell in cells)
        titled = topic(title) == "severity" or re.match(r"(sev|prio|level|stufe|p\b)", title.strip(), re.I)
        timed = any(span(cell.text) or release(cell.text) for row in block.rows for cell in row)
        spoken_of = announced(block, section) == "severity"
        # "Level 1, 2, 3" of an escalation is who is called next, not how bad it is.
        if bare and (spoken_of or topic(title) == "severity"):
            return column
        if not bare and (titled or timed or spoken_of):
            return column
    return None


def _of_row(draft: Draft, block: Block, row: list[Text], column: int) -> Told | None:
    cells = dict(zip(block.header, row, strict=False))
    name = _NAME.match(row[column].text)
    if not name:
        return None
    made = _severity(draft, row[column].text, row[column].line, "a row of the table of severities")
    for at, (title, cell) in enumerate(cells.items()):
        if at == column or not cell.text:
            continue
        if _LABEL.match(title) and not span(cell.text):
            made["label"] = draft.line(f"{made['label']} {cell.text}", cell.line, 80)
        elif (kind := _timed(title, cell.text)) and kind not in made.get("targets", {}):
            _target(draft, made, kind, cell.text, cell.line)
        elif _EXAMPLES.search(title):
            made.setdefault("examples", []).extend(_examples(draft, cell.text, cell.line))
        elif _WAKE.search(title):
            made["wake"] = {"answer": "no" if re.match(r"\W*(no|nein|✗|❌|-)", cell.text, re.I) else "yes"}
    return made


def _timed(title: str, cell: str) -> str:
    if not (span(cell) or release(cell)) or _EXAMPLES.search(title):
        return ""
    return next((kind for kind, words in COLUMNS if words.search(title)), "response")


def _say_columns(draft: Draft, block: Block, column: int) -> None:
    for at, title in enumerate(block.header):
        cells = [row[at].text for row in block.rows if at < len(row)]
        known = at == column or _LABEL.match(title) or _EXAMPLES.search(title) or _WAKE.search(title)
        if not known and not any(_timed(title, cell) for cell in cells):
            said = f"The column {title!r} of the severities: {' · '.join(cells)}"
            draft.cut.append(Why(draft.line(said, block.line, 300), block.line))


def _severity(draft: Draft, name: str, line: int, what: str) -> Told:
    words = " ".join(re.sub(r"[—–|:()]+|\s-+\s", " ", name).split()).strip(" -")
    words = re.sub(r"^[^\w<]+", "", words)
    match = _NAME.match(words)
    code = match["name"] if match else words
    letters = re.sub(r"[^A-Za-z0-9]+", "", code.translate(str.maketrans("äöüÄÖÜ", "aouAOU")))[:38]
    key = letters if letters[:1].isalpha() else f"SEV{letters}"
    key = key.upper() if re.fullmatch(_CODE, code, re.I) else key
    draft.use(line)
    label = draft.line(words or key, line, 80)
    return Told(Why(what, line), key=key, label=label, mark="low", rank=1, proceed="immediately")


def _examples(draft: Draft, text: str, line: int) -> list[str]:
    """The parts of a cell; commas inside brackets part nothing."""
    parts = re.split(r"<br\s*/?>|;|,(?![^(]*\))|\s[•·]\s", text)
    return [draft.line(part, line) for part in parts if part.strip(" .")][:20]


def _target(draft: Draft, severity: Told, kind: str, text: str, line: int) -> None:
    time = span(text)
    targets = severity.setdefault("targets", {})
    if time:
        made = Told(Why(f"the time for {kind}: {text[:60]}", line), within=time.text())
        if time.earliest and kind == "total":
            made["earliest"] = Span(time.earliest).text()
        if time.working:
            made["calendar"] = "office"
            _office(draft, line)
        targets[kind] = made
    elif later := release(text):
        targets[kind] = Told(Why(f"the time for {kind}: no hours, a release", line), milestone=later)


def _office(draft: Draft, line: int) -> None:
    if "calendars" not in draft.root:
        hours = dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), "09:00-17:00")
        why = Why(
            "business hours are spoken of and not written out; these hours and this zone are ours", line
        )
        draft.root["calendars"] = [Told(why, key="office", time_zone="UTC", hours=hours, origin="house")]


def _lists(draft: Draft) -> bool:
    for section in draft.sections:
        for block in section.blocks:
            if block.kind != "list" or announced(block, section) != "severity":
                continue
            fitting = [item for item in block.items if _in_item(item)]
            if len(fitting) >= 2 and len(fitting) * 5 >= len(block.items) * 4:
                ranking.rank(draft, [_of_item(draft, item) for item in fitting])
                draft.take(block)
                draft.use(section.line)
                return True
    return False


def _in_item(item: Item) -> re.Match[str] | None:
    words = re.sub(r"^[^\w<]+", "", item.text.text)
    return re.match(
        rf"(?P<name>(?:{_CODE}|\d{{1,2}}|(?:{_WORD})\b)[^:–—(]{{0,30}}?)\s*(?:[:–—]|\s-\s|(?=\()|=)\s*(?P<rest>.*)$",
        words,
        re.I,
    ) or (re.match(rf"(?P<name>{_CODE}|(?:{_WORD}))(?P<rest>)$", words, re.I) if item.inside else None)


def _of_item(draft: Draft, item: Item) -> Told:
    match = _in_item(item)
    name, rest = (match["name"], match["rest"]) if match else (item.text.text, "")
    made = _severity(draft, name, item.text.line, "a line of the list of severities")
    lines = [(rest, item.text.line)]
    for block in item.inside:
        lines += [(text.text, text.line) for text in block.texts]
        lines += [(inner.text.text, inner.text.line) for inner in block.items]
    for text, line in lines:
        _read_line(draft, made, text, line)
    return made


def _read_line(draft: Draft, severity: Told, text: str, line: int) -> None:
    """Prose of one severity: a time in it, and what is left are examples."""
    timed = re.search(r"\(([^()]*)\)\s*\.?$", text)
    clause = timed[1] if timed and (span(timed[1]) or release(timed[1])) else ""
    if not clause and (span(text) or release(text)) and len(text) < 120:
        kind = next((kind for kind, words in COLUMNS if words.search(text)), "response")
        _target(draft, severity, kind, text, line)
        return
    if clause:
        kind = next((kind for kind, words in COLUMNS if words.search(clause)), "response")
        _target(draft, severity, kind, clause, line)
        text = text[: timed.start()] if timed else text
    text = re.sub(rf"^({_EXAMPLES.pattern})\w*\s*:\s*", "", text, flags=re.I)
    if text.strip():
        severity.setdefault("examples", []).extend(_examples(draft, text, line))


def _headings(draft: Draft) -> bool:
    found = [s for s in draft.sections if s.level and (m := _NAME.match(s.title)) and _fits_heading(s, m)]
    levels = [s for s in found if s.level == found[0].level]
    if len(levels) < 2:
        return False
    made = []
    for section in levels:
        one = _severity(draft, section.title, section.line, "a heading that names a severity")
        for block in section.blocks:
            for text in [*block.texts, *(item.text for item in block.items)]:
                _read_line(draft, one, text.text, text.line)
            if block.kind in ("prose", "list", "quote"):
                draft.take(block)
        made.append(one)
    ranking.rank(draft, made)
    draft.use(
        *(
            parent.line
            for section in levels
            for parent in section.parents
            if topic(parent.title) == "severity"
        )
    )
    return True


def _fits_heading(section: Section, match: re.Match[str]) -> bool:
    coded = re.fullmatch(_CODE, match["name"].strip(), re.I) is not None and not match["name"][0].isdigit()
    return coded or (about(section) == "severity" and not match["name"].isdigit() and bool(section.parents))


def _choices(draft: Draft) -> bool:
    """`Severity: CRITICAL / HIGH / MEDIUM` in a form to fill in."""
    for section in draft.sections:
        for block in section.blocks:
            lines = block.code.split("\n") if block.kind == "code" else [text.text for text in block.texts]
            for number, line in enumerate(lines):
                match = re.match(
                    r"\W*(?:severity|priority|schweregrad|priorität)\W*:\s*\[?(.+?)\]?$", line, re.I
                )
                names = [name.strip() for name in re.split(r"[/|,]", match[1])] if match else []
                if len(names) >= 2 and all(_NAME.match(name) for name in names):
                    at = block.line + number
                    ranking.rank(draft, [_severity(draft, name, at, "a choice in a form") for name in names])
                    return True
    return False
