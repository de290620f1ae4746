"""Who may see an incident and work on it: the team, participants of a private one, an administrator with a reason."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Membership, User
from incidents.lifecycle import transitions
from incidents.lifecycle.declare import declare
from incidents.models import Incident
from products.models import Product
from tests.factories import make_user

pytestmark = pytest.mark.usefixtures("house")


def test_an_outsider_learns_nothing(outsider: User, incident: Incident) -> None:
    client = Client()
    client.force_login(outsider)
    for path in (
        "", "fresh", "events/1/", "events/1/correct", "events/1/redact", "acknowledge", "resolve", "note", "describe",
        "declared/",
    ):  # fmt: skip
        address = f"/incidents/{incident.ref}/{path}"
        assert client.get(address).status_code == 404, path
        assert client.post(address).status_code in (404, 405), path


def test_a_viewer_reads_and_may_not_act(incident: Incident, ben: User) -> None:
    Membership.objects.filter(user=ben).update(role="viewer")
    client = Client()
    client.force_login(ben)
    assert client.get("/incidents/INC-1/").status_code == 200
    assert client.post("/incidents/INC-1/acknowledge").status_code == 403


def test_a_private_incident_is_its_participants_alone(
    phone: Client, product: Product, ada: User, ben: User
) -> None:
    secret = declare(product, by=ada, title="Keys leaked", private=True)
    other = Client()
    other.force_login(ben)
    admin = Client()
    admin.force_login(make_user("root@example.test", is_administrator=True))
    assert other.get(f"/incidents/{secret.ref}/").status_code == 404
    for client in (other, admin):
        assert client.get(f"/incidents/{secret.ref}/resolve").status_code == 404
        for page in ("/", "/incidents/", "/incidents/?q=Keys", "/declare/"):
            assert "Keys leaked" not in client.get(page).content.decode()
    assert "Keys leaked" in phone.get("/").content.decode()
    transitions.assign(secret, by=ada, user=ben)
    assert other.get(f"/incidents/{secret.ref}/").status_code == 200


def asked(client: Client, path: str, status: int) -> list[str]:
    """The tables that the statements of this request begin with, in their order; not those of subqueries."""
    client.get("/health/banner")  # who was here is noted
    with CaptureQueriesContext(connection) as told:
        assert client.get(path).status_code == status
    return [
        name
        for one in told.captured_queries
        for name in re.findall(r' FROM "(\w+)"(?! "[U-Z]\d)', one["sql"])[:1]
    ]


def test_who_is_refused_costs_nothing_more_than_what_is_not_there(
    product: Product, incident: Incident, ada: User, ben: User, outsider: User
) -> None:
    """The row with its dozen tables is read for who may see it only, and for administrators."""
    secret = declare(product, by=ada, title="Keys leaked", private=True)
    who = ["django_session", "accounts_user", "accounts_membership"]
    stranger, teammate, inside = Client(), Client(), Client()
    for client, user in ((stranger, outsider), (teammate, ben), (inside, ada)):
        client.force_login(user)
    for ref in (incident.ref, secret.ref, "INC-999"):
        assert asked(stranger, f"/incidents/{ref}/note", 404) == who
    for ref in (secret.ref, "INC-999"):
        assert asked(teammate, f"/incidents/{ref}/note", 404) == who
    assert asked(teammate, f"/incidents/{incident.ref}/note", 200)[:4] == [*who, "incidents_incident"]
    # Whoever takes part is asked for at once with that, and by no rule again.
    let_in = asked(inside, f"/incidents/{secret.ref}/note", 200)
    assert let_in[:4] == [*who, "incidents_incident"]
    assert "incidents_participant" not in let_in


def test_an_administrator_breaks_the_glass_with_a_reason_that_stays(
    product: Product, ada: User, ben: User
) -> None:
    secret = declare(product, by=ada, title="Keys leaked", private=True)
    admin, other = Client(), Client()
    admin.force_login(make_user("root@example.test", is_administrator=True))
    other.force_login(ben)
    path = f"/incidents/{secret.ref}/break_glass"
    assert admin.get(f"/incidents/{secret.ref}/").headers["Location"] == path
    assert "Keys leaked" not in admin.get(path).content.decode()
    assert admin.post(path, {"reason": " "}).status_code == 422
    assert other.post(path, {"reason": "Curious"}).status_code == 404
    admin.post(path, {"reason": "The lead cannot be reached"})
    page = admin.get(f"/incidents/{secret.ref}/").content.decode()
    assert "opened this private incident" in page
    assert "The lead cannot be reached" in page


def test_who_left_the_team_sees_its_private_incidents_no_more(
    phone: Client, product: Product, ada: User
) -> None:
    secret = declare(product, by=ada, title="Keys leaked", private=True)
    Membership.objects.filter(user=ada).delete()
    assert phone.get(f"/incidents/{secret.ref}/").status_code == 404
    assert list(Incident.objects.visible_to(ada)) == []


def test_a_viewer_may_declare_a_private_incident_and_not_work_on_it(product: Product, ada: User) -> None:
    Membership.objects.filter(user=ada).update(role="viewer")
    viewer = Client()
    viewer.force_login(ada)
    viewer.post("/declare/", {"title": "Keys leaked", "product": product.slug, "private": "on"})
    assert viewer.get("/incidents/INC-1/").status_code == 200
    assert viewer.post("/incidents/INC-1/resolve", {"text": "Done"}).status_code == 403
