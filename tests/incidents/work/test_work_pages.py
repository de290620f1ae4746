"""The process on the incident page: one primary action, filled-in commands, boxes and messages, few queries (K145)."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Role, User
from incidents.lifecycle import transitions
from incidents.lifecycle.declare import declare
from incidents.messages import messages
from incidents.models import Incident
from incidents.timeline import corrections
from incidents.work import checklist
from incidents.work.report import report
from products.models import Product
from tests.factories import join, make_user
from tests.incidents.conftest import House, begin

pytestmark = pytest.mark.usefixtures("declared")

HTMX = {"HX-Request": "true"}


@pytest.fixture
def reader(ada: User) -> Client:
    client = Client()
    client.force_login(ada)
    return client


@pytest.fixture(scope="module")
def declared(house: House) -> Incident:
    """Its hotfix has incident."""
    incident = begin(house.product, house.ada)
    transitions.acknowledge(incident, by=house.ada)
    report(incident, "hotfix_started", by=house.ada)
    return incident


def read(client: Client, incident: Incident) -> str:
    return client.get(incident.get_absolute_url()).content.decode()


def test_the_next_step_is_the_one_primary_action_and_its_commands_are_filled_in_k20(
    reader: Client, incident: Incident
) -> None:
    page = read(reader, incident)
    main = page[page.index('id="now"') : page.index('class="bar"')]
    assert re.findall(r'class="button primary"[^>]*>([^<]+)', main) == ["The branch is made"]
    assert "Step 2 of 11. Release Engineer: nobody yet." in page
    assert "git checkout -b hotfix/staff-mobile-v[new]" in page
    assert page.index("Create the hotfix branch") < page.index("Fix the bug")


def test_a_tap_finishes_the_step_and_the_answer_has_the_next_one(reader: Client, incident: Incident) -> None:
    answer = reader.post(f"/incidents/{incident.ref}/finish_step", {"step": "branch"}, headers=HTMX)
    assert answer.status_code == 200
    assert "Step 3 of 11." in answer.content.decode()
    again = reader.post(f"/incidents/{incident.ref}/finish_step", {"step": "branch"}, headers=HTMX)
    assert again.status_code == 409
    assert "You have done this already." in again.content.decode()


def test_without_script_every_button_leads_back_to_the_page(reader: Client, incident: Incident) -> None:
    for verb, sent in [
        ("finish_step", {"step": "branch", "text": "Cut from the tag"}),
        ("attest", {"box": "4", "url": "https://example.org/c/1"}),
        ("untick", {"box": "4", "reason": "Wrong file"}),
        ("not_needed", {"box": "16", "reason": "No GitHub"}),
        ("report", {"kind": "deployed"}),
        ("vouch", {"message": "deployed", "claim": "no_user_action", "reason": "Server only"}),
        ("send_message", {"message": "deployed", "text": "#status"}),
    ]:
        answer = reader.post(f"/incidents/{incident.ref}/{verb}", sent)
        # Whoever vouched stays with that message.
        back = incident.get_absolute_url() + ("messages/deployed/" if verb == "vouch" else "")
        assert (verb, answer.status_code, answer.headers.get("Location")) == (verb, 302, back)
    page = read(reader, incident)
    assert "done by event “Branch seen”" in page
    assert "No GitHub" in page
    assert "Users told" in page


def test_the_form_of_a_box_names_it_and_a_reason_is_asked_for(reader: Client, incident: Incident) -> None:
    page = reader.get(f"/incidents/{incident.ref}/not_needed?box=16").content.decode()
    assert "<h1>GitHub Release made</h1>" in page
    answer = reader.post(f"/incidents/{incident.ref}/not_needed", {"box": "16", "reason": ""})
    assert answer.status_code == 422
    assert "<h1>GitHub Release made</h1>" in answer.content.decode()
    assert reader.get(f"/incidents/{incident.ref}/attest?box=x%00").status_code == 200
    assert reader.post(f"/incidents/{incident.ref}/attest", {"box": "61"}).status_code == 422
    assert reader.post(f"/incidents/{incident.ref}/attest", {"box": "18"}).status_code == 422


def test_a_claim_that_cannot_be_shown_is_struck_out_and_not_in_the_copy_c11(
    reader: Client, incident: Incident, ada: User
) -> None:
    report(incident, "deployed", by=ada)
    page = read(reader, incident)
    assert "<del>Status: ✅ Deployed &amp; verified</del>" in page
    copy = re.search(r'<pre id="message-deployed"[^>]*>([^<]*)</pre>', page)
    assert copy is not None
    assert "verified" not in copy[1]
    assert "waits for “Smoke tests passed”" in page


def test_a_viewer_reads_and_has_no_buttons(product: Product, incident: Incident) -> None:
    vera = make_user("vera@example.test")
    join(vera, product.team, Role.VIEWER)
    client = Client()
    client.force_login(vera)
    page = read(client, incident)
    assert "Create the hotfix branch" in page
    assert "finish_step" not in page
    assert "send_message" not in page
    assert client.post(f"/incidents/{incident.ref}/finish_step", {"step": "branch"}).status_code == 403


def test_a_private_incident_keeps_its_list_from_others(product: Product, ada: User, ben: User) -> None:
    secret = declare(product, by=ada, title="Keys leaked", private=True)
    client = Client()
    client.force_login(ben)
    assert client.get(f"/incidents/{secret.ref}/checklist.md").status_code == 404


def test_the_checklist_as_markdown_in_the_order_of_the_source_k99_k117(
    reader: Client, product: Product, ada: User
) -> None:
    product.version = "0.1.0"
    product.save(update_fields=["version"])
    incident = declare(product, by=ada, title="Sign-in fails", severity=product.severities().get(key="HIGH"))
    checklist.not_needed(incident, 16, by=ada, reason="No\nGitHub")
    answer = reader.get(f"/incidents/{incident.ref}/checklist.md")
    assert answer.headers["Content-Type"] == "text/markdown; charset=utf-8"
    lines = answer.content.decode().splitlines()
    assert lines[0] == "Hotfix: Staff Mobile v0.1.0 → v0.1.1"
    assert lines[2] == "- [x] Severity assessed and written down"
    assert lines[3] == "- [ ] Branch made from the production tag"
    assert lines[17] == "- [-] GitHub Release made (not needed: No GitHub)"
    assert (lines[18], len(lines)) == ("- [ ] Incident documented", 21)
    assert lines[20] == "Total Time: 0 minutes"


def test_words_that_somebody_asked_to_redact_are_gone_everywhere(
    reader: Client, incident: Incident, ada: User
) -> None:
    event = checklist.attest(incident, 17, by=ada, text="The password is hunter2")
    sent = messages.send_message(incident, "deployed", by=ada, text="hunter2 room")
    assert read(reader, incident).count("hunter2") >= 3
    for entry in (event, sent):
        corrections.ask_redaction(entry, by=ada, reason="A password")
    assert "hunter2" not in read(reader, incident)


def test_seventeen_boxes_and_forty_events_cost_no_more_queries_than_a_few(
    reader: Client, incident: Incident, ada: User
) -> None:
    """Judged with 17 items and 40 events."""

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            read(reader, incident)
        return len(seen)

    # Deployed and tried: from then on there is a watch, which asks for what it saw.
    for position in (12, 13):
        checklist.attest(incident, position, by=ada, text=f"Box {position}")
    few = queries()
    for position in {*range(2, 18)} - {12, 13}:
        checklist.attest(incident, position, by=ada, text=f"Box {position}")
    for number in range(40 - incident.events.count()):
        transitions.note(incident, by=ada, text=f"Note {number}")
    assert incident.events.count() == 40
    assert queries() <= few + 2
    assert few <= 19


def test_a_box_and_a_step_show_what_was_corrected(reader: Client, incident: Incident, ada: User) -> None:
    past = incident.detected_at
    ticked = checklist.attest(incident, 5, by=ada, text="Build 41")
    made = report(incident, "branch_seen", by=ada, text="Cut from main")
    first = corrections.correct(ticked, by=ada, text="Build 42", reason="Typing error")
    corrections.correct(first, by=ada, text="Build 43", reason="Again")
    corrections.correct(made, by=ada, text="Cut from the tag", occurred_at=past, reason="Wrong words")
    page = read(reader, incident)
    panels = page[page.index('id="panels"') : page.index('id="monitors"')]
    expected = {
        "Build 43": True,
        "Build 41": False,
        "Build 42": False,
        "Cut from the tag": True,
        "Cut from main": False,
    }
    for words, there in expected.items():
        assert (words in panels) == there, words
    shown = reader.get(f"/incidents/{incident.ref}/checklist.md").content.decode()
    assert "[x]" in shown
