from django.urls import path

from monitoring.views import alerts

app_name = "alerts"
urlpatterns = [
    path("", alerts.index, name="index"),
    path("new/", alerts.new, name="new"),
    path("<int:pk>/end/", alerts.end, name="end"),
    path("<slug:slug>/", alerts.show, name="source"),
    path("<slug:slug>/edit/", alerts.change, name="edit"),
    path("<slug:slug>/enable/", alerts.enable, name="enable"),
    path("<slug:slug>/disable/", alerts.disable, name="disable"),
    path("<slug:slug>/archive/", alerts.archive, name="archive"),
    path("<slug:slug>/rotate_key/", alerts.rotate_key, name="rotate_key"),
]
