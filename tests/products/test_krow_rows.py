"""krow.yaml row by row: each fact of the written process, exact in figures, labels, order (docs/conformance.md)."""

import pytest

from products.process import ProcessDocument, load
from products.process.schema.work import StepSpec
from products.sources.shipped import FOLDER


@pytest.fixture(scope="module")
def krow() -> ProcessDocument:
    return load((FOLDER / "krow.yaml").read_bytes(), name="krow.yaml")


def step(process: ProcessDocument, key: str) -> StepSpec:
    return next(step for step in process.steps if step.key == key)


def runs(process: ProcessDocument, key: str, *, origin: str = "source") -> list[str]:
    return [command.run for command in step(process, key).commands if command.origin.value == origin]


def body(process: ProcessDocument, key: str) -> dict[str, str | None]:
    """The lines of a message with what they claim."""
    message = next(message for message in process.messages if message.key == key)
    return {line.text: line.claim for line in message.body}


def test_k2_k17_the_environments_of_the_pipeline(krow: ProcessDocument) -> None:
    places = [(place.label, place.kind.value) for place in krow.setup.environments]
    assert places == [("Development", "dev"), ("Staging", "staging"), ("Production", "production")]
    assert "environment" in step(krow, "assess").fields
    assert step(krow, "assess").text[1].text == "The environment is production."


def test_k2_k3_k4_the_sibling_documents_are_named(krow: ProcessDocument) -> None:
    names = [line.partition(":")[0].rpartition("/")[2] for line in krow.origin.related]
    assert names == ["RELEASE_VISUAL_GUIDE.md", "RELEASE_WORKFLOW.md", "VERSION_FILES_REFERENCE.md"]


def test_k14_to_k18_step_1_asks_five_things(krow: ProcessDocument) -> None:
    assess = step(krow, "assess")
    assert assess.fields == ["title", "severity", "product", "environment", "impact"]
    assert (assess.checks, assess.done_on) == (["severity_assessed"], ["severity_confirmed"])
    assert "how many users it reaches" in assess.text[0].text


def test_k16_c8_four_products_one_of_them_with_three_names(krow: ProcessDocument) -> None:
    assert [product.name for product in krow.setup.products] == [
        "Staff Mobile",
        "Client Mobile",
        "Web",
        "Backend",
    ]
    staff = krow.setup.products[0]
    assert (staff.aliases, staff.tag_name) == (["Worker Mobile"], "krow-withus-worker-mobile")


def test_k20_k21_the_branch_is_cut_from_the_production_tag_and_looked_at(krow: ProcessDocument) -> None:
    assert runs(krow, "branch") == ["git checkout -b {branch} {base_tag}", "git log -1 --oneline"]
    assert krow.policy is not None
    assert (krow.policy.cut_from, krow.policy.base_tag) == ("base_tag", "{product}/prod-v{old}")


def test_k22_c7_the_name_of_the_branch_and_how_the_source_writes_it(krow: ProcessDocument) -> None:
    assert krow.policy is not None
    names = (krow.policy.branch, krow.policy.branch_written)
    assert names == ("hotfix/{product}-v{new}", "hotfix/<product>-v<PATCH+1>")


def test_k23_to_k28_the_commit(krow: ProcessDocument) -> None:
    (commit,) = runs(krow, "fix")
    assert [line for line in commit.split("\n") if line] == [
        'git commit -m "fix: {issue}',
        "HOTFIX for production",
        "Issue: [what happened]",
        "Solution: [what was fixed]",
        'Tested: [how it was tested locally]"',
    ]
    assert krow.policy is not None
    assert krow.policy.commit is not None
    assert krow.policy.commit.subject == "fix:"
    parts = [(part.label, part.text) for part in krow.policy.commit.parts]
    assert parts == [
        ("Marked as a hotfix", "HOTFIX for production"),
        ("Issue", None),
        ("Solution", None),
        ("Tested", None),
    ]


def test_k29_k30_k31_only_this_bug_no_tidying_no_features(krow: ProcessDocument) -> None:
    assert [line.text for line in step(krow, "fix").text] == [
        "Mend this one bug and nothing else.",
        "Neither tidy up nor make faster what is near it.",
        "No new features.",
    ]
    assert krow.policy is not None
    assert krow.policy.minimal is not None
    assert (krow.policy.minimal.fix_commits, krow.policy.minimal.no_features) == (1, True)


def test_k4_k32_to_k35_only_patch_goes_up_in_three_kinds_of_files(krow: ProcessDocument) -> None:
    assert krow.policy is not None
    assert (krow.policy.bump, krow.policy.build) == ("patch", "plus-one")
    assert [(file.path, file.kind, file.key) for file in krow.policy.version_files] == [
        ("apps/mobile/apps/*/pubspec.yaml", "pubspec", None),
        ("apps/web/package.json", "npm", "version"),
        ("backend/*/package.json", "npm", "version"),
    ]


def test_k36_k37_k38_a_row_on_top_of_the_changelog(krow: ProcessDocument) -> None:
    assert krow.policy is not None
    changelog = krow.policy.changelog
    assert changelog is not None
    assert (changelog.path, changelog.style, changelog.text, changelog.first) == (
        "CHANGELOG.md",
        "table",
        "HOTFIX: {issue}",
        True,
    )
    assert runs(krow, "changelog") == ["| {date} | {new} | HOTFIX: {issue} |"]
    assert "what was there stays below it" in step(krow, "changelog").text[0].text


def test_k39_to_k46_the_request_for_a_review(krow: ProcessDocument) -> None:
    push, request = runs(krow, "review")
    assert push == "git push origin {branch}"
    assert [line.strip() for line in request.split("\n") if line.strip()] == [
        'gh pr create --title "HOTFIX: {issue}" \\',
        '--body "**URGENT PRODUCTION FIX**',
        "Issue: {issue}",
        "Impact: {users_affected}",
        "Solution: [what was fixed]",
        'Testing: [how it was checked locally]"',
    ]
    assert krow.policy is not None
    review = krow.policy.review
    assert review is not None
    assert (review.label, review.title, review.opening) == (
        "URGENT",
        "HOTFIX: {issue}",
        "**URGENT PRODUCTION FIX**",
    )
    assert [part.label for part in review.parts] == ["Issue", "Impact", "Solution", "Testing"]


def test_c9_the_command_that_sets_the_label_is_ours(krow: ProcessDocument) -> None:
    assert runs(krow, "review", origin="house") == ["gh pr edit {branch} --add-label URGENT"]


def test_k48_k49_k50_merged_by_fast_forward_only(krow: ProcessDocument) -> None:
    assert runs(krow, "merge") == [
        "git checkout {main}",
        "git pull origin {main}",
        "git merge --ff-only {branch}",
        "git push origin {main}",
    ]
    assert krow.policy is not None
    assert (krow.policy.merge, krow.policy.main) == ("ff-only", "main")


def test_k51_k52_k53_an_annotated_tag_on_main(krow: ProcessDocument) -> None:
    assert runs(krow, "tag") == ['git tag -a {tag} -m "HOTFIX: {issue}"', "git push origin {tag}"]
    assert krow.policy is not None
    policy = krow.policy
    assert (policy.tag, policy.annotated, policy.tag_on, policy.tag_message) == (
        "{product}/prod-v{new}",
        True,
        "main",
        "HOTFIX: {issue}",
    )


def test_k54_k55_k56_the_products_own_way_to_deploy_before_normal_releases(krow: ProcessDocument) -> None:
    assert krow.deploy is not None
    assert krow.deploy.procedure == "Follow the deployment procedure of the product."
    assert krow.deploy.first is not None
    assert krow.deploy.first.text == "A hotfix goes before normal releases."
    assert runs(krow, "deploy") == ["./scripts/deploy-mobile-production.sh {tag}"]


@pytest.mark.parametrize(
    ("rows", "key", "kind", "starts", "ends", "target"),
    [
        ("K47", "approval", "target", "review_requested", ["approved"], "15 min"),
        ("K57", "deploy", "commitment", "approved", ["deployed", "rolled_back"], "30 min"),
        ("K61", "watch", "commitment", "smoke_passed", ["watch_met", "watch_failed"], "2 h"),
        ("K86", "total", "target", "detected_at", ["resolved", "declined", "deferred"], "4 h"),
        ("K121", "postmortem", "commitment", "resolved", ["postmortem_scheduled"], "24 h"),
    ],
)
def test_the_clocks_of_the_source(
    krow: ProcessDocument, rows: str, key: str, kind: str, starts: str, ends: list[str], target: str
) -> None:
    """Each has its figure, and what starts and stops it."""
    clock = next(clock for clock in krow.clocks if clock.key == key)
    assert clock.target is not None
    assert (clock.kind.value, clock.from_, clock.to, clock.target.within) == (kind, starts, ends, target)
    assert clock.target.origin.value == "source"


def test_k61_k98_two_hours_are_the_least_and_hold_closing(krow: ProcessDocument) -> None:
    watch = next(clock for clock in krow.clocks if clock.key == "watch")
    assert (watch.at_least, watch.holds, watch.per) == (True, ["close"], "remedy")
    total = next(clock for clock in krow.clocks if clock.key == "total")
    assert total.target is not None
    assert total.target.earliest == "2 h"


def test_k58_k59_k60_three_smoke_tests(krow: ProcessDocument) -> None:
    assert [test.title for test in krow.smoke] == [
        "The app starts",
        "Core features work",
        "There are no new errors",
    ]


def test_k61_to_k64_c3_what_is_watched_from_when_and_by_whom(krow: ProcessDocument) -> None:
    watch = krow.watch
    assert watch is not None
    assert (watch.for_, watch.from_, watch.samples_from) == ("2 h", "smoke_passed", "deployed")
    assert (watch.coverage, watch.max_gap, watch.role) == (95, 3, "devops")
    assert [(item.title, item.check) for item in watch.look_at] == [
        ("Error logs", "errors"),
        ("What users report", "user_reports"),
        ("That the fix did work", "fix_verified"),
    ]


def test_k65_to_k72_the_first_message_claims_nothing_unproven(krow: ProcessDocument) -> None:
    assert body(krow, "deployed") == {
        "🚨 PRODUCTION HOTFIX DEPLOYED": None,
        "Product: {product_name}": None,
        "Version: {new}": None,
        "Issue: {issue}": None,
        "Impact: Resolved for {users_affected} users": "resolved_for_users",
        "Status: ✅ Deployed & verified": "deployed_and_verified",
        "No user action required.": "no_user_action",
        "Service restored to normal.": "restored",
    }
    when = krow.messages[0].when
    assert (when.event, when.delay, when.not_before) == ("deployed", None, "smoke_passed")


def test_k73_to_k77_the_second_message_a_day_later(krow: ProcessDocument) -> None:
    assert body(krow, "follow_up") == {
        "✅ HOTFIX STATUS UPDATE": None,
        "Production hotfix v{new} deployed 24 hours ago.": None,
        "Zero errors reported post-deployment.": "zero_errors",
        "System stable.": "stable",
        "Thank you for your patience!": None,
    }
    when = krow.messages[2].when
    assert (when.event, when.delay) == ("deployed", "24 h")
