"""Mia manages and Vic responds in the product's team, each in a browser of their own."""

import pytest
from django.test import Client

from accounts.models import Role, User
from products.models import Product, Repository
from products.repositories import connect_repository
from tests.factories import join, make_user

URL = "https://github.com/you/product"


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def mia(product: Product) -> Client:
    user = make_user("mia@example.test")
    join(user, product.team, Role.MANAGER)
    return client_of(user)


@pytest.fixture
def vic(product: Product) -> Client:
    user = make_user("vic@example.test")
    join(user, product.team, Role.RESPONDER)
    return client_of(user)


def manager() -> User:
    return User.objects.get(email="mia@example.test")


def connected(product: Product) -> Repository:
    return connect_repository(product, by=manager(), url=URL, token="ghp_s3cret")
