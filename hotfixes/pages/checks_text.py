"""The list of checks for a terminal, for who is signed in with a browser. (For tokens: `hotfixes/api/checklist.py`.)"""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from accounts.access import authorize, signed_in
from hotfixes.models import Hotfix
from hotfixes.standing.checklist_text import checklist_text

PLAIN = "text/plain; charset=utf-8"


@require_safe
def checks_text(request: HttpRequest, ref: str) -> HttpResponse:
    """As the API gives it, with `?color=1` too."""
    try:
        found = Hotfix.objects.visible_to(signed_in(request)).for_page().by_ref(ref)
    except Hotfix.DoesNotExist:
        raise Http404 from None
    authorize(signed_in(request), "view", found)
    return HttpResponse(checklist_text(found, color=request.GET.get("color") == "1"), content_type=PLAIN)
