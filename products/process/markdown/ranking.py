"""Which severity is worse, and what follows from each: work at once, or a later release."""

import re

from products.process.markdown.draft import Draft
from products.process.markdown.guesses import Said, Told, Why
from products.process.markdown.times import release, span

MOST = 12
_RANKS = (
    (1, re.compile(r"critical|blocker|emergency|highest|kritisch|sehr hoch|\burgent|dringend", re.I)),
    (2, re.compile(r"\bhigh\b|major|severe|\bhoch\b|schwer\b", re.I)),
    (3, re.compile(r"medium|moderate|normal|mittel", re.I)),
    (4, re.compile(r"\blow|minor|trivial|cosmetic|niedrig|gering|leicht|informational", re.I)),
)
_MARKS = {1: "critical", 2: "high", 3: "medium", 4: "low"}
_WHOSE = re.compile(
    r"(?P<keys>[A-Za-z]+\d?(?:\s*(?:[/,&+–-]|and|und|or|"
    r"oder)\s*[A-Za-z]+\d?)*)\s*[:=→]+\s*(?P<said>.+)",
    re.S,
)
_LATER = re.compile(r"roadmap|backlog|defer|later|next|schedule|plan|später|nächst|wait", re.I)
_NOW = re.compile(r"immediate|at once|right away|proceed|sofort|now\b|drop everything", re.I)


def house(draft: Draft) -> None:
    why = "no severities were found; these two are ours, put your own here"
    draft.root["severities"] = [
        Told(
            Why(why, None),
            key="HIGH",
            label="High",
            mark="high",
            rank=1,
            proceed="immediately",
            origin="house",
        ),
        Told(
            Why(why, None),
            key="LOW",
            label="Low",
            mark="low",
            rank=4,
            proceed="defer",
            defer_to="next release",
            origin="house",
        ),
    ]


def rank(draft: Draft, found: list[Told]) -> None:
    """Rank and mark by their words, else by their order; the first has the least time, or the order is turned round."""
    seen: set[str] = set()
    kept = [one for one in found if one["key"].casefold() not in seen and not seen.add(one["key"].casefold())]  # type: ignore[func-returns-value]
    times = [span(one.get("targets", {}).get("response", {}).get("within", "")) for one in kept]
    known = [time.seconds for time in times if time]
    turned = len(known) > 1 and known == sorted(known, reverse=True) and known[0] > known[-1]
    for place, one in enumerate(reversed(kept) if turned else kept):
        worded = next((rank for rank, words in _RANKS if words.search(one["label"])), None)
        one["rank"] = worded if worded and not turned else min(4, place + 1)
        one["mark"] = _MARKS[one["rank"]]
    draft.root["severities"] = []
    for one in kept:
        draft.fit(draft.root, "severities", one, MOST)
    for one in kept:
        response = one.get("targets", {}).get("response", {})
        if "milestone" in response:
            one["proceed"], one["defer_to"] = "defer", response["milestone"]
        if one.get("examples"):
            one["examples"] = one["examples"][:20]


def what_follows(draft: Draft) -> None:
    """ "P0/P1: proceed at once. P2/P3: on the roadmap of v1.1." anywhere in prose or lists."""
    keys = {one["key"].upper(): one for one in draft.root["severities"]}
    for section in draft.sections:
        for block in section.blocks:
            for text in [*block.texts, *(item.text for item in block.items)]:
                for part in re.split(r"\.\s+(?=[A-Z])", text.text[:1000]):
                    match = _WHOSE.match(part.strip())
                    named = re.findall(r"[A-Za-z]+\d?", match["keys"]) if match else []
                    if match and named and all(name.upper() in keys for name in named):
                        _proceed(draft, [keys[name.upper()] for name in named], match["said"], text.line)
                if text.line in draft.ruled and "start" not in draft.root:
                    draft.root["start"] = Said(
                        draft.line(text.text, text.line), Why("what follows from the severity", text.line)
                    )


def _proceed(draft: Draft, severities: list[Told], said: str, line: int) -> None:
    for one in severities:
        if _NOW.search(said):
            one["proceed"] = "immediately"
            one.pop("defer_to", None)
        elif _LATER.search(said):
            one["proceed"], one["defer_to"] = "defer", release(said) or "next release"
        else:
            continue
        draft.use(line)
        draft.ruled.add(line)
