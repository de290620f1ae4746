"""The hotfix's page and the incident's say the same thing to do next, and who said what is named rightly."""

import pytest
from django.test import Client

from foundation import moment
from hotfixes.judging import judge_due
from hotfixes.models import Hotfix
from hotfixes.reported.deployments import report_deployment
from hotfixes.reported.evidence import add_evidence
from hotfixes.standing import standing
from incidents.models import Incident
from review import report
from review.markdown import markdown
from tests.factories import join, make_user
from tests.hotfixes.checks.stories import TAG
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


def cards(client: Client, hotfix: Hotfix) -> tuple[str, str]:
    """What comes next, on the hotfix's page and on the incident's."""
    own = page(client, f"/hotfixes/{hotfix.ref}/").split('aria-labelledby="next-title"')[1]
    incident = page(client, f"/incidents/{hotfix.incident.ref}/").split('<section id="now"')[1]
    return own.split("</section>")[0], incident.split("</section>")[0]


def deploy(watched: Watched, hotfix: Hotfix) -> None:
    production = watched.product.environments.get(kind="production")
    watched.story.whole_fix()
    watched.look()
    watched.story.tag(watched.story.fast_forward())
    watched.look()
    for status in ("started", "succeeded"):
        report_deployment(
            watched.product,
            production,
            version="0.1.1",
            git_ref=TAG,
            status=status,
            by=watched.ada,
            token="ci",
        )
    add_evidence(hotfix, kind="smoke", passed=True, by=watched.ada, token="ci")
    while judge_due():
        pass


def test_nobody_is_sent_to_merge_before_the_review_is_asked_for(
    watched: Watched, hotfix: Hotfix, phone: Client
) -> None:
    """K87: without a forge nothing can tell of a review, so people must."""
    phone.post(f"/incidents/{hotfix.incident.ref}/acknowledge")
    watched.story.whole_fix()
    watched.look()
    following = standing.standing(hotfix).next
    assert following
    assert following.key == "review_requested"
    own, incident = cards(phone, hotfix)
    assert ("Ask for a review, marked urgent" in own, "git merge" in own) == (True, False)
    assert "Ask for a review, marked urgent" in incident


def test_a_moved_tag_is_the_next_action_on_both_pages(
    watched: Watched, hotfix: Hotfix, phone: Client
) -> None:
    """K53; and nobody reads "verified" beside it, nor is asked to approve what runs already."""
    deploy(watched, hotfix)
    phone.post(f"/incidents/{hotfix.incident.ref}/acknowledge")
    _own, incident = cards(phone, hotfix)
    assert "It is approved" not in incident
    assert ", script)" not in incident
    watched.story.repository.tag(TAG, watched.story.base, "HOTFIX: moved")
    watched.look()
    wrong = watched.summary(hotfix, "tag_unmoved")
    assert [wrong in card for card in cards(phone, hotfix)] == [True, True]
    glance = page(phone, f"/hotfixes/{hotfix.ref}/")
    wrongs = standing.standing(hotfix).counts["FAIL"]
    assert (
        '<span class="chip plain">Verified</span>' in glance,
        f"Verified, {wrongs} not right" in glance,
    ) == (False, True)


def test_what_a_script_told_is_not_said_to_be_nightdesks_or_gits(
    watched: Watched, hotfix: Hotfix, phone: Client
) -> None:
    deploy(watched, hotfix)
    add_evidence(
        hotfix, kind="smoke", passed=True, data={"check": "fix_verified"}, by=watched.ada, token="ci"
    )
    while judge_due():
        pass
    assert watched.summary(hotfix, "fix_verified").startswith("It went well, as sent by")
    own = page(phone, f"/hotfixes/{hotfix.ref}/").split('<li id="fix_verified">')[1].split("</li>")[0]
    assert ("It went well, as sent by" in own, "–" in own.split("</p>")[0]) == (True, False)
    assert ("told by a script" in own, "seen by Nightdesk" in own) == (True, False)
    begun = hotfix.incident.events.get(kind="deploy_started")
    lines = [line.html for line in begun.lines.all()]
    assert ("seen by a script" in lines[-1], "Nightdesk" in lines[-1]) == (True, False)
    told = page(phone, f"/incidents/{hotfix.incident.ref}/events/{begun.seq}/")
    assert "a script (script)" in " ".join(told.split())


def test_who_must_agree_reads_why_and_who_asked_is_not_asked(
    watched: Watched, hotfix: Hotfix, phone: Client
) -> None:
    """K87."""
    join(ben := make_user("ben@example.test", name="Ben"), watched.product.team)
    other = Client()
    other.force_login(ben)
    path = f"/hotfixes/{hotfix.ref}/checks/approval"
    phone.post(f"{path}/override", {"reason": "Nobody is awake"})
    for shown in (page(other, f"/hotfixes/{hotfix.ref}/"), page(other, f"{path}/confirm")):
        assert "Nobody is awake" in shown
    assert "Agree as the second person" in page(other, f"/hotfixes/{hotfix.ref}/")
    assert "Agree as the second person" not in page(phone, f"/hotfixes/{hotfix.ref}/")
    own = page(phone, f"{path}/confirm")
    assert ("somebody else must agree" in own, 'button primary">Agree' in own) == (True, False)
    told = report.read(Incident.objects.for_page().get(pk=hotfix.incident_id), moment.now())
    text = markdown(told, "UTC")
    assert "asked by Ada, nobody has agreed yet" in text
    assert "**Waived: " not in text


def test_who_says_otherwise_than_a_check_says_how_they_know(
    watched: Watched, hotfix: Hotfix, phone: Client
) -> None:
    production = watched.product.environments.get(kind="production")
    report_deployment(watched.product, production, version="0.1.1", status="failed", by=watched.ada)
    while judge_due():
        pass
    path = f"/hotfixes/{hotfix.ref}/checks/deployed/attest"
    refused = phone.post(path, {"text": " "})
    assert (refused.status_code, "say how you know" in refused.content.decode()) == (422, True)
    assert phone.post(path, {"text": "It is on the phone in my hand"}).status_code == 302
