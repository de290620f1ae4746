"""Addresses of a product's repository and of its rules, and the receiver of its forge's hook."""

from django.urls import path

from hotfixes.connecting.views import (
    disconnect,
    end_old_secret,
    hook_secret,
    look_again,
    policy,
    repository,
    repository_state,
    use_main,
)
from hotfixes.hooks.views import forge

urlpatterns = [
    path("in/forge/<str:key>", forge, name="forge_hook"),
    path("products/<slug:slug>/repository/", repository, name="repository"),
    path("products/<slug:slug>/repository/state", repository_state, name="repository_state"),
    path("products/<slug:slug>/repository/look", look_again, name="look_again"),
    path("products/<slug:slug>/repository/main", use_main, name="use_main"),
    path("products/<slug:slug>/repository/disconnect", disconnect, name="disconnect_repository"),
    path("products/<slug:slug>/repository/secret", hook_secret, name="hook_secret"),
    path("products/<slug:slug>/repository/secret/end", end_old_secret, name="end_old_secret"),
    path("products/<slug:slug>/policy/", policy, name="policy"),
]
