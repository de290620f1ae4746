"""What people read before a hotfix begins, and of one whose product has no repository (K20, K22, K104)."""

from datetime import timedelta

from django.test import Client

from foundation import moment
from hotfixes.judging import judge_due
from hotfixes.lifecycle.start import start
from hotfixes.models import Hotfix
from incidents.work.report import report
from incidents.work.steps import finish
from tests.factories import join, make_user
from tests.hotfixes.checks.stories import BRANCH
from tests.hotfixes.observing.watched import Watched
from tests.hotfixes.pages.reading import page


def unconnected(watched: Watched) -> Hotfix:
    watched.product.repository = None
    watched.product.save()
    return watched.hotfix()


def test_a_hotfix_begins_by_one_tap_and_its_names_are_there_to_copy(watched: Watched, phone: Client) -> None:
    """K20, K22: branch, tag and version by the policy."""
    incident = watched.incident()
    assert "No hotfix yet" in page(phone, "/hotfixes/")
    before = page(phone, f"/incidents/{incident.ref}/")
    assert ("Start without a decision" in before, "With other names" in before) == (True, False)
    assert phone.post(f"/incidents/{incident.ref}/start_hotfix", {"product": "krow"}).status_code == 302
    made = Hotfix.objects.get()
    shown = page(phone, f"/incidents/{incident.ref}/")
    assert (f"Hotfix {made.ref}" in shown, BRANCH in shown, "0.1.0 → 0.1.1" in shown) == (True, True, True)
    assert "The repository is read for the first time." in shown
    watched.look()
    assert "Repository looked at" in page(phone, f"/incidents/{incident.ref}/")
    again = phone.post(f"/incidents/{incident.ref}/start_hotfix", {"product": "krow"})
    assert (again.status_code, "is under way" in again.content.decode()) == (409, True)


def test_steps_done_by_word_alone_say_so(watched: Watched, phone: Client) -> None:
    """Beside checks that cannot tell: no repository, and nothing else that looks."""
    hotfix = unconnected(watched)
    report(hotfix.incident, "merged", by=watched.ada)
    while judge_due():
        pass
    assert " done, 1 by word alone" in page(phone, f"/incidents/{hotfix.incident.ref}/")


def test_what_keeps_many_checks_from_telling_is_said_once_above_them(watched: Watched, phone: Client) -> None:
    """K104: without a repository every git check has the same reason; nine screens of it helped nobody on a phone."""
    hotfix = unconnected(watched)
    path, reason = f"/hotfixes/{hotfix.ref}/", "no repository is connected to"
    alike = hotfix.results.filter(superseded_at=None, verdict="UNKNOWN", summary__contains=reason).count()
    assert alike >= 3
    shown = page(phone, path)
    assert f"{alike} checks can't tell" in shown
    assert shown.count(reason) == 2, "in what comes next, and above those it holds for"
    out, folded = shown.split(f"{alike} checks can't tell")[1].split("</section>")[0].split("<details", 1)
    assert (
        f'<a class="button" href="/products/{hotfix.product.slug}/repository/">Connect a repository</a>'
        in out
    )
    assert [folded.count(tap) for tap in ("/attest", "/override")] == [alike, alike], (
        "each stays within reach"
    )
    assert shown.count("can&#x27;t tell</span>") + shown.count("can't tell</span>") >= alike
    assert phone.post(f"{path}checks/branch_name/attest", {"text": "I looked"}).status_code == 302
    shown = page(phone, path)
    assert f"{alike - 1} checks can't tell" in shown
    assert reason in shown.split('<li id="branch_name">')[1].split("</li>")[0], (
        "not what somebody vouches for"
    )


def test_without_a_repository_the_step_that_people_are_at_comes_next(watched: Watched, phone: Client) -> None:
    """Not the deployment, the first check that merely waits: nothing is branched, fixed or merged by then."""
    hotfix = unconnected(watched)
    path = f"/hotfixes/{hotfix.ref}/"
    top = page(phone, path).split('aria-labelledby="next-title"')[1].split("</section>")[0]
    assert "Create the hotfix branch" in top
    assert f'<a class="button primary" href="{path}checks/cut_from_tag/attest">Say that it is done</a>' in top
    finish(hotfix.incident, "branch", by=watched.ada)
    assert "Fix the bug" in page(phone, path).split('aria-labelledby="next-title"')[1].split("</section>")[0]


def test_without_a_repository_one_line_says_what_to_do(watched: Watched, phone: Client) -> None:
    hotfix = unconnected(watched)
    shown = page(phone, f"/incidents/{hotfix.incident.ref}/")
    assert "Connect the repository and the boxes tick themselves." in shown


def test_a_private_one_is_for_its_people(watched: Watched, phone: Client) -> None:
    made = start(watched.incident(private=True), by=watched.ada)
    client = Client()
    join(other := make_user("ben@example.test"), watched.product.team)
    client.force_login(other)
    assert client.get(f"/hotfixes/{made.ref}/").status_code == 404
    assert made.ref not in page(client, "/hotfixes/")
    assert made.ref in page(phone, "/hotfixes/")


def test_a_production_tag_without_a_hotfix_is_said_on_now_and_on_its_product(
    watched: Watched, phone: Client
) -> None:
    watched.look()
    assert "no hotfix is known for it" not in page(phone, "/products/krow/")
    tip = watched.story.whole_fix()
    watched.story.tag(tip)
    watched.look()
    for path in ("/", "/products/krow/"):
        shown = page(phone, path)
        assert ("no hotfix is known for it" in shown, "mode=retrospective" in shown) == (True, True), path


def test_what_was_entered_afterwards_asks_when_it_began(watched: Watched, phone: Client) -> None:
    incident = watched.incident(mode="retrospective", detected_at=moment.now() - timedelta(hours=3))
    assert "When was it?" in page(phone, f"/incidents/{incident.ref}/start_hotfix")
    shown = page(phone, f"/incidents/{incident.ref}/")
    assert f'<form method="post" action="/incidents/{incident.ref}/start_hotfix"' not in shown
