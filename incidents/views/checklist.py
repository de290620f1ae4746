"""The checklist of an incident as a Markdown file, for wherever the team keeps such lists (K99–K117)."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from foundation import moment
from incidents.page.work_panels import markdown
from incidents.views.incident import fetch
from incidents.work import work


@require_safe
def checklist(request: HttpRequest, ref: str) -> HttpResponse:
    found = fetch(request, ref)
    text = markdown(found, work.of(found), moment.now())
    name = f"checklist-{found.ref}.md"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(text, content_type="text/markdown; charset=utf-8", headers=headers)
