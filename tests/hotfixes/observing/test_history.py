"""What is known of a repository's past is bounded, and never by what others do in it (K53, K110)."""

import uuid
from datetime import timedelta

import pytest

from foundation import moment
from hotfixes import judging
from hotfixes.judging import reading
from hotfixes.models import Hotfix, RefObservation
from hotfixes.observing import asking, history
from hotfixes.observing.places import position, seen_file
from tests.hotfixes.checks.stories import TAG
from tests.hotfixes.observing.watched import Watched


def begun(watched: Watched) -> None:
    """Started and looked at once."""
    watched.hotfix()


@pytest.fixture
def watched(looked_at: Watched) -> Watched:
    return looked_at


@pytest.fixture
def hotfix(watched: Watched) -> Hotfix:
    return Hotfix.objects.for_page().get()


def test_a_busy_repository_hides_no_moved_tag(
    watched: Watched, hotfix: Hotfix, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The tag's first position, main's, and when watching began stay known behind any number of other branches."""
    monkeypatch.setattr(history, "MOST", 5)
    story, repository = watched.story, watched.product.repository
    assert repository
    story.whole_fix()
    watched.look()
    story.tag(story.fast_forward())
    watched.look()
    assert watched.verdicts(hotfix)["tag_unmoved"] == "PASS"
    seen = moment.now()
    RefObservation.objects.bulk_create(
        RefObservation(
            repository=repository,
            name=f"refs/heads/other{n}",
            kind="created",
            oid="a" * 40,
            commit="a" * 40,
            seen_at=seen,
        )
        for n in range(20)
    )
    story.repository.delete(f"refs/tags/{TAG}")
    story.repository.tag(TAG, story.base, "HOTFIX: elsewhere")
    watched.look()
    assert watched.verdicts(hotfix)["tag_unmoved"] == "FAIL"
    known = history.history(hotfix)
    assert known[0].seen_at == RefObservation.objects.order_by("pk")[0].seen_at
    assert "refs/heads/main" in {one.name for one in known}


def test_a_slow_look_does_not_judge_by_what_it_saw_before_another(watched: Watched, hotfix: Hotfix) -> None:
    """Two workers look one after the other; the first is late with its last hotfix."""
    repository = watched.product.repository
    assert repository
    watched.story.whole_fix()
    watched.look()
    at, refs = position(repository.pk), reading.shown(hotfix)
    assert refs is not None
    watched.story.tag(watched.story.fast_forward())
    watched.look()
    assert watched.verdicts(hotfix)["tag_pushed"] == "PASS"
    judging.judge_with(hotfix, refs, at)
    assert watched.verdicts(hotfix)["tag_pushed"] == "PASS"
    seen_file(repository.pk).write_text(at)  # the other look was on another machine
    judging.judge_with(hotfix, refs, at)
    assert watched.verdicts(hotfix)["tag_pushed"] == "PASS"


def test_what_is_told_while_a_long_round_goes_on_asks_for_another(watched: Watched, hotfix: Hotfix) -> None:
    """Behind the end of its lease too: the round that did not know of it writes nothing."""
    long_ago, token = moment.now() - timedelta(seconds=5), uuid.uuid4()
    Hotfix.objects.filter(pk=hotfix.pk).update(look_at=long_ago, lease_token=token)
    asking.ask(hotfix)
    hotfix.refresh_from_db()
    assert (hotfix.look_at, hotfix.lease_token) == (long_ago, None)
