"""Addresses of audits."""

from django.urls import path

from hotfixes.audit.views import audit, audits, cancel_audit

urlpatterns = [
    path("", audits, name="audits"),
    path("<int:pk>/", audit, name="audit"),
    path("<int:pk>/cancel", cancel_audit, name="cancel_audit"),
]
