"""Addresses of products and processes; slugs and keys, never ids."""

from django.urls import path

from products import process_urls
from products.views.contacts import add_contact, move_contact, remove_contact
from products.views.product import (
    add_environment,
    archive_product,
    create_product,
    edit_product,
    product,
    products,
    restore_product,
)
from products.views.roles import list_for_role, move_role_holder, unlist
from products.views.setup import set_up, set_up_step
from products.views.tokens import make_token, revoke, tokens

urlpatterns = [
    path("products/", products, name="products"),
    path("products/new/", create_product, name="create_product"),
    path("products/<slug:slug>/", product, name="product"),
    path("products/<slug:slug>/edit/", edit_product, name="edit_product"),
    path("products/<slug:slug>/setup/", set_up, name="set_up"),
    path("products/<slug:slug>/setup/<slug:step>/", set_up_step, name="set_up_step"),
    path("products/<slug:slug>/archive/", archive_product, name="archive_product"),
    path("products/<slug:slug>/restore/", restore_product, name="restore_product"),
    path("products/<slug:slug>/environments/", add_environment, name="add_environment"),
    path("products/<slug:slug>/contacts/", add_contact, name="add_contact"),
    path("products/<slug:slug>/contacts/<int:pk>/remove/", remove_contact, name="remove_contact"),
    path("products/<slug:slug>/contacts/<int:pk>/move/", move_contact, name="move_contact"),
    path("products/<slug:slug>/roles/", list_for_role, name="list_for_role"),
    path("products/<slug:slug>/roles/<int:pk>/remove/", unlist, name="unlist"),
    path("products/<slug:slug>/roles/<int:pk>/move/", move_role_holder, name="move_role_holder"),
    path("settings/tokens/", tokens, name="tokens"),
    path("settings/tokens/add/", make_token, name="make_token"),
    path("settings/tokens/<int:pk>/revoke/", revoke, name="revoke_token"),
    *process_urls.urlpatterns,
]
