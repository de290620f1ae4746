"""Pages of processes: the list, one that reads like the written document, its schema."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.access import allowed, authorize, signed_in
from foundation import moment
from products.drafts.obstacles import read_only
from products.models import Process, ProcessDraft, ProcessVersion, Product
from products.process.schema import published
from products.reading.findings import findings_of
from products.reading.outline import names, parts, plan, section
from products.reading.tables import REVIEW_AFTER_DAYS, age, clock_lines, severity_rows
from products.reading.uses import uses
from products.sources.governed import file_of


def fetch(request: HttpRequest, key: str, number: int | None = None) -> ProcessVersion:
    """The asked version of the process, the current one by default."""
    process = get_object_or_404(Process.objects.select_related("current"), key=key)
    authorize(request.user, "view", process)
    version = process.versions.filter(number=number).first() if number else process.current
    if version is None:
        raise Http404
    return version


@require_safe
def processes(request: HttpRequest) -> HttpResponse:
    known = (
        Process.objects.exclude(current=None)
        .select_related("current")
        .prefetch_related("current__severities")
    )
    context = {
        "processes": known,
        "may_draft": allowed(request.user, "draft", Process),
        "drafts": ProcessDraft.objects.open().select_related("saved_by").order_by("key"),
    }
    return render(request, "products/processes.html", context)


@require_safe
def process(request: HttpRequest, key: str, number: int | None = None) -> HttpResponse:
    version = fetch(request, key, number)
    known, sections = version.process, parts(version)
    findings = findings_of(version.text, name=f"{key}.yaml")
    shown = {part.field for part in sections}
    context = {
        "process": known,
        "version": version,
        "document": version.document,
        "age": age(version, moment.now()),
        "review_after": REVIEW_AFTER_DAYS,
        "parts": sections,
        "names": names(version.document),
        "plan": plan(version.document),
        "rows": severity_rows(version),
        "clocks": clock_lines(version),
        "findings": findings,
        "findings_at": findings.by_place(),
        "elsewhere": [finding for finding in findings.all if section(finding.path) not in shown],
        "versions": known.versions.select_related("by", "draft__saved_by").defer("text", "document"),
        "products": Product.objects.visible_to(request.user).active().filter(process=known),
        "uses": uses(known, signed_in(request)),
        "may_draft": allowed(request.user, "draft", Process),
        "read_only": read_only(key),
        "file": file_of(key),
        "draft": ProcessDraft.objects.open().filter(key=key).first(),
        "address": request.build_absolute_uri(),
    }
    return render(request, "products/process.html", context)


@require_safe
def process_schema(request: HttpRequest) -> HttpResponse:
    """The JSON Schema of a process, for editors."""
    return HttpResponse(published.text(), content_type="application/schema+json")
