"""The text of a process: as a download, as lines with the findings beside them, compared with another version."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from foundation.text import asked
from products.drafts.examined import Line
from products.models import ProcessVersion
from products.process.diff import counts, diff
from products.process.lines import lines, without_end
from products.reading.changes import changes
from products.reading.findings import findings_of
from products.views.process import fetch


@require_safe
def process_text(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """The document as it was read, byte for byte."""
    version = fetch(request, key, number)
    name = f"{key}.yaml"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(version.text.encode(), content_type="text/plain; charset=utf-8", headers=headers)


@require_safe
def process_source(request: HttpRequest, key: str, number: int) -> HttpResponse:
    version = fetch(request, key, number)
    findings = findings_of(version.text, name=f"{key}.yaml")
    at = findings.by_line()
    context = {
        "process": version.process,
        "version": version,
        "findings": findings,
        "lines": [
            Line(place, without_end(line), findings=at.get(place, []))
            for place, line in enumerate(lines(version.text), start=1)
        ],
    }
    return render(request, "products/process_source.html", context)


@require_safe
def process_diff(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """What version `number` changed, against the one before it or against `?from=`."""
    version = fetch(request, key, number)
    known = version.process.versions.defer("document", "text")
    before = _before(version, asked(request, "from", 10))
    stretches = diff(before.text, version.text) if before else []
    context = {
        "process": version.process,
        "version": version,
        "before": before,
        "versions": known,
        "changes": changes(before.document, version.document) if before else [],
        "stretches": stretches,
        "counts": counts(stretches),
    }
    return render(request, "products/process_diff.html", context)


def _before(version: ProcessVersion, wanted: str) -> ProcessVersion | None:
    """The version `wanted` when there is one, else the last one before `version`."""
    versions = version.process.versions
    found = versions.filter(number=int(wanted)).first() if wanted.isdecimal() and len(wanted) < 10 else None
    return found or versions.filter(number__lt=version.number).order_by("-number").first()
