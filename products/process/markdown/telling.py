"""Words for people outside: who hears what, and when."""

import re

from products.process.markdown.draft import Draft, announced, key_of
from products.process.markdown.guesses import Told, Why
from products.process.markdown.holes import filled
from products.process.markdown.reading import Block, Section
from products.process.markdown.shell import is_command
from products.process.markdown.times import span
from products.process.markdown.words import topic

_LATER = re.compile(r"\blater\b|\bafter\b|\bspäter\b|\bnach\b", re.I)
_WHEN = (
    (re.compile(r"post-?mortem|review|findings|nachbesprech", re.I), "postmortem_published"),
    (
        re.compile(r"resolv|all[- ]clear|over\b|restored|closed?|final|gelöst|entwarnung|behoben", re.I),
        "resolved",
    ),
    (re.compile(r"deploy|released?|shipped|rolled out|live\b|fixed|ausgeliefert", re.I), "deployed"),
    (re.compile(r"mitigat|contain|workaround|identified|eingedämmt", re.I), "mitigated"),
    (re.compile(r"update|progress|ongoing|zwischenstand|status", re.I), "updated"),
    (re.compile(r"roll(ed)? ?back", re.I), "rolled_back"),
    (re.compile(r"start|initial|first|investigat|declar|detect|begin|holding|beginn|erst", re.I), "declared"),
)
_CLAIMS = (
    (
        "deployed_and_verified",
        re.compile(
            r"deployed\W.{0,12}verified|verified.{0,20}(live|production)|ausgeliefert und geprüft", re.I
        ),
    ),
    (
        "no_user_action",
        re.compile(
            r"no (user |customer )?action|nothing (for you )?to do|need not do|kein(e)? (handlung|"
            r"aktion)|nichts (zu )?tun",
            re.I,
        ),
    ),
    (
        "zero_errors",
        re.compile(r"(zero|no|keine) (new )?(errors|fehler)|error[- ]free|without (any )?errors", re.I),
    ),
    ("stable", re.compile(r"\bstable\b|\bsteady\b|\bstabil\b|no (further|new) (problems|issues)", re.I)),
    ("resolved_for_users", re.compile(r"resolved for|fixed for|(wieder|behoben) für", re.I)),
    (
        "restored",
        re.compile(
            r"restored|back to normal|working (normally )?again|läuft wieder|wiederhergestellt|"
            r"up again|operational",
            re.I,
        ),
    ),
)


def take(draft: Draft) -> None:
    """Quotes and blocks of code where messages are spoken of, if they are no commands."""
    for section in draft.sections:
        found = [block for block in section.blocks if _is_message(draft, section, block)]
        for block in found:
            _message(draft, section, block, alone=len(found) == 1)


def _is_message(draft: Draft, section: Section, block: Block) -> bool:
    lines = _spoken(block)
    if (
        block.kind not in ("code", "quote")
        or not draft.free(block)
        or not lines
        or any(map(is_command, lines))
    ):
        return False
    around = [section, *section.parents]
    spoken_of = announced(block, section) in ("messages", "postmortem") or _announces(block)
    return spoken_of or any(topic(one.title) == "messages" for one in around)


def _spoken(block: Block) -> list[str]:
    lines = block.code.split("\n") if block.kind == "code" else [text.text for text in block.texts]
    return [line.strip() for line in lines if line.strip()]


def _announces(block: Block) -> bool:
    words = r"(after|following|upon) (the )?deploy|hours? later|message|template|vorlage|announce|post this|status page"
    return block.label is not None and bool(re.search(words, block.label.text, re.I))


def _message(draft: Draft, section: Section, block: Block, *, alone: bool) -> None:
    label = block.label.text.strip(" :*") if block.label else ""
    spoken = _spoken(block)
    # "24 hours later" says when, not what: then the first line is the better title.
    timed = bool(label) and bool(
        _LATER.search(label) or re.search("immediate|right (after|away)", label, re.I)
    )
    below = any(topic(parent.title) == "messages" for parent in section.parents)
    title = section.title if below and alone and not section.named else label or spoken[0]
    title = spoken[0] if timed else title
    title = re.sub(r"^[^\w\[<]+", "", title).strip() or section.title
    keys = draft.keys("messages") if "messages" in draft.root else []
    follow = timed and span(label) is not None and "follow_up" not in keys
    message = Told(
        Why(f"a message, {label or 'by the words around it'}", block.line),
        key="follow_up" if follow else key_of(title, keys, "message"),
        title=draft.line(title.capitalize() if title.isupper() else title, block.line) or "Message",
        when=_when(f"{label} {section.title}" if label else f"{title} {section.title}", label, spoken[0]),
        audience=_audience(f"{label} {section.title} {title}"),
    )
    for line in spoken:
        draft.fit(message, "body", _body(draft, line, block.line), 30)
    if draft.add("messages", message, 20):
        draft.take(block)
        draft.use(section.line)


def _when(said: str, label: str, first: str) -> dict[str, str]:
    time = span(label) if _LATER.search(label) else None
    event = next((event for words, event in _WHEN if words.search(said)), None) or next(
        (event for words, event in _WHEN if words.search(first)), "declared"
    )
    if time:
        event = "resolved" if re.search("resol|gelöst", label, re.I) else "deployed"
        return {"event": event, "delay": time.text(), "within": "2 h"}
    if event == "deployed":
        return {"event": event, "not_before": "smoke_passed"}
    return {"event": event}


def _audience(said: str) -> str:
    return (
        "internal"
        if re.search(r"internal|team|management|leadership|engineer|intern\b", said, re.I)
        else "users"
    )


def _body(draft: Draft, line: str, at: int) -> Told | str:
    text = re.sub(r"\bfor X\b", "for [users affected]", line)
    named = re.match(r"(Product|Service|Produkt|Dienst|Version)(:\s*)([^\[<{]+)$", text)
    if named:
        text = f"{named[1]}{named[2]}{'[new version]' if named[1] == 'Version' else '[product]'}"
    # "[Resolved for X users]": with its blank filled in, the brackets have nothing left to say.
    words = draft.line(re.sub(r"\[([^\[\]]*\{\w+\}[^\[\]]*)\]", r"\1", filled(draft, text)), at, 200)
    claim = next((claim for claim, said in _CLAIMS if said.search(line)), None)
    if claim:
        return Told(Why(f"said only when it is true: {claim}", at), text=words, claim=claim)
    return words
