"""Every address of the site, by app."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, include, path, re_path

from config.api import api
from config.problem_pages import nothing
from monitoring.views.push import push, script


@login_not_required
def healthz(request: HttpRequest) -> HttpResponse:
    """200 while this process lives; parts and their health are /readyz."""
    return HttpResponse("ok", content_type="text/plain")


# A token decides, not a session.
api_patterns, _app, _namespace = api.urls
for _pattern in api_patterns:
    if isinstance(_pattern, URLPattern):
        _pattern.callback.login_required = False  # type: ignore[attr-defined]

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", (api_patterns, _app, _namespace)),
    re_path(r"^api(/(?P<rest>.*))?$", nothing, name="no_api"),
    path("in/push/<str:key>", push, name="push"),
    path("nightdesk-push", script, name="nightdesk_push"),
    path("healthz", healthz, name="healthz"),
    path("", include("accounts.urls")),
    path("", include("products.urls")),
    path("", include("notifications.urls")),
    path("monitoring/", include("monitoring.urls")),
    path("", include("incidents.urls")),
]
