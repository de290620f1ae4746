"""Whether the process has to change (K124), and that the team has heard what was found (K128)."""

import pytest
from django.core.exceptions import ValidationError

from accounts.models import User
from foundation import moment
from incidents.models import Incident
from incidents.timeline import corrections
from review import answers, report
from review.action_items import add_action, drop_action
from review.process_change import keep_process
from review.refusals import Frozen
from review.reviewing import review
from tests.review.conftest import DAY, KEYS, House, reader, resolved_house
from tests.review.test_report_api import script_of


@pytest.fixture(scope="module", autouse=True)
def house(undone: None) -> House:
    return resolved_house()


def change_of(incident: Incident) -> tuple[str, list[int], str]:
    found = report.read(incident, moment.now())["process_change"]
    return found["state"], found["actions"], found["reason"]


def test_an_action_item_of_that_kind_or_a_reason_answers_it(over: Incident, ada: User, ben: User) -> None:
    """K124."""
    assert change_of(over) == ("open", [], "")
    with pytest.raises(ValidationError):
        keep_process(over, by=ada, reason=" ")
    keep_process(over, by=ada, reason="It asks for it already.")
    assert change_of(over) == ("not_needed", [], "It asks for it already.")
    due = moment.now().date() + DAY
    item = add_action(over, by=ada, text="Ask for a null test", kind="process", owner=ben, due=due)
    assert change_of(over)[:2] == ("planned", [1])
    drop_action(item, by=ada, reason="Not worth it")
    assert change_of(over)[0] == "not_needed"
    for key in KEYS:
        answers.answer(over, key, by=ada, text="Because")
    review(over, by=ben)
    with pytest.raises(Frozen):
        keep_process(over, by=ada, reason="Else")


def test_it_is_a_field_of_its_own_on_the_page_in_markdown_and_by_script(over: Incident, ada: User) -> None:
    """K124."""
    client, here = reader(ada), f"/incidents/{over.ref}/postmortem"
    page = client.get(f"{here}/").content.decode()
    assert ("Does the process have to change?" in page, "Nobody has said yet." in page) == (True, True)
    assert client.post(f"{here}/process", {"reason": "It **asks** for it."}).status_code == 302
    shown = client.get(f"{here}/").content.decode()
    assert ("No change is needed." in shown, "<strong>asks</strong>" in shown) == (True, True)
    text = client.get(f"{here}.md").content.decode()
    assert (
        "## Does the process have to change?\n\nNo change is needed.\n\n> It **asks** for it.\n\nAda," in text
    )
    said = script_of(ada).post(f"{here}/process", {"reason": "Else"})["process_change"]
    assert (said["state"], said["reason"], said["by"]) == ("not_needed", "Else", "Ada")
    assert client.get(f"{here}.json").json()["process_change"]["reason"] == "Else"


def test_the_findings_are_a_text_to_send_and_who_sent_it_is_on_the_timeline(
    over: Incident, ada: User, ben: User
) -> None:
    """K128: who, when and where."""
    answers.answer(over, "root_cause", by=ada, text="A null site")
    due = moment.now().date() + DAY
    add_action(over, by=ada, text="Add a test", kind="test", owner=ben, due=due)
    client, here = reader(ada), f"/incidents/{over.ref}/postmortem"
    assert "Not shared with the team yet." in client.get(f"{here}/").content.decode()
    found = report.read(over, moment.now())["findings"]["text"]
    assert found.split("\n")[:4] == [
        f"{over.ref} Sign-in fails ({over.product.name}, {over.severity.label})", "",
        "What was the root cause?", "A null site",
    ]  # fmt: skip
    assert f"What changes:\n- Add a test (Ben, {due})" in found
    form = client.get(f"{here}/share").content.decode()
    assert ('data-copy="#findings-text"' in form, "A null site" in form) == (True, True)
    assert client.post(f"{here}/share", {"where": ""}).status_code == 422
    sent = {"where": "Slack #releases", "url": "https://chat.example.test/1"}
    assert client.post(f"{here}/share", sent).status_code == 302
    event = over.events.latest("seq")
    assert (event.kind, event.text, event.actor) == ("noted", "Slack #releases", ada)
    page = client.get(f"/incidents/{over.ref}/").content.decode()
    assert "<b>Findings shared</b> with the team by Ada" in page
    again = script_of(ben).post(f"{here}/share", {"where": "The Monday meeting"})["findings"]["shared"]
    assert [(one["by"], one["where"], one["url"]) for one in again] == [
        ("Ada", "Slack #releases", "https://chat.example.test/1"), ("Ben (by token docs)", "The Monday meeting", ""),
    ]  # fmt: skip
    assert "[Slack #releases](<https://chat.example.test/1>)" in client.get(
        f"{here}.md"
    ).content.decode().replace("\\", "")
    corrections.confirm_redaction(corrections.ask_redaction(event, by=ada, reason="A room"), by=ben)
    for end in ("/", ".md", ".json"):
        assert "Slack" not in client.get(f"{here}{end}").content.decode(), end
