"""Addresses of a product's deployments."""

from django.urls import path

from hotfixes.deployments.views import deployments, report

urlpatterns = [
    path("products/<slug:slug>/deployments/", deployments, name="deployments"),
    path("products/<slug:slug>/deployments/new", report, name="report_deployment"),
]
