"""archy's four severities: what each promises and where it goes."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.api.conftest import Script
from tests.journeys.archy.facts import HOUR, PROBLEM
from tests.journeys.story import Story


def test_four_severities_with_their_hours_and_examples(story: Story) -> None:
    """A7–A15: level, time to respond, examples."""
    rows = story.reader.get("/processes/archy")["severities"]
    assert [(row["label"], row["targets"]["response"], row["examples"]) for row in rows] == [
        ("P0 Critical", "< 4 h", ["Data loss", "security vulnerability", "node bricked"]),
        ("P1 High", "< 24 h", ["App won't start", "auth broken", "major UI failure"]),
        ("P2 Medium", "< 72 h", ["Non-critical feature broken", "performance regression"]),
        ("P3 Low", "next release", ["Cosmetic", "minor UX", "edge cases"]),
    ]


@pytest.mark.parametrize(("severity", "hours"), [("P0", 4), ("P1", 24)])
def test_the_serious_ones_go_ahead_at_once(story: Story, dora: Script, severity: str, hours: int) -> None:
    """A8, A10, A19: no queue, and the promise counts from detection."""
    story.opens(story.reader, **PROBLEM, detected_at=story.at(0), severity=severity)
    story.does(dora, 60, "decision", 201, choice="hotfix", reason="The cause is known")
    assert story.clock("response")[1][2:] == [
        f"Due {story.said(hours * HOUR)}.", f"Stopped {story.said(60)}, after 1 h.",
    ]  # fmt: skip
    assert story.now()["status"] == "active"


def test_a_p2_goes_on_the_roadmap_while_its_72_hours_run(story: Story) -> None:
    """A12, A20, C6: nothing stops them but that somebody says so."""
    story.began -= timedelta(hours=42)
    story.opens(story.reader, **PROBLEM, detected_at=story.at(0), severity="P2")
    state, lines = story.clock("response")
    assert (state, lines[:3]) == ("running", [
        f"Started {story.said(0)}, when the problem was detected.", "P2 Medium: < 72 h.",
        f"Due {story.said(72 * HOUR)}.",
    ])  # fmt: skip
    story.does(story.reader, 49 * HOUR, "defer", reason="A P2 or P3, which belongs on the v1.1 roadmap")
    assert (story.now()["status"], story.now()["deferred_to"]) == ("deferred", "v1.1")
    assert story.clock("response") == (
        "met",
        [*lines[:3], f"Stopped {story.said(49 * HOUR)}, after 2 d 1 h."],
    )


def test_a_p3_has_a_release_and_no_hours(story: Story) -> None:
    """A14, A20."""
    story.opens(story.reader, **PROBLEM, detected_at=story.at(0), severity="P3")
    assert (story.clock("response")[0], story.clock("response")[1][1]) == ("none", "P3 Low: next release.")
    story.does(story.reader, 30, "defer", reason="Cosmetic")
    assert story.now()["deferred_to"] == "v1.1"


def test_an_iso_that_is_needed_is_built_and_stored(story: Story) -> None:
    """A28, A30: with what shows it."""
    story.opens(story.reader, **PROBLEM, detected_at=story.at(0), severity="P0")
    story.does(story.reader, 90, "steps/iso/finish", text="archy-1.0.1.iso, 2.1 GB, sha256 9f86d0…")
    story.does(
        story.reader, 95, "steps/store/finish", url="http://192.168.1.228/files/Builds/archy-1.0.1.iso"
    )
    steps = {step["key"]: step for step in story.items("steps")}
    assert (steps["iso"]["state"], steps["store"]["state"]) == ("done", "done")
    assert steps["iso"]["record"]["text"].startswith("archy-1.0.1.iso, 2.1 GB")
    assert story.boxes() | {10: "done", 12: "done"} == story.boxes()
