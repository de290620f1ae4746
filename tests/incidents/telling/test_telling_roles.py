"""What concerns one role (K138–K140): who decides and whoever decided hear how it went; the watch is somebody's."""

import pytest
from django.utils.crypto import get_random_string

from accounts.models import User
from hotfixes.decision.decide import decide
from incidents.lifecycle import lifecycle
from incidents.lifecycle.declare import declare
from incidents.lifecycle.lifecycle import Step
from incidents.models import Incident, Mode, Participant, Status
from incidents.roles import roles
from notifications.models import Channel, Delivery, Kind
from notifications.ways import add_channel
from products import role_holders
from products.models import Product
from tests.factories import join, make_user
from tests.incidents.conftest import House, begin

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("declared")]
ANY = tuple(Status)


@pytest.fixture(scope="module")
def declared(house: House) -> Incident:
    """Of the two who may decide, Paula and Otto, the second one did so tonight."""
    product, ada = house.product, house.ada
    incident = begin(product, ada)
    paula, otto = make_user("paula@example.test"), make_user("otto@example.test")
    for user in (paula, otto):
        join(user, product.team, "viewer")
        role_holders.list_for_role(product, role="product_owner", user=user, by=ada)
    decide(incident, by=otto, choice="hotfix", reason="Quick to mend")
    Delivery.objects.all().delete()
    return incident


@pytest.fixture
def paula(db: None) -> User:
    return User.objects.get(email="paula@example.test")


@pytest.fixture
def otto(db: None) -> User:
    return User.objects.get(email="otto@example.test")


@pytest.fixture
def room(product: Product, ada: User) -> Channel:
    config = {"url": f"https://hooks.example.test/{get_random_string(4)}"}
    return add_channel(kind=Kind.SLACK, name="emergency-releases", config=config, by=ada, team=product.team)


def happens(incident: Incident, kind: str, by: User | None = None, **data: object) -> None:
    lifecycle.perform(incident, Step(kind, ANY), by=by, **data)  # type: ignore[arg-type]


def told(key: str) -> list[tuple[str, str]]:
    """(who, the first line) of what stands on people's pages and went to rooms."""
    rows = Delivery.objects.filter(key=key).exclude(route="email").order_by("pk")
    return [(row.label, row.body.splitlines()[0]) for row in rows]


def test_who_decides_and_whoever_decided_hear_that_it_is_deployed(incident: Incident, ada: User) -> None:
    happens(incident, "deployed", ada, subject="HF-3", version="0.1.1")
    line = "What was decided is deployed: HF-3, 0.1.1."
    assert told("deployed") == [("Otto (Product Owner)", line)]


def test_both_hear_it_where_another_one_has_the_role_by_now(
    incident: Incident, ada: User, paula: User, otto: User
) -> None:
    roles.hand_over(incident, "product_owner", to=paula, by=otto, note="I go to bed")
    happens(incident, "deployed", ada, subject="HF-3")
    assert [who for who, _line in told("deployed")] == ["Paula (Product Owner)", "Otto (Product Owner)"]


def test_a_fault_is_told_to_who_decides_who_works_on_it_and_the_room(
    incident: Incident, ada: User, ben: User, room: Channel
) -> None:
    roles.claim(incident, "release_engineer", by=ben)
    for kind, words in (
        ("smoke_failed", "The smoke tests failed: HF-3. Mend it again, or roll back?"),
        ("watch_failed", "The watch showed a fault: HF-3. Mend it again, or roll back?"),
    ):
        happens(incident, kind, ada, subject="HF-3")
        assert told(kind) == [
            ("Otto (Product Owner)", words), ("Ben (Release Engineer)", words), ("emergency-releases", words),
        ]  # fmt: skip


def test_a_watch_that_passed_is_one_line_and_wakes_nobody(incident: Incident, otto: User) -> None:
    happens(incident, "watch_met", subject="HF-3")
    assert told("watch_passed") == [("Otto (Product Owner)", "The watch is over and nothing was seen: HF-3.")]
    row = Delivery.objects.get(key="watch_passed", route="inapp")
    assert row.subject.split(": ")[1] == "the watch passed"


def test_whoever_has_the_role_hears_that_the_watch_is_theirs(
    incident: Incident, ada: User, ben: User
) -> None:
    roles.claim(incident, "devops", by=ben)
    for kind in ("deployed", "smoke_passed"):
        happens(incident, kind, ada, subject="HF-3")
    assert told("watch_begun") == [
        ("Ben (DevOps)", "2 h at least. Look at: Error logs, What users report, That the fix did work."),
    ]


def test_where_nobody_has_it_those_listed_are_asked(
    incident: Incident, product: Product, ada: User, ben: User
) -> None:
    role_holders.list_for_role(product, role="devops", user=ben, by=ada)
    happens(incident, "smoke_passed", ada, subject="HF-3")
    assert [who for who, _line in told("watch_begun")] == ["Ben (DevOps)"]


def test_who_did_it_is_not_told_and_a_drill_sends_nothing(
    product: Product, incident: Incident, ada: User, paula: User, otto: User
) -> None:
    role_holders.unlist(product.role_holders.get(user=paula), by=ada)
    happens(incident, "watch_met", by=otto, subject="HF-3")
    assert told("watch_passed") == []
    drill = declare(product, by=ada, title="x", mode=Mode.DRILL)
    happens(drill, "deployed", ada)
    states = Delivery.objects.about(drill.ref).values_list("state", flat=True)
    assert set(states) == {"skipped"}


def test_a_private_one_is_told_to_those_who_take_part(
    product: Product, ada: User, ben: User, paula: User
) -> None:
    incident = declare(product, by=ada, title="Cards leaked", private=True)
    happens(incident, "smoke_failed", ada, text="The card page", subject="HF-3")
    assert told("smoke_failed") == []
    roles.assign(incident, role="devops", user=ben, by=ada)
    Participant.objects.create(incident=incident, user=paula)
    happens(incident, "watch_failed", ada, text="The card page", subject="HF-3")
    assert told("watch_failed") == [
        (who, "The watch showed a fault: HF-3. Mend it again, or roll back?")
        for who in ("Paula (Product Owner)", "Ben (DevOps)")
    ]
    assert "card page" not in Delivery.objects.filter(key="watch_failed", route="inapp")[0].body
