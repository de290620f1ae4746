"""What CI and scripts show of a hotfix: kept as a claim of their token, and judged by a worker."""

import json
from typing import Any

import structlog
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from foundation import moment
from foundation.blobs import Upload
from foundation.text import no_controls
from hotfixes.models import Evidence, Hotfix
from hotfixes.observing import asking
from hotfixes.reported import junit, versions_seen
from incidents.work.report import check_address

_log = structlog.get_logger(__name__)

LARGEST = 20_000  # characters of `data` as JSON
DEEPEST = 6
MOST = 1_000  # of one hotfix: a loop gone wild ends here


@transaction.atomic
def add_evidence(
    hotfix: Hotfix,
    *,
    kind: str,
    by: User | None,
    token: str = "",
    passed: bool | None = None,
    summary: str = "",
    url: str = "",
    data: dict[str, Any] | None = None,
    head: str = "",
) -> Evidence:
    """An exit code alone says how it went; where it and `passed` differ, the worse holds. Raises ValidationError by
    field.
    """
    data = data or {}
    told = how_it_went(data)
    if url:
        check_address(url)
    check_data(data)
    if hotfix.evidence.count() >= MOST:
        words = {"hotfix": hotfix.ref, "most": MOST}
        raise ValidationError({"hotfix": _("%(hotfix)s has %(most)s pieces of evidence already.") % words})
    made = Evidence.objects.create(
        hotfix=hotfix,
        kind=kind,
        passed=told if passed is None else passed and told is not False,
        summary=summary,
        url=url,
        data=data,
        head=head.lower(),
        at=moment.now(),
        by=by,
        token=token,
    )
    if kind == Evidence.Kind.NOTE:
        versions_seen.from_note(hotfix.product, data)
    asking.ask(hotfix)
    _log.info("evidence.added", hotfix=hotfix.ref, kind=kind, passed=made.passed)
    return made


def from_junit(file: Upload) -> dict[str, Any]:
    """The facts of a JUnit file for `add_evidence`. Raises ValidationError on `file`."""
    try:
        report = junit.read(file.content)
    except junit.NotJUnit as problem:
        raise ValidationError({"file": str(problem)}) from None
    counts = {name: getattr(report, name) for name in ("tests", "failures", "errors", "skipped")}
    kept = {"name": file.name, "size": file.size, "sha256": file.sha256}
    return {
        "passed": report.passed,
        "summary": report.sentence,
        "data": {**counts, "failed": list(report.failed), "file": kept},
    }


def how_it_went(data: dict[str, Any]) -> bool | None:
    """By `exit_code`, or by `items` that all say so."""
    code, items = data.get("exit_code"), data.get("items")
    if isinstance(code, int) and not isinstance(code, bool):
        return code == 0
    if isinstance(items, dict) and items and all(isinstance(one, bool) for one in items.values()):
        return all(items.values())
    return None


def check_data(data: dict[str, Any]) -> None:
    """ValidationError on `data` for what is too large, too deep, or nothing that PostgreSQL keeps."""
    try:
        if _depth(data) > DEEPEST:
            raise ValidationError({"data": _("This is nested too deep: at most %s levels.") % DEEPEST})
        text = json.dumps(data, ensure_ascii=False, allow_nan=False)
        text.encode()
    except (ValueError, RecursionError):
        raise ValidationError({"data": _("This holds what cannot be kept.")}) from None
    if len(text) > LARGEST:
        raise ValidationError({"data": _("This is too long: at most %s characters.") % LARGEST})
    for name in ("version", "where", "location"):
        if isinstance(data.get(name), str) and not data[name].strip():
            raise ValidationError({"data": _("“%s” is empty: the script's variable is not set.") % name})
    for words in _texts(data):
        try:
            no_controls(words)
        except ValidationError as error:
            raise ValidationError({"data": error.messages}) from None


def _depth(value: Any, at: int = 0) -> int:
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return at if at > DEEPEST else max((_depth(one, at + 1) for one in inside), default=at)


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for key, one in value.items() for text in (str(key), *_texts(one))]
    return [text for one in value for text in _texts(one)] if isinstance(value, list) else []
