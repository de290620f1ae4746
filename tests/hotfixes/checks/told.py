"""Contexts of a hotfix without any repository: what scripts, services and people told, minute by minute."""

from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import products
from hotfixes.checks import CHECKS, Context, Observation
from hotfixes.checks.facts import Box, Deployed, Seen, Shown, Told
from hotfixes.git.reader import Ref
from hotfixes.git.unreadable import NOWHERE
from products.process.loading import load

COMMIT, TAG_ID, ELSE = "c" * 40, "a" * 40, "e" * 40
TAG, BASE = "krow/prod-v0.1.1", "krow/prod-v0.1.0"
BEGIN = datetime(2026, 5, 28, 21, 0, tzinfo=UTC)


def at(minute: float) -> datetime:
    return BEGIN + timedelta(minutes=minute)


@cache
def document(key: str = "krow") -> dict[str, Any]:
    path = Path(products.__file__).parent / "processes" / f"{key}.yaml"
    return load(path.read_bytes(), name=path.name).as_json()


def context(*, process: str = "krow", tagged: bool = True, **given: Any) -> Context:
    """0.1.0 → 0.1.1, the tag seen at minute 30, the limit of thirty minutes; nothing else is known."""
    read = load(
        (Path(products.__file__).parent / "processes" / f"{process}.yaml").read_bytes(),
        name=f"{process}.yaml",
    )
    assert read.policy is not None
    name = f"refs/tags/{TAG if process == 'krow' else 'v0.1.1'}"
    seen = (Observation("refs/heads/main", COMMIT, COMMIT, at(29)), Observation(name, TAG_ID, COMMIT, at(30)))
    known: dict[str, Any] = {
        "policy": read.policy,
        "reader": NOWHERE,
        "old": "0.1.0",
        "new": "0.1.1",
        "product": "krow",
        "refs": {name: Ref(name, TAG_ID, COMMIT, annotated=True)} if tagged else {},
        "observed": seen if tagged else seen[:1],
        "deploy_limit_s": 1800,
        "now": at(50),
        "document": document(process),
    }
    return Context(**{**known, **given})


def deployed(minute: float, status: str = "succeeded", **given: Any) -> Deployed:
    known: dict[str, Any] = {
        "environment": "production", "kind": "production", "version": "0.1.1", "ref": TAG, "status": status,
        "at": at(minute), "by": "deploy script", "received": at(minute),
    }  # fmt: skip
    return Deployed(**{**known, **given})


def event(minute: float, kind: str, source: str = "forge", **given: Any) -> Told:
    known: dict[str, Any] = {
        "kind": kind,
        "at": at(minute),
        "by": "Ada",
        "source": source,
        "seq": int(minute * 10),
    }
    return Told(**{**known, **given})


def shown(minute: float, kind: str, passed: bool | None = True, **given: Any) -> Shown:
    return Shown(kind=kind, passed=passed, at=at(minute), by="CI", **given)


def seen(minute: float, version: str, where: str = "web-1") -> Seen:
    return Seen(where, version, at(minute))


def box(check: str, state: str = "done", **given: str) -> Box:
    return Box(check, state, "A box", given.get("said", "I looked"), given.get("by", "Ada"))


def verdict(check: str, **given: Any) -> str:
    return str(CHECKS[check](context(**given)).verdict)


def summary(check: str, **given: Any) -> str:
    return CHECKS[check](context(**given)).summary
