"""What people wrote into a message: its parts, filled in or still the template's brackets (K24–K28)."""

import re

from products.process.schema.policy import CommitSpec, PartSpec

# What stands where nobody wrote anything yet.
_EMPTY = re.compile(
    r"(?:\[[^\]]*\]|<[^>]*>|\{[^}]*\}|to ?do|tbd|fixme|x{2,}|n/?a|none|[-–—.…?_\s]*)[.!]?", re.IGNORECASE
)
_LABEL = r"[ \t]*(?:[-*+>][ \t]+)?[*_`]{{0,3}}{label}[*_`]{{0,3}}[ \t]*[:：][*_`]{{0,3}}[ \t]*(?P<value>.*)"
_ANY_LABEL = re.compile(r"[ \t]*(?:[-*+>][ \t]+)?[*_`]{0,3}[A-Z][A-Za-z -]{1,30}[*_`]{0,3}[ \t]*[:：]")
_LONGEST = 2_000


def is_filled(text: str) -> bool:
    """Whether somebody wrote something: `[what happened]`, `TODO`, `-` are nothing."""
    return _EMPTY.fullmatch(text.strip()[:_LONGEST]) is None


def begins(prefix: str, subject: str) -> bool:
    """Whether a subject begins as agreed, with something behind: `fix: x`, also `Fix: x`, `fix(web)!: x`."""
    kind = prefix.strip()
    if kind.endswith(":") and kind[:-1].isalpha():
        found = re.fullmatch(
            rf"{re.escape(kind[:-1])}(?:\([^()]{{1,60}}\))?!?:[ \t]*(.*)", subject, re.IGNORECASE
        )
        return bool(found and is_filled(found[1]))
    return subject.casefold().startswith(kind.casefold()) and is_filled(subject[len(kind) :])


def part(spec: PartSpec, message: str) -> str:
    """What a message has for this part: its value, or the fixed line; "" when it is missing or not filled in."""
    lines = [line[:_LONGEST] for line in message.splitlines()]
    if spec.text:
        wanted = spec.text.strip().casefold()
        return next((line.strip() for line in lines if line.strip(" \t*_`#>-").casefold() == wanted), "")
    labelled = re.compile(_LABEL.format(label=re.escape(spec.label)), re.IGNORECASE)
    for number, line in enumerate(lines):
        if found := labelled.fullmatch(line):
            value = found["value"].strip() or _below(lines[number + 1 :])
            if is_filled(value):
                return value
    return ""


def _below(lines: list[str]) -> str:
    """The paragraph under a label that has nothing beside it."""
    text: list[str] = []
    for line in lines:
        if _ANY_LABEL.match(line) or (text and not line.strip()):
            break
        text += [line.strip()] if line.strip() else []
    return " ".join(text)


def lacking(spec: CommitSpec, subject: str, message: str) -> list[str]:
    """What the message lacks, in the process's words; [] when it is complete."""
    message = _parted(spec, message)
    missing = [] if not spec.subject or begins(spec.subject, subject) else [spec.subject.strip()]
    return missing + [one.text or f"{one.label}:" for one in spec.parts if not part(one, message)]


def _parted(spec: CommitSpec, message: str) -> str:
    """Without an empty line after the subject git takes all of it for the subject, on one line: the parts are in it."""
    subject, line, rest = message.partition("\n")
    subject = subject[:_LONGEST]
    for one in spec.parts:
        if one.text:
            subject = re.sub(
                rf" ({re.escape(one.text.strip())})(?= |\Z)", r"\n\1\n", subject, flags=re.IGNORECASE
            )
        else:
            subject = re.sub(
                rf"[ \n]({re.escape(one.label)}:)(?= |\Z)", r"\n\1", subject, flags=re.IGNORECASE
            )
    return subject + line + rest
