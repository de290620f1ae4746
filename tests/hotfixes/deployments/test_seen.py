"""A version that a monitor reads: hotfixes are judged again, what nobody reported is a deployment, an older one that
stays is a rollback (K56, A39).
"""

from datetime import timedelta

import pytest

from foundation import moment
from hotfixes.deployments.seen import STAYS, take_in
from hotfixes.judging import judge_due
from hotfixes.models import Hotfix
from hotfixes.reported.deployments import report_deployment
from products.models import Deployment, Product, VersionSeen
from products.versions_seen import Reading, read

pytestmark = pytest.mark.usefixtures("fixing")


def reads(product: Product, version: str, where: str = "health", *, stays: bool = True) -> None:
    now = moment.now()
    read([Reading(product.pk, "", where, version)], now)
    if stays:
        rows = VersionSeen.objects.filter(where=where).order_by("-pk")
        VersionSeen.objects.filter(pk=rows[0].pk).update(seen_at=now + STAYS)
    take_in()


def kept(product: Product) -> list[tuple[str, str, str]]:
    return list(product.deployments.order_by("pk").values_list("version", "status", "source"))


def test_what_nobody_reported_is_a_deployment_and_what_stays_older_a_rollback(
    hotfix: Hotfix, product: Product
) -> None:
    for version in ("0.1.0", "0.1.1", "0.1.1", "0.1.0", "0.1.0"):
        reads(product, version)
    assert kept(product) == [
        ("0.1.0", "succeeded", "probe"), ("0.1.1", "succeeded", "probe"), ("0.1.0", "rolled_back", "probe"),
    ]  # fmt: skip
    assert hotfix.incident.events.filter(kind="rolled_back", source="probe").count() == 1
    assert not VersionSeen.objects.filter(handled_at=None).exists()


def test_one_machine_that_lags_behind_is_no_rollback(product: Product) -> None:
    reads(product, "0.1.1", "web-1")
    reads(product, "0.1.0", "web-2")
    for version in ("0.1.0", "0.1.1"):
        reads(product, version, "web-1", stays=False)
    assert kept(product) == [("0.1.1", "succeeded", "probe")]


def test_a_script_that_has_begun_says_itself_how_it_ended(product: Product) -> None:
    place = product.environments.get()
    report_deployment(product, place, version="0.1.1", status="started", by=None)
    reads(product, "0.1.1")
    assert kept(product) == [("0.1.1", "started", "api")]
    report_deployment(product, place, version="0.1.1", status="succeeded", by=None)
    take_in()
    assert kept(product) == [("0.1.1", "started", "api"), ("0.1.1", "succeeded", "api")]
    assert not VersionSeen.objects.filter(handled_at=None).exists()


def test_a_script_that_died_is_not_waited_for_longer_than_an_hour(product: Product) -> None:
    place, then = product.environments.get(), moment.now() - timedelta(minutes=61)
    report_deployment(product, place, version="0.1.1", status="started", by=None, at=then)
    reads(product, "0.1.1")
    assert kept(product)[-1] == ("0.1.1", "succeeded", "probe")


def test_a_commit_is_no_version_to_compare(product: Product) -> None:
    report_deployment(product, product.environments.get(), version="0.1.1", status="succeeded", by=None)
    reads(product, "4f2c9d1e")
    assert [source for _version, _status, source in kept(product)] == ["api"]


def test_a_hotfix_without_a_repository_is_judged_again(hotfix: Hotfix, product: Product) -> None:
    report_deployment(product, product.environments.get(), version="0.1.1", status="succeeded", by=None)
    reads(product, "0.1.0")
    settle()
    row = hotfix.results.get(key="version_live", superseded_at=None)
    assert row.verdict == "FAIL"
    reads(product, "0.1.1")
    settle()
    row = hotfix.results.get(key="version_live", superseded_at=None)
    assert row.verdict == "PASS"
    assert [source for _version, _status, source in kept(product)] == ["api"]


def settle() -> None:
    while judge_due():
        pass


def test_a_place_that_no_product_has_is_of_the_product_alone(product: Product) -> None:
    read([Reading(product.pk, "moon", "health", "0.1.1")], moment.now())
    assert take_in() == 1
    assert Deployment.objects.count() == 0
