"""What follows from a deployment: a rollback is one whoever says it, and another version while a hotfix goes first is
said aloud (A39, K55, K56).
"""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from accounts.models import Scope, User
from accounts.tokens import make_token
from foundation import moment
from hotfixes.alarms import alarms
from hotfixes.judging import judge_due
from hotfixes.models import Hotfix
from hotfixes.reported.deployments import report_deployment
from incidents.models import Incident, Mode
from notifications.models import Delivery
from products.models import Deployment, Product
from products.running import of_place
from tests.hotfixes.starting import critical

pytestmark = pytest.mark.usefixtures("fixing")


def said(product: Product, version: str, status: str = "succeeded", **facts: Any) -> Deployment:
    place = product.environments.get(kind=facts.pop("kind", "production"))
    return report_deployment(product, place, version=version, status=status, **{"by": None, **facts})


def settle() -> None:
    while judge_due():
        pass


def events(incident: Incident, kind: str) -> list[dict[str, Any]]:
    return [dict(event.data) for event in incident.events.filter(kind=kind).select_related("payload")]


def verdict(hotfix: Hotfix, key: str) -> tuple[str, str]:
    row = hotfix.results.get(key=key, superseded_at=None)
    return row.verdict, row.summary


@pytest.mark.parametrize("source", ["api", "probe", "person"])
def test_an_older_version_again_is_a_rollback_whoever_says_it(
    hotfix: Hotfix, product: Product, ada: User, source: str
) -> None:
    said(product, "0.1.1")
    settle()
    assert verdict(hotfix, "deployed")[0] == "PASS"
    made = said(product, "0.1.0", source=source, by=ada if source == "person" else None)
    settle()
    settle()
    assert (made.status, made.was) == ("rolled_back", "0.1.1")
    (event,) = events(hotfix.incident, "rolled_back")
    assert {name: event[name] for name in ("environment", "version", "deployment", "was")} == {
        "environment": "production", "version": "0.1.0", "deployment": made.pk, "was": "0.1.1",
    }  # fmt: skip
    assert verdict(hotfix, "deployed") == (
        "FAIL", "0.1.1 was rolled back in production: 0.1.0 runs there again.",
    )  # fmt: skip
    assert of_place(made.environment).version == "0.1.0"
    product.refresh_from_db()
    assert product.version == "0.1.0"


def test_what_is_said_twice_is_one(hotfix: Hotfix, product: Product) -> None:
    first, second = moment.now(), moment.now()
    told = [("0.1.1", first), ("0.1.1", first), ("0.1.0", second), ("0.1.0", second), ("0.1.0", None)]
    rows = [said(product, version, at=at) for version, at in told]
    assert len({row.pk for row in rows}) == 2
    assert [row.status for row in rows] == ["succeeded"] * 2 + ["rolled_back"] * 3
    assert len(events(hotfix.incident, "rolled_back")) == 1


def test_a_rollback_tells_an_incident_without_a_hotfix_no_drill_and_none_that_came_later(
    product: Product, ada: User
) -> None:
    live, drill = critical(product, ada), critical(product, ada)
    Incident.objects.filter(pk=drill.pk).update(mode=Mode.DRILL)
    said(product, "0.1.1")
    before = moment.now()
    later = critical(product, ada)
    said(product, "0.1.0", at=before)
    assert [len(events(one, "rolled_back")) for one in (live, drill, later)] == [1, 0, 0]


def test_of_a_place_that_the_process_does_not_mean_nothing_is_told(product: Product, ada: User) -> None:
    product.environments.create(name="Dev", slug="dev", kind="dev")
    incident, before = critical(product, ada), product.version
    said(product, "0.1.1", kind="dev")
    made = said(product, "0.1.0", kind="dev")
    assert made.status == "rolled_back"
    assert events(incident, "rolled_back") == []
    product.refresh_from_db()
    assert product.version == before


def test_another_version_while_a_hotfix_goes_first_is_said_aloud_once(
    hotfix: Hotfix, product: Product, ada: User
) -> None:
    said(product, "0.1.0")
    assert alarms.of_user(ada) == []
    said(product, "0.2.0", status="started")
    said(product, "0.2.0")
    settle()
    sentence = "0.2.0 was deployed to Production, but HF-1 goes first."
    assert sentence in [one.sentence for one in alarms.of_user(ada)]
    told = [
        event["contradiction"]["key"]
        for event in events(hotfix.incident, "check_changed")
        if "contradiction" in event
    ]
    assert told.count("overtaken") == 1
    assert Delivery.objects.filter(key="alarm", body__contains="HF-1 goes first").exists()
    said(product, "0.2.1", at=moment.now())
    hotfix.refresh_from_db()
    Hotfix.objects.update(new_version="0.2.2")
    said(product, "0.2.2")
    assert not [one for one in alarms.of_user(ada) if "goes first" in one.sentence]


def test_another_version_that_failed_or_was_taken_back_overtakes_nothing_any_more(
    product: Product, ada: User
) -> None:
    for last in ("failed", "rolled_back"):
        said(product, "0.2.0", status="started")
        assert [one.sentence for one in alarms.of_user(ada) if "goes first" in one.sentence]
        said(product, "0.2.0", status=last)
        assert not [one for one in alarms.of_user(ada) if "but HF-1 goes first" in one.sentence], last


def test_the_json_of_a_hotfix_says_what_overtook_it(hotfix: Hotfix, product: Product, ada: User) -> None:
    said(product, "0.2.0")
    token = make_token(ada, by=ada, name="bot", scopes=[Scope.READ])[1]

    def got(path: str) -> Any:
        return Client().get(f"/api/v1{path}", headers={"Authorization": f"Bearer {token}"}).json()

    for shape in (got(f"/hotfixes/{hotfix.ref}"), got("/hotfixes")["items"][0]):
        assert [one["key"] for one in shape["contradictions"]] == ["overtaken"]
    Incident.objects.update(mode=Mode.DRILL)
    assert got(f"/hotfixes/{hotfix.ref}")["contradictions"] == []


def test_a_report_sent_again_after_another_one_is_still_the_same(product: Product, ada: User) -> None:
    """Said twice it is one, when a queue sends the first once more after the second."""
    first, second = moment.now() - timedelta(minutes=20), moment.now() - timedelta(minutes=10)
    made = said(product, "0.1.1", at=first)
    said(product, "0.1.2", at=second)
    assert said(product, "0.1.1", at=first) == made
    assert Deployment.objects.count() == 2


def test_a_person_who_reports_says_it_with_their_name(hotfix: Hotfix, product: Product, ada: User) -> None:
    said(product, "0.1.1", source="person", by=ada, hotfix=hotfix)
    settle()
    (event,) = hotfix.incident.events.filter(kind="deployed")
    assert (event.actor, event.source) == (ada, "person")
    assert verdict(hotfix, "deployed")[0] == "STATED"


def test_with_the_store_nobody_has_it_yet(hotfix: Hotfix, product: Product) -> None:
    """Submitted, in review, released to n %, halted."""
    found = []
    for stage, percent in (("submitted", None), ("in_review", None), ("released", 20), ("halted", 20)):
        said(product, "0.1.1", status="", stage=stage, percent=percent)
        settle()
        found.append(verdict(hotfix, "deployed"))
    assert [one[0] for one in found] == ["PENDING", "PENDING", "PASS", "FAIL"]
    assert "in review at the store, since" in found[1][1]
    assert found[2][1] == "0.1.1 is released to 20 % of the users."
    assert found[3][1] == "The rollout of 0.1.1 was halted; 20 % of the users keep it."
    assert len(events(hotfix.incident, "rolled_back")) == 1
    wrongs: tuple[dict[str, Any], ...] = (
        {"percent": 20},
        {"percent": 101, "stage": "released"},
        {"status": ""},
    )
    for wrong in wrongs:
        with pytest.raises(ValidationError):
            said(product, "0.1.1", **{"status": "succeeded", **wrong})


def test_a_deployment_that_began_and_fell_silent_is_said_after_an_hour(
    hotfix: Hotfix, product: Product
) -> None:
    Incident.objects.filter(pk=hotfix.incident_id).update(detected_at=moment.now() - timedelta(hours=3))
    said(product, "0.1.1", status="started", at=moment.now() - timedelta(minutes=59))
    settle()
    hotfix.refresh_from_db()
    assert verdict(hotfix, "deployed")[0] == "PENDING"
    assert hotfix.look_at is not None
    assert timedelta() < hotfix.look_at - moment.now() < timedelta(minutes=2)
    Deployment.objects.update(at=moment.now() - timedelta(minutes=61))
    Hotfix.objects.update(look_at=moment.now())
    settle()
    assert verdict(hotfix, "deployed")[0] == "WARN"
