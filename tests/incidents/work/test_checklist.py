"""The boxes: the source's order, ticked by events and by people, open again after a setback (K99–K117, C10)."""

import threading

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from accounts.models import User
from incidents.lifecycle import transitions
from incidents.lifecycle.declare import declare
from incidents.lifecycle.lifecycle import TooLate
from incidents.models import ChecklistItem, Incident
from incidents.work import checklist
from incidents.work.report import report
from products.models import Product
from tests.factories import join, make_product, make_user

KROW = [
    "Severity assessed and written down", "Branch made from the production tag", "Bug fixed and tested locally",
    "Version number raised (PATCH only)", "CHANGELOG entry added", "Commit message is clear",
    "Code review asked for (marked URGENT)", "Approval given", "Merged to main", "Production tag made", "Tag pushed",
    "Deployed to production", "Smoke tests passed", "Error logs watched (2 hours or more)", "Users told",
    "GitHub Release made", "Incident documented",
]  # fmt: skip


def state(incident: Incident, position: int) -> str:
    return checklist.items(incident)[position - 1].state


def test_an_incident_begins_with_the_seventeen_boxes_of_krow_k100_k116(incident: Incident) -> None:
    boxes = checklist.items(incident)
    assert [box.title for box in boxes] == KROW
    assert [box.position for box in boxes] == list(range(1, 18))
    assert ChecklistItem.objects.count() == 17


def test_declaring_with_a_severity_ticks_the_first_box_k100(incident: Incident, ada: User) -> None:
    first = checklist.items(incident)[0]
    assert (first.state, first.done_by) == ("done", ada)
    assert first.done_by_event is not None
    assert first.done_by_event.kind == "declared"


def test_without_a_severity_confirming_ticks_it_k100(product: Product, ada: User) -> None:
    unsure = declare(product, by=ada, title="Sign-in fails")
    assert state(unsure, 1) == "open"
    transitions.confirm_severity(unsure, by=ada)
    assert state(unsure, 1) == "done"


def test_an_event_ticks_its_box_and_the_box_names_it_k108(incident: Incident, ben: User) -> None:
    event = report(incident, "merged", by=ben)
    box = checklist.items(incident)[8]
    assert (box.title, box.state, box.done_by, box.done_at) == (
        "Merged to main",
        "done",
        ben,
        event.occurred_at,
    )
    assert box.done_by_event == event


def test_ticking_a_box_that_waits_for_an_event_states_that_event_k107(incident: Incident, ada: User) -> None:
    report(incident, "review_requested", by=ada)
    url = "https://github.com/acme/app/pull/7"
    event = checklist.attest(incident, 8, by=ada, text="Ben approved", url=url)
    assert (event.kind, event.text, event.data) == ("approved", "Ben approved", {"url": url})
    box = checklist.items(incident)[7]
    assert (box.state, box.said, box.url) == ("done", "Ben approved", url)
    assert incident.clocks.get(key="approval").stopped_at == event.occurred_at


def test_a_box_without_an_event_is_attested_with_words_and_a_link_k116(incident: Incident, ada: User) -> None:
    event = checklist.attest(incident, 17, by=ada, text="In the wiki", url="https://wiki.example.org/7")
    assert (event.kind, event.text) == ("attested", "In the wiki")
    assert event.data == {
        "item": 17, "title": "Incident documented", "state": "done", "url": "https://wiki.example.org/7",
    }  # fmt: skip
    assert checklist.items(incident)[16].done_by == ada


def test_not_needed_wants_a_reason(incident: Incident, ada: User) -> None:
    with pytest.raises(ValidationError) as refused:
        checklist.not_needed(incident, 16, by=ada, reason="  ")
    assert list(refused.value.message_dict) == ["reason"]
    event = checklist.not_needed(incident, 16, by=ada, reason="We do not use GitHub")
    box = checklist.items(incident)[15]
    assert (box.state, box.said, event.data["state"]) == (
        "not_needed",
        "We do not use GitHub",
        "not_needed",
    )
    report(incident, "released", by=ada)
    assert (state(incident, 16), checklist.items(incident)[15].said) == ("done", "")


def test_a_box_is_ticked_once_and_can_be_opened_again(incident: Incident, ada: User, ben: User) -> None:
    checklist.tick(incident, 4, by=ada)
    with pytest.raises(TooLate) as late:
        checklist.tick(incident, 4, by=ben)
    assert late.value.last is not None
    assert late.value.last.actor == ada
    event = checklist.untick(incident, 4, by=ben, reason="It was 0.2.0")
    assert (event.kind, event.text, event.data["state"]) == ("check_changed", "It was 0.2.0", "open")
    box = checklist.items(incident)[3]
    assert (box.state, box.done_by, box.said) == ("open", None, "")
    with pytest.raises(TooLate):
        checklist.untick(incident, 4, by=ben)


def test_a_setback_opens_what_it_takes_back(incident: Incident, ada: User) -> None:
    for kind in ("deployed", "smoke_passed"):
        report(incident, kind, by=ada)
    assert (state(incident, 12), state(incident, 13)) == ("done", "done")
    report(incident, "smoke_failed", by=ada)
    assert (state(incident, 12), state(incident, 13)) == ("done", "open")
    report(incident, "rolled_back", by=ada)
    assert state(incident, 12) == "open"


def test_an_incident_from_before_there_were_boxes_shows_them_and_keeps_them_with_the_first_verb(
    incident: Incident, ada: User
) -> None:
    ChecklistItem.objects.all().delete()
    report(incident, "merged", by=ada)
    done = [box.position for box in checklist.items(incident) if not box.is_open]
    assert (done, ChecklistItem.objects.count()) == ([1, 9], 0)
    checklist.tick(incident, 5, by=ada)
    assert [box.position for box in checklist.items(incident) if not box.is_open] == [1, 5, 9]
    assert ChecklistItem.objects.count() == 17


def test_a_process_without_a_list_has_no_boxes(product: Product, ada: User) -> None:
    version = product.process.current
    assert version is not None
    for absent in ("checklist", "steps", "messages", "policy"):
        version.document.pop(absent)
    version.save(update_fields=["document"])
    incident = declare(product, by=ada, title="Sign-in fails")
    assert checklist.items(incident) == []
    with pytest.raises(ValidationError):
        checklist.tick(incident, 1, by=ada)


def test_archys_own_lines_are_its_boxes_a17_a32(ada: User) -> None:
    incident = declare(make_product(process="archy", name="Archy"), by=ada, title="A node is bricked")
    assert [box.title for box in checklist.items(incident)][9:] == [
        "ISO built", "Release manifest updated", "ISO copied to the Builds folder", "RELEASE-NOTES updated",
        "Noted in CHANGELOG.md",
    ]  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_of_ten_at_once_one_ticks_the_box() -> None:
    product = make_product()
    people = [make_user(f"p{n}@example.test") for n in range(10)]
    for person in people:
        join(person, product.team)
    incident = declare(product, by=people[0], title="Sign-in fails")
    outcomes: list[str] = []

    def tap(person: User) -> None:
        try:
            checklist.tick(Incident.objects.get(pk=incident.pk), 9, by=person)
            outcomes.append("done")
        except TooLate:
            outcomes.append("late")
        finally:
            connection.close()

    threads = [threading.Thread(target=tap, args=[person]) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["done", *["late"] * 9]
    assert incident.events.filter(kind="merged").count() == 1
