"""An empty database gets today's tables by one migration an app; one that began with the former ones goes on by those.

That both ways end in the same: of the models, and of the SQL that stands beside them."""

import re
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.conf import settings
from django.db import migrations
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.migration import Migration

type Key = tuple[str, str]
_FUNCTION = re.compile(r"CREATE(?: OR REPLACE)? (FUNCTION \w+\(.*?\$\$.*?\$\$);", re.DOTALL)
_OTHER = re.compile(r"^CREATE (?:CONSTRAINT TRIGGER|TRIGGER|TABLE) .*?;", re.DOTALL | re.MULTILINE)


@pytest.fixture
def squashed() -> dict[Key, Migration]:
    """Those that replace others, by app and name."""
    ours = {app.label for app in apps.get_app_configs() if app.path.startswith(str(settings.BASE_DIR / ""))}
    found = MigrationLoader(None).disk_migrations.items()
    return {key: migration for key, migration in found if migration.replaces and key[0] in ours}


def formerly(squashed: dict[Key, Migration]) -> MigrationLoader:
    """The graph as a database meets it that began with the former migrations."""
    loader = MigrationLoader(None, replace_migrations=False)
    for key, migration in squashed.items():
        loader.graph.remove_replacement_node(key, migration.replaces)
    return loader


def test_both_ways_end_in_the_same_models(squashed: dict[Key, Migration]) -> None:
    shortly, former = MigrationLoader(None), formerly(squashed)
    assert len(squashed) >= 8
    assert not any(key in shortly.graph.nodes for each in squashed.values() for key in each.replaces)
    assert not any(key in former.graph.nodes for key in squashed)
    models, formerly_models = shortly.project_state().models, former.project_state().models
    assert models.keys() == formerly_models.keys()
    assert [key for key, model in models.items() if model != formerly_models[key]] == []


def test_both_ways_end_in_the_same_functions_triggers_and_tables_beside_the_models(
    squashed: dict[Key, Migration],
) -> None:
    made = 0
    former = formerly(squashed).disk_migrations
    for migration in squashed.values():
        before: dict[str, str] = {}
        for key in migration.replaces:
            before |= standing(former[key])
        assert standing(migration) == before
        made += len(before)
    assert made > 15


def standing(migration: Migration) -> dict[str, str]:
    """What its SQL makes: its first words, which name it, → all of them."""
    return {statement.split("(")[0]: statement for sql in texts(migration) for statement in (
        *_FUNCTION.findall(sql), *(" ".join(found.split()) for found in _OTHER.findall(sql)),
    )}  # fmt: skip


def texts(migration: Migration) -> Iterator[str]:
    for operation in migration.operations:
        if isinstance(operation, migrations.RunSQL):
            assert isinstance(operation.sql, str)
            yield operation.sql
