"""A fix that is out, and another incident whose rollback takes it back: told once for a file (fixtures/undone.py).

A file asks for `out`, or for `went_back`: then all its tests begin after that.
"""

from dataclasses import dataclass

import pytest

from accounts.models import User
from hotfixes.deployments import holds, taken_back
from hotfixes.judging import judge_due
from hotfixes.lifecycle.start import start
from hotfixes.models import Hotfix, Rollback
from hotfixes.rollback import back
from hotfixes.standing import standing
from incidents.lifecycle import transitions
from incidents.models import Incident, TimelineEvent
from incidents.work.report import report
from products.models import Product
from tests.hotfixes.conftest import Crew
from tests.hotfixes.rollback.test_remedy import decided
from tests.hotfixes.rollback.test_ways import deployed
from tests.hotfixes.starting import critical
from tests.signing import sign_in


@dataclass(frozen=True)
class Out:
    """`fix`: 0.1.1 of one incident, out by a person's word, tried, and watched. `other`: what goes wrong since then."""

    fix: Hotfix
    other: Incident


@pytest.fixture(scope="module")
def out(crew: Crew) -> Out:
    deployed(crew.product, "0.1.0", 100)
    Product.objects.filter(pk=crew.product.pk).update(version="0.1.0")
    crew.product.refresh_from_db()
    hotfix = start(critical(crew.product, crew.ada), by=crew.ada)
    report(hotfix.incident, "deployed", by=crew.ada)
    report(hotfix.incident, "smoke_passed", by=crew.ada)
    settle()
    return Out(fresh(hotfix), critical(crew.product, crew.ada))


@pytest.fixture(scope="module")
def went_back(crew: Crew, out: Out) -> tuple[Rollback, TimelineEvent]:
    """The other incident went back from it, by a person's word; Ada had acknowledged the fix's own."""
    transitions.acknowledge(out.fix.incident, by=crew.ada)
    holds.keep()
    return gone_back(out.other, crew.olga, crew.ada)


@pytest.fixture
def fix(out: Out, db: None) -> Hotfix:
    return fresh(out.fix)


@pytest.fixture
def other(out: Out, db: None) -> Incident:
    return Incident.objects.for_page().get(pk=out.other.pk)


def settle() -> None:
    while judge_due() or taken_back.take_in():
        pass


def gone_back(other: Incident, olga: User, ada: User) -> tuple[Rollback, TimelineEvent]:
    made = decided(other, olga)
    event = back.say(made, by=ada)
    settle()
    return made, event


def fresh(hotfix: Hotfix) -> Hotfix:
    return Hotfix.objects.for_page().get(pk=hotfix.pk)


def told(hotfix: Hotfix, kind: str = "taken_back") -> list[TimelineEvent]:
    return list(hotfix.incident.events.filter(kind=kind).select_related("payload").order_by("seq"))


def check(hotfix: Hotfix, key: str) -> tuple[str, str]:
    row = hotfix.results.get(key=key, superseded_at=None)
    return row.verdict, row.summary


def page(user: User, url: str) -> str:
    return " ".join(sign_in(user).get(url).content.decode().split())


def stage(hotfix: Hotfix) -> str:
    return standing.standing(fresh(hotfix)).stage_words
