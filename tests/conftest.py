"""What every test may ask for: a PostgreSQL of its own, a served site, a browser."""

import os
from collections.abc import Generator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote, urlencode

import hypothesis
import pytest
from _pytest import runner
from django.conf import settings
from django.db import connections
from hypothesis import HealthCheck
from pytest_django.plugin import DjangoDbBlocker

from config import embedded
from config.database import cluster
from config.health.judgement import Report
from config.health.reader import reader
from config.starting import importing
from foundation.frames import roomy
from tests import depth, parts
from tests.fixtures import emptying, kept

# Playwright's sync API keeps a loop running in this thread; without this the ORM refuses to work beside it.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

# Static files straight from their folders: nothing has to be collected before a test may ask for a page.
settings.STORAGES = settings.STORAGES | {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
}
settings.WHITENOISE_AUTOREFRESH = settings.WHITENOISE_USE_FINDERS = True

# Argon2 is slow on purpose: 0.1 s for each person made and each signing in. Whole systems (tests/setup) hash with it.
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# No worker runs beside a test: what pages say of that is tests/health's business.
reader.keep(Report(datetime.now(UTC), ()), for_s=10**9)

emptying.install()

pytest_plugins = [
    "tests.fixtures.begun",
    "tests.fixtures.browser",
    "tests.fixtures.site",
    "tests.fixtures.undone",
]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--deep", action="store_true", help="searches go as far as before a release (tests/depth.py)"
    )
    parser.addoption(
        "--long", action="store_true", help="the other part of the suite: what takes long (tests/parts.py)"
    )


def pytest_configure(config: pytest.Config) -> None:
    depth.decide(deep=config.getoption("--deep"))
    # How long an example takes says more of the machine than of the code.
    hypothesis.settings.register_profile(
        "nightdesk",
        max_examples=depth.times(100),
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
    hypothesis.settings.load_profile("nightdesk")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    is_test = collection_path.name.startswith("test_") and collection_path.suffix == ".py"
    return True if is_test and parts.is_left_out(collection_path, config) else None


def pytest_report_header(config: pytest.Config) -> list[str]:
    return parts.said(config)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Eight thousand tests are a million things that stay: nobody looks for garbage among them, now or later."""
    importing.begin()
    try:
        return (yield)
    finally:
        importing.done()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Each worker of xdist takes the next file in this order (./run test): those that take long by one test begin."""
    items.sort(key=lambda item: parts.turn(item.path))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> object:
    """As pytest does it, whose own calls fill the first piece of Python's stack: see foundation/frames.py."""
    return roomy(runner.pytest_runtest_protocol, item, nextitem)


def pytest_xdist_auto_num_workers() -> int:
    """Two more than there are processors: tests of whole systems and of pages wait for a third of their time."""
    return min(len(os.sched_getaffinity(0)), 14) + 2


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config) -> Path | None:
    """Where the migrated cluster is kept (tests/fixtures/kept.py)."""
    return kept.place(pytestconfig, tmp_path_factory.getbasetemp())


@pytest.fixture(scope="session")
def postgres(
    tmp_path_factory: pytest.TempPathFactory, migrated: Path | None
) -> Iterator[embedded.Server | None]:
    """A throw-away server, one per xdist worker; None when DATABASE_URL names one (there our role must be a
    superuser: see tests/fixtures/emptying.py)."""
    if settings.DATABASE_URL:
        yield None
        return
    server = embedded.Server(tmp_path_factory.mktemp("postgres") / "cluster", durable=False)
    kept.unpack(migrated, server.folder)
    server.start()
    yield server
    connections.close_all()
    server.stop()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(request: pytest.FixtureRequest, postgres: embedded.Server | None) -> None:
    """Point Django at it before pytest-django creates the test database."""
    if not postgres:
        request.getfixturevalue("django_db_modify_db_settings_parallel_suffix")
        return
    found = connections["default"].settings_dict
    found |= {"HOST": str(postgres.sockets), "USER": cluster.USER}
    found["TEST"]["MIGRATE"] = not kept.is_migrated(postgres.folder)


@pytest.fixture(scope="session")
def django_db_keepdb(django_db_keepdb: bool, postgres: embedded.Server | None) -> bool:
    """The server is thrown away whole: dropping the database first would only wait for who is still in it."""
    return django_db_keepdb or postgres is not None


@pytest.fixture
def database_url(transactional_db: None) -> str:
    """DATABASE_URL of the test database, for a test which starts a process of its own."""
    found = connections["default"].settings_dict
    login = ":".join(quote(found[part], safe="") for part in ("USER", "PASSWORD"))
    return f"postgres://{login}@/{found['NAME']}?{urlencode({'host': found['HOST'], 'port': found['PORT']})}"


@pytest.fixture(scope="session")
def django_db_setup(
    django_db_setup: None,
    django_db_keepdb: bool,
    django_db_blocker: DjangoDbBlocker,
    postgres: embedded.Server | None,
    migrated: Path | None,
) -> Iterator[None]:
    """The test database, with every guard of production."""
    if postgres and migrated and not kept.is_migrated(postgres.folder):
        with django_db_blocker.unblock():
            connections.close_all()
        postgres.stop()
        kept.keep(postgres.folder, migrated)
        postgres.start()
    yield
    if not django_db_keepdb:
        # A server's threads may still hold a connection, and would keep the test database from being dropped.
        from tests.fixtures.site import end_other_connections

        connections.close_all()  # with Playwright's loop about, this thread had two of them
        with django_db_blocker.unblock():
            end_other_connections()
