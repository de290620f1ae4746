"""Addresses of incidents; they use public refs (INC-42), never ids."""

from django.urls import path, re_path

from incidents.views.attachment import attachment
from incidents.views.checklist import checklist
from incidents.views.declare import declare_page, declared, join
from incidents.views.events import correct, event, redact, settle
from incidents.views.incident import act, break_glass, fresh, incident
from incidents.views.index import incidents
from incidents.views.message import message
from incidents.views.now import now
from incidents.views.owed import owed
from incidents.views.roles import claim, give_up, hand_over
from incidents.views.simulation import simulate, simulate_draft
from incidents.views.taps import tap

urlpatterns = [
    path("", now, name="now"),
    path("l/<str:token>", tap, name="tap"),
    path("declare/", declare_page, name="declare"),
    path("incidents/", incidents, name="incidents"),
    path("incidents/owed/", owed, name="owed"),
    path("incidents/<str:ref>/", incident, name="incident"),
    path("incidents/<str:ref>/break_glass", break_glass, name="break_glass"),
    path("incidents/<str:ref>/declared/", declared, name="declared"),
    path("incidents/<str:ref>/join", join, name="join"),
    path("incidents/<str:ref>/fresh", fresh, name="fresh"),
    path("incidents/<str:ref>/roles/<slug:role>/claim", claim, name="claim"),
    path("incidents/<str:ref>/roles/<slug:role>/hand_over", hand_over, name="hand_over"),
    path("incidents/<str:ref>/roles/<slug:role>/give_up", give_up, name="give_up"),
    path("incidents/<str:ref>/messages/<slug:key>/", message, name="message"),
    path("incidents/<str:ref>/checklist.md", checklist, name="checklist"),
    path("incidents/<str:ref>/events/<int:seq>/", event, name="event"),
    path("incidents/<str:ref>/events/<int:seq>/file", attachment, name="attachment"),
    path("incidents/<str:ref>/events/<int:seq>/correct", correct, name="correct"),
    path("incidents/<str:ref>/events/<int:seq>/redact", redact, name="redact"),
    path("incidents/<str:ref>/events/<int:seq>/settle", settle, name="settle"),
    path("processes/<slug:key>/simulate/", simulate, name="simulate"),
    path("processes/<slug:key>/<int:number>/simulate/", simulate, name="simulate_version"),
    path("processes/<slug:key>/draft/simulate/", simulate_draft, name="simulate_draft"),
    # A script that follows the page's own addresses may or may not write the slash; a POST cannot be
    # redirected.
    re_path(r"^incidents/(?P<ref>[A-Za-z]+-[0-9]+)/(?P<verb>[a-z_]+)/?$", act, name="act"),
]
