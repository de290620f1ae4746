"""Approving a fix in Nightdesk, where no forge keeps reviews (K87, K95): exactly one head, by somebody else, on record.

Refused alike on the page, by API and in plain SQL.
"""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, InternalError, ProgrammingError, connection, transaction
from django.test import Client

from accounts.models import Role, Scope, User
from accounts.tokens import make_token
from hotfixes.approving.approve import Moved, Own, approvals, approve, change, withdraw_approval
from hotfixes.models import Approval, Hotfix
from incidents.lifecycle.lifecycle import Step, perform
from incidents.models import OPEN, Incident
from incidents.timeline.verify import verify
from incidents.work.report import report
from tests.factories import join, make_user
from tests.hotfixes.checks.stories import BRANCH, NOTED
from tests.hotfixes.observing.watched import Watched
from tests.signing import sign_in


def begun(watched: Watched) -> None:
    """The fix is on its branch; Ada began it."""
    join(make_user("ben@example.test"), watched.product.team)
    watched.hotfix()
    watched.story.whole_fix()
    watched.look()


@pytest.fixture
def watched(looked_at: Watched) -> Watched:
    return looked_at


@pytest.fixture
def ben(watched: Watched) -> User:
    return User.objects.get(email="ben@example.test")


@pytest.fixture
def hotfix(watched: Watched) -> Hotfix:
    return Hotfix.objects.for_page().get()


def head_of(hotfix: Hotfix) -> str:
    found = change(hotfix)
    assert found is not None
    return found.head


def test_somebody_else_approves_exactly_what_is_on_the_branch(
    watched: Watched, hotfix: Hotfix, ben: User
) -> None:
    """The page shows files, lines and digest; the check then passes, and a later push takes it away."""
    assert watched.verdicts(hotfix)["approval"] == "UNKNOWN"  # nobody has asked for a review yet
    shown = change(hotfix)
    assert shown is not None
    assert {one["path"] for one in shown.files} == {
        "lib/login.dart", "apps/mobile/pubspec.yaml", "CHANGELOG.md"
    }  # fmt: skip
    phone = sign_in(ben)
    page = phone.get(f"/hotfixes/{hotfix.ref}/approve").content.decode()
    assert ("lib/login.dart" in page, shown.digest in page, shown.head[:8] in page) == (True, True, True)
    sent = {"head": shown.head, "digest": shown.digest}
    assert phone.post(f"/hotfixes/{hotfix.ref}/approve", sent).status_code == 302
    assert phone.post(f"/hotfixes/{hotfix.ref}/approve", sent).status_code == 422
    watched.look()
    assert (watched.verdicts(hotfix)["approval"], watched.kinds(hotfix.incident).count("approved")) == (
        "PASS",
        1,
    )
    event = Approval.objects.get().event
    assert (event.data["head"], event.data["digest"], event.data["files"]) == (shown.head, shown.digest, 3)
    watched.story.repository.commit(
        {**NOTED, "lib/login.dart": "a\nmended again\nc\n"}, "fix: again\n", on=BRANCH
    )
    watched.look()
    assert watched.verdicts(hotfix)["approval"] == "FAIL"
    assert watched.summary(hotfix, "approval").startswith("Ben approved ")
    assert watched.kinds(hotfix.incident).count("approval_dismissed") == 1
    assert list(verify(Incident.objects.all())) == []


def test_a_head_that_changed_since_is_refused_and_that_is_on_record(
    watched: Watched, hotfix: Hotfix, ben: User
) -> None:
    old = head_of(hotfix)
    watched.story.repository.commit(
        {**NOTED, "lib/login.dart": "a\nmended again\nc\n"}, "fix: again\n", on=BRANCH
    )
    watched.look()
    with pytest.raises(Moved):
        approve(hotfix, by=ben, head=old)
    answer = sign_in(ben).post(f"/hotfixes/{hotfix.ref}/approve", {"head": old})
    page = answer.content.decode()
    assert (answer.status_code, "The branch has gone on to" in page, head_of(hotfix) in page) == (
        409,
        True,
        True,
    )
    token = make_token(ben, by=ben, name="bot", scopes=[Scope.HOTFIXES])[1]
    answer = Client().post(
        f"/api/v1/hotfixes/{hotfix.ref}/approval", {"head": old}, content_type="application/json",
        headers={"Authorization": f"Bearer {token}"},
    )  # fmt: skip
    assert (answer.status_code, Approval.objects.count()) == (409, 0)
    with pytest.raises(Moved):
        approve(hotfix, by=ben, head=head_of(hotfix), digest="0" * 64)
    refused = hotfix.incident.events.filter(kind="noted")
    assert [(one.actor, one.data["refused"]) for one in refused] == [(ben, "approve")]


def test_whoever_began_it_is_refused_on_the_page_by_api_and_in_sql(
    watched: Watched, hotfix: Hotfix, ben: User
) -> None:
    """Issue 6: self-approval, all refused, all recorded."""
    ada, head = watched.ada, head_of(hotfix)
    with pytest.raises(Own):
        approve(hotfix, by=ada, head=head)
    assert sign_in(ada).post(f"/hotfixes/{hotfix.ref}/approve", {"head": head}).status_code == 403
    token = make_token(ada, by=ada, name="bot", scopes=[Scope.HOTFIXES])[1]
    answer = Client().post(
        f"/api/v1/hotfixes/{hotfix.ref}/approval", {"head": head}, content_type="application/json",
        headers={"Authorization": f"Bearer {token}"},
    )  # fmt: skip
    assert answer.status_code == 403
    event = hotfix.incident.events.get(seq=1)
    insert = (
        "INSERT INTO hotfixes_approval (hotfix_id, head, by_id, requested_by_id, role, at, digest, event_id)"
        " VALUES (%s, %s, %s, %s, '', now(), '', %s)"
    )
    for requested_by in (ada.pk, None, ben.pk):  # whoever the row says asked for it
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(insert, [hotfix.pk, head, ada.pk, requested_by, event.pk])
    Hotfix.objects.filter(pk=hotfix.pk).update(authors=["Ben@Example.Test"])
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(insert, [hotfix.pk, head, ben.pk, ada.pk, event.pk])
    assert Approval.objects.count() == 0
    assert [one.actor for one in hotfix.incident.events.filter(kind="noted")] == [ada]


@pytest.mark.parametrize("kind", ["review_requested", "fix_pushed"])
def test_whoever_asked_for_the_review_or_said_that_they_pushed_is_refused_in_sql_too(
    watched: Watched, hotfix: Hotfix, ben: User, kind: str
) -> None:
    """Also where the row names somebody else who asked."""
    perform(hotfix.incident, Step(kind, OPEN), by=ben)
    with pytest.raises(Own):
        approve(hotfix, by=ben, head=head_of(hotfix))
    row = {
        "hotfix": hotfix,
        "head": head_of(hotfix),
        "by": ben,
        "requested_by": watched.ada,
        "digest": "",
        "role": "",
    }
    event = hotfix.incident.events.get(seq=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Approval.objects.create(**row, at=event.occurred_at, event=event)


def test_a_resend_of_an_approval_is_harmless(hotfix: Hotfix, ben: User) -> None:
    """A script whose answer was lost sends it again with the same key."""
    token = make_token(ben, by=ben, name="bot", scopes=[Scope.HOTFIXES])[1]
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "once"}
    for path, body in (
        ("approval", {"head": head_of(hotfix)}),
        ("approval/withdraw", {"reason": "It breaks"}),
    ):
        for _ in range(2):
            answer = Client().post(
                f"/api/v1/hotfixes/{hotfix.ref}/{path}",
                body,
                content_type="application/json",
                headers=headers,
            )
            assert answer.status_code == 200, answer.content
    assert Approval.objects.exclude(withdrawn_at=None).count() == 1


def test_whoever_wrote_it_is_refused(hotfix: Hotfix, ben: User) -> None:
    Hotfix.objects.filter(pk=hotfix.pk).update(authors=["ben"])
    with pytest.raises(Own):
        approve(hotfix, by=ben, head=head_of(hotfix))


def test_an_approval_is_taken_back_and_never_edited(watched: Watched, hotfix: Hotfix, ben: User) -> None:
    made = approve(hotfix, by=ben, head=head_of(hotfix))
    for change_ in ("head = repeat('0', 40)", f"by_id = {watched.ada.pk}"):
        refused = pytest.raises((InternalError, ProgrammingError, IntegrityError))
        with refused, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE hotfixes_approval SET {change_}")
    with pytest.raises((InternalError, ProgrammingError, IntegrityError)), transaction.atomic():
        Approval.objects.filter(pk=made.pk).delete()
    phone = sign_in(ben)
    for reason, said in (
        ("", "Say why: the next reader was not there."),
        ("x" * 1001, "these are 1001. Shorten it."),
    ):
        wrong = phone.post(f"/hotfixes/{hotfix.ref}/approve/withdraw", {"reason": reason})
        assert (wrong.status_code, said in wrong.text, f'value="{reason}"' in wrong.text) == (
            422,
            True,
            bool(reason),
        )
    assert phone.post(f"/hotfixes/{hotfix.ref}/approve/withdraw", {"reason": "It breaks"}).status_code == 302
    assert approvals(hotfix) == []
    watched.look()
    assert watched.verdicts(hotfix)["approval"] == "UNKNOWN"
    report(hotfix.incident, "review_requested", by=watched.ada)
    watched.look()
    assert watched.verdicts(hotfix)["approval"] == "PENDING"
    with pytest.raises(ValidationError):
        withdraw_approval(hotfix, by=ben, reason="Twice")
    approve(hotfix, by=ben, head=head_of(hotfix))


def test_who_only_reads_or_is_of_another_team_approves_nothing(hotfix: Hotfix, watched: Watched) -> None:
    join(viewer := make_user("vera@example.test"), watched.product.team, Role.VIEWER)
    sent = {"head": head_of(hotfix)}
    path = f"/hotfixes/{hotfix.ref}/approve"
    assert sign_in(viewer).post(path, sent).status_code == 403
    assert sign_in(make_user("stranger@example.test")).post(path, sent).status_code == 404
    assert Approval.objects.count() == 0


def test_an_old_sign_in_confirms_before_it_approves(hotfix: Hotfix, ben: User) -> None:
    """Re-authentication before an approval."""
    ben.set_password("correct horse battery")
    ben.save()
    phone, path = sign_in(ben, seconds_ago=901), f"/hotfixes/{hotfix.ref}/approve"
    sent = {"head": head_of(hotfix)}
    assert (phone.post(path, sent).status_code, Approval.objects.count()) == (422, 0)
    assert phone.post(path, {**sent, "password": "correct horse battery"}).status_code == 302


def test_where_a_forge_keeps_reviews_nothing_is_approved_here(hotfix: Hotfix, ben: User) -> None:
    head = head_of(hotfix)
    assert hotfix.repository is not None
    hotfix.repository.forge = "github"
    hotfix.repository.save()
    with pytest.raises(ValidationError, match="approve it there"):
        approve(hotfix, by=ben, head=head)


def test_the_refusal_is_a_403_of_its_own() -> None:
    assert issubclass(Own, PermissionDenied)
