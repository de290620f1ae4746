"""What is entered afterwards takes its own times: every button asks when it was, and none stamps "now"."""

from datetime import datetime, timedelta

import pytest
from django.test import Client

from accounts.models import Role, User
from foundation import moment
from incidents.lifecycle.declare import declare
from incidents.models import Incident, Mode
from products.models import Product, RoleHolder
from tests.factories import join, make_user
from tests.signing import sign_in

pytestmark = pytest.mark.usefixtures("house")

THEN = timedelta(days=300)


@pytest.fixture
def retold(product: Product, ada: User) -> Incident:
    then = (moment.now() - THEN).replace(microsecond=0)
    severity = product.severities().get(key="CRITICAL")
    return declare(product, by=ada, title="Old", severity=severity, mode=Mode.RETROSPECTIVE, detected_at=then)


@pytest.fixture
def reader(ada: User) -> Client:
    client = Client()
    client.force_login(ada)
    return client


def typed(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%S}"


@pytest.mark.parametrize(
    ("path", "sent", "kind"),
    [
        ("attest", {"box": "5"}, "attested"),
        ("not_needed", {"box": "16", "reason": "No GitHub"}, "attested"),
        ("finish_step", {"step": "fix"}, "fix_pushed"),
        ("report", {"kind": "merged"}, "merged"),
        ("send_message", {"message": "deployed", "text": "#status"}, "message_sent"),
        ("lead", {}, "assigned"),
        ("roles/devops/claim", {}, "assigned"),
    ],
)
def test_each_button_asks_when_it_was(
    reader: Client, retold: Incident, path: str, sent: dict[str, str], kind: str
) -> None:
    where = f"/incidents/{retold.ref}/{path}"
    page = reader.get(where, sent).content.decode()
    assert "When was it?" in page
    answer = reader.post(where, {**sent, "at": ""})
    assert (answer.status_code, "Say when it was." in answer.content.decode()) == (422, True)
    early = reader.post(where, {**sent, "at": typed(retold.detected_at - timedelta(hours=1))})
    assert (early.status_code, "before the problem was detected" in early.content.decode()) == (422, True)
    at = retold.detected_at + timedelta(minutes=20)
    assert reader.post(where, {**sent, "at": typed(at)}).status_code == 302
    assert retold.events.get(kind=kind).occurred_at == at


def test_open_again_and_handing_over_have_their_times_too(
    reader: Client, retold: Incident, ben: User
) -> None:
    for minutes, path, sent in (
        (1, "attest", {"box": "5"}),
        (2, "untick", {"box": "5"}),
        (3, "roles/devops/claim", {}),
        (4, "roles/devops/hand_over", {"user": ben.pk, "note": "All yours"}),
    ):
        at = retold.detected_at + timedelta(minutes=minutes)
        assert reader.post(f"/incidents/{retold.ref}/{path}", {**sent, "at": typed(at)}).status_code == 302
    times = retold.events.exclude(kind="declared").order_by("seq").values_list("occurred_at", flat=True)
    assert [at - retold.detected_at for at in times] == [timedelta(minutes=n) for n in (1, 2, 3, 4)]


def test_the_page_offers_no_tap_that_would_say_now(reader: Client, retold: Incident) -> None:
    page = reader.get(retold.get_absolute_url()).content.decode()
    for verb in ("attest", "finish_step", "roles/devops/claim"):
        assert f'action="/incidents/{retold.ref}/{verb}"' not in page, verb
        assert f'href="/incidents/{retold.ref}/{verb}' in page, verb


def test_a_decision_of_then_has_its_time(retold: Incident, product: Product) -> None:
    olga = make_user("olga2@example.test")
    join(olga, product.team, Role.VIEWER)
    RoleHolder.objects.create(product=product, role="product_owner", user=olga, position=1)
    client = sign_in(olga)
    where, sent = f"/decisions/{retold.ref}/confirm", {"choice": "hotfix", "reason": "A line"}
    assert client.post(where, sent).status_code == 422
    at = retold.detected_at + timedelta(minutes=7)
    assert client.post(where, {**sent, "at": typed(at)}).status_code == 302
    assert {event.occurred_at for event in retold.events.filter(kind__in=("decided", "hotfix_started"))} == {
        at
    }
