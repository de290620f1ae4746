"""The process's commands with a hotfix's own names in them, ready to be pasted (K20–K56)."""

from dataclasses import dataclass

from foundation import moment
from hotfixes.models import Hotfix
from hotfixes.naming import named
from incidents.messages import placeholders
from incidents.work import shell


@dataclass(frozen=True)
class Command:
    """One block of lines of a step; what is not known stays as `[new]`."""

    step: str
    text: str
    about: str = ""


def values(hotfix: Hotfix) -> dict[str, str]:
    """What the process's blanks stand for: the incident's, with the names of this hotfix."""
    incident = hotfix.incident
    own = {
        "product": hotfix.called,
        "product_name": hotfix.product.name,
        "old": hotfix.old_version,
        "new": hotfix.new_version,
        "slug": hotfix.slug,
        "main": hotfix.rules.main,
        "branch": named.branch(hotfix),
        "tag": named.tag(hotfix),
        "base_tag": named.base_tag(hotfix),
    }
    return placeholders.values(incident, moment.now()) | {name: text for name, text in own.items() if text}


def commands(hotfix: Hotfix) -> list[Command]:
    """In the order of the process's steps."""
    known = values(hotfix)
    steps = hotfix.incident.process_version.document.get("steps") or []
    return [
        Command(str(step["key"]), _filled(one["run"], hotfix, known), str(one.get("about") or ""))
        for step in steps
        for one in step.get("commands") or []
    ]


def _filled(line: str, hotfix: Hotfix, known: dict[str, str]) -> str:
    """A process for fast-forwards, and a hotfix that cannot be: the line says what was agreed instead."""
    text = shell.fill(line, known)
    return text.replace(" --ff-only ", " --no-ff ") if hotfix.rules.merge == "merge" else text
