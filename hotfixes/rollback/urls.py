"""Addresses of rollbacks; a box is named by its position."""

from django.urls import path

from hotfixes.rollback.views import end_rollback, regress_hotfix, rollback, rollback_back, rollback_box

urlpatterns = [
    path("rollbacks/<str:ref>/", rollback, name="rollback"),
    path("rollbacks/<str:ref>/back", rollback_back, name="rollback_back"),
    path("rollbacks/<str:ref>/done", end_rollback, {"deed": "done"}, name="rollback_done"),
    path("rollbacks/<str:ref>/abandon", end_rollback, {"deed": "abandon"}, name="abandon_rollback"),
    path("rollbacks/<str:ref>/<int:position>/done", rollback_box, {"deed": "tick"}, name="tick_rollback"),
    path(
        "rollbacks/<str:ref>/<int:position>/not-needed",
        rollback_box,
        {"deed": "not_needed"},
        name="skip_rollback_step",
    ),
    path(
        "rollbacks/<str:ref>/<int:position>/open", rollback_box, {"deed": "open"}, name="reopen_rollback_step"
    ),
    path("hotfixes/<str:ref>/regressed", regress_hotfix, name="regress_hotfix"),
]
