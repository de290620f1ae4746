"""The two shipped processes are stored at every start, once, and never over what somebody here has edited."""

import pytest

from products.models import Process, ProcessVersion
from products.sources.import_process import import_process
from products.sources.shipped import FOLDER, import_shipped

pytestmark = pytest.mark.django_db


def test_both_are_stored_with_their_severities() -> None:
    """A7-A15, K15, K142-K144 as rows that incidents point to."""
    stored = import_shipped()
    assert [(one.version.process.key, one.version.source) for one in stored] == [
        ("archy", "shipped"),
        ("krow", "shipped"),
    ]
    assert _table("archy") == [("P0", "< 4 h"), ("P1", "< 24 h"), ("P2", "< 72 h"), ("P3", "next release")]
    assert _table("krow") == [("CRITICAL", "< 1 h"), ("HIGH", "< 4 h"), ("MEDIUM", "next release")]


def test_a_second_start_stores_nothing() -> None:
    import_shipped()
    assert import_shipped() == []
    assert ProcessVersion.objects.count() == 2


def test_a_newer_shipped_document_replaces_an_older_shipped_one() -> None:
    import_shipped()
    older = ProcessVersion.objects.get(process__key="krow")
    ProcessVersion.objects.filter(pk=older.pk).update(text="# as an older release shipped it\n")
    (stored,) = import_shipped()
    assert (stored.version.process.key, stored.version.number) == ("krow", 2)


def test_a_process_edited_here_is_left_alone() -> None:
    import_shipped()
    own = (FOLDER / "krow.yaml").read_bytes() + b"# ours\n"
    import_process(own, name="krow.yaml", by=None)
    assert import_shipped() == []
    current = Process.objects.get(key="krow").current
    assert current is not None
    assert (current.number, current.text.encode()) == (2, own)


def _table(key: str) -> list[tuple[str, str]]:
    current = Process.objects.get(key=key).current
    assert current is not None
    return [(row.key, row.response) for row in current.severities.order_by("position")]
