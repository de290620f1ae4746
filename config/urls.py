"""Every address of the site, by app."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, include, path


@login_not_required
def healthz(request: HttpRequest) -> HttpResponse:
    """200 while this process lives; parts and their health are /readyz."""
    return HttpResponse("ok", content_type="text/plain")


urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", healthz, name="healthz"),
    path("", include("accounts.urls")),
    path("", include("products.urls")),
    path("monitoring/", include("monitoring.urls")),
    path("", include("incidents.urls")),
]
