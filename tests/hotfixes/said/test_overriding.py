"""A person's word about a check: it goes on, it is so, it is taken back; no verdict is rewritten by it (K87)."""

import pytest
from django.core.exceptions import ValidationError

from accounts.models import Role, User
from hotfixes.judging import judge_due
from hotfixes.models import Hotfix
from hotfixes.said import overriding
from hotfixes.standing import standing
from hotfixes.standing.standing import CheckView
from incidents.work.report import report
from notifications.models import Delivery
from products.models import Product
from tests.factories import join, make_product, make_user
from tests.hotfixes.starting import begun

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
def hotfix(product: Product, ada: User, ben: User) -> Hotfix:
    """Nothing connected: every git check cannot tell."""
    return begun(product, ada)


def check(hotfix: Hotfix, key: str) -> CheckView:
    hotfix.incident.refresh_from_db()
    found = standing.standing(Hotfix.objects.for_page().get(pk=hotfix.pk)).check(key)
    assert found
    return found


def rounds() -> None:
    while judge_due():
        pass


def box(hotfix: Hotfix, key: str) -> str:
    return str(hotfix.incident.checklist.get(check_key=key).state)


def test_a_waived_check_keeps_its_verdict_and_ticks_its_box(hotfix: Hotfix, ada: User) -> None:
    rounds()
    overriding.override(hotfix, "changelog_entry", by=ada, reason="Written down in the wiki")
    rounds()
    found = check(hotfix, "changelog_entry")
    assert (found.verdict, found.waived, box(hotfix, "changelog_entry")) == ("UNKNOWN", True, "done")
    assert found.override
    assert (found.override.by, found.override.text) == ("Ada", "Written down in the wiki")
    event = hotfix.incident.events.select_related("payload").get(kind="overridden")
    assert event.data["check"] == "changelog_entry"
    assert event.data["verdict"] == "UNKNOWN"
    assert len(event.data["digest"]) == 64


def test_going_on_is_nobodys_word_that_it_is_so(hotfix: Hotfix, ada: User) -> None:
    """Reproduced is STATED by a tick; a waived one is not."""
    overriding.override(hotfix, "reproduced", by=ada, reason="No time")
    rounds()
    assert hotfix.results.get(key="reproduced", superseded_at=None).verdict == "PENDING"


def test_a_reason_is_asked_for(hotfix: Hotfix, ada: User) -> None:
    with pytest.raises(ValidationError, match="Say why"):
        overriding.override(hotfix, "merged", by=ada, reason="  ")
    assert not hotfix.overrides.exists()


def test_the_second_one_is_told_who_was_faster(hotfix: Hotfix, ada: User, ben: User) -> None:
    overriding.override(hotfix, "merged", by=ada, reason="By hand")
    with pytest.raises(overriding.Waived) as refused:
        overriding.override(hotfix, "merged", by=ben, reason="By hand")
    assert refused.value.words == "Ada has waived “Merged” already."


def test_an_approval_is_waived_by_two(hotfix: Hotfix, ada: User, ben: User) -> None:
    """K87: loud, and a second person agrees; until then nothing is ticked."""
    overriding.override(hotfix, "approval", by=ada, reason="Nobody else is awake")
    assert box(hotfix, "approval") == "open"
    found = check(hotfix, "approval")
    assert found.override
    assert (found.override.waits, found.waived) == (True, False)
    assert Delivery.objects.filter(key="alarm", subject__contains="approval waived").exists()
    with pytest.raises(ValidationError, match="Somebody else must agree"):
        overriding.confirm(hotfix, "approval", by=ada)
    overriding.confirm(hotfix, "approval", by=ben)
    assert (check(hotfix, "approval").waived, box(hotfix, "approval")) == (True, "done")


def test_the_author_does_not_waive_the_review(hotfix: Hotfix, ada: User, ben: User) -> None:
    """K87: as git names them, or as they said themselves."""
    Hotfix.objects.filter(pk=hotfix.pk).update(authors=["Ada@example.test"])
    report(hotfix.incident, "fix_pushed", by=ben)
    for person in (ada, ben):
        with pytest.raises(ValidationError, match="You wrote the fix"):
            overriding.override(hotfix, "approval", by=person, reason="It is late")
        with pytest.raises(ValidationError, match="You wrote the fix"):
            overriding.attest(hotfix, "approval", by=person, text="I looked")


def test_the_author_does_not_confirm_either(hotfix: Hotfix, ada: User, ben: User) -> None:
    overriding.override(hotfix, "approval", by=ada, reason="Nobody else is awake")
    Hotfix.objects.filter(pk=hotfix.pk).update(authors=["ben"])
    with pytest.raises(ValidationError, match="You wrote the fix"):
        overriding.confirm(hotfix, "approval", by=ben)


def test_a_team_of_one_is_self_reviewed_and_never_approved(db: None) -> None:
    product = make_product()
    join(ada := make_user(), product.team, Role.RESPONDER)
    hotfix = begun(product, ada)
    overriding.override(hotfix, "approval", by=ada, reason="I am the team")
    found = check(hotfix, "approval")
    assert found.override
    assert (found.waived, found.override.self_reviewed) == (True, True)
    lines = [line.html for event in hotfix.incident.events.all() for line in event.lines.all()]
    assert any("the team has no second person" in line for line in lines)
    assert "approved" not in hotfix.incident.events.values_list("kind", flat=True)


def test_what_is_done_needs_no_waiving(hotfix: Hotfix, ada: User) -> None:
    rounds()
    assert hotfix.results.get(key="severity_assessed", superseded_at=None).verdict == "PASS"
    with pytest.raises(ValidationError, match="nothing to waive"):
        overriding.override(hotfix, "severity_assessed", by=ada, reason="Why not")


def test_vouching_states_the_event_that_clocks_wait_for(hotfix: Hotfix, ada: User) -> None:
    overriding.attest(hotfix, "merged", by=ada, text="Merged by hand", url="https://example.test/7")
    event = hotfix.incident.events.select_related("payload").get(kind="merged")
    assert (event.source, event.data["check"], event.data["hotfix"]) == ("person", "merged", hotfix.ref)
    found = check(hotfix, "merged")
    assert found.attestation
    assert (found.attestation.text, found.attestation.url) == ("Merged by hand", "https://example.test/7")
    assert (found.verdict, found.settled, box(hotfix, "merged")) == ("PENDING", True, "done")


def test_what_is_taken_back_is_open_again(hotfix: Hotfix, ada: User) -> None:
    said = overriding.attest(hotfix, "reproduced", by=ada, text="On the dev server")
    rounds()
    assert hotfix.results.get(key="reproduced", superseded_at=None).verdict == "STATED"
    overriding.withdraw(said, by=ada, reason="It was another fault")
    rounds()
    assert hotfix.results.get(key="reproduced", superseded_at=None).verdict == "PENDING"
    waived = overriding.override(hotfix, "tag_pushed", by=ada, reason="No remote")
    assert box(hotfix, "tag_pushed") == "done"
    overriding.withdraw(waived, by=ada)
    assert box(hotfix, "tag_pushed") == "open"
    overriding.override(hotfix, "tag_pushed", by=ada, reason="No remote after all")
    with pytest.raises(ValidationError, match="taken back already"):
        overriding.withdraw(waived, by=ada)


def test_two_hotfixes_do_not_tick_each_others_boxes(hotfix: Hotfix, ada: User) -> None:
    """K3: the box stands for both."""
    other = begun_for(hotfix, ada, "Worker App")
    overriding.override(hotfix, "version_bump", by=ada, reason="No file")
    assert box(hotfix, "version_bump") == "open"
    overriding.attest(other, "version_bump", by=ada, text="By hand")
    assert box(hotfix, "version_bump") == "done"


def begun_for(hotfix: Hotfix, by: User, name: str) -> Hotfix:
    from hotfixes.lifecycle.start import start

    return start(hotfix.incident, by=by, product=make_product(hotfix.product.team, name=name))
