"""Addresses of reports; they use the incident's public ref."""

from django.urls import path

from review.views.actions import action_add, action_change, action_drop, action_finish, action_reopen
from review.views.insights import insights, insights_csv, insights_list
from review.views.listing import postmortems
from review.views.postmortem import answer, postmortem, postmortem_fresh, postmortem_json, postmortem_markdown
from review.views.verbs import (
    postmortem_process,
    postmortem_reopen,
    postmortem_review,
    postmortem_schedule,
    postmortem_share,
)

_HOME = "incidents/<str:ref>/postmortem"

urlpatterns = [
    path("postmortems/", postmortems, name="postmortems"),
    path("insights/", insights, name="insights"),
    path("insights/incidents/", insights_list, name="insights_list"),
    path("insights.csv", insights_csv, name="insights_csv"),
    path(f"{_HOME}/", postmortem, name="postmortem"),
    path(f"{_HOME}.md", postmortem_markdown, name="postmortem_markdown"),
    path(f"{_HOME}.json", postmortem_json, name="postmortem_json"),
    path(f"{_HOME}/fresh", postmortem_fresh, name="postmortem_fresh"),
    path(f"{_HOME}/answers/<str:key>", answer, name="postmortem_answer"),
    path(f"{_HOME}/schedule", postmortem_schedule, name="postmortem_schedule"),
    path(f"{_HOME}/review", postmortem_review, name="postmortem_review"),
    path(f"{_HOME}/reopen", postmortem_reopen, name="postmortem_reopen"),
    path(f"{_HOME}/process", postmortem_process, name="postmortem_process"),
    path(f"{_HOME}/share", postmortem_share, name="postmortem_share"),
    path(f"{_HOME}/actions/add", action_add, name="action_add"),
    path(f"{_HOME}/actions/<int:number>/change", action_change, name="action_change"),
    path(f"{_HOME}/actions/<int:number>/finish", action_finish, name="action_finish"),
    path(f"{_HOME}/actions/<int:number>/reopen", action_reopen, name="action_reopen"),
    path(f"{_HOME}/actions/<int:number>/drop", action_drop, name="action_drop"),
]
