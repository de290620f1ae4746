"""archy's written process from detection to closed, by script alone: triage, fix, release, communicate, and back.

What git, the release manifest and the build will one day show by themselves is stated here by people ("attested").
"""

from __future__ import annotations

from typing import Any

from tests.api.conftest import Script, problem
from tests.journeys.archy.facts import CHECKLIST, HOUR, PROBLEM, PRODUCT
from tests.journeys.story import Story


def test_archy_from_detection_through_a_regression_to_closed(
    story: Story, product: dict[str, Any], finn: Script, wim: Script, dora: Script
) -> None:
    """A6, A8, A16–A19, A21–A32, A37–A44, C12, C14, C16."""
    known(product)
    triaged(story, finn, dora)
    fixed(story, finn, wim)
    released(story, finn)
    gone_wrong(story, finn, wim, dora)
    communicated(story, finn)
    closed(story, finn, dora)


def known(product: dict[str, Any]) -> None:
    """For critical bugs after v1.0.0 (A6); its parts (A43); where it runs, and which host "live" means (A44)."""
    assert (product["first_release"], product["version"]) == ("v1.0.0", "v1.0.0")
    assert sorted(product["components"]) == sorted(PRODUCT["components"])
    assert {place["name"]: place["hosts"] for place in product["environments"]} == {
        "Dev server": ["192.168.1.228"], "Live server": ["192.168.1.228"], "Users' nodes": [],
    }  # fmt: skip


def triaged(story: Story, finn: Script, dora: Script) -> None:
    """Triage: reproduced on the dev server (A17), classified before anything starts (A18), a P0 goes ahead at once
    (A19) and is answered within 4 hours (A8, C14)."""
    made = story.opens(finn, **PROBLEM, detected_at=story.at(0))
    assert (made["status"], made["severity"]) == ("triage", "P0")
    story.does(finn, 10, "acknowledge")
    story.does(finn, 10, "claim", role="fixer")
    assert [(step["phase"], step["key"]) for step in story.items("steps")] == [
        ("Triage", "reproduce"), ("Triage", "classify"),
        ("Fix", "branch"), ("Fix", "fix"), ("Fix", "test"), ("Fix", "dev"), ("Fix", "live"),
        ("Release", "merge"), ("Release", "tag"), ("Release", "iso"), ("Release", "manifest"), ("Release", "store"),
        ("Communicate", "release_notes"), ("Communicate", "changelog"),
    ]  # fmt: skip
    assert story.words("reproduce") == ["Do it on the dev server, 192.168.1.228, and write down how."]
    story.does(finn, 20, "steps/reproduce/finish", text="Updated it twice: hangs at the second start",
               url="http://192.168.1.228/health")  # fmt: skip
    assert story.step() == "classify"
    story.does(finn, 25, "steps/classify/finish")
    assert story.now()["status"] == "active"
    problem(finn("POST", f"{story.path}/decision", {"choice": "dance", "reason": "x"}), 422)
    story.does(dora, 30, "decision", 201, choice="hotfix", reason="The cause is known")
    assert story.clock("response") == ("met", [
        f"Started {story.said(0)}, when the problem was detected.", "P0 Critical: < 4 h.",
        f"Due {story.said(4 * HOUR)}.", f"Stopped {story.said(30)}, after 30 min.",
    ])  # fmt: skip


def fixed(story: Story, finn: Script, wim: Script) -> None:
    """Fix: branch (A21), as little code as possible (A22), both halves of the suite (A23), on the dev server (A24),
    verified on the live one (A25); neither a tag to start from nor a review is asked for (C12)."""
    assert story.commands("branch") == ["git checkout -b hotfix/v1.0.1-nodes-hang-at-start"]
    story.does(finn, 35, "steps/branch/finish")
    story.does(finn, 60, "steps/fix/finish", text="Two lines")
    assert 4 in story.open_boxes()
    story.does(finn, 60, "checklist/4/attest", text="2 lines in 1 file")
    assert story.commands("test") == ["cd neode-ui && npm test && npm run type-check"]
    story.does(finn, 75, "steps/test/finish", text="212 passed, types are sound")
    assert story.commands("dev") == ["./scripts/deploy-to-target.sh --live"]
    story.does(finn, 90, "steps/dev/finish")
    assert story.now()["status"] == "monitoring"  # the watch has begun
    story.does(
        wim, 100, "steps/live/finish", text="Updated it twice: starts", url="http://192.168.1.228/health"
    )
    assert {7: "done"}.items() <= story.boxes().items()


def released(story: Story, finn: Script) -> None:
    """Release: merged (A26), tagged with the last part raised (A27), an ISO only if needed, else with the reason (A28,
    A30), the manifest for updates over the air (A29); then users are told what is true (C16)."""
    assert story.commands("merge") == [
        "git checkout main && git merge hotfix/v1.0.1-nodes-hang-at-start", "git push origin main",
    ]  # fmt: skip
    story.does(finn, 110, "steps/merge/finish")
    assert story.commands("tag") == ["git tag v1.0.1 && git push origin v1.0.1"]
    story.does(finn, 112, "steps/tag/finish")
    iso = next(step for step in story.items("steps") if step["key"] == "iso")
    assert (iso["if_needed"], iso["commands"]) == (
        "Does this fix need a new ISO?", ["sudo ./image-recipe/build-auto-installer-iso.sh"],
    )  # fmt: skip
    problem(finn("POST", f"{story.path}/steps/iso/not_needed", {}), 422)
    problem(finn("POST", f"{story.path}/steps/tag/not_needed", {"reason": "Why not"}), 409)
    story.does(finn, None, "steps/iso/not_needed", reason="Only the backend changed")
    assert story.step() == "manifest"
    story.does(finn, 120, "steps/manifest/finish")
    assert story.step() == "store"
    story.does(finn, None, "steps/store/not_needed", reason="None was built")
    assert story.message("released")["text"] == "Version 1.0.1 is out.\nIt mends: Nodes hang at start"
    assert story.struck("released") == {
        "No user action required.": "Only a person can know what users must do."
    }
    story.does(finn, 121, "send_message", message="released", text="Forum")


def gone_wrong(story: Story, finn: Script, wim: Script, dora: Script) -> None:
    """The hotfix breaks what worked (A37): it is no longer contained, and the decider chooses among three ways back in
    the source's order (A38–A42)."""
    story.does(wim, 150, "report", kind="watch_failed", text="Half of the nodes lose their peers")
    assert story.now()["status"] == "active"
    made = story.does(dora, 155, "decision", 201, choice="rollback", option="ota_previous", instead_of=1,
                      reason="Nobody has to do anything")  # fmt: skip
    facts = made["decision"]["facts"]
    assert facts["rollback_when"] == "A hotfix makes something worse that worked before."
    assert [
        (way["rank"], way["kind"], way["data_preserved"], way["data_note"], way["user_action"])
        for way in facts["options"]
    ] == [
        (1, "ota", "unknown", "The source says nothing about data here.", ""),
        (2, "reflash", "yes", "App data is on a partition of its own.",
         "Users reflash their node with the ISO before this one."),
        (3, "binary_backup", "unknown", "The source says nothing about data here.", ""),
    ]  # fmt: skip
    assert facts["options"][2]["steps"][0] == {
        "text": "Take the binary from /usr/local/bin/archipelago.bak.", "house": False,
    }  # fmt: skip
    back = story.reader.get("/rollbacks/RB-1")
    assert (back["from_version"], back["to_version"]) == ("1.0.1", "1.0.0")
    story.does(finn, 170, "report", kind="rolled_back", text="Manifest points to v1.0.0, one node took it")
    kinds = [event["kind"] for event in story.items("timeline")]
    # What runs again is watched, too.
    assert kinds[-5:] == ["watch_failed", "decided", "rollback_started", "rolled_back", "watch_opened"]
    standing = story.items("decisions")
    assert [(one["number"], one["choice"], one["superseded_at"] is None) for one in standing] == [
        (2, "rollback", True), (1, "hotfix", False),
    ]  # fmt: skip


def communicated(story: Story, finn: Script) -> None:
    """Communicate: release notes (A31) and changelog (A32); the list of its own lines, with the total."""
    story.does(finn, 200, "resolve", text="Every node is on v1.0.0 and up")
    story.does(finn, 205, "steps/release_notes/finish", text="v1.0.1 is withdrawn")
    story.does(finn, 206, "steps/changelog/finish")
    # What was rolled back is deployed no more.
    assert (story.step(), story.open_boxes()) == ("dev", [6])
    assert story.checklist() == CHECKLIST


def closed(story: Story, finn: Script, dora: Script) -> None:
    """No monitor watches what runs again: closing waits until a manager says why it need not (C16)."""
    assert story.clock("watch") == ("running", [
        f"Started {story.said(170)}, at “Watch opened”.", "P0 Critical: at least 2 h.", f"Over {story.said(290)}.",
        "Its time is up, but not all of it was watched.",
    ])  # fmt: skip
    told = problem(dora("POST", f"{story.path}/close", {}), 409)
    assert told["detail"] == (
        "“Watch” has run for its time, but not all of it was watched. See the watch, or waive it with a reason."
    )
    story.does(finn, None, "waive_clock", clock="watch", reason="It is rolled back")
    story.does(dora, None, "close")
    assert story.now()["status"] == "closed"
