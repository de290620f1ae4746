"""Where a person goes on after a form that stands on several pages."""

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

from foundation.text import asked


def way_back(request: HttpRequest, otherwise: str) -> str:
    """The page of ours that the form names as `next`, in its fields or its address, else `otherwise`."""
    wanted = request.POST.get("next") or asked(request, "next", 300)
    if wanted and wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None):
        return wanted
    return otherwise
