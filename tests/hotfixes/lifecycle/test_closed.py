"""What becomes of a hotfix whose incident is closed: released, looked back at, and a tag that is moved then is told."""

from datetime import timedelta

import pytest

from hotfixes.judging import judge_due
from hotfixes.models import Hotfix, Mirror
from hotfixes.reported.deployments import report_deployment
from incidents.models import Incident, Mode
from incidents.work.report import report
from notifications.models import Delivery
from tests.hotfixes.checks.stories import TAG
from tests.hotfixes.lifecycle.closing import close_incident
from tests.hotfixes.observing.watched import Watched


def begun(watched: Watched) -> None:
    watched.hotfix()
    tip = watched.story.whole_fix()
    watched.look()
    watched.story.fast_forward()
    watched.look()
    watched.story.tag(tip)
    watched.look()


@pytest.fixture
def watched(looked_at: Watched) -> Watched:
    return looked_at


@pytest.fixture
def hotfix(watched: Watched) -> Hotfix:
    """Tagged on main; its incident is open."""
    return Hotfix.objects.for_page().get()


def closed(watched: Watched, hotfix: Hotfix) -> None:
    close_incident(hotfix, by=watched.ada)
    watched.look()
    hotfix.refresh_from_db()


def test_closing_the_incident_releases_it(watched: Watched, hotfix: Hotfix) -> None:
    closed(watched, hotfix)
    assert (hotfix.status, hotfix.closed_at) == ("released", hotfix.ended_at)
    assert hotfix.closed_at
    assert hotfix.verify_at == hotfix.look_at == hotfix.closed_at + timedelta(hours=24)


def test_a_tag_moved_after_the_close_is_told_to_the_lead(watched: Watched, hotfix: Hotfix) -> None:
    """K53: the tag is unmoved afterwards, too."""
    closed(watched, hotfix)
    before = hotfix.incident.timeline_seq
    watched.story.repository.tag(TAG, watched.story.base, "HOTFIX: moved")
    watched.look()
    event = hotfix.incident.events.select_related("payload").order_by("-seq").first()
    assert event
    assert (event.kind, event.data["alarm"]) == ("check_changed", True)
    assert "tag_unmoved" in {one["key"] for one in event.data["checks"]}
    told = Delivery.objects.filter(key="alarm", about=f"{hotfix.incident.ref}/{event.seq}")
    assert told.exists()
    assert f"{hotfix.ref} is not as it was" in told[0].subject
    watched.look()
    hotfix.incident.refresh_from_db()
    assert hotfix.incident.timeline_seq > before
    assert hotfix.incident.timeline_seq == event.seq


def test_after_a_day_it_is_looked_at_once_more_and_then_left(watched: Watched, hotfix: Hotfix) -> None:
    closed(watched, hotfix)
    Hotfix.objects.filter(pk=hotfix.pk).update(
        verify_at=hotfix.closed_at, look_at=hotfix.closed_at, looked_at=None
    )
    watched.look()
    hotfix.refresh_from_db()
    assert (hotfix.verify_at, hotfix.look_at) == (None, None)
    assert hotfix.looked_at
    assert not Hotfix.objects.watched().exists()


def test_the_last_look_back_waits_for_a_repository_that_cannot_be_read(
    watched: Watched, hotfix: Hotfix
) -> None:
    """A tag moved while the host was away is told all the same; after a week nobody asks any more."""
    closed(watched, hotfix)
    Mirror.objects.update(state=Mirror.State.TROUBLE, trouble="unreachable")
    Hotfix.objects.filter(pk=hotfix.pk).update(verify_at=hotfix.closed_at, look_at=hotfix.closed_at)
    while judge_due():
        pass
    hotfix.refresh_from_db()
    assert hotfix.verify_at == hotfix.closed_at
    assert hotfix.closed_at
    assert hotfix.look_at
    assert hotfix.look_at > hotfix.closed_at + timedelta(minutes=50)
    long_ago = hotfix.closed_at - timedelta(days=8)
    Hotfix.objects.filter(pk=hotfix.pk).update(verify_at=long_ago, look_at=long_ago)
    while judge_due():
        pass
    assert not Hotfix.objects.watched().exists()


def test_closing_raises_the_version_that_somebody_entered(watched: Watched, hotfix: Hotfix) -> None:
    product = hotfix.product
    assert product.version == "0.1.0"
    report(hotfix.incident, "deployed", by=watched.ada)
    closed(watched, hotfix)
    product.refresh_from_db()
    assert product.version == "0.1.1"


@pytest.mark.parametrize(("mode", "said"), [(Mode.LIVE, False), (Mode.DRILL, True)])
def test_what_was_never_out_is_not_what_the_product_runs(
    watched: Watched, hotfix: Hotfix, mode: Mode, said: bool
) -> None:
    """It came back by itself before the fix went out, or all of it was a drill."""
    Incident.objects.filter(pk=hotfix.incident_id).update(mode=mode)
    if said:
        report(Incident.objects.for_page().get(pk=hotfix.incident_id), "deployed", by=watched.ada)
    closed(watched, hotfix)
    hotfix.product.refresh_from_db()
    assert (hotfix.status, hotfix.product.version) == ("released", "0.1.0")


def test_what_else_runs_by_then_is_not_written_over(watched: Watched, hotfix: Hotfix) -> None:
    place = hotfix.product.environments.get(kind="production")
    report_deployment(hotfix.product, place, version="0.2.0", status="succeeded", by=None)
    closed(watched, hotfix)
    hotfix.product.refresh_from_db()
    assert hotfix.product.version == "0.1.0"
