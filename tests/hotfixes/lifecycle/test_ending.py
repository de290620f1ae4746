"""How a hotfix ends, and the look back at it: a tag that is moved after the close is told."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from hotfixes.judging import judge_due
from hotfixes.lifecycle import ending
from hotfixes.lifecycle.start import start
from hotfixes.models import Hotfix, Mirror
from hotfixes.reported.deployments import report_deployment
from incidents.clocks import verbs as clock_verbs
from incidents.lifecycle import exits, transitions
from incidents.lifecycle.closing import close
from incidents.models import Incident, Mode
from incidents.work.report import report
from notifications.models import Delivery
from tests.hotfixes.checks.stories import BRANCH, TAG
from tests.hotfixes.observing.watched import Watched


def closed(watched: Watched, hotfix: Hotfix | None = None) -> Hotfix:
    hotfix = hotfix or watched.hotfix()
    tip = watched.story.whole_fix()
    watched.look()
    watched.story.fast_forward()
    watched.look()
    watched.story.tag(tip)
    watched.look()
    close_incident(watched, hotfix)
    watched.look()
    hotfix.refresh_from_db()
    return hotfix


def close_incident(watched: Watched, hotfix: Hotfix) -> None:
    incident = hotfix.incident
    incident.refresh_from_db()
    transitions.resolve(incident, by=watched.ada)
    for clock in incident.clocks.filter(stopped_at=None, holds__contains="close"):
        clock_verbs.waive_clock(incident, by=watched.ada, clock=clock.key, reason="Not this time")
    close(incident, by=watched.ada)


def test_closing_the_incident_releases_it(watched: Watched) -> None:
    hotfix = closed(watched)
    assert (hotfix.status, hotfix.closed_at) == ("released", hotfix.ended_at)
    assert hotfix.closed_at
    assert hotfix.verify_at == hotfix.look_at == hotfix.closed_at + timedelta(hours=24)


def test_closing_raises_the_version_that_somebody_entered(watched: Watched) -> None:
    hotfix = watched.hotfix()
    product = hotfix.product
    assert product.version == "0.1.0"
    report(hotfix.incident, "deployed", by=watched.ada)
    closed(watched, hotfix)
    product.refresh_from_db()
    assert product.version == "0.1.1"


@pytest.mark.parametrize(("mode", "said"), [(Mode.LIVE, False), (Mode.DRILL, True)])
def test_what_was_never_out_is_not_what_the_product_runs(watched: Watched, mode: Mode, said: bool) -> None:
    """It came back by itself before the fix went out, or all of it was a drill."""
    hotfix = watched.hotfix()
    Incident.objects.filter(pk=hotfix.incident_id).update(mode=mode)
    if said:
        report(Incident.objects.for_page().get(pk=hotfix.incident_id), "deployed", by=watched.ada)
    closed(watched, hotfix)
    hotfix.product.refresh_from_db()
    assert (hotfix.status, hotfix.product.version) == ("released", "0.1.0")


def test_what_else_runs_by_then_is_not_written_over(watched: Watched) -> None:
    hotfix = watched.hotfix()
    place = hotfix.product.environments.get(kind="production")
    report_deployment(hotfix.product, place, version="0.2.0", status="succeeded", by=None)
    closed(watched)
    hotfix.product.refresh_from_db()
    assert hotfix.product.version == "0.1.0"


def test_a_tag_moved_after_the_close_is_told_to_the_lead(watched: Watched) -> None:
    """K53: the tag is unmoved afterwards, too."""
    hotfix = closed(watched)
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


def test_after_a_day_it_is_looked_at_once_more_and_then_left(watched: Watched) -> None:
    hotfix = closed(watched)
    Hotfix.objects.filter(pk=hotfix.pk).update(
        verify_at=hotfix.closed_at, look_at=hotfix.closed_at, looked_at=None
    )
    watched.look()
    hotfix.refresh_from_db()
    assert (hotfix.verify_at, hotfix.look_at) == (None, None)
    assert hotfix.looked_at
    assert not Hotfix.objects.watched().exists()


def test_one_that_ended_before_its_repository_was_read_is_judged_by_the_first_look(watched: Watched) -> None:
    """Long after its last look back: its page said "being read for the first time" for ever. Nothing more is told."""
    hotfix = start(watched.incident(), by=watched.ada)
    tip = watched.story.whole_fix()
    watched.story.fast_forward()
    watched.story.tag(tip)
    close_incident(watched, hotfix)
    while judge_due():
        pass
    Hotfix.objects.filter(pk=hotfix.pk).update(verify_at=None, look_at=None)
    told = watched.kinds(hotfix.incident)
    assert watched.verdicts(hotfix)["tag_commit"] == "PENDING"
    watched.look()
    assert watched.verdicts(hotfix)["tag_commit"] == "PASS"
    assert watched.kinds(hotfix.incident) == told
    looked_at = Hotfix.objects.get(pk=hotfix.pk).looked_at
    watched.look()
    assert Hotfix.objects.get(pk=hotfix.pk).looked_at == looked_at


def test_the_last_look_back_waits_for_a_repository_that_cannot_be_read(watched: Watched) -> None:
    """A tag moved while the host was away is told all the same; after a week nobody asks any more."""
    hotfix = closed(watched)
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


def test_it_is_abandoned_with_a_reason(watched: Watched) -> None:
    hotfix = watched.hotfix()
    with pytest.raises(ValidationError, match="Say why"):
        ending.abandon(hotfix, by=watched.ada, reason=" ")
    ending.abandon(hotfix, by=watched.ada, reason="We roll back")
    assert (hotfix.status, hotfix.ended_at is not None) == ("abandoned", True)
    event = hotfix.incident.events.select_related("payload").order_by("-seq").first()
    assert event
    assert (event.text, event.data["hotfix"]) == ("We roll back", hotfix.ref)
    with pytest.raises(ending.Ended):
        ending.abandon(hotfix, by=watched.ada, reason="Again")
    watched.story.commit({"a.txt": "b\n"}, "fix: late\n", BRANCH)
    watched.look()
    assert watched.kinds(hotfix.incident)[-1] == "check_changed"


def test_what_was_no_incident_has_no_hotfix(watched: Watched) -> None:
    hotfix = watched.hotfix()
    exits.decline(hotfix.incident, by=watched.ada, reason="A false alarm")
    watched.look()
    hotfix.refresh_from_db()
    assert hotfix.status == "abandoned"
