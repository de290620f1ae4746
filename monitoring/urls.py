from django.urls import path

from monitoring.views import board, editing, monitor

app_name = "monitoring"
urlpatterns = [
    path("", board.show, name="board"),
    path("new/", editing.new, name="new"),
    path("<slug:slug>/", monitor.show, name="monitor"),
    path("<slug:slug>/edit/", editing.change, name="edit"),
    path("<slug:slug>/check/", monitor.check, name="check"),
    path("<slug:slug>/disable/", monitor.disable, name="disable"),
    path("<slug:slug>/enable/", monitor.enable, name="enable"),
    path("<slug:slug>/archive/", monitor.archive, name="archive"),
    path("<slug:slug>/rotate_key/", monitor.rotate_key, name="rotate_key"),
]
