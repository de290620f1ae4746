"""What people read of a hotfix, with a real repository behind it (K99, K103, K104): incident, list, own page."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import Role, User
from foundation import moment
from hotfixes.models import Hotfix
from incidents.work.report import report
from tests.factories import join, make_product, make_user
from tests.hotfixes.checks.stories import BRANCH, ENTRY, FIXED, HEAD, MESSAGE, RAISED, ROW
from tests.hotfixes.observing.watched import Watched
from tests.hotfixes.pages.reading import page


def begun(watched: Watched) -> None:
    """Started and looked at once."""
    watched.hotfix()


@pytest.fixture
def watched(looked_at: Watched) -> Watched:
    return looked_at


@pytest.fixture
def hotfix(watched: Watched) -> Hotfix:
    return Hotfix.objects.for_page().get()


def test_boxes_say_what_git_says_of_them(watched: Watched, hotfix: Hotfix, phone: Client) -> None:
    """K101, K102, K104, K105: done by git with its entry, stated, waiting."""
    watched.story.repository.branch(BRANCH, watched.story.base)
    watched.story.commit(FIXED, MESSAGE)
    watched.look()
    shown = page(phone, f"/incidents/{hotfix.incident.ref}/")
    assert "✓ done, seen in git" in shown
    assert "Stated by its author, not proven." in shown
    assert '<span aria-hidden="true">…</span>waiting' in shown
    assert "Waive with a reason" in shown


def test_what_is_wrong_is_the_next_action_with_its_command(
    watched: Watched, hotfix: Hotfix, phone: Client
) -> None:
    """K36: one primary action on the page."""
    phone.post(f"/incidents/{hotfix.incident.ref}/acknowledge")
    watched.story.repository.branch(BRANCH, watched.story.base)
    watched.story.commit(FIXED, MESSAGE)
    watched.story.commit(RAISED, "chore: version\n")
    watched.story.commit({**RAISED, "CHANGELOG.md": HEAD + ROW + ENTRY}, "docs: changelog\n")
    watched.look()
    shown = page(phone, f"/incidents/{hotfix.incident.ref}/")
    card = shown.split('<section id="now"')[1].split("</section>")[0]
    assert ("Look again" in card, 'id="next-command-1"' in card) == (True, True)
    assert hotfix.results.get(key="changelog_entry", superseded_at=None).summary in card
    assert card.count("button primary") == 1
    assert (
        phone.post(f"/incidents/{hotfix.incident.ref}/look_again", {"hotfix": hotfix.ref}).status_code == 302
    )


def test_the_page_of_a_hotfix_shows_every_check_with_its_history(
    watched: Watched, hotfix: Hotfix, phone: Client
) -> None:
    watched.story.repository.branch(BRANCH, watched.story.base)
    watched.look()
    shown = page(phone, f"/hotfixes/{hotfix.ref}/")
    for key in ("cut_from_tag", "branch_name", "commit_message", "version_bump", "changelog_entry", "merged"):
        assert f'id="{key}"' in shown, key
    assert ("1 earlier answer:" in shown, f"git checkout -b {BRANCH}" in shown) == (True, True)
    assert phone.get(f"/hotfixes/{hotfix.ref.lower()}/")["Location"] == f"/hotfixes/{hotfix.ref}/"
    assert phone.get("/hotfixes/HF-99/").status_code == 404
    assert phone.post(f"/hotfixes/{hotfix.ref}/recheck").status_code == 302


def test_what_was_seen_on_another_day_is_told_with_its_day(
    watched: Watched, hotfix: Hotfix, phone: Client
) -> None:
    watched.look()
    then = moment.now() - timedelta(days=3)
    hotfix.results.update(observed_at=then)
    assert f"{then:%-d %b}, " in page(phone, f"/hotfixes/{hotfix.ref}/").partition('id="proof-')[2]


def test_nothing_comes_next_of_a_fix_that_is_over_but_what_is_wrong(hotfix: Hotfix, phone: Client) -> None:
    """A closed one asked to look at what users report."""
    path, asks = f"/hotfixes/{hotfix.ref}/", 'aria-labelledby="next-title"'
    assert asks in page(phone, path)
    Hotfix.objects.update(status=Hotfix.Status.RELEASED, ended_at=moment.now())
    assert asks not in page(phone, path)
    hotfix.results.filter(key="cut_from_tag", superseded_at=None).update(verdict="FAIL")
    assert asks in page(phone, path)


def test_a_check_is_waived_with_a_reason_that_stays_in_the_form(hotfix: Hotfix, phone: Client) -> None:
    path = f"/hotfixes/{hotfix.ref}/checks/changelog_entry"
    refused = phone.post(f"{path}/override", {"reason": " "})
    assert (refused.status_code, "Say why" in refused.content.decode()) == (422, True)
    assert phone.post(f"{path}/override", {"reason": "No changelog here"}).status_code == 302
    shown = page(phone, f"/hotfixes/{hotfix.ref}/")
    assert "Waived by Ada: No changelog here" in shown or "No changelog here" in shown
    late = phone.post(f"{path}/override", {"reason": "Once more <b>"})
    assert (late.status_code, "Once more &lt;b&gt;" in late.content.decode()) == (409, True)
    assert phone.post(f"{path}/withdraw", {"reason": ""}).status_code == 302
    assert "No changelog here" not in page(phone, f"/hotfixes/{hotfix.ref}/")
    bad = phone.post(f"{path}/attest", {"text": "I looked", "url": "here"})
    assert (bad.status_code, "I looked" in bad.content.decode()) == (422, True)
    assert phone.post(f"{path}/attest", {"text": "I looked"}).status_code == 302
    assert "I looked" in page(phone, f"/hotfixes/{hotfix.ref}/")
    assert phone.get(f"/hotfixes/{hotfix.ref}/checks/nonsense/attest").status_code == 404


def test_one_tap_attests_a_box_beside_what_its_check_says(
    watched: Watched, hotfix: Hotfix, phone: Client
) -> None:
    sent = {"hotfix": hotfix.ref, "check": "deployed"}
    assert phone.post(f"/incidents/{hotfix.incident.ref}/attest_check", sent).status_code == 302
    watched.look()
    shown = page(phone, f"/incidents/{hotfix.incident.ref}/")
    assert "says that it is so." in shown
    wrong = phone.post(
        f"/incidents/{hotfix.incident.ref}/attest_check", {"hotfix": "HF-9", "check": "deployed"}
    )
    assert wrong.status_code == 422
    wrong = phone.post(f"/incidents/{hotfix.incident.ref}/attest_check", {**sent, "check": "moon"})
    assert (wrong.status_code, "There is no such check." in wrong.text) == (422, True)


def test_the_list_finds_by_ref_branch_tag_and_words(hotfix: Hotfix, phone: Client) -> None:
    assert f'href="/hotfixes/{hotfix.ref}/"' in page(phone, "/hotfixes/")
    assert phone.get(f"/hotfixes/?q={hotfix.ref.lower()}")["Location"] == f"/hotfixes/{hotfix.ref}/"
    for query in ("q=sign-in", "q=0.1.1", "q=Krow", f"q={BRANCH}", "status=open", "product=krow"):
        assert f'href="/hotfixes/{hotfix.ref}/"' in page(phone, f"/hotfixes/?{query}"), query
    for query in ("q=nothing", "status=released", "product=other", "after=%00", "q=%00"):
        answer = phone.get(f"/hotfixes/?{query}")
        assert answer.status_code in (200, 302)
        assert f'href="/hotfixes/{hotfix.ref}/"' not in answer.content.decode() or query.startswith(
            ("after", "q=%")
        )


def test_who_may_only_read_is_offered_nothing_and_strangers_learn_nothing(
    watched: Watched, hotfix: Hotfix
) -> None:
    reader, stranger = make_user("vera@example.test"), make_user("zoe@example.test")
    join(reader, watched.product.team, Role.VIEWER)
    client = Client()
    client.force_login(reader)
    shown = page(client, f"/hotfixes/{hotfix.ref}/")
    assert ("Waive with a reason" in shown, "Attest" in shown, "Look again" in shown) == (False, False, False)
    for path in ("recheck", "checks/merged/attest", "checks/merged/override"):
        assert client.post(f"/hotfixes/{hotfix.ref}/{path}", {"reason": "x"}).status_code == 403
    client.force_login(stranger)
    assert client.get(f"/hotfixes/{hotfix.ref}/").status_code == 404
    assert hotfix.ref not in page(client, "/hotfixes/")


def test_what_does_not_go_together_is_loud_on_now_and_on_the_incident(
    watched: Watched, hotfix: Hotfix, phone: Client
) -> None:
    """Somebody says that it is merged, git says that it is not: until it is settled."""
    assert 'class="notice critical"' not in page(phone, "/")
    report(hotfix.incident, "merged", by=watched.ada)
    watched.look()
    # What was said a moment ago may still be seen; this look came later.
    hotfix.results.filter(superseded_at=None).update(looked_at=moment.now() + timedelta(minutes=4))
    for path in ("/", f"/incidents/{hotfix.incident.ref}/", f"/hotfixes/{hotfix.ref}/"):
        assert "said “merged”, but:" in page(phone, path), path
    client = Client()
    client.force_login(make_user("zoe@example.test"))
    assert "said “merged”, but:" not in page(client, "/")


def test_a_hotfix_is_given_up_with_a_reason(hotfix: Hotfix, phone: Client) -> None:
    path = f"/hotfixes/{hotfix.ref}/abandon"
    assert "Say why" in phone.post(path, {"reason": ""}).content.decode()
    assert phone.post(path, {"reason": "Rolled back instead"}).status_code == 302
    shown = page(phone, f"/hotfixes/{hotfix.ref}/")
    assert ("It is abandoned." in shown, "Waive with a reason" in shown, path in shown) == (
        True,
        False,
        False,
    )
    late = phone.post(path, {"reason": "Once more"})
    assert (late.status_code, "Once more" in late.content.decode()) == (409, True)
    assert "No hotfix is under way" in page(phone, f"/incidents/{hotfix.incident.ref}/")


def test_each_step_has_the_line_that_a_script_ends_with(hotfix: Hotfix, phone: Client) -> None:
    shown = page(phone, f"/hotfixes/{hotfix.ref}/")
    assert ("/api/v1/deployments" in shown, "checks.txt" in shown) == (True, True)
    assert "scope=ingest" in shown


def test_a_box_that_a_person_ticked_still_shows_what_its_check_says(
    watched: Watched, hotfix: Hotfix, phone: Client
) -> None:
    """K104: both are there, neither hides the other."""
    watched.story.repository.branch(BRANCH, watched.story.base)
    watched.story.commit({**RAISED, "CHANGELOG.md": HEAD + ROW + ENTRY}, MESSAGE)
    watched.look()
    sent = {"hotfix": hotfix.ref, "check": "changelog_entry"}
    assert phone.post(f"/incidents/{hotfix.incident.ref}/attest_check", sent).status_code == 302
    shown = page(phone, f"/incidents/{hotfix.incident.ref}/")
    box = shown.split('<ol class="rows boxes">')[1].split("CHANGELOG entry added")[1].split("</li>")[0]
    assert ("✓ done, Ada" in " ".join(box.split()), "</span>not right</span>" in box) == (True, True), box


def test_two_products_of_one_incident_are_told_apart(watched: Watched, hotfix: Hotfix, phone: Client) -> None:
    """K3: each has its hotfix, each box a line for either."""
    other = make_product(watched.product.team, name="Krow Web", slug="krow-web")
    other.version = "2.3.0"
    other.save()
    form = page(phone, f"/incidents/{hotfix.incident.ref}/start_hotfix")
    assert '<option value="krow-web" selected>' in form
    sent = {"product": "krow-web", "base_tag": "nonsense"}
    refused = phone.post(f"/incidents/{hotfix.incident.ref}/start_hotfix", sent)
    assert (refused.status_code, "is not a tag as the policy names them" in refused.content.decode()) == (
        422,
        True,
    )
    sent = {"product": "krow-web", "slug": "login-loop"}
    assert phone.post(f"/incidents/{hotfix.incident.ref}/start_hotfix", sent).status_code == 302
    watched.look()
    shown = page(phone, f"/incidents/{hotfix.incident.ref}/")
    assert ("Attest for Krow Web" in shown, "Attest for Krow<" in shown) == (True, True)
    assert ("<b>Krow Web:</b>" in shown, shown.count('class="card hotfix"')) == (True, 2)
    assert "Connect the repository and the boxes tick themselves." in shown


def test_a_page_with_a_hotfix_asks_a_handful_of_times_more(
    watched: Watched, hotfix: Hotfix, phone: Client, django_assert_max_num_queries: Any
) -> None:
    """Its checks, what people said of them: as often for one hotfix as for more (docs/decisions/0003)."""
    watched.story.whole_fix()
    watched.look()
    with django_assert_max_num_queries(16):
        page(phone, f"/incidents/{hotfix.incident.ref}/")


def test_a_stranger_is_refused_before_the_hotfix_is_read(
    hotfix: Hotfix, django_assert_num_queries: Any
) -> None:
    """Who it is, from where the page would listen, what they are in their teams: as for one that is not there."""
    stranger = Client()
    stranger.force_login(make_user("olga@example.test"))
    page(stranger, "/hotfixes/HF-999/", 404)
    for ref in (hotfix.ref, "HF-999"):
        with django_assert_num_queries(4):
            page(stranger, f"/hotfixes/{ref}/", 404)


def test_an_approval_is_waived_by_two(watched: Watched, hotfix: Hotfix, phone: Client) -> None:
    """K87: it counts once somebody else agrees; oneself is refused in the form."""
    join(make_user("ben@example.test", name="Ben"), watched.product.team)
    path = f"/hotfixes/{hotfix.ref}/checks/approval"
    assert phone.post(f"{path}/override", {"reason": "Nobody is awake"}).status_code == 302
    shown = page(phone, f"/hotfixes/{hotfix.ref}/")
    assert ("a second person must agree" in shown, "Agree as the second person" in shown) == (True, False)
    refused = phone.post(f"{path}/confirm")
    assert (refused.status_code, "Somebody else must agree" in refused.content.decode()) == (422, True)
    other = Client()
    other.force_login(User.objects.get(email="ben@example.test"))
    assert other.post(f"{path}/confirm").status_code == 302
    shown = page(phone, f"/hotfixes/{hotfix.ref}/")
    assert ("Waived by Ada: Nobody is awake" in shown, "Ben agreed." in shown) == (True, True)
