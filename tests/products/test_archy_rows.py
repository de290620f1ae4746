"""archy.yaml row by row: each fact of the written process, exact in figures, labels, order (docs/conformance.md)."""

import pytest

from products.process import ProcessDocument, load
from products.process.schema.setup import MonitorSpec
from products.process.schema.work import StepSpec
from products.sources.shipped import FOLDER


@pytest.fixture(scope="module")
def archy() -> ProcessDocument:
    return load((FOLDER / "archy.yaml").read_bytes(), name="archy.yaml")


def step(process: ProcessDocument, key: str) -> StepSpec:
    return next(step for step in process.steps if step.key == key)


def monitor(process: ProcessDocument, key: str) -> MonitorSpec:
    return next(monitor for monitor in process.setup.monitors if monitor.key == key)


def test_a2_a33_the_file_of_the_uptime_monitor_and_its_timer_of_five_minutes(archy: ProcessDocument) -> None:
    uptime = monitor(archy, "uptime")
    assert (uptime.kind, uptime.host, uptime.every) == ("summary", "dev", "5 min")
    assert uptime.target == "/var/lib/archipelago/uptime-monitor/summary.json"


def test_a3_a34_the_logs_of_the_soak_test_of_30_days(archy: ProcessDocument) -> None:
    soak = monitor(archy, "soak")
    assert (soak.kind, soak.host, soak.target) == ("soak", "dev", "/tmp/stability-test-*.log")
    assert soak.lasts == f"{30 * 24} h"


def test_a35_the_health_endpoint(archy: ProcessDocument) -> None:
    health = monitor(archy, "health")
    assert (health.kind, health.target) == ("http", "http://192.168.1.228/health")


def test_a6_the_first_release(archy: ProcessDocument) -> None:
    assert archy.setup.first_release == "v1.0.0"


def test_a16_four_phases_in_order(archy: ProcessDocument) -> None:
    phases = list(dict.fromkeys(step.phase for step in archy.steps))
    assert phases == ["Triage", "Fix", "Release", "Communicate"]


def test_a16_every_step_stands_in_its_phase_in_the_order_of_the_source(archy: ProcessDocument) -> None:
    assert [(step.phase, step.key) for step in archy.steps] == [
        ("Triage", "reproduce"),
        ("Triage", "classify"),
        ("Fix", "branch"),
        ("Fix", "fix"),
        ("Fix", "test"),
        ("Fix", "dev"),
        ("Fix", "live"),
        ("Release", "merge"),
        ("Release", "tag"),
        ("Release", "iso"),
        ("Release", "manifest"),
        ("Release", "store"),
        ("Communicate", "release_notes"),
        ("Communicate", "changelog"),
    ]


def test_a17_reproduce_on_the_dev_server(archy: ProcessDocument) -> None:
    reproduce = step(archy, "reproduce")
    assert (reproduce.checks, reproduce.text[0].text) == (
        ["reproduced"],
        "Do it on the dev server, 192.168.1.228, and write down how.",
    )
    assert archy.setup.environments[0].hosts == ["192.168.1.228"]


def test_a18_a19_a20_classify_and_what_follows(archy: ProcessDocument) -> None:
    classify = step(archy, "classify")
    assert (classify.fields, classify.checks, classify.done_on) == (
        ["severity"],
        ["severity_assessed"],
        ["severity_confirmed"],
    )
    assert archy.start is not None
    assert archy.start.text == "A P0 or P1 goes ahead at once. A P2 or P3 goes on the v1.1 roadmap."


@pytest.mark.parametrize(
    ("row", "key", "command", "workdir"),
    [
        ("A23", "test", "npm test && npm run type-check", "neode-ui"),
        ("A24", "dev", "./scripts/deploy-to-target.sh --live", None),
        ("A28", "iso", "sudo ./image-recipe/build-auto-installer-iso.sh", None),
    ],
)
def test_the_commands_of_the_source_are_exact(
    archy: ProcessDocument, row: str, key: str, command: str, workdir: str | None
) -> None:
    commands = [(one.run, one.workdir, one.origin.value) for one in step(archy, key).commands]
    assert commands == [(command, workdir, "source")]


@pytest.mark.parametrize(
    ("row", "key", "check"),
    [
        ("A21", "branch", "branch_name"),
        ("A22", "fix", "minimal_diff"),
        ("A23", "test", "tests_passed"),
        ("A25", "live", "verified_live"),
        ("A26", "merge", "merged"),
        ("A27", "tag", "version_bump"),
        ("A28", "iso", "artifact_built"),
        ("A29", "manifest", "manifest_version"),
        ("A30", "store", "artifact_stored"),
        ("A31", "release_notes", "release_notes"),
        ("A32", "changelog", "changelog_entry"),
    ],
)
def test_each_step_has_its_check(archy: ProcessDocument, row: str, key: str, check: str) -> None:
    assert step(archy, key).checks[0] == check


def test_a21_a26_a27_names_merge_and_version(archy: ProcessDocument) -> None:
    policy = archy.policy
    assert policy is not None
    assert (policy.branch, policy.tag, policy.main) == ("hotfix/v{new}-{slug}", "v{new}", "main")
    assert (policy.merge, policy.bump, policy.annotated, policy.cut_from) == ("any", "patch", None, None)


def test_a22_a_minimal_change_is_counted_in_files_and_lines(archy: ProcessDocument) -> None:
    assert archy.policy is not None
    assert archy.policy.minimal is not None
    assert (archy.policy.minimal.files, archy.policy.minimal.lines) == (20, 400)
    assert archy.policy.minimal.origin.value == "house"


def test_a28_a30_the_iso_is_a_question(archy: ProcessDocument) -> None:
    questions = [(step.key, step.if_needed) for step in archy.steps if step.if_needed]
    assert questions == [("iso", "Does this fix need a new ISO?"), ("store", "Was a new ISO built?")]


def test_a29_a31_a32_manifest_release_notes_and_changelog(archy: ProcessDocument) -> None:
    policy = archy.policy
    assert policy is not None
    assert policy.manifest is not None
    assert policy.release_notes is not None
    assert policy.changelog is not None
    assert (policy.manifest.path, policy.manifest.key) == ("release-manifest.json", "version")
    assert (policy.release_notes.path, policy.release_notes.style) == ("RELEASE-NOTES.md", "mention")
    assert (policy.changelog.path, policy.changelog.style) == ("CHANGELOG.md", "mention")


def test_a36_every_monitor_of_the_source_is_offered_at_the_set_up(archy: ProcessDocument) -> None:
    assert [one.label for one in archy.setup.monitors][:3] == [
        "Uptime monitor",
        "Soak test",
        "Health endpoint",
    ]


def test_a37_when_to_think_of_the_way_back(archy: ProcessDocument) -> None:
    assert archy.rollback is not None
    assert archy.rollback.when is not None
    assert archy.rollback.when.text == "A hotfix makes something worse that worked before."


def test_a38_a39_a41_a42_three_ways_back_in_the_order_of_the_source(archy: ProcessDocument) -> None:
    assert archy.rollback is not None
    options = archy.rollback.options
    assert [(option.kind, option.components) for option in options] == [
        ("ota", ["manifest"]),
        ("reflash", ["iso"]),
        ("binary_backup", ["backend"]),
    ]
    assert {option.origin.value for option in options} == {"source"}


def test_a38_a39_who_has_to_do_something(archy: ProcessDocument) -> None:
    assert archy.rollback is not None
    ota, reflash, backup = archy.rollback.options
    assert (ota.user_action, backup.user_action) == (None, None)
    assert reflash.user_action == "Users reflash their node with the ISO before this one."


def test_a40_only_of_reflashing_the_source_says_that_data_stays(archy: ProcessDocument) -> None:
    assert archy.rollback is not None
    kept = [(option.data_preserved, option.data_note) for option in archy.rollback.options]
    assert kept == [
        ("unknown", "The source says nothing about data here."),
        ("yes", "App data is on a partition of its own."),
        ("unknown", "The source says nothing about data here."),
    ]


def test_a41_where_the_backup_of_the_binary_is(archy: ProcessDocument) -> None:
    assert archy.rollback is not None
    assert archy.rollback.options[2].steps[0].text == "Take the binary from /usr/local/bin/archipelago.bak."
    assert monitor(archy, "binary").target == "/usr/local/bin/archipelago.bak"


def test_a43_the_parts(archy: ProcessDocument) -> None:
    assert [(part.key, part.label) for part in archy.setup.components] == [
        ("ui", "neode-ui"),
        ("backend", "Backend binary archipelago"),
        ("iso", "ISO image"),
        ("manifest", "OTA manifest"),
    ]


def test_a44_the_places_and_the_question_which_host_is_live(archy: ProcessDocument) -> None:
    places = [(place.label, place.kind.value) for place in archy.setup.environments]
    assert places == [("Dev server", "dev"), ("Live server", "production"), ("Users' nodes", "production")]
    assert archy.setup.environments[1].note == (
        "The source deploys there with --live on the dev server. Say which host you mean."
    )
