"""A start prepares nothing where all is there, and everything where something is not."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from accounts.models import User
from config.starting import prepared, static_files
from products.models import ProcessVersion
from products.sources import shipped
from products.sources.import_process import import_process
from tests.factories import make_user
from tests.fixtures.begun import Begin
from tests.setup.running import command

here = pytest.mark.skipif(bool(settings.DATABASE_URL), reason="what stands in another server is yours")


@pytest.fixture(scope="module")
def ready(undone: None) -> None:
    """The test's database, in which everything has been prepared."""
    shipped.import_shipped()
    make_user("ada@example.test")
    prepared.remember()


@pytest.fixture
def stands(ready: None, db: None) -> Callable[[], bool]:
    """Asks about it."""

    def ask() -> bool:
        database: psycopg.Connection[Any] = connection.connection
        return prepared.stands(database)

    assert ask()
    return ask


def sql(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_migrations_on_disk_are_those_that_django_finds() -> None:
    assert prepared.migrations() == set(MigrationLoader(None, ignore_no_migrations=True).disk_migrations)


@here
@pytest.mark.parametrize(
    "statement",
    [
        "COMMENT ON TABLE django_migrations IS NULL",
        "DELETE FROM django_migrations WHERE app = 'incidents'",
        "DROP TABLE nightdesk_cache",
        "REVOKE SELECT ON products_product FROM nightdesk_app",
        "GRANT UPDATE ON incidents_timelineevent TO nightdesk_app",
        "REVOKE INSERT ON incidents_timelineevent FROM nightdesk_app",
        "REVOKE SELECT ON django_migrations FROM nightdesk_app",
        "CREATE TABLE made_by_somebody_else_who_gave_us_nothing (id int);"
        " REVOKE ALL ON made_by_somebody_else_who_gave_us_nothing FROM nightdesk_app",
    ],
)
def test_what_is_missing_in_the_database_is_prepared_again(
    stands: Callable[[], bool], statement: str
) -> None:
    sql(statement)
    assert not stands()


@here
def test_without_anybody_who_could_sign_in_it_is_prepared_again(stands: Callable[[], bool]) -> None:
    User.objects.all().delete()
    assert not stands()


@here
def test_an_older_text_of_a_process_that_ships_is_replaced(stands: Callable[[], bool]) -> None:
    ProcessVersion.objects.filter(process__key="krow").update(sha256="0" * 64)
    assert not stands()


@here
def test_a_process_that_somebody_edited_here_stays_theirs(stands: Callable[[], bool]) -> None:
    text = (shipped.FOLDER / "krow.yaml").read_bytes() + b"# ours\n"
    import_process(text, name="krow.yaml", by=User.objects.get())
    assert stands()
    assert shipped.import_shipped() == []


@here
def test_other_code_prepares_again(stands: Callable[[], bool], monkeypatch: pytest.MonkeyPatch) -> None:
    record = prepared.state()
    read = Path.read_bytes
    changed = settings.BASE_DIR / "accounts" / "rules.py"
    monkeypatch.setattr(Path, "read_bytes", lambda path: read(path) + (b"#" if path == changed else b""))
    assert prepared.state() != record
    assert not stands()


@here
def test_another_role_prepares_again(stands: Callable[[], bool], settings: Any) -> None:
    settings.NIGHTDESK_APP_ROLE = "nobody_here"
    assert not stands()


def test_a_process_that_ships_is_named_by_its_key() -> None:
    for path in shipped.FOLDER.glob("*.yaml"):
        assert f"\nkey: {path.stem}\n" in path.read_text()


@here
def test_a_start_tells_whether_anything_is_left(begin: Begin, tmp_path: Path) -> None:
    folder = begin(tmp_path / "data")

    def prepare(**environment: str) -> str:
        done = command(folder, "prepare", PYTHONVERBOSE="1", **environment)
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stderr

    loaded = "import 'incidents.models'"
    assert loaded not in prepare()
    (folder / "static.collected").write_text("of an older one")
    assert loaded in prepare()
    assert loaded not in prepare()
    assert loaded in prepare(NIGHTDESK_PROCESS_DIR=str(tmp_path))


def test_static_files_that_went_are_collected_again(settings: Any, tmp_path: Path) -> None:
    settings.NIGHTDESK_DATA, settings.STATIC_ROOT = tmp_path, tmp_path / "static"
    assert not static_files.are_collected()
    settings.STATIC_ROOT.mkdir()
    (tmp_path / "static.collected").write_text(static_files.static_digest())
    assert static_files.are_collected()
    settings.STATIC_ROOT.rmdir()
    assert not static_files.are_collected()


def test_a_folder_that_is_not_ours_is_never_emptied_for_static_files(settings: Any, tmp_path: Path) -> None:
    """It is cleared before it is filled: NIGHTDESK_STATIC=/etc emptied /etc."""
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    (theirs / "hosts").write_text("127.0.0.1 localhost")
    settings.STATIC_ROOT = theirs
    with pytest.raises(ImproperlyConfigured, match="holds something that Nightdesk did not put there"):
        static_files.collect_static()
    assert [(found.name, found.read_text()) for found in theirs.iterdir()] == [
        ("hosts", "127.0.0.1 localhost")
    ]
    assert sorted(found.name for found in tmp_path.iterdir()) == ["theirs"]
    # A neighbour's mark is not its own.
    settings.STATIC_ROOT = tmp_path / "theirs.d"
    settings.STATIC_ROOT.mkdir()
    (settings.STATIC_ROOT / "kept").touch()
    (tmp_path / "theirs.collected").touch()
    with pytest.raises(ImproperlyConfigured, match=r"theirs\.d holds something"):
        static_files.collect_static()
    settings.STATIC_ROOT = Path("/")
    with pytest.raises(ImproperlyConfigured, match="/ holds something"):
        static_files.collect_static()
    settings.STATIC_ROOT = theirs / "hosts" / "static"
    with pytest.raises(ImproperlyConfigured, match="cannot be written"):
        static_files.collect_static()


def test_a_folder_of_ours_whose_mark_did_not_come_along_is_filled_again(
    settings: Any, tmp_path: Path
) -> None:
    """A volume holds the folder, not what lies beside it; and the mark was once called otherwise."""
    settings.STATIC_ROOT = tmp_path / "static.d"
    named_by_content = {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": named_by_content}
    static_files.collect_static()
    (tmp_path / "static.d.collected").unlink()
    static_files.collect_static()
    assert static_files.are_collected()


def test_static_files_go_on_where_a_kill_cut_them_off(
    settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.STATIC_ROOT = tmp_path / "static"

    def cut_off(*_: object, **__: object) -> None:
        (settings.STATIC_ROOT / "half.css").touch()
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(static_files, "call_command", cut_off)
        with pytest.raises(KeyboardInterrupt):
            static_files.collect_static()
    static_files._claim()
    assert not static_files.are_collected()
