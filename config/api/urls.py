"""The addresses of the API: a module of their own, loaded with the first request for one (config/urls.py)."""

from django.urls import URLPattern

from config.api.api import api

urlpatterns, _app, _namespace = api.urls
# A token decides, not a session.
for _pattern in urlpatterns:
    if isinstance(_pattern, URLPattern):
        _pattern.callback.login_required = False  # type: ignore[attr-defined]
