"""Every address of the site, by app."""

from django.urls import URLPattern, URLResolver, include, path, re_path
from django.urls.resolvers import RoutePattern

from config.api.page import api_page
from config.http.problem_pages import nothing
from monitoring.models import Tool
from monitoring.views.alerts_in import alerts, enqueue
from monitoring.views.push import push, script
from notifications.views.slack import slack


class Later(URLResolver):
    """Addresses that are loaded with the first request for one of them.

    The API is as much to load as all pages together, and worker, commands and most web processes never need it. No
    name of these addresses is without its namespace, so none of theirs is among those of the pages.
    """

    def _populate(self) -> None:
        """What Django does to all addresses before it looks for the first name."""


handler500 = "config.http.problem_pages.broke"
urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/docs", api_page, name="api_page"),
    Later(RoutePattern("api/v1/"), "config.api.urls", app_name="ninja", namespace="api"),
    re_path(r"^api(/(?P<rest>.*))?$", nothing, name="no_api"),
    path("in/push/<str:key>", push, name="push"),
    path("in/events/v2/enqueue", enqueue, name="events_in"),
    *(
        path(f"in/{tool}/<str:key>", alerts, {"tool": tool}, name=f"{tool}_in")
        for tool in Tool
        if tool != Tool.EVENTS
    ),
    path("in/slack/<str:key>", slack, name="slack"),
    path("nightdesk-push", script, name="nightdesk_push"),
    path("", include("config.health.views")),
    path("", include("accounts.urls")),
    path("", include("products.urls")),
    path("", include("notifications.urls")),
    path("monitoring/", include("monitoring.urls")),
    path("alerts/", include("monitoring.alerts.urls")),
    path("maintenance/", include("monitoring.maintenance.urls")),
    path("", include("review.urls")),
    path("", include("hotfixes.urls")),
    path("", include("incidents.urls")),
]
