"""Olga decides (listed as Product Owner), Ada responds, on a product by Krow's process.

`watched` is another product, whose repository is a real one beside the tests, read as the operator allows it: by file.

A file none of whose tests commits makes product, Ada and Olga once: `pytestmark = pytest.mark.usefixtures("crew")`;
with the incident that nearly all of its tests begin with, `usefixtures("declared")`; with a hotfix, judged once,
`usefixtures("fixing")`. Where they begin later in a story, a module's fixture of the file's own, which asks for `crew`,
tells it once.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from accounts.models import Role, User
from hotfixes.judging import judge_due
from hotfixes.models import Hotfix
from incidents.models import Incident
from products.models import Product, RoleHolder
from tests.factories import join, make_product, make_user
from tests.hotfixes.observing.house import House
from tests.hotfixes.observing.house import house as house_of
from tests.hotfixes.observing.watched import Watched
from tests.hotfixes.starting import begun, critical
from tests.houses import of_house


@dataclass(frozen=True)
class Crew:
    product: Product
    ada: User
    olga: User


@pytest.fixture(scope="module")
def crew(undone: None) -> Crew:
    product = make_product()
    return Crew(product, _ada(product), _olga(product))


@pytest.fixture
def product(request: pytest.FixtureRequest, db: None) -> Product:
    return of_house(request, "product", make_product, house="crew")


@pytest.fixture
def ada(request: pytest.FixtureRequest, product: Product) -> User:
    return of_house(request, "ada", lambda: _ada(product), house="crew")


@pytest.fixture
def ben(product: Product) -> User:
    join(user := make_user("ben@example.test"), product.team)
    return user


@pytest.fixture
def olga(request: pytest.FixtureRequest, product: Product) -> User:
    return of_house(request, "olga", lambda: _olga(product), house="crew")


def _ada(product: Product) -> User:
    join(user := make_user("ada@example.test"), product.team)
    return user


def _olga(product: Product) -> User:
    user = make_user("olga@example.test")
    join(user, product.team, Role.VIEWER)
    RoleHolder.objects.create(product=product, role="product_owner", user=user, position=1)
    return user


@pytest.fixture(scope="module")
def declared(crew: Crew) -> Incident:
    return critical(crew.product, crew.ada)


@pytest.fixture
def incident(request: pytest.FixtureRequest, product: Product, ada: User, olga: User) -> Incident:
    if "declared" not in request.fixturenames:
        return critical(product, ada)
    known = Incident.objects.select_related("product__team", "severity", "process_version")
    return known.get(pk=request.getfixturevalue("declared").pk)


@pytest.fixture(scope="module")
def fixing(crew: Crew) -> Hotfix:
    hotfix = begun(crew.product, crew.ada)
    while judge_due():
        pass
    return hotfix


@pytest.fixture
def hotfix(fixing: Hotfix, db: None) -> Hotfix:
    return Hotfix.objects.for_page().get(pk=fixing.pk)


@pytest.fixture
def watched(db: None, settings: Settings, tmp_path: Path) -> Watched:
    """Krow's process, version 0.1.0 on main and tagged; nothing looked at yet."""
    settings.NIGHTDESK_GIT_PROTOCOLS = ("file",)
    settings.NIGHTDESK_DATA = tmp_path / "data"
    return Watched.begun(tmp_path)


@pytest.fixture(scope="module")
def house(
    request: pytest.FixtureRequest, undone: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House[Watched]]:
    """Up to where the file's own `begun` tells its story: once for all its tests, which get it by `looked_at`."""
    with house_of(tmp_path_factory, request.module.begun) as made:
        yield made


@pytest.fixture
def looked_at(house: House[Watched], db: None) -> Watched:
    """See `house`. A file calls it what it likes: `watched`, mostly."""
    return house.untouched()
