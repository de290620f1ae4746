"""The last part of the story: the day after, the checklist, the report, and closing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from foundation import moment
from tests.api.conftest import Script
from tests.journeys.krow.facts import CHECKLIST, DAY, KINDS, ON_TIME
from tests.journeys.story import Story


def followed_up_a_day_later(story: Story, paula: Script) -> None:
    """T+1 day: the second message, due 24 hours after the deployment (K73, K74, K76, K77, K85); that nothing went wrong
    is not said, because nothing here counts errors (K75)."""
    found = story.message("follow_up")
    assert (found["state"], found["due_at"], found["late"]) == ("due", story.at(DAY + 45), False)
    assert story.struck("follow_up") == {
        "Zero errors reported post-deployment.": "Nothing here counts the errors of this product."
    }
    assert found["text"] == (
        "✅ HOTFIX STATUS UPDATE\nProduction hotfix v0.1.1 deployed 24 hours ago.\nSystem stable.\n"
        "Thank you for your patience!"
    )
    story.does(paula, DAY + 45, "send_message", message="follow_up", text="Status page")
    assert story.clock("follow_up") == ("met", [
        f"Started {story.said(45)}, at “Deployed”.", "CRITICAL: < 26 h.",
        f"Due {story.said(45 + 26 * 60)}.", f"Stopped {story.said(45 + DAY)}, after 24 h.",
    ])  # fmt: skip


def checked_off(story: Story, rosa: Script) -> None:
    """Seventeen boxes in the source's order with its header and its total (K99–K117); what git will show later is
    attested with a link (K101, K102, K105, K110), the release by its page (K115)."""
    assert story.open_boxes() == [2, 3, 6, 11, 16, 17]
    for box in (2, 3, 6, 11):
        story.does(rosa, 60, f"checklist/{box}/attest", url=f"https://git.krow.test/{box}")
    story.does(rosa, 130, "checklist/16/attest", url="https://git.krow.test/releases/0.1.1")
    assert story.open_boxes() == [17]
    assert story.checklist() == CHECKLIST


def written_down(story: Story, rosa: Script, dev: Script, paula: Script) -> None:
    """After the emergency (K131): the postmortem is planned within 24 hours (K121) with its agenda (K122, K123, K124),
    three questions are answered (K118, K119, K120), which ticks the last box (K116); actions have an owner and a day
    (K125, K126, K127, K129), the findings are shared (K128), and somebody else reviews it."""
    assert story.clock("postmortem")[0] == "running"
    meets = (moment.now() + timedelta(hours=3)).replace(microsecond=0).isoformat()
    story.does(paula, None, "schedule_postmortem", meets_at=meets, attendees="The team of the sign-in")
    assert story.clock("postmortem")[0] == "met"
    report = story.reader.get(f"{story.path}/postmortem")
    assert report["agenda"] == [
        "Look at what went wrong", "Talk about how to prevent it", "Change the process if that is needed",
    ]  # fmt: skip
    assert report["share"] == ["The team hears what was found"]
    assert [(answer["key"], answer["text"]) for answer in report["answers"]] == [
        ("root_cause", ""), ("why_not_caught", ""), ("missed_testing", ""),
    ]  # fmt: skip
    for key, words in (("root_cause", "A clock a second off"), ("why_not_caught", "Tests stub the clock")):
        story.does(rosa, None, f"postmortem/answers/{key}", text=words)
    assert story.open_boxes() == [17]
    story.does(dev, None, "postmortem/answers/missed_testing", text="Tokens of the future")
    assert story.open_boxes() == []
    day = f"{moment.now() + timedelta(days=7):%Y-%m-%d}"
    for kind in ("test", "ci", "monitoring", "docs", "process"):
        sent = {"text": f"Do what helps: {kind}", "kind": kind, "owner": "dev@krow.test", "due": day}
        story.does(rosa, None, "postmortem/actions", 201, **sent)
    done = story.does(paula, None, "postmortem/review")
    assert (done["state"], done["review"]["by"], done["review"]["own"]) == ("reviewed", "Paula", "")
    assert (done["process_change"]["state"], done["process_change"]["actions"]) == ("planned", [5])  # K124
    told = story.does(paula, None, "postmortem/share", where="The team's room")["findings"]
    assert "A clock a second off" in told["text"]
    assert [one["where"] for one in told["shared"]] == ["The team's room"]
    assert [(item["kind"], item["owner"], item["due"]) for item in done["actions"]] == [
        (kind, "Dev", day) for kind in ("test", "ci", "monitoring", "docs", "process")
    ]
    same_everywhere(story, done)


def same_everywhere(story: Story, report: dict[str, Any]) -> None:
    """The report prints the clocks as the API does; its Markdown carries the same (K117)."""
    assert [clock["sum"] for clock in report["clocks"]] == [clock["sum"] for clock in story.items("clocks")]
    text = story.reader("GET", f"{story.path}/postmortem.md").content.decode()
    for words in (
        "Took 2 h, planned 2–4 h: as planned",
        "A clock a second off",
        "Do what helps: ci",
        "Paula",
    ):
        assert words in text


def closed(story: Story, rosa: Script) -> None:
    """Nothing is left to watch; the plan was kept, mark by mark (K78–K86)."""
    story.does(rosa, None, "close", text="Done")
    assert story.now()["status"] == "closed"
    assert story.marks() == [(planned, label, "on time") for planned, label in ON_TIME] + [
        ("T+60 min", "Limit: Deploy after approval", "15 min early"),
        ("T+120 min", "Emergency resolved", "on time"),
        ("T+120 min", "Users told", "on time"),
        ("T+1 day", "Follow-up sent", "on time"),
    ]
    # In the order in which it was said.
    assert [event["kind"] for event in story.items("timeline")] == KINDS
