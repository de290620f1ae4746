"""Ada responds in a team; a repository with one good hotfix, reachable by file://."""

from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from accounts.models import User
from hotfixes.audit import running
from hotfixes.audit.asking import ask
from hotfixes.models import AuditRun
from products.models import Process, Product
from tests.factories import join, make_product, make_user
from tests.hotfixes.checks.stories import MESSAGE, NOTED, Story


@pytest.fixture
def product(db: None) -> Product:
    return make_product()


@pytest.fixture
def ada(product: Product) -> User:
    join(user := make_user("ada@example.test"), product.team)
    return user


@pytest.fixture
def files(settings: Settings, tmp_path: Path) -> None:
    """Repositories may lie on this machine's disk; copies go to the test's own folder."""
    settings.NIGHTDESK_GIT_PROTOCOLS = ("https", "file")
    settings.NIGHTDESK_DATA = tmp_path / "data"


@pytest.fixture
def story(tmp_path: Path) -> Story:
    """0.1.1 in one commit on 0.1.0, tagged and in main."""
    story = Story.begun(tmp_path)
    story.tag(story.commit(NOTED, MESSAGE))
    story.fast_forward()
    return story


def asked(by: User, url: str, **facts: Any) -> AuditRun:
    return ask(by=by, url=url, process=facts.pop("process", None) or Process.objects.get(key="krow"), **facts)


def run(audit: AuditRun) -> AuditRun:
    """As a worker does it."""
    assert running.audit_due()
    audit.refresh_from_db()
    return audit
