"""What is owed to people has an owner and a clock, is found after closing, reminds once each (K73, K85, C11, C17)."""

from datetime import datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from accounts.models import Membership, User
from foundation import moment
from incidents.lifecycle import transitions
from incidents.lifecycle.declare import declare
from incidents.messages import messages, obligations, sending
from incidents.models import Assignment, Incident, Obligation
from incidents.roles import roles
from incidents.timeline import corrections
from incidents.work.report import report
from notifications import ways
from notifications.models import Delivery, State
from products.models import Product, RoleHolder
from tests.factories import join, make_user
from tests.incidents.telling_people import channel, deployed, view

pytestmark = pytest.mark.usefixtures("declared")


def owed(incident: Incident) -> list[tuple[str, str, str]]:
    rows = Obligation.objects.filter(incident=incident).order_by("pk")
    return [(row.message, str(row.owner or ""), row.outcome) for row in rows]


def pass_time(by: timedelta) -> None:
    """As if every obligation had begun so much earlier."""
    for row in Obligation.objects.open():
        row.due_at, row.late_at = row.due_at - by, row.late_at - by
        row.look_at = row.look_at and row.look_at - by
        row.save()


def reminders() -> list[tuple[str, str]]:
    found = Delivery.objects.filter(key__in=["owed", "owed_late"], route="inapp").order_by("pk")
    return [(row.key, row.label) for row in found]


@pytest.fixture
def paula(product: Product, ada: User) -> User:
    user = make_user("paula@example.test")
    join(user, product.team)
    RoleHolder.objects.create(product=product, role="product_owner", user=user, position=1)
    return user


def test_deployed_owes_two_messages_and_resolving_a_third_c11_c17(
    incident: Incident, ada: User, paula: User
) -> None:
    report(incident, "deployed", by=ada)
    assert owed(incident) == [("follow_up", "Paula", "")]
    report(incident, "smoke_passed", by=ada)
    transitions.resolve(incident, by=ada)
    assert owed(incident) == [
        ("follow_up", "Paula", ""),
        ("deployed", "Paula", ""),
        ("resolved", "Paula", ""),
    ]
    due = {row.message: (row.due_at, row.late_at) for row in Obligation.objects.all()}
    at = incident.events.get(kind="deployed").occurred_at
    assert due["follow_up"] == (at + timedelta(hours=24), at + timedelta(hours=26))
    messages.send_message(incident, "deployed", by=ada, text="#status")
    assert owed(incident)[1] == ("deployed", "Paula", "sent")


def test_a_setback_makes_it_moot_and_a_new_deployment_owes_anew(incident: Incident, ada: User) -> None:
    deployed(incident, ada)
    report(incident, "smoke_failed", by=ada)
    assert owed(incident) == [("follow_up", "", ""), ("deployed", "", "moot")]
    report(incident, "rolled_back", by=ada)
    assert [outcome for _key, _who, outcome in owed(incident)] == ["moot", "moot"]
    report(incident, "deployed", by=ada)
    assert [(key, outcome) for key, _who, outcome in owed(incident)] == [
        ("follow_up", "moot"), ("deployed", "moot"), ("follow_up", ""),
    ]  # fmt: skip


def test_who_takes_the_role_owes_it_and_a_deputy_stands_in(
    product: Product, incident: Incident, ada: User, ben: User, paula: User
) -> None:
    deployed(incident, ada)
    assert owed(incident)[0][1] == "Paula"
    RoleHolder.objects.create(product=product, role="product_owner", user=ben, position=2)
    roles.claim(incident, "product_owner", by=ben)
    assert {who for _key, who, _outcome in owed(incident)} == {"Ben"}


def test_the_owner_is_reminded_when_it_is_due_and_when_it_is_late_each_once(
    incident: Incident, ada: User, paula: User
) -> None:
    deployed(incident, ada)
    assert obligations.remind_due() == 1
    assert (obligations.remind_due(), reminders()) == (0, [("owed", "Paula")])
    told = Delivery.objects.get(key="owed", route="inapp")
    assert told.path == f"{incident.get_absolute_url()}messages/deployed/"
    assert view(incident).text in told.body
    assert "Left out: No user action required. Only a person can know what users must do." in told.body
    pass_time(timedelta(minutes=31))
    assert (obligations.remind_due(), obligations.remind_due()) == (1, 0)
    assert reminders() == [("owed", "Paula"), ("owed_late", "Paula")]
    pass_time(timedelta(hours=24))
    assert (obligations.remind_due(), reminders()[2:]) == (1, [("owed", "Paula")])


def test_what_is_late_already_is_told_as_late_alone(product: Product, ada: User, paula: User) -> None:
    incident = declare(product, by=ada, title="Slow", detected_at=moment.now() - timedelta(hours=3))
    report(incident, "deployed", by=ada, at=moment.now() - timedelta(hours=2))
    report(incident, "smoke_passed", by=ada, at=moment.now() - timedelta(hours=2))
    obligations.remind_due()
    assert reminders() == [("owed_late", "Paula")]


def test_sending_it_calls_the_reminder_back_that_waits(
    incident: Incident, ada: User, paula: User, settings: object
) -> None:
    settings.MAIL_URL = "smtp://127.0.0.1:1"  # type: ignore[attr-defined]
    deployed(incident, ada)
    obligations.remind_due()
    messages.send_message(incident, "deployed", by=ada, text="#status")
    assert Delivery.objects.get(key="owed", route="email").state == State.CANCELLED


def test_a_drill_reminds_nobody_and_says_so(product: Product, ada: User, paula: User) -> None:
    drill = declare(product, by=ada, title="Practice", mode="drill")
    deployed(drill, ada)
    obligations.remind_due()
    rows = Delivery.objects.filter(key="owed")
    assert {(row.state, row.reason) for row in rows} == {(State.SKIPPED, "drill")}


def test_a_private_one_is_named_by_its_ref_alone(product: Product, ada: User) -> None:
    hidden = declare(product, by=ada, title="Break-in", private=True)
    deployed(hidden, ada)
    obligations.remind_due()
    told = Delivery.objects.filter(key="owed", route="inapp").first()
    assert told is not None
    assert (told.subject, told.body) == (f"{hidden.ref}: a message is due", "Open the incident to read it.")


def test_now_says_what_you_owe_also_when_the_incident_is_closed(
    incident: Incident, ada: User, paula: User
) -> None:
    report(incident, "deployed", by=ada)
    transitions.resolve(incident, by=ada)
    Incident.objects.filter(pk=incident.pk).update(status="closed")
    pass_time(timedelta(hours=25))
    hers, his = Client(), Client()
    hers.force_login(paula)
    his.force_login(ada)
    now = hers.get("/").content.decode()
    assert "You owe" in now
    assert "Hotfix status update" in now
    assert "You owe" not in his.get("/").content.decode()
    listed = his.get("/incidents/owed/").content.decode()
    assert "Hotfix status update" in listed
    assert "Product Owner: Paula" in listed


def test_the_list_is_for_who_may_see_the_incident(
    product: Product, incident: Incident, ada: User, outsider: User
) -> None:
    report(incident, "deployed", by=ada)
    client = Client()
    client.force_login(outsider)
    assert "Hotfix status update" not in client.get("/incidents/owed/").content.decode()


def test_a_setback_calls_back_what_waits_to_leave(
    product: Product, incident: Incident, ada: User, settings: object
) -> None:
    settings.MAIL_URL = "smtp://127.0.0.1:1"  # type: ignore[attr-defined]
    users = channel(product, ada, "Status list", users=True)
    deployed(incident, ada)
    sending.send(incident, "deployed", by=ada, channels=[users.pk], seen=view(incident).digest)
    report(incident, "smoke_failed", by=ada)
    row = Delivery.objects.get(key="message")
    assert (row.state, row.reason) == (State.CANCELLED, "smoke tests failed")
    assert (view(incident).state, view(incident).called_back) == ("waits", True)
    report(incident, "smoke_passed", by=ada)
    assert (view(incident).state, owed(incident)[-1][::2]) == ("due", ("deployed", ""))
    said = view(incident)
    sending.send(incident, "deployed", by=ada, channels=[users.pk], seen=said.digest)
    row.refresh_from_db()
    assert (row.state, row.body) == (State.PENDING, said.text)
    assert Delivery.objects.filter(key="message").count() == 1


def test_the_next_look_is_when_something_falls_due(incident: Incident, ada: User) -> None:
    assert obligations.next_due() is None
    event = report(incident, "deployed", by=ada)
    due: datetime | None = obligations.next_due()
    assert due == event.occurred_at + timedelta(hours=24)


def test_who_left_the_team_owes_nothing_any_more_and_somebody_hears_of_it(
    product: Product, incident: Incident, ada: User, ben: User, paula: User
) -> None:
    roles.claim(incident, "product_owner", by=paula)
    deployed(incident, ada)
    Membership.objects.filter(user=paula).delete()
    RoleHolder.objects.create(product=product, role="product_owner", user=ben, position=2)
    assert obligations.remind_due() == 1
    heard = Delivery.objects.filter(route="inapp", state=State.SENT).order_by("pk")
    assert list(heard.filter(key="owed").values_list("label", flat=True)) == ["Ada", "Ben"]
    Assignment.objects.update(until=moment.now())
    pass_time(timedelta(minutes=31))
    assert obligations.remind_due() == 1
    assert (heard.get(key="owed_late").label, owed(incident)[-1][1]) == ("Ben", "Ben")


def test_nobody_sends_again_what_did_not_arrive_and_is_not_so_any_more(
    product: Product, incident: Incident, ada: User, settings: object
) -> None:
    settings.MAIL_URL = "smtp://127.0.0.1:1"  # type: ignore[attr-defined]
    users = channel(product, ada, "Status list", users=True)
    deployed(incident, ada)
    sending.send(incident, "deployed", by=ada, channels=[users.pk], seen=view(incident).digest)
    Delivery.objects.filter(key="message").update(state=State.DEAD)
    report(incident, "smoke_failed", by=ada)
    row = Delivery.objects.get(key="message")
    assert (row.state, ways.retry(row, by=ada), view(incident).called_back) == (State.CANCELLED, False, True)


def test_it_falls_due_by_when_it_really_happened(incident: Incident, ada: User) -> None:
    event = report(incident, "deployed", by=ada)
    Incident.objects.filter(pk=incident.pk).update(detected_at=event.occurred_at - timedelta(hours=3))
    earlier = event.occurred_at - timedelta(hours=2)
    corrections.correct(event, by=ada, reason="The clock was wrong", occurred_at=earlier)
    assert Obligation.objects.get(incident=incident).due_at == earlier + timedelta(hours=24)


def test_nobody_is_told_that_it_is_over_once_it_came_back_c17(
    product: Product, incident: Incident, ada: User, paula: User
) -> None:
    users = channel(product, ada, "Status list", users=True)
    deployed(incident, ada)
    transitions.resolve(incident, by=ada)
    transitions.reopen(incident, by=ada, reason="It came back")
    assert (view(incident, "resolved").state, owed(incident)[-1]) == ("later", ("resolved", "Paula", "moot"))
    said = view(incident, "resolved")
    with pytest.raises(ValidationError, match="can be sent after"):
        sending.send(incident, "resolved", by=ada, channels=[users.pk], seen=said.digest)
    transitions.resolve(incident, by=ada)
    assert (view(incident, "resolved").state, owed(incident)[-1]) == ("due", ("resolved", "Paula", ""))
