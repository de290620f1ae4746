"""Every address of the site, by app."""

from django.urls import URLPattern, URLResolver, include, path, re_path

from config.api import api
from config.api_page import api_page
from config.problem_pages import nothing
from monitoring.views.push import push, script
from notifications.views.slack import slack

# A token decides, not a session.
api_patterns, _app, _namespace = api.urls
for _pattern in api_patterns:
    if isinstance(_pattern, URLPattern):
        _pattern.callback.login_required = False  # type: ignore[attr-defined]

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/docs", api_page, name="api_page"),
    path("api/v1/", (api_patterns, _app, _namespace)),
    re_path(r"^api(/(?P<rest>.*))?$", nothing, name="no_api"),
    path("in/push/<str:key>", push, name="push"),
    path("in/slack/<str:key>", slack, name="slack"),
    path("nightdesk-push", script, name="nightdesk_push"),
    path("", include("config.health.views")),
    path("", include("accounts.urls")),
    path("", include("products.urls")),
    path("", include("notifications.urls")),
    path("monitoring/", include("monitoring.urls")),
    path("", include("review.urls")),
    path("", include("hotfixes.urls")),
    path("", include("incidents.urls")),
]
