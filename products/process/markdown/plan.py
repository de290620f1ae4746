"""Everything timed: the plan (T+15 …), and a clock for each time that the text gives."""

import re
from collections.abc import Iterator

from products.process.markdown import times
from products.process.markdown.draft import Draft, about, announced, key_of
from products.process.markdown.guesses import Told, Why
from products.process.markdown.reading import Block, Section, Text
from products.process.markdown.words import events
from products.targets import duration_text

_REMEDY = ["hotfix_started", "rollback_started", "mitigated", "deferred", "resolved", "declined"]
_CLOCKS = {
    "acknowledged": ("Acknowledge", "target", "detected_at", ["acknowledged", *_REMEDY]),
    "response": ("Respond", "commitment", "detected_at", _REMEDY),
    "update": ("Update", "target", "declared", ["updated", "resolved"]),
    "total": ("Total time", "target", "detected_at", ["resolved", "declined", "deferred"]),
}
# Times in prose: what a line must say, and the clock it makes: key, label, kind, from, to, a time to wait out.
_PROSE = (
    (
        r"(approv|freigabe|freigeben|sign(ed)?-?off)(?!.*deploy)(?!\s*:)(?=.*\b(within|"
        r"innerhalb|binnen|in under|max)|.*\bin\b)",
        ("approval", "Approve", "target", "review_requested", ["approved"], False),
    ),
    (
        r"(deploy|ship|roll(ed)? ?out|live|auslief).*(approv|freigabe|sign-?off|merge|review)",
        ("deploy", "Deploy after approval", "commitment", "approved", ["deployed", "rolled_back"], False),
    ),
    (
        r"(post-?mortem|retrospective|nachbesprech|review meeting)",
        ("postmortem", "Schedule the postmortem", "commitment", "resolved", ["postmortem_scheduled"], False),
    ),
    (
        r"(monitor|watch|observe|keep an eye|beobacht|überwach|soak).*\b(for|at least|während|"
        r"lang|mindestens|hours?|minutes?|stunden|minuten)",
        ("watch", "Watch", "commitment", "deployed", ["watch_met", "watch_failed"], True),
    ),
    (
        r"(total|overall|insgesamt|gesamt|detection to resol|end to end)",
        ("total", "Total time", "target", "detected_at", ["resolved", "declined", "deferred"], False),
    ),
    (
        r"(acknowledg|pick up the page|bestätig)",
        ("acknowledged", "Acknowledge", "target", "detected_at", ["acknowledged", *_REMEDY], False),
    ),
    (
        r"(update|status|communicat|inform|notify|stakeholder|informier).*\b(every|alle|"
        r"within|innerhalb|each)",
        ("update", "Update", "target", "declared", ["updated", "resolved"], False),
    ),
    (
        r"(mitigat|contain|workaround|eindämm)",
        ("mitigate", "Contain the damage", "target", "detected_at", ["mitigated", "resolved"], False),
    ),
    (
        r"(deploy|ship|auslief)",
        ("deploy", "Deploy", "target", "detected_at", ["deployed", "rolled_back"], False),
    ),
    (
        r"(respond|response|start work|join|reaktion|reagier)",
        ("response", "Respond", "commitment", "detected_at", _REMEDY, False),
    ),
    (
        r"(resol|restor|fix(ed)?\b|behoben|gelöst)",
        ("total", "Total time", "target", "detected_at", ["resolved", "declined", "deferred"], False),
    ),
)
_LIMIT = re.compile(
    r"\b(within|in under|less than|no later than|at most|max(imum)?|every|"
    r"for (at least )?\d|at least|hours?\+|innerhalb|binnen|spätestens|alle \d|"
    r"mindestens)\b"
    r"|\d\+ ?(h|hour|min)|^[^:]{0,40}\b(time|zeit|duration|dauer)\b[^:]{0,20}:|lang\b|"
    r"<\s*\d",
    re.I,
)


def take_marks(draft: Draft) -> None:
    """Lines that begin with T+, wherever they stand: a list, prose, a code block, the first column of a table."""
    marks: dict[int, Told] = {}
    for section in draft.sections:
        for block in section.blocks:
            found = [(text, at) for text in _lines(block) if (at := times.offset(text.text))]
            if len(found) < 2 and not (found and about(section) == "timeline"):
                continue
            for text, (seconds, what) in found:
                _mark(draft, marks, text, seconds, what)
            draft.use(section.line)
            if block.kind == "code" or len(found) == len(list(_lines(block))):
                draft.seen.add(id(block))
    if marks:
        draft.root["marks"] = [marks[seconds] for seconds in sorted(marks)][:40]


def _lines(block: Block) -> Iterator[Text]:
    if block.kind == "code":
        yield from (
            Text(line, block.line + at) for at, line in enumerate(block.code.split("\n")) if line.strip()
        )
    elif block.kind == "table":
        yield from (Text(" ".join(cell.text for cell in row), row[0].line) for row in block.rows if row)
    else:
        yield from block.texts
        yield from (item.text for item in block.items)


def _mark(draft: Draft, marks: dict[int, Told], text: Text, seconds: int, what: str) -> None:
    known: list[dict[str, object]] = []
    for part in re.split(r"\s*(?:,|&|;|\+|\band\b|\bund\b)\s*", what):
        if kinds := events(part):
            label = draft.line(part[:1].upper() + part[1:], text.line, 80)
            known.append({"label": label, "events": kinds})
        elif part:
            draft.cut.append(
                Why(
                    f"At T+{duration_text(seconds) if seconds else '0'}, no event of ours: {part[:100]}",
                    text.line,
                )
            )
    draft.use(text.line)
    if not known:
        return
    at = duration_text(seconds) if seconds else "0"
    if seconds in marks:
        marks[seconds]["what"] = [*marks[seconds]["what"], *known][:6]
    else:
        marks[seconds] = Told(Why(f"the plan at {at}", text.line), at=at, what=known[:6])


def take_clocks(draft: Draft) -> None:
    """A clock for each kind of time that a severity has, and for each that prose gives."""
    targets = {kind for one in draft.root["severities"] for kind in one.get("targets", {})}
    for kind in _CLOCKS:
        if kind in targets:
            label, sort, start, ends = _CLOCKS[kind]
            why = Why("the severities give times for it; from where to where it runs is ours", None)
            clock = Told(why, key=kind, label=label, kind=sort, from_=start, to=list(ends), bounds="house")
            draft.add("clocks", clock, 40)
    for section in draft.sections:
        for block in section.blocks:
            for text in _lines(block):
                _prose(draft, section, block, text)
    _of_postmortem(draft)


def _prose(draft: Draft, section: Section, block: Block, text: Text) -> None:
    said = text.text[:600]
    if times.offset(said) or not _LIMIT.search(said) or not (time := times.span(said)):
        return
    if announced(block, section) == "severity" or (not draft.free(block) and block.kind == "table"):
        return
    where = [
        said,
        *(parent.title for parent in (section, *reversed(section.parents))),
        block.label.text if block.label else "",
    ]
    for candidate in (said, f"{where[-1]} {said}", f"{said} {section.title}"):
        for words, (key, label, kind, start, ends, at_least) in _PROSE:
            if re.search(words, candidate, re.I):
                _clock(
                    draft,
                    text,
                    time,
                    Told(
                        Why(f"a time in prose: {said[:80]}", text.line),
                        key=key,
                        label=label,
                        kind=kind,
                        from_=start,
                        to=list(ends),
                        at_least=at_least or None,
                    ),
                )
                return


def _clock(draft: Draft, text: Text, time: times.Span, clock: Told) -> None:
    clock["target"] = {"within": time.text()}
    if time.earliest and clock["key"] == "total":
        clock["target"]["earliest"] = duration_text(time.earliest)
    if clock["key"] in draft.keys("clocks"):
        return
    if clock["key"] == "watch":
        clock["from"] = (
            "smoke_passed"
            if any("smoke" in s.title.lower() for s in draft.sections) or draft.root.get("smoke")
            else "deployed"
        )
        clock["holds"] = ["close"]
    if clock["key"] in ("approval", "deploy", "watch") and clock["from"] in (
        "review_requested",
        "approved",
        "smoke_passed",
        "deployed",
    ):
        clock["per"] = "remedy"
    if re.search(r"if possible|ideally|should|aim|target|möglichst|wenn möglich", text.text, re.I):
        clock["kind"] = "target"
    clock["bounds"] = "house"
    draft.add("clocks", clock, 40)
    draft.use(text.line)


def _of_postmortem(draft: Draft) -> None:
    if "postmortem" in draft.root and "postmortem" in draft.keys("clocks"):
        draft.root["postmortem"]["clock"] = "postmortem"
    if "deploy" in draft.keys("clocks"):
        draft.root.setdefault("deploy", {})["clock"] = "deploy"


def follow_up(draft: Draft) -> None:
    """A message that goes out long after the deploy has a clock of its own."""
    for message in draft.root.get("messages", []):
        when = message["when"]
        if when.get("delay") and "follow_up" not in draft.keys("clocks"):
            why = Why(
                f"the message {message['title']!r} goes out later; two hours are left for sending it",
                message.why.line,
            )
            time = times.span(when["delay"])
            within = duration_text((time.seconds if time else 0) + 7200)
            draft.add(
                "clocks",
                Told(
                    why,
                    key="follow_up",
                    label="Follow up",
                    kind="target",
                    from_=when["event"],
                    to=[f"message_sent:{message['key']}"],
                    target={"within": within, "origin": "house"},
                ),
                40,
            )


def name_messages(draft: Draft) -> None:
    """`message_sent:follow_up` names a message of this process, or it is any message."""
    keys = {message["key"] for message in draft.root.get("messages", [])}
    late = next(
        (message["key"] for message in draft.root.get("messages", []) if message["when"].get("delay")), None
    )
    for mark in draft.root.get("marks", []):
        for what in mark["what"]:
            what["events"] = [
                kind
                if not kind.startswith("message_sent:") or kind[13:] in keys
                else f"message_sent:{late}"
                if late
                else "message_sent"
                for kind in what["events"]
            ]


def unique(values: list[str]) -> list[str]:
    return list(dict.fromkeys(values))


__all__ = ["follow_up", "key_of", "name_messages", "take_clocks", "take_marks", "unique"]
