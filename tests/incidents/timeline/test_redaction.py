"""Redacting takes two: one asks and the words are hidden, another confirms and they are destroyed."""

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import DatabaseError, transaction
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from incidents.lifecycle import transitions
from incidents.lifecycle.declare import declare
from incidents.messages import updates
from incidents.models import Incident, TimelineEvent, TimelinePayload
from incidents.roles import roles
from incidents.timeline import corrections
from incidents.work.report import report
from live.models import Announcement
from notifications.models import Delivery, State
from products.models import Product
from tests.factories import join, make_product, make_team, make_user
from tests.incidents.telling_people import channel
from tests.incidents.timeline.test_timeline import broken

pytestmark = pytest.mark.usefixtures("house")


def test_redacting_takes_two_and_the_chain_still_verifies(incident: Incident, ada: User, ben: User) -> None:
    event = transitions.note(incident, by=ada, text="password is hunter2")
    request = corrections.ask_redaction(event, by=ada, reason="A password")
    assert "hunter2" not in event.lines.get().html
    with pytest.raises(ValidationError):
        corrections.confirm_redaction(request, by=ada)
    corrections.confirm_redaction(request, by=ben)
    event = TimelineEvent.objects.get(pk=event.pk)
    assert event.redacted
    assert "hunter2" not in event.lines.get().html
    assert not TimelinePayload.objects.filter(body__contains="hunter2").exists()
    assert not Announcement.objects.filter(html__contains="hunter2").exists()
    assert broken() == []


def test_redacting_takes_the_corrections_that_repeat_it(incident: Incident, ada: User, ben: User) -> None:
    event = transitions.note(incident, by=ada, text="password is hunter2")
    corrections.correct(event, by=ada, reason="Spelling", text="the password is hunter2")
    corrections.confirm_redaction(corrections.ask_redaction(event, by=ada, reason="A password"), by=ben)
    assert not TimelinePayload.objects.filter(body__contains="hunter2").exists()
    assert broken() == []


def test_a_declined_redaction_shows_the_entry_again(incident: Incident, ada: User, ben: User) -> None:
    event = transitions.note(incident, by=ada, text="Our customer is Example Ltd")
    corrections.decline_redaction(corrections.ask_redaction(event, by=ada, reason="A name"), by=ben)
    assert "Example Ltd" in event.lines.get().html


def test_a_team_of_one_redacts_alone_and_it_says_so(db: None) -> None:
    product = make_product(make_team("solo"), name="Solo")
    solo = make_user("solo@example.test")
    join(solo, product.team)
    incident = declare(product, by=solo, title="Down")
    event = transitions.note(incident, by=solo, text="hunter2")
    redaction = corrections.confirm_redaction(
        corrections.ask_redaction(event, by=solo, reason="A password"), by=solo
    )
    assert redaction.data["alone"] is True


def test_the_database_refuses_one_person_for_two(incident: Incident, ada: User) -> None:
    request = corrections.ask_redaction(incident.events.get(seq=1), by=ada, reason="A name")
    request.settled_by, request.settled_at, request.confirmed = ada, incident.declared_at, True
    with pytest.raises(DatabaseError, match="second_person"), transaction.atomic():
        request.save()


def test_while_a_redaction_is_open_the_words_cannot_be_had_or_repeated(
    incident: Incident, ada: User, client: Client
) -> None:
    event = transitions.note(incident, by=ada, text="password is hunter2")
    correction = corrections.correct(event, by=ada, reason="Spelling", text="the password is hunter2")
    corrections.ask_redaction(event, by=ada, reason="A password")
    client.force_login(ada)
    page = client.get(f"/incidents/INC-1/events/{event.seq}/correct", follow=True).content.decode()
    page += client.get("/incidents/INC-1/").content.decode()
    assert "hunter2" not in page
    for one in (event, correction):
        with pytest.raises(ValidationError):
            corrections.correct(one, by=ada, reason="Again", text="hunter2")


def test_an_event_read_before_it_was_destroyed_brings_nothing_back(
    incident: Incident, ada: User, ben: User
) -> None:
    event = transitions.note(incident, by=ada, text="password is hunter2")
    stale = TimelineEvent.objects.select_related("payload", "incident").get(pk=event.pk)
    corrections.confirm_redaction(corrections.ask_redaction(event, by=ada, reason="A password"), by=ben)
    with pytest.raises(ValidationError):
        corrections.correct(stale, by=ada, reason="Spelling", text="the password is hunter2")
    call_command("render_lines", "--all")
    assert "hunter2" not in event.lines.get().html


def test_who_wrote_a_destroyed_entry_stays_known(incident: Incident, ada: User, ben: User) -> None:
    event = transitions.note(incident, by=ada, text="hunter2")
    corrections.confirm_redaction(corrections.ask_redaction(event, by=ben, reason="A password"), by=ada)
    assert TimelineEvent.objects.get(pk=event.pk).actor_label == "Ada"


def test_a_private_incident_of_one_person_can_be_redacted(product: Product, ada: User, ben: User) -> None:
    secret = declare(product, by=ada, title="Keys leaked", private=True)
    event = transitions.note(secret, by=ada, text="hunter2")
    redaction = corrections.confirm_redaction(
        corrections.ask_redaction(event, by=ada, reason="A password"), by=ada
    )
    assert redaction.data["alone"] is True


def test_the_words_go_from_the_messages_that_told_of_them(product: Product, ada: User, ben: User) -> None:
    severities = {one.key: one for one in product.severities()}
    made = declare(product, by=ada, title="Slow", severity=severities["MEDIUM"])
    event = transitions.change_severity(
        made, by=ada, severity=severities["CRITICAL"], reason="hunter2 is out"
    )
    told = Delivery.objects.filter(body__contains="hunter2")
    assert told.exists()
    corrections.confirm_redaction(corrections.ask_redaction(event, by=ada, reason="A password"), by=ben)
    assert not told.exists()
    assert Delivery.objects.filter(body__contains="[redacted]").exists()


def test_words_that_are_cut_in_a_message_go_from_it_too(product: Product, ada: User, ben: User) -> None:
    incident = declare(product, by=ada, title="Sign-in fails")
    roles.claim(incident, by=ben)
    text = "password is hunter2 " + "and the log says more " * 40
    report(incident, "deployed", by=ada)
    event = report(incident, "smoke_failed", by=ada, text=text)
    told = Delivery.objects.filter(about=f"{incident.ref}/{event.seq}", body__contains="hunter2")
    assert told.exists()
    corrections.confirm_redaction(corrections.ask_redaction(event, by=ada, reason="A password"), by=ben)
    assert not told.exists()


def test_while_somebody_asks_nothing_that_waits_leaves_with_the_words(
    product: Product, ada: User, settings: Settings
) -> None:
    settings.MAIL_URL = "smtp://127.0.0.1:9"
    users = channel(product, ada, "Status list", users=True)
    incident = declare(product, by=ada, title="Sign-in fails")
    event = updates.update(incident, by=ada, text="Call Ada at 0123", channels=[users.pk])
    corrections.ask_redaction(event, by=ada, reason="A number")
    row = Delivery.objects.get(channel=users)
    assert (row.state, row.reason) == (State.CANCELLED, "Somebody asked to redact it.")
