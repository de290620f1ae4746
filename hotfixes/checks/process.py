"""What the process document says about a check: whether it asks for it, by which step, with which commands."""

from collections.abc import Iterator, Mapping
from shlex import quote
from typing import Any

from hotfixes.checks.context import Context
from hotfixes.checks.facts import PRODUCTION


def asked(context: Context, key: str) -> bool:
    """Whether a step, a box or the watch names the check. A document that is not known asks for everything."""
    return not context.document or key in set(_named(context.document))


def step_of(context: Context, key: str) -> Mapping[str, Any] | None:
    steps = context.document.get("steps") or []
    return next((step for step in steps if key in (step.get("checks") or [])), None)


def commands(context: Context, key: str) -> tuple[str, ...]:
    """The lines of the step, their names filled in; none where the process has none."""
    step = step_of(context, key) or {}
    return tuple(_filled(context, one["run"]) for one in step.get("commands") or [])


def deploys_to(context: Context) -> str:
    """The kind of environment that the process means by “deployed”."""
    return place_of(context.document)


def place_of(document: Mapping[str, Any]) -> str:
    return str((document.get("deploy") or {}).get("environment") or PRODUCTION)


def wants_everybody(context: Context) -> bool:
    """In a store: whether a release to a part of the users is not enough."""
    return bool((context.document.get("deploy") or {}).get("full_rollout"))


def clock(context: Context, key: str) -> Mapping[str, Any]:
    """The clock of this key; empty where there is none."""
    return next((one for one in context.document.get("clocks") or [] if one.get("key") == key), {})


def _filled(context: Context, line: str) -> str:
    names = {"{tag}": context.tag_name, "{base_tag}": context.base_name}
    for name, value in names.items():
        line = line.replace(name, quote(value)) if value else line
    return context.filled(line)


def _named(document: Mapping[str, Any]) -> Iterator[str]:
    for step in document.get("steps") or []:
        yield from step.get("checks") or []
    boxes = [*((document.get("checklist") or {}).get("items") or [])]
    for box in [*boxes, *((document.get("watch") or {}).get("look_at") or [])]:
        if box.get("check"):
            yield box["check"]
