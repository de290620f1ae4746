"""An audit as JSON: what is stored, shown by the page and given by the API."""

from typing import Any

from foundation.text import stripped
from hotfixes.audit.shapes import Audit, Release
from hotfixes.checks.shapes import Result

MAX_LINE = 400


def as_json(audit: Audit) -> dict[str, Any]:
    """Text of the repository's people without control characters; moments in RFC 3339."""
    hotfixes = audit.hotfixes
    return {
        "pattern": audit.pattern,
        "main": _line(audit.main),
        "tags": audit.tags,
        "recognised": audit.recognised,
        "suggested": _line(audit.suggested),
        "examples": [_line(one) for one in audit.examples],
        "notes": [_line(one) for one in audit.notes],
        "hotfixes": len(hotfixes),
        "kept": sum(one.kept for one in hotfixes),
        "unchecked": sum(not one.kept and not one.failed for one in hotfixes),
        "releases": [_release(one) for one in audit.releases],
    }


def _release(release: Release) -> dict[str, Any]:
    return {
        "tag": _line(release.tag),
        "version": release.version,
        "product": _line(release.product),
        "kind": str(release.kind),
        "why": _line(release.why),
        "base": _line(release.base),
        "commit": release.commit,
        "at": release.at.isoformat().replace("+00:00", "Z") if release.at else None,
        "results": {key: _result(result) for key, result in release.results.items()},
    }


def _result(result: Result) -> dict[str, Any]:
    return {
        "verdict": str(result.verdict),
        "summary": _line(result.summary, 1000),
        "proof": [_line(one) for one in result.proof],
    }


def _line(text: str, most: int = MAX_LINE) -> str:
    plain = stripped(str(text).replace("\n", " ")).encode("utf-8", "replace").decode()
    return plain if len(plain) <= most else plain[: most - 1] + "…"
