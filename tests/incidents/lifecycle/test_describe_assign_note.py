"""What is known, who does what, what was said."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from accounts.models import User
from foundation import moment
from incidents.lifecycle import transitions
from incidents.models import Incident

pytestmark = pytest.mark.usefixtures("declared")


def test_describing_records_old_and_new_of_what_changed(incident: Incident, ada: User) -> None:
    event = transitions.describe(
        incident, by=ada, impact="Nobody can sign in", users_affected=1240, data_loss=False
    )
    assert event is not None
    assert event.data["changed"] == {"impact": ["", "Nobody can sign in"], "users_affected": [None, 1240]}
    assert (incident.impact, incident.users_affected) == ("Nobody can sign in", 1240)


def test_describing_nothing_new_leaves_no_record(incident: Incident, ada: User) -> None:
    assert transitions.describe(incident, by=ada, title=incident.title) is None
    assert incident.events.count() == 1


def test_assigning_hands_a_role_to_one_person(incident: Incident, ada: User, ben: User) -> None:
    transitions.assign(incident, by=ada, user=ada)
    transitions.assign(incident, by=ada, user=ben)
    assert incident.lead == ben
    held = incident.assignments.order_by("pk").values_list("user", "until")
    assert [(user, until is None) for user, until in held] == [(ada.pk, False), (ben.pk, True)]


def test_the_same_role_twice_is_refused(incident: Incident, ada: User) -> None:
    transitions.assign(incident, by=ada, user=ada)
    with pytest.raises(ValidationError):
        transitions.assign(incident, by=ada, user=ada)


def test_late_knowledge_carries_its_own_time(incident: Incident, ada: User) -> None:
    earlier = moment.now() - timedelta(minutes=5)
    event = transitions.note(incident, by=ada, text="The deploy went out", at=earlier)
    assert event.occurred_at == earlier
    assert event.recorded_at > earlier


def test_a_note_from_the_future_is_refused(incident: Incident, ada: User) -> None:
    with pytest.raises(ValidationError):
        transitions.note(incident, by=ada, text="Later", at=moment.now() + timedelta(hours=1))


def test_notes_are_taken_after_the_end_too(incident: Incident, ada: User) -> None:
    transitions.resolve(incident, by=ada)
    assert transitions.note(incident, by=ada, text="The cause was a null site").seq == 3
