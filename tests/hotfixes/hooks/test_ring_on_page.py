"""Plain git rings by a line of its post-receive hook: managers find it on the repository's page, and it works (K50)."""

import re

import pytest
from django.test import Client

from accounts.models import Role
from hotfixes.models import Mirror
from products.repositories import connect_repository
from tests.factories import join, make_product, make_user

pytestmark = pytest.mark.django_db
PAGE = "/products/staff-mobile/repository/"


def test_the_line_stands_there_for_managers_and_asks_for_a_look() -> None:
    product = make_product()
    mia, vic = make_user("mia@example.test"), make_user("vic@example.test")
    join(mia, product.team, Role.MANAGER)
    join(vic, product.team, Role.RESPONDER)
    connect_repository(product, by=mia, url="https://git.example.test/team/app.git", forge="none")
    client = Client()
    client.force_login(mia)
    page = client.get(PAGE).text
    line = re.search(r"curl -fsS -m 5 -o /dev/null -X POST https?://[^/\s]+(/in/forge/[\w-]+)", page)
    assert line
    Mirror.objects.update(due_at="2100-01-01T00:00:00Z")
    assert Client().post(line[1], b"whatever", content_type="text/plain").status_code == 202
    assert Mirror.objects.get().due_at.year < 2100
    assert "Last ring" in client.get(PAGE).text

    client.force_login(vic)
    assert "/in/forge/" not in client.get(PAGE).text
