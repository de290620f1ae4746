"""Importing a process: a text that differs is a new version, a broken one changes nothing."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import IntegrityError, connection, transaction

from products.models import Process, ProcessVersion, Severity
from products.process import ProcessError
from products.sources.import_process import import_process
from tests.factories import make_user
from tests.products.documents import GOOD, damaged

pytestmark = pytest.mark.django_db


def test_the_first_import_makes_version_1_and_its_severities() -> None:
    ada = make_user()
    imported = import_process(GOOD.encode(), name="shop.yaml", by=ada)
    version = imported.version
    assert (imported.created, version.number, version.by, version.source) == (True, 1, ada, "imported")
    assert Process.objects.get(key="shop").current == version
    rows = version.severities.values_list("position", "key", "label", "mark", "rank", "proceed", "defer_to")
    assert list(rows) == [
        (1, "SEV1", "Severity 1", "critical", 1, "immediately", ""),
        (2, "SEV2", "Severity 2", "low", 3, "defer", "next release"),
    ]


def test_a_severity_knows_its_target_by_clock() -> None:
    version = import_process(GOOD.encode(), name="shop.yaml", by=None).version
    worst, least = version.severities.all()
    assert (worst.target("response").seconds, worst.response) == (1_800, "< 30 min")
    assert (least.target("response").milestone, least.response) == ("next release", "next release")
    assert worst.target("postmortem").kind == "none"


def test_a_version_knows_its_clocks() -> None:
    (clock,) = import_process(GOOD.encode(), name="shop.yaml", by=None).version.clocks()
    assert (clock.key, clock.label, clock.kind) == ("response", "Response", "commitment")
    assert (clock.start, clock.stop) == ("detected_at", ("mitigated", "resolved"))


def test_the_text_is_kept_byte_for_byte() -> None:
    text = b"\xef\xbb\xbf# caf\xc3\xa9\r\n" + GOOD.encode() + b"\n  \n"
    version = import_process(text, name="shop.yaml", by=None).version
    version.refresh_from_db()
    assert version.text.encode() == text
    assert version.sha256 == hashlib.sha256(text).hexdigest()


def test_the_same_text_again_makes_no_version() -> None:
    first = import_process(GOOD.encode(), name="shop.yaml", by=None)
    again = import_process(GOOD.encode(), name="other-name.yaml", by=None)
    assert (again.version, again.created) == (first.version, False)
    assert ProcessVersion.objects.count() == 1


def test_another_text_becomes_current_and_the_first_stays() -> None:
    first = import_process(GOOD.encode(), name="shop.yaml", by=None).version
    second = import_process(damaged("name: Shop process", "name: Shop"), name="shop.yaml", by=None).version
    process = Process.objects.get(key="shop")
    assert (second.number, process.current, process.name) == (2, second, "Shop")
    assert list(process.versions.values_list("number", flat=True)) == [2, 1]
    assert first.severities.count() == 2


def test_a_broken_document_keeps_the_last_good_version() -> None:
    good = import_process(GOOD.encode(), name="shop.yaml", by=None).version
    with pytest.raises(ProcessError, match=r"shop.yaml:7: severities\[0\].mark"):
        import_process(damaged("mark: critical", "mark: red"), name="shop.yaml", by=None)
    assert Process.objects.get(key="shop").current == good
    assert ProcessVersion.objects.count() == 1


def test_the_database_refuses_two_severities_of_one_key() -> None:
    version = import_process(GOOD.encode(), name="shop.yaml", by=None).version
    row = version.severities.get(key="SEV1")
    row.pk, row.key, row.position = None, "sev1", 9
    with pytest.raises(IntegrityError, match="one_severity_per_key"), transaction.atomic():
        row.save()


@pytest.mark.parametrize("rank", [0, 5])
def test_the_database_refuses_a_rank_outside_1_to_4(rank: int) -> None:
    version = import_process(GOOD.encode(), name="shop.yaml", by=None).version
    with pytest.raises(IntegrityError, match="severity_rank_1_to_4"), transaction.atomic():
        Severity.objects.filter(version=version).update(rank=rank)


@pytest.mark.django_db(transaction=True)
def test_ten_machines_that_start_at_once_store_one_version() -> None:
    barrier = Barrier(10)

    def start() -> bool:
        try:
            barrier.wait()
            return import_process(GOOD.encode(), name="shop.yaml", by=None).created
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        created = list(pool.map(lambda _number: start(), range(10)))
    assert sorted(created) == [False] * 9 + [True]
    assert ProcessVersion.objects.count() == 1
