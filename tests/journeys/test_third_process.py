"""A third process, invented here, from its import to a closed incident: no line of the code knows it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import BrowserContext, Page, expect

from accounts.models import Team, User
from foundation import moment
from products.models import Process
from tests.api.conftest import Script, problem
from tests.factories import join, make_team, make_user
from tests.journeys.conftest import ScriptOf
from tests.journeys.story import Story
from tests.journeys.third_process import LAB

VIENNA = ZoneInfo("Europe/Vienna")
PRODUCT = {"name": "Analyser 7", "process": "lab-devices", "team": "lab", "version": "3.2.0"}


def a_thursday_afternoon() -> datetime:
    """16:00 in Vienna on the last Thursday whose Monday after is over."""
    day = datetime.now(VIENNA).date() - timedelta(days=6)
    day -= timedelta(days=(day.weekday() - 3) % 7)
    return datetime(day.year, day.month, day.day, 16, tzinfo=VIENNA)


@pytest.fixture
def team(db: None) -> Team:
    return make_team("lab", name="Laboratory", time_zone="Europe/Vienna")


@pytest.fixture
def lead_user(team: Team) -> User:
    user = make_user("lena@lab.test", name="Lena", is_administrator=True)
    join(user, team, "manager")
    return user


@pytest.fixture
def lead(lead_user: User, script_of: ScriptOf) -> Script:
    """The shift lead, who also sets everything up."""
    return script_of(lead_user)


@pytest.fixture
def doctor(team: Team, script_of: ScriptOf) -> Script:
    user = make_user("doc@lab.test", name="Dora")
    join(user, team)
    return script_of(user)


@pytest.fixture
def process(lead: Script) -> datetime:
    """Imported by script; answers when its incident was noticed."""
    noticed = a_thursday_afternoon()
    holiday = (noticed + timedelta(days=1)).date().isoformat()
    text = LAB.format(holiday=holiday)
    answer = lead("POST", "/processes/lab-devices", text)
    assert answer.status_code == 201, answer.content
    assert lead("GET", "/processes/lab-devices/document").content.decode() == text
    return noticed


@pytest.fixture
def product(process: datetime, lead: Script, doctor: Script) -> str:
    made = lead.post("/products", PRODUCT, status=201)
    path = f"/products/{made['slug']}"
    lead.post(f"{path}/roles", {"role": "shift_lead", "user": "lena@lab.test"}, status=201)
    lead.post(f"{path}/roles", {"role": "physician", "user": "doc@lab.test"}, status=201)
    return str(made["slug"])


@pytest.fixture
def story(process: datetime, product: str, lead: Script) -> Story:
    return Story(process.astimezone(UTC), lead)


@pytest.mark.django_db(transaction=True)
def test_it_runs_from_noticed_to_closed_by_its_document_alone(
    story: Story, lead: Script, doctor: Script
) -> None:
    noticed(story, lead)
    off_the_line(story, lead, doctor)
    decided(story, lead, doctor)
    mended(story, lead, doctor)
    told_and_closed(story, lead, doctor)


def noticed(story: Story, lead: Script) -> None:
    """Its own severities; a clock round the clock and one of office hours, over a holiday and a weekend."""
    story.opens(
        lead, title="Potassium reads low", product="analyser-7", severity="red", detected_at=story.at(0)
    )
    found = story.now()
    assert (found["severity"], found["process"]["key"], found["status"]) == ("RED", "lab-devices", "active")
    monday = story.began + timedelta(days=4)
    assert monday.astimezone(VIENNA).weekday() == 0
    due = datetime(*monday.astimezone(VIENNA).timetuple()[:3], 10, tzinfo=VIENNA).astimezone(UTC)
    clocks = {clock["key"]: clock for clock in story.items("clocks")}
    assert list(clocks) == ["contain", "authority"]
    assert clocks["contain"]["due_at"] == story.at(20)
    assert (clocks["contain"]["calendar"], clocks["contain"]["label"]) == ("", "Take it off the line")
    # One hour on Thursday until five, none on the holiday and the weekend, one more from nine on Monday.
    assert clocks["authority"]["due_at"] == due.isoformat().replace("+00:00", "Z")
    assert "Europe/Vienna" in clocks["authority"]["calendar"]


def off_the_line(story: Story, lead: Script, doctor: Script) -> None:
    """Roles by the document: who decides is who is listed; the others are taken in one tap."""
    story.does(lead, 2, "acknowledge")
    problem(lead("POST", f"{story.path}/claim", {"role": "release_engineer"}), 422)
    story.does(lead, 3, "claim", role="shift_lead")
    story.does(doctor, 3, "claim", role="physician")
    story.does(doctor, 4, "claim", role="courier")
    assert story.now()["roles"] == {
        "shift_lead": "lena@lab.test", "physician": "doc@lab.test", "courier": "doc@lab.test",
    }  # fmt: skip
    assert [step["title"] for step in story.items("steps")] == [
        "Take the device off the line", "Fetch the samples back", "Load the firmware", "Have somebody look at it",
        "Put it back", "Tell the wards",
    ]  # fmt: skip
    assert story.step() == "isolate"
    assert story.words("isolate") == ["Hang the sign on Analyser 7."]
    story.does(lead, 9, "mitigate", text="Off the line")
    assert story.clock("contain") == ("met", [
        f"Started {story.said(0)}, when the problem was detected.", "Red: < 20 min.", f"Due {story.said(20)}.",
        f"Stopped {story.said(9)}, after 9 min.",
    ])  # fmt: skip
    assert (story.step(), story.boxes()) == ("recall", {1: "done", 2: "open", 3: "open"})


def decided(story: Story, lead: Script, doctor: Script) -> None:
    """Its rollback options, told apart by key; only the listed decider decides."""
    refused = doctor(
        "POST", f"{story.path}/decision", {"choice": "rollback", "option": "ota", "reason": "No"}
    )
    assert "spare, old_firmware" in problem(refused, 422)["errors"][0]["message"]
    made = story.does(doctor, 12, "decision", 201, choice="hotfix", reason="The maker has a fix")
    assert (made["decision"]["by"], made["decision"]["role"]) == ("doc@lab.test", "Head of laboratory")
    authority = story.message("authority")
    assert (authority["state"], authority["audience"], authority["text"]) == (
        "due", "internal", "Device: Analyser 7\nCase INC-1: Potassium reads low",
    )  # fmt: skip
    problem(lead("POST", f"{story.path}/steps/mend/not_needed", {"reason": "No"}), 422)
    story.does(lead, None, "steps/recall/not_needed", reason="None had left the house")
    assert story.step() == "mend"
    assert story.commands("mend") == ["flash --from 3.2.0 --to 3.3.0 --case INC-1"]


def mended(story: Story, lead: Script, doctor: Script) -> None:
    story.does(lead, 40, "steps/mend/finish")
    assert story.step() == "second_pair"
    story.does(doctor, 60, "report", kind="approved")
    assert story.boxes()[2] == "open"
    story.does(doctor, 61, "checklist/2/attest", text="4.1 mmol/l")
    assert story.step() == "return"
    story.does(lead, 100, "steps/return/finish")
    assert story.clock("rest") == ("met", [
        f"Started {story.said(100)}, at “Deployed”.", "Red: at least 30 min.", f"Over {story.said(130)}.",
        "Waited out.",
    ])  # fmt: skip
    assert story.marks()[:3] == [
        ("T-0", "Noticed", "on time"), ("T+10 min", "Off the line", "1 min early"),
        ("T+90 min", "New firmware runs", "10 min late"),
    ]  # fmt: skip


def told_and_closed(story: Story, lead: Script, doctor: Script) -> None:
    """What cannot be shown is struck out; the office clock is late by office hours; closing waits for what holds it."""
    assert story.step() == "tell"
    assert story.struck("wards") == {"All is well.": "No monitor watches this product."}
    story.does(doctor, 105, "send_message", message="wards", text="By phone")
    assert story.step() == ""
    late = 4 * 24 * 60 - 4 * 60 - 30  # Monday, 11:30
    story.does(doctor, late, "send_message", message="authority", text="Form 7")
    state, summed = story.clock("authority")
    assert state == "breached"
    assert [line for line in summed if "late" in line] != []
    story.does(lead, late, "resolve", text="It measures")
    story.does(lead, late, "report", kind="watch_met")
    story.does(lead, None, "checklist/3/attest")
    assert story.checklist().splitlines()[:5] == [
        "Case INC-1: Analyser 7, 3.2.0 to 3.3.0", "", "- [x] Sign hung", "- [x] Control serum measured",
        "- [x] Logbook signed",
    ]  # fmt: skip
    assert story.does(lead, None, "close")["status"] == "closed"


@pytest.mark.django_db
def test_it_is_simulated_like_any_other(process: datetime, lead: Script) -> None:
    """The same two clocks, on a Thursday before its holiday, and who would be told: its head of laboratory."""
    start = process.astimezone(UTC).isoformat().replace("+00:00", "Z")
    asked = {
        "severity": "AMBER", "start": start, "zone": "Europe/Vienna", "until_s": 7 * 3600,
        "moves": [{"at_s": 60, "do": "acknowledge"}, {"at_s": 120, "do": "decide", "of": "rollback.spare"}],
    }  # fmt: skip
    told = json.loads(lead("POST", "/processes/lab-devices/simulate", asked).content)
    assert told["refused"] == []
    assert {clock["key"]: clock["state"] for clock in told["clocks"]} == {
        "contain": "breached",
        "authority": "running",
    }
    assert told["told"][0]["whom"] == ["Ben (Head of laboratory)"]
    assert [option["of"] for option in told["moves"] if option["do"] == "decide"] == [
        "hotfix", "rollback.old_firmware", "mitigate", "defer",
    ]  # fmt: skip


@pytest.mark.django_db
def test_closing_waits_for_its_last_clock(process: datetime, lead: Script) -> None:
    moves: list[tuple[int, str, str]] = [
        (60, "acknowledge", ""), (120, "decide", "hotfix"), (600, "report", "deployed"), (660, "resolve", ""),
        (700, "close", ""), (600 + 31 * 60, "close", ""),
    ]  # fmt: skip
    asked = {
        "severity": "RED",
        "moves": [{"at_s": at, "do": do, "of": of} for at, do, of in moves],
    }
    told = json.loads(lead("POST", "/processes/lab-devices/simulate", asked).content)
    assert [(one["at_s"], one["why"][:30]) for one in told["refused"]] == [
        (700, "“Run beside the old one” is no")
    ]
    assert told["status"] == "closed"


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_its_words_are_on_the_buttons(
    story: Story, lead: Script, lead_user: User, asgi_server: str, context: BrowserContext, page: Page
) -> None:
    """The main taps on a phone: seen, a role, contained, and the next step by its own title."""
    client = Client()
    client.force_login(lead_user)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": asgi_server}])
    page.set_viewport_size({"width": 390, "height": 844})
    now = moment.now().replace(microsecond=0) - timedelta(minutes=2)
    made = lead.post("/incidents", {
        "title": "Sodium reads high", "product": "analyser-7", "severity": "AMBER",
        "detected_at": now.isoformat().replace("+00:00", "Z"),
    }, status=201)  # fmt: skip
    page.goto(f"{asgi_server}/incidents/{made['ref']}/")
    expect(page.locator("#head")).to_contain_text("Amber")
    expect(page.locator("#head")).to_contain_text("Tell the authority")
    page.get_by_role("button", name="Acknowledge").last.click()
    expect(page.get_by_text("Nobody has this yet")).to_be_hidden()
    expect(page.locator("#panels")).to_contain_text("Take the device off the line")
    page.goto(f"{asgi_server}/processes/lab-devices/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("What we do when an analyser lies")
    assert Process.objects.get(key="lab-devices").current is not None
