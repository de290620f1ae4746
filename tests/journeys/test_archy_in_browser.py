"""archy's written process by clicking: fixed on a phone, decided on a phone, watched from a desk, rolled back again.

Finn (fixer) and Dora (decider) have phones, Wim (watcher) sits at a desk.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from accounts.models import Team
from products.models import Product
from tests.factories import make_product, make_team
from tests.journeys.desks import DESK, PHONE, Desks, Person, desk_of
from tests.journeys.people import listed

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]
__all__ = ["desk_of"]

INCIDENT = "/incidents/INC-1/"
WRITTEN = [
    "archy/docs/hotfix-process.md", "Dorian", "5495fc5c3e", "LAUNCH-02", "2026-03-11", "51 lines", "1.7 KiB",
    "A critical bug that turned up after v1.0.0 was released", "A P2 or P3, which belongs on the v1.1 roadmap",
    "Data loss, security vulnerability, node bricked", "App won't start, auth broken, major UI failure",
    "Non-critical feature broken, performance regression", "Cosmetic, minor UX, edge cases",
    "< 4 h", "< 24 h", "< 72 h", "next release",
    "neode-ui", "Backend binary archipelago", "ISO image", "OTA manifest", "Dev server", "192.168.1.228", "Live server",
    "Users' nodes", "/var/lib/archipelago/uptime-monitor/summary.json", "/tmp/stability-test-*.log",
    "http://192.168.1.228/health", "/usr/local/bin/archipelago.bak",
]  # fmt: skip


@pytest.fixture
def team(transactional_db: None) -> Team:
    return make_team("archy", name="Archy")


@pytest.fixture
def product(team: Team) -> Product:
    return make_product(team, "archy", name="Archy", version="v1.0.0", first_release="v1.0.0")


@pytest.fixture
def finn(product: Product, desk_of: Desks) -> Person:
    return desk_of(listed("finn", "fixer", product), PHONE)


@pytest.fixture
def wim(product: Product, desk_of: Desks) -> Person:
    return desk_of(listed("wim", "watcher", product, "manager"), DESK)


@pytest.fixture
def dora(product: Product, desk_of: Desks) -> Person:
    return desk_of(listed("dora", "decider", product), PHONE)


def test_archy_from_triage_through_a_regression_to_closed(finn: Person, wim: Person, dora: Person) -> None:
    """A1, A4, A6–A19, A21–A32, A37–A44, C12, C16."""
    finn.opens("/declare/")
    finn.types("What is broken?", "Nodes hang at start")
    finn.taps("Declare")
    finn.page.get_by_role("link", name="Go to INC-1").click()
    finn.arrives_live(INCIDENT)
    wim.opens_live(INCIDENT)
    triaged(finn, wim)
    decided(dora, finn)
    fixed(finn, wim)
    released(finn, wim)
    gone_wrong(wim, dora, finn)
    closed(wim, finn)
    read_as_it_is_written(wim)


def triaged(finn: Person, wim: Person) -> None:
    """P0 by its example (A9, A18); reproduced on the dev server with a word on how (A17)."""
    finn.taps("Acknowledge")
    wim.sees("Acknowledged by Finn")
    finn.page.get_by_role("link", name="Which severity?").click()
    for example in ("Data loss", "node bricked", "major UI failure", "performance regression", "Cosmetic"):
        expect(finn.page.locator("main")).to_contain_text(example)
    finn.page.get_by_role("button", name="node bricked").click()
    wim.sees("P0 Critical confirmed")
    wim.leaves()


def decided(dora: Person, finn: Person) -> None:
    """The decider of the house (C16) says hotfix: it begins at once (A19), within 4 hours (A8)."""
    decide(dora, "Hotfix")
    dora.page.get_by_label("Why?").fill("The cause is known")
    dora.taps("Decide: hotfix")
    dora.page.wait_for_url(f"**{INCIDENT}")
    dora.leaves()
    finn.sees_to_do("Done")
    expect(finn.page.locator("#now")).to_contain_text("Reproduce the issue")
    expect(finn.page.locator(".current-step")).to_contain_text("Do it on the dev server, 192.168.1.228")
    expect(finn.page.locator("#head")).to_contain_text("Responded in")
    expect(finn.page.locator(".current-step")).to_contain_text("Triage")  # A16
    finn.follows("With words, link or file", "Reproduce the issue")
    finn.page.get_by_label("In your words").fill("Updated it twice: hangs at the second start")
    finn.taps("Done")
    expect(finn.page.locator("#now")).to_contain_text("Create the branch")


def fixed(finn: Person, wim: Person) -> None:
    """Branch (A21), little code (A22), both halves of the suite (A23), deployed (A24), verified (A25)."""
    step(finn, "Fix", "git checkout -b hotfix/v1.0.1-nodes-hang-at-start", tap="The branch is made")
    step(finn, "Fix", "Fix it with as little code as possible", tap="The fix is pushed")
    step(finn, "Fix", "In neode-ui.", "npm test && npm run type-check", tap="Done")
    wim.opens_live(INCIDENT)
    step(finn, "Fix", "./scripts/deploy-to-target.sh --live", tap="It is deployed")
    wim.sees("The watch begins, for 2 h at least")
    step(wim, "Fix", "Verify the fix on the live server", tap="Done")
    expect(wim.page.locator(".current-step")).not_to_contain_text("Verify the fix")
    wim.leaves()


def released(finn: Person, wim: Person) -> None:
    """Merged (A26), tagged (A27); no new ISO is needed, and why (A28, A30); the manifest (A29); notes (A31, A32)."""
    step(finn, "Release", "git checkout main && git merge", tap="It is merged")
    step(finn, "Release", "git tag v1.0.1 && git push origin v1.0.1", tap="The tag is made")
    step(finn, "Release", "Does this fix need a new ISO?", "sudo ./image-recipe/build-auto-installer-iso.sh")
    unneeded(finn, "Build the ISO", "Only the backend changed")
    wim.opens_live(INCIDENT)
    step(finn, "Release", "Update the release manifest", tap="The release is published")
    step(finn, "Release", "Was a new ISO built?")
    unneeded(finn, "Copy the ISO to the FileBrowser Builds folder", "None was built")
    expect(wim.page.locator("#tell")).to_contain_text("Hotfix released")
    expect(wim.page.locator("#tell del").first).to_have_text("No user action required.")
    step(finn, "Communicate", "Put the details into the RELEASE-NOTES", tap="Done")
    step(finn, "Communicate", "Note it in CHANGELOG.md", tap="Done")


def gone_wrong(wim: Person, dora: Person, finn: Person) -> None:
    """It breaks what worked (A37): three ways back by rank, what happens to data, what users must do (A38–A42)."""
    wim.opens(f"{INCIDENT}report?kind=watch_failed")
    wim.page.get_by_label("In your words").fill("Half of the nodes lose their peers")
    wim.taps("State a fact")
    finn.sees("Half of the nodes lose their peers")
    dora.opens(INCIDENT)
    dora.page.get_by_role("link", name="Decide anew").click()
    dora.page.locator(".taps").get_by_role("link", name="Roll back").click()
    expect(dora.page.get_by_label("Why?")).to_be_visible()
    ways = dora.page.locator("main")
    for words in (
        "Roll back to the version before over the air", "Users reflash with the ISO before this one",
        "App data is on a partition of its own.", "Users reflash their node with the ISO before this one.",
        "Put the backup of the backend binary back", "/usr/local/bin/archipelago.bak",
    ):  # fmt: skip
        expect(ways).to_contain_text(words)
    dora.page.get_by_text("Roll back to the version before over the air").first.click()
    dora.page.get_by_label("Why?").fill("Nobody has to do anything")
    dora.taps("Decide: roll back")
    dora.page.wait_for_url(f"**{INCIDENT}")
    dora.leaves()
    taken_back(finn, wim)


def taken_back(finn: Person, wim: Person) -> None:
    """The way that was chosen leads on, a tap for each of its steps; what runs again is watched for itself."""
    next_one = finn.page.locator("#now")
    for number, title in enumerate(
        ("Point the release manifest to the version before.", "See on one node that it takes it."), start=1
    ):
        expect(next_one).to_contain_text(title)
        expect(next_one).to_contain_text(f"Step {number} of 2 of RB-1.")
        finn.taps("Done")
    expect(next_one).to_contain_text("Does 1.0.0 run again?")
    finn.taps("It is rolled back")
    wim.sees("The watch begins, for 2 h at least")
    expect(wim.page.locator("#timeline-lines")).to_contain_text("Rolled back")
    wim.opens_live(INCIDENT)
    watched = wim.page.locator(".watch").filter(has_text="Watch of RB-1")
    expect(watched).to_contain_text("No monitor watches this product.")


def closed(wim: Person, finn: Person) -> None:
    """Resolved; what runs again is watched, which holds closing until a manager says why it need not (C16)."""
    finn.opens(f"{INCIDENT}resolve")
    finn.page.get_by_label("What ended it?").fill("Every node is on v1.0.0 and up")
    finn.taps("Resolve")
    wim.sees("Resolved")
    finn.leaves()
    expect(wim.page.locator("#now")).to_contain_text("“Watch (RB-1)” is not over")
    # Nobody waits for the watch of what was taken back.
    expect(wim.page.locator("#now")).not_to_contain_text("ended too early")
    wim.opens(f"{INCIDENT}waive_clock?clock=watch/RB-1")
    wim.page.get_by_label("Why?").fill("It is rolled back")
    wim.taps("Waive a clock")
    wim.goes_to_close()
    wim.taps("Close")
    wim.page.wait_for_url(f"**{INCIDENT}")
    wim.sees("Closed")
    wim.sound()


def read_as_it_is_written(wim: Person) -> None:
    """Where it comes from (A1), what it is for (A6), severities (A7–A15), parts and places (A43, A44), and the monitors
    of its dashboards by name and file (A33–A36, A41)."""
    wim.opens("/processes/archy/")
    for words in WRITTEN:
        expect(wim.page.locator("main")).to_contain_text(words)


def decide(dora: Person, choice: str) -> None:
    dora.opens("/decisions/")
    dora.page.get_by_role("link", name="Nodes hang at start").click()
    dora.page.locator(".taps").get_by_role("link", name=choice).click()


def step(who: Person, phase: str, *words: str, tap: str = "") -> None:
    """The one that comes next, in which phase, with what it asks for."""
    current = who.page.locator(".current-step")
    for each in (phase, *words):
        expect(current).to_contain_text(each)
    if tap == "It is deployed":
        who.taps_twice(tap)
    elif tap:
        who.taps(tap)


def unneeded(who: Person, title: str, why: str) -> None:
    who.follows("Not needed", title)
    who.page.get_by_label("Why is it not needed?").fill(why)
    who.taps("Not needed")
