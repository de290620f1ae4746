"""What is asked and done afterwards."""

import re

from products.process.markdown.draft import Draft, about, key_of
from products.process.markdown.guesses import Said, Told, Why
from products.process.markdown.reading import Item

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


def take(draft: Draft) -> None:
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
