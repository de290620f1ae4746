"""A house in which there is nothing yet."""

from django.test import Client

from tests.factories import make_user


def test_a_newcomer_is_told_the_first_step(db: None) -> None:
    client = Client()
    client.force_login(make_user("new@example.test", is_administrator=True))
    assert "Add a product" in client.get("/").content.decode()
    assert "Add a product" in client.get("/declare/").content.decode()
