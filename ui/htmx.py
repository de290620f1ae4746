"""Whether a page, or only a part of one, is wanted."""

from django.http import HttpRequest


def by_htmx(request: HttpRequest) -> bool:
    """Asked by htmx for a part of an open page. Without script it is always a whole page."""
    return "HX-Request" in request.headers
