"""Addresses of processes; keys, never ids."""

from django.urls import path

from products.views.draft import discard_draft, draft_guesses, process_draft, start
from products.views.new_process import new_process
from products.views.process import process, process_schema, processes
from products.views.process_text import process_diff, process_source, process_text
from products.views.publish import go_on, publish_draft

urlpatterns = [
    path("processes/", processes, name="processes"),
    path("processes/schema.json", process_schema, name="process_schema"),
    path("processes/new/", new_process, name="new_process"),
    path("processes/<slug:key>/", process, name="process"),
    path("processes/<slug:key>/draft/", process_draft, name="process_draft"),
    path("processes/<slug:key>/draft/start/", start, name="start_draft"),
    path("processes/<slug:key>/draft/guesses/", draft_guesses, name="draft_guesses"),
    path("processes/<slug:key>/draft/go-on/", go_on, name="go_on_draft"),
    path("processes/<slug:key>/draft/publish/", publish_draft, name="publish_draft"),
    path("processes/<slug:key>/draft/discard/", discard_draft, name="discard_draft"),
    path("processes/<slug:key>/<int:number>/", process, name="process_version"),
    path("processes/<slug:key>/<int:number>/text", process_text, name="process_text"),
    path("processes/<slug:key>/<int:number>/source/", process_source, name="process_source"),
    path("processes/<slug:key>/<int:number>/diff/", process_diff, name="process_diff"),
]
