"""Words for people outside, the ways back, and what is asked afterwards."""

import re

from products.process.markdown.below import code_into
from products.process.markdown.draft import Draft, about, announced, key_of
from products.process.markdown.git import filled
from products.process.markdown.guesses import Said, Told, Why
from products.process.markdown.reading import Block, Item, Section, Text
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
_QUESTION = re.compile(
    r"^(what|why|how|when|who|which|where|was|warum|wie|wann|wer|wieso|did|could)\b.*", re.I
)
_ASKED = re.compile(r"root cause|ursache|missed", re.I)
_QUESTIONS = (
    ("root_cause", re.compile("root cause|ursache", re.I)),
    ("why_not_caught", re.compile("caught|earlier", re.I)),
    ("missed_testing", re.compile("test", re.I)),
)
_ACTIONS = (
    ("test", re.compile(r"\btest|coverage", re.I)),
    ("ci", re.compile(r"\bci\b|pipeline|ci/cd|gate", re.I)),
    ("monitoring", re.compile(r"monitor|alert|observab|überwach", re.I)),
    ("docs", re.compile(r"document|docs\b|run ?book|dokument", re.I)),
    ("process", re.compile(r"recur|happening again|process|prevent|prozess", re.I)),
)
_SHARE = re.compile(r"\bshare|publish|circulate|present|tell the team|teilen", re.I)
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


def take_messages(draft: Draft) -> None:
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


def take_rollback(draft: Draft) -> None:
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


def take_postmortem(draft: Draft) -> None:
    for section in draft.sections:
        if about(section) != "postmortem" or section.named:
            continue
        postmortem = draft.root.setdefault("postmortem", Told(Why("what happens afterwards", section.line)))
        for block in section.blocks:
            if block.kind == "list" and draft.free(block):
                for item in block.items:
                    _afterwards(draft, postmortem, item, block.label.text if block.label else section.title)
                draft.take(block)
            elif block.kind == "prose":
                draft.use(*(text.line for text in block.texts if text.text.endswith(":")))
        draft.use(section.line)


def _afterwards(draft: Draft, postmortem: Told, item: Item, head: str) -> None:
    """A point below a heading such as "Plan prevention": whom to tell, what to do, what to ask, what to talk about."""
    if item.inside and any(block.items for block in item.inside):
        draft.use(item.text.line)
        for block in item.inside:
            for inner in block.items:
                _afterwards(draft, postmortem, inner, item.text.text)
            draft.seen.add(id(block))
        return
    said, line = draft.line(item.text.text, item.text.line), item.text.line
    draft.use(line)
    if not said or item.box:  # a box stands in the checklist already
        return
    spread = re.search(r"communicat|share|findings", head, re.I)
    plan = re.search(r"prevent|action|follow|improve|plan|maßnahm", head, re.I)
    if _SHARE.search(said) or (spread and not _action(said)):
        draft.fit(postmortem, "share", Said(said, Why("who hears of it", line)), 20)
    elif spread or (plan and not re.search("discuss|talk", said, re.I)):
        why = Why("a kind of thing to do", line)
        draft.fit(postmortem, "actions", Told(why, kind=_action(said) or "other", text=said), 20)
    elif (
        _QUESTION.match(said)
        or _ASKED.search(said)
        or re.search(r"document|question|answer|frage", head, re.I)
    ):
        taken = [one["key"] for one in postmortem.get("questions", [])]
        key = next((key for key, words in _QUESTIONS if words.search(said) and key not in taken), None)
        key = key or key_of(said, taken, "question")
        draft.fit(postmortem, "questions", Told(Why("a question for people", line), key=key, text=said), 20)
    else:
        draft.fit(postmortem, "agenda", Said(said, Why("a point of the agenda", line)), 20)


def _action(said: str) -> str | None:
    return next((kind for kind, words in _ACTIONS if words.search(said)), None)


__all__ = ["Section", "take_messages", "take_postmortem", "take_rollback"]
