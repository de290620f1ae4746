"""How a hotfix ends otherwise than in its stride: given up, no incident after all, over before anybody looked."""

import pytest
from django.core.exceptions import ValidationError

from hotfixes.judging import judge_due
from hotfixes.lifecycle import ending
from hotfixes.lifecycle.start import start
from hotfixes.models import Hotfix
from incidents.lifecycle import exits
from tests.hotfixes.checks.stories import BRANCH
from tests.hotfixes.lifecycle.closing import close_incident
from tests.hotfixes.observing.watched import Watched


def test_one_that_ended_before_its_repository_was_read_is_judged_by_the_first_look(watched: Watched) -> None:
    """Long after its last look back: its page said "being read for the first time" for ever. Nothing more is told."""
    hotfix = start(watched.incident(), by=watched.ada)
    tip = watched.story.whole_fix()
    watched.story.fast_forward()
    watched.story.tag(tip)
    close_incident(hotfix, by=watched.ada)
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
