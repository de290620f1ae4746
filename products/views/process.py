"""Pages of processes: the list, one that reads like the written document, its text."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.access import authorize
from foundation import moment
from products.models import Process, ProcessVersion, Product
from products.reading import REVIEW_AFTER_DAYS, age, clock_lines, severity_rows
from products.schema import published


def _fetch(request: HttpRequest, key: str, number: int | None) -> ProcessVersion:
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
    return render(request, "products/processes.html", {"processes": known})


@require_safe
def process(request: HttpRequest, key: str, number: int | None = None) -> HttpResponse:
    version = _fetch(request, key, number)
    context = {
        "process": version.process,
        "version": version,
        "document": version.document,
        "age": age(version, moment.now()),
        "review_after": REVIEW_AFTER_DAYS,
        "rows": severity_rows(version),
        "clocks": clock_lines(version),
        "versions": version.process.versions.select_related("by").defer("text", "document"),
        "products": Product.objects.visible_to(request.user).active().filter(process=version.process),
    }
    return render(request, "products/process.html", context)


@require_safe
def process_text(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """The document as it was read, byte for byte."""
    version = _fetch(request, key, number)
    name = f"{key}.yaml"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(version.text.encode(), content_type="text/plain; charset=utf-8", headers=headers)


@require_safe
def process_schema(request: HttpRequest) -> HttpResponse:
    """The JSON Schema of a process, for editors."""
    return HttpResponse(published.text(), content_type="application/schema+json")
