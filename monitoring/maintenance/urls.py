from django.urls import path

from monitoring.maintenance import views

app_name = "maintenance"
urlpatterns = [
    path("", views.index, name="index"),
    path("new/", views.choose, name="choose"),
    path("new/<slug:slug>/", views.new, name="new"),
    path("now/<slug:slug>/", views.tap, name="tap"),
    path("<int:pk>/", views.window, name="window"),
    path("<int:pk>/move/", views.move, name="move"),
    path("<int:pk>/end/", views.end, name="end"),
]
