"""The correct repository and the twelve violating ones against the app's real path: a real server of
git, the worker's look, rows, boxes and the timeline. Every verdict right at every step, none PASS that should not.

Rows K20, K22, K24, K32, K33, K36, K49, K50, K51, K52, K53.
"""

import pytest

from hotfixes.models import Hotfix
from tests.hotfixes.observing.replaying import MILESTONES, SHAPES, replayed
from tests.hotfixes.observing.watched import Watched
from tests.hotfixes.shapes.evidence import EVIDENCE

# What the timeline says of each, in its order; a merge that is not as agreed is no milestone.
TOLD = {name: list(MILESTONES) for name in EVIDENCE} | {
    "merge commit": ["branch_seen", "fix_pushed", "tagged"],
    "tag not pushed": ["branch_seen", "fix_pushed", "merged"],
}


def begun(watched: Watched) -> None:
    """Started, and looked at before anybody did anything."""
    watched.hotfix()


@pytest.fixture
def watched(looked_at: Watched) -> Watched:
    return looked_at


@pytest.mark.parametrize("name", EVIDENCE, ids=[name.replace(" ", "_") for name in EVIDENCE])
def test_the_app_says_the_same_at_every_step(watched: Watched, name: str) -> None:
    hotfix = Hotfix.objects.for_page().get()
    replayed(watched, SHAPES[name], hotfix)
    kinds = watched.kinds(hotfix.incident)
    assert [kind for kind in kinds if kind in MILESTONES] == TOLD[name]
    seen = dict(hotfix.incident.events.filter(kind__in=MILESTONES).values_list("kind", "source"))
    assert set(seen.values()) == {"git"}
