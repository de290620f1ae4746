"""What is known of a repository's past is bounded, and never by what others do in it (K53, K110)."""

import pytest

from foundation import moment
from hotfixes.models import RefObservation
from hotfixes.watching import history
from tests.hotfixes.checks.stories import TAG
from tests.hotfixes.watching.watched import Watched


def test_a_busy_repository_hides_no_moved_tag(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    """The tag's first position, main's, and when watching began stay known behind any number of other branches."""
    monkeypatch.setattr(history, "MOST", 5)
    hotfix = watched.hotfix()
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
