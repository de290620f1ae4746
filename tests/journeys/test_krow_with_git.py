"""Krow's hotfix with a real repository, a forge and scripts: people work there, and the checklist ticks itself on the
open page (K20–K53, K56–K60, K95, K101–K112, K115).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect
from pytest_django import Settings

from foundation import moment
from foundation.secrets import seal
from hotfixes.lifecycle.start import start
from hotfixes.models import Hotfix
from incidents.models import Incident
from products.models import Forge as Kind
from tests.api.conftest import Script
from tests.hotfixes.checks.stories import BRANCH, FIXED, KROW, MESSAGE, NOTED, RAISED, TAG
from tests.hotfixes.forges.playing import Forge, forge
from tests.hotfixes.forges.state import State
from tests.hotfixes.observing.watched import Watched
from tests.journeys.conftest import ScriptOf
from tests.journeys.desks import DESK, Desks, Person, desk_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]
__all__ = ["desk_of"]

# Of the seventeen boxes those that git, the forge, CI and scripts can show, by their numbers.
PROVEN = [*range(1, 14), 16]


@pytest.fixture
def github(settings: Settings) -> Iterator[Forge]:
    with forge("github") as found:
        yield found


@pytest.fixture
def krow(transactional_db: None, settings: Settings, tmp_path: Path, github: Forge) -> Watched:
    settings.NIGHTDESK_GIT_PROTOCOLS = ("http", "file")
    settings.NIGHTDESK_PROBE_NETWORKS = ["127.0.0.0/8"]
    settings.NIGHTDESK_DATA = tmp_path / "data"
    found = Watched.begun(tmp_path, {"version_files": KROW["version_files"]})
    repository = found.product.repository
    assert repository
    repository.forge, repository.web_url, repository.token = Kind.GITHUB, github.url, seal(github.token)
    repository.save()
    return found


def test_what_git_the_forge_ci_and_scripts_can_show_ticks_itself(
    krow: Watched, github: Forge, desk_of: Desks, script_of: ScriptOf
) -> None:
    """Items 1–13 and 16 without one tap: K100–K112, K115."""
    ada, script = desk_of(krow.ada, DESK), script_of(krow.ada)
    hotfix = start(krow.incident(), by=krow.ada)
    krow.look()
    ada.opens_live(f"/incidents/{hotfix.incident.ref}/")
    sees_done(ada, krow, [1])

    tip = fixed(ada, krow, script, hotfix)
    approved(ada, krow, github, tip)
    released(ada, krow, github, tip)
    deployed(ada, krow, script, hotfix)
    assert boxes(hotfix.incident) == PROVEN
    by_hand = hotfix.incident.events.filter(kind="attested").count()
    assert by_hand == 0
    ada.sound()


def fixed(ada: Person, krow: Watched, script: Script, hotfix: Hotfix) -> str:
    """From the branch to the changelog (K20–K39, K101–K105); what the author wrote of tests is only stated (K102)."""
    krow.story.repository.branch(BRANCH, krow.story.base)
    krow.look()
    sees_done(ada, krow, [1, 2])
    krow.story.commit(FIXED, MESSAGE)
    krow.look()
    sees_done(ada, krow, [1, 2, 6])
    krow.story.commit(RAISED, "chore: version\n")
    tip = krow.story.commit(NOTED, "docs: changelog\n")
    krow.look()
    sees_done(ada, krow, [1, 2, 4, 5, 6])
    body = {"hotfix": hotfix.ref, "kind": "tests", "passed": True, "summary": "212 passed", "head": tip}
    script.post("/evidence", body, status=201)
    krow.look()
    sees_done(ada, krow, [1, 2, 3, 4, 5, 6])
    return tip


def approved(ada: Person, krow: Watched, github: Forge, tip: str) -> None:
    """Asked for, marked URGENT, and approved by somebody else on the last commit (K40–K46, K95, K106, K107)."""
    pull = now(github).open(tip, author="sam")
    krow.look()
    sees_done(ada, krow, [*range(1, 8)])
    now(github).review(pull, "kim")
    krow.look()
    sees_done(ada, krow, [*range(1, 9)])


def released(ada: Person, krow: Watched, github: Forge, tip: str) -> None:
    """Merged by fast-forward, tagged, published (K48–K53, K108–K110, K115)."""
    krow.story.fast_forward()
    krow.look()
    sees_done(ada, krow, [*range(1, 10)])
    krow.story.tag(tip)
    krow.look()
    sees_done(ada, krow, [*range(1, 12)])
    now(github).release(TAG)
    krow.look()
    sees_done(ada, krow, [*range(1, 12), 16])


def deployed(ada: Person, krow: Watched, script: Script, hotfix: Hotfix) -> None:
    """As two lines of a script say it (K56–K60, K111, K112)."""
    body = {
        "product": "krow",
        "environment": "production",
        "version": "0.1.1",
        "git_ref": TAG,
        "status": "succeeded",
    }
    script.post("/deployments", body, status=201)
    krow.look()
    sees_done(ada, krow, [*range(1, 13), 16])
    smoke = {"hotfix": hotfix.ref, "kind": "smoke", "passed": True, "summary": "3 of 3"}
    script.post("/evidence", smoke, status=201)
    krow.look()
    sees_done(ada, krow, PROVEN)


def sees_done(person: Person, krow: Watched, numbers: list[int]) -> None:
    """On the page that was open all the while."""
    assert boxes(Incident.objects.get()) == numbers
    expect(person.page.locator("#checklist > summary")).to_contain_text(f"{len(numbers)} of 17")


def boxes(incident: Incident) -> list[int]:
    return list(
        incident.checklist.filter(state="done").order_by("position").values_list("position", flat=True)
    )


def now(github: Forge) -> State:
    """The forge, its clock set: the next thing on it happens at this moment."""
    github.state.at = moment.now() - timedelta(minutes=1)
    return github.state
