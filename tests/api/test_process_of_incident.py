"""Steps, boxes, messages and stated facts by script: the whole process without a browser (K145, K99–K117)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.conftest import Script, problem

INCIDENT = {
    "title": 'Sign-in "fails"',
    "product": "staff-mobile",
    "severity": "critical",
    "users_affected": 120,
}


@pytest.fixture
def ref(script: Script) -> str:
    return f"/incidents/{script.post('/incidents', INCIDENT, status=201)['ref']}"


def next_step(script: Script, ref: str) -> Any:
    return next((step for step in script.get(f"{ref}/steps")["items"] if step["current"]), None)


def test_a_script_walks_through_the_whole_process_k145(script: Script, ref: str) -> None:
    while (step := next_step(script, ref)) and step["key"] != "communicate":
        script.post(f"{ref}/steps/{step['key']}/finish", {"text": f"Did {step['key']}"})
    first = script.get(f"{ref}/messages")["items"][0]
    assert (first["key"], first["state"]) == ("deployed", "due")
    assert [line["text"] for line in first["lines"] if line["left_out"]] == [
        "No user action required.", "Service restored to normal.",
    ]  # fmt: skip
    script.post(f"{ref}/messages/deployed/vouch", {"claim": "no_user_action", "reason": "Server only"})
    script.post(f"{ref}/send_message", {"message": "deployed", "text": "status page"})
    sent = script.get(f"{ref}/messages")["items"][0]
    assert (sent["state"], sent["record"]["by"], sent["record"]["text"]) == (
        "sent",
        "Ada (by token deploy-bot)",
        "status page",
    )
    assert "No user action required." in sent["text"]
    assert next_step(script, ref) is None
    problem(script("POST", f"{ref}/send_message", {"message": "deployed", "text": "again"}), 409)


def test_the_boxes_in_order_are_ticked_left_out_and_opened_again(script: Script, ref: str) -> None:
    script.post(f"{ref}/checklist/16/not_needed", {"reason": "No GitHub"})
    told = script.post(f"{ref}/checklist/9/attest", {"url": "https://example.org/pr/7"})
    assert {clock["key"]: clock["state"] for clock in told["clocks"]}["response"] == "met"
    boxes = {box["position"]: box for box in script.get(f"{ref}/checklist")["items"]}
    assert sorted(boxes) == list(range(1, 18))
    assert (boxes[16]["state"], boxes[16]["record"]["text"]) == ("not_needed", "No GitHub")
    assert (boxes[9]["record"]["kind"], boxes[9]["record"]["url"]) == ("merged", "https://example.org/pr/7")
    script.post(f"{ref}/checklist/9/reopen", {"reason": "Wrong branch"})
    assert script.get(f"{ref}/checklist")["items"][8]["state"] == "open"
    problem(script("POST", f"{ref}/checklist/9/reopen"), 409)


def test_a_fact_is_stated_once_and_a_resend_is_harmless(script: Script, ref: str) -> None:
    sent = {"kind": "deployed", "text": "by the pipeline"}
    script.post(f"{ref}/report", sent, Idempotency_Key="d1")
    script.post(f"{ref}/report", sent, Idempotency_Key="d1")
    problem(script("POST", f"{ref}/report", sent), 409)
    kinds = [event["kind"] for event in script.get(f"{ref}/timeline")["items"]]
    assert kinds == ["declared", "hotfix_started", "deployed"]


def test_what_makes_no_sense_is_told_by_field(script: Script, ref: str) -> None:
    for path, body, field in (
        ("report", {"kind": "closed"}, "kind"),
        ("report", {"kind": "merged", "url": "ftp://x"}, "url"),
        ("checklist/16/not_needed", {}, "reason"),
        ("checklist/16/not_needed", {"reason": "x", "text": "y"}, "text"),
        ("checklist/18/attest", {}, "position"),
        ("steps/nonsense/finish", {}, "step"),
        ("send_message", {"message": "nonsense", "text": "x"}, "message"),
        ("messages/deployed/vouch", {"claim": "nonsense", "reason": "x"}, "claim"),
    ):
        assert problem(script("POST", f"{ref}/{path}", body), 422)["errors"][0]["field"] == field, path
    assert script("POST", f"{ref}/checklist/5/dance", {}).status_code == 422
