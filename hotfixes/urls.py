"""Addresses of decisions; they use the incident's public ref. Those of a product's repository; audits."""

from django.urls import include, path

from hotfixes.decision.views import decision, decision_card, decision_confirm, decisions, decisions_waiting
from hotfixes.decision.views_asking import answer_question, ask_question, revisit_decision

urlpatterns = [
    path("", include("hotfixes.connecting.urls")),
    path("", include("hotfixes.deployments.urls")),
    path("audit/", include("hotfixes.audit.urls")),
    path("", include("hotfixes.rollback.urls")),
    path("hotfixes/", include("hotfixes.pages.urls")),
    path("decisions/", decisions, name="decisions"),
    path("decisions/waiting", decisions_waiting, name="decisions_waiting"),
    path("decisions/<str:ref>/", decision_card, name="decision_card"),
    path("decisions/<str:ref>/confirm", decision_confirm, name="decision_confirm"),
    path("decisions/<str:ref>/ask", ask_question, name="ask_question"),
    path("decisions/<str:ref>/questions/<int:pk>", answer_question, name="answer_question"),
    path("decisions/<str:ref>/revisit", revisit_decision, name="revisit_decision"),
    path("decisions/<str:ref>/<int:number>/", decision, name="decision"),
]
