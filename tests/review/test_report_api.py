"""Reports by script: read in three forms, answered, planned, reviewed; action items."""

import hashlib
import json
from typing import Any

import pytest
from django.core.cache import cache

from accounts.models import Scope, User
from foundation import moment
from foundation.written import utc
from incidents.models import Incident
from products.token_products import make_narrow_token
from tests.api.conftest import Script
from tests.review.conftest import DAY, KEYS, House, reader, resolved_house


@pytest.fixture(scope="module", autouse=True)
def house(undone: None) -> House:
    return resolved_house()


@pytest.fixture(autouse=True)
def _nothing_counted(db: None) -> None:
    cache.clear()


def script_of(user: User) -> Script:
    _token, text = make_narrow_token(user, by=None, name="docs", scopes=Scope.values, products=(), days=None)
    return Script(text)


def todo(owner: User, **facts: Any) -> dict[str, Any]:
    due = (moment.now().date() + DAY).isoformat()
    return {"text": "Add a test", "kind": "test", "owner": owner.email, "due": due, **facts}


def test_one_report_from_resolved_to_reviewed(over: Incident, ada: User, ben: User) -> None:
    """K118–K121, K125, K131; the sums of clocks are those of the incident."""
    script, here = script_of(ada), f"/incidents/{over.ref}/postmortem"
    first = script.get(here)
    assert (first["state"], first["left"], first["resolved"], first["review"]) == (
        "in_progress",
        3,
        True,
        None,
    )
    sums = {clock["key"]: clock["sum"][:2] for clock in script.get(f"/incidents/{over.ref}/clocks")["items"]}
    assert {clock["key"]: clock["sum"][:2] for clock in first["clocks"]} == sums
    meeting = {
        "meets_at": utc(moment.now() + DAY),
        "attendees": "All of us",
        "link": "https://call.example.test/1",
    }
    planned = script.post(f"/incidents/{over.ref}/schedule_postmortem", meeting)
    assert next(clock for clock in planned["clocks"] if clock["key"] == "postmortem")["state"] == "met"
    for key in KEYS:
        answered = script.post(f"{here}/answers/{key}", {"text": f"Because of {key}"})
    assert (answered["left"], answered["writers"]) == (0, ["Ada"])
    added = script.post(f"{here}/actions", todo(ben), status=201, Idempotency_Key="a1")
    again = script.post(f"{here}/actions", todo(ben), status=200, Idempotency_Key="a1")
    assert (
        [one["text"] for one in again["actions"]]
        == [one["text"] for one in added["actions"]]
        == ["Add a test"]
    )
    reviewed = script_of(ben).post(f"{here}/review")
    assert (reviewed["state"], reviewed["review"]["by"], reviewed["review"]["own"]) == ("reviewed", "Ben", "")
    kept = script("GET", f"{here}.json")
    assert kept["Content-Disposition"] == f'attachment; filename="{over.ref}-postmortem.json"'
    frozen = json.dumps(kept.json()["frozen"], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert hashlib.sha256(frozen.encode()).hexdigest() == reviewed["review"]["digest"]
    downloaded = reader(ada).get(f"{here}.json").json()
    assert {**downloaded, "at": ""} == {**script("GET", f"{here}.json").json(), "at": ""}
    text = script("GET", f"{here}.md")
    assert text["Content-Type"] == "text/markdown; charset=utf-8"
    assert (
        "Because of root\\_cause" in text.content.decode() or "Because of root_cause" in text.content.decode()
    )
    late = script("POST", f"{here}/answers/root_cause", {"text": "Else"})
    assert (late.status_code, "This report is reviewed." in late.json()["detail"]) == (409, True)
    opened = script.post(f"{here}/reopen", {"reason": "The cause was another one"})
    assert opened["state"] == "in_progress"


def test_another_answer_meanwhile_is_409_and_both_stay(over: Incident, ada: User, ben: User) -> None:
    here = f"/incidents/{over.ref}/postmortem"
    first = script_of(ada).post(f"{here}/answers/root_cause", {"text": "A null site"})
    refused = script_of(ben)("POST", f"{here}/answers/root_cause", {"text": "A missing guard"})
    assert (refused.status_code, "Ada has written another answer" in refused.json()["detail"]) == (409, True)
    seen = first["answers"][0]["seen"]
    mine = script_of(ben).post(f"{here}/answers/root_cause", {"text": "A missing guard", "seen": seen})
    assert (mine["answers"][0]["text"], mine["answers"][0]["number"]) == ("A missing guard", 2)


def test_an_action_item_is_changed_finished_opened_and_dropped(over: Incident, ada: User, ben: User) -> None:
    script, here = script_of(ada), f"/incidents/{over.ref}/postmortem/actions"
    script.post(here, todo(ben), status=201)
    changed = script("PATCH", f"{here}/1", {"owner": ada.email, "seen": 1})
    assert (changed.status_code, changed.json()["actions"][0]["owner"]) == (200, "Ada")
    assert script("PATCH", f"{here}/1", {"text": "Else", "seen": 1}).status_code == 409
    assert script.post(f"{here}/1/finish")["actions"][0]["state"] == "done"
    assert script("POST", f"{here}/1/finish").status_code == 409
    assert script.post(f"{here}/1/reopen")["actions"][0]["state"] == "open"
    assert script("POST", f"{here}/1/drop").status_code == 422
    assert script.post(f"{here}/1/drop", {"reason": "Gone"})["actions"][0]["reason"] == "Gone"
    assert script("POST", f"{here}/1/finish", {"reason": "Why"}).status_code == 422
    assert script("POST", f"{here}/9/finish").status_code == 404


@pytest.mark.parametrize(
    ("change", "field"),
    [({"owner": "nobody@example.test"}, "owner"), ({"due": "soon"}, "due"), ({"due": "2019-01-01"}, "due"),
     ({"kind": "magic"}, "kind"), ({"text": "a\nb"}, "text"), ({"text": ""}, "text")],
)  # fmt: skip
def test_a_malformed_action_item_is_refused_by_field(
    over: Incident, ada: User, change: dict[str, Any], field: str
) -> None:
    answer = script_of(ada)("POST", f"/incidents/{over.ref}/postmortem/actions", {**todo(ada), **change})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)


def test_the_list_says_what_is_due(over: Incident, private: Incident, ada: User, ben: User) -> None:
    mine, theirs = script_of(ada).get("/postmortems?state=due"), script_of(ben).get("/postmortems?state=due")
    assert [row["ref"] for row in mine["items"]] == [over.ref, private.ref]
    assert [(row["ref"], row["left"], row["begun"]) for row in theirs["items"]] == [(over.ref, 3, False)]
    due = over.clocks.get(key="postmortem").due_at
    assert due is not None
    assert theirs["items"][0]["due_at"] == utc(due)
    here = f"/incidents/{private.ref}/postmortem"
    assert [script_of(ben)("GET", f"{here}{end}").status_code for end in ("", ".md", ".json")] == [404] * 3
