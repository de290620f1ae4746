"""The ways back with what is known of each (A38–A42, C15): targets, preconditions, what stands against one, figures."""

import json
from datetime import timedelta
from typing import Any

import pytest

from accounts.models import User
from foundation import moment
from hotfixes.decision.release import release
from hotfixes.models import Preview
from hotfixes.rollback import releases
from hotfixes.rollback.ways import steady, way, ways
from incidents.lifecycle.declare import declare
from incidents.models import Incident
from products.components import set_components
from products.in_production import in_production
from products.models import Deployment, Product
from products.vocabulary import EnvironmentKind
from tests.factories import make_product


def deployed(product: Product, version: str, hours_ago: float, **facts: Any) -> Deployment:
    place = product.environments.filter(kind=EnvironmentKind.PRODUCTION).first()
    assert place is not None
    return Deployment.objects.create(
        product=product,
        environment=place,
        version=version,
        status=facts.pop("status", "succeeded"),
        source=facts.pop("source", "api"),
        at=moment.now() - timedelta(hours=hours_ago),
        **facts,
    )


@pytest.fixture
def nodes(ada: User) -> Incident:
    """Archy's process: 1.0.0 ran, 1.0.1 came an hour ago."""
    product = make_product(name="Archy", process="archy")
    deployed(product, "v1.0.0", 300)
    deployed(product, "v1.0.1", 1)
    return declare(product, by=ada, title="Nodes hang", severity=product.severities().get(key="P0"))


def test_what_ran_before_is_where_each_way_leads(nodes: Incident) -> None:
    """A38, A39, A41, A42."""
    found = ways(nodes, moment.now())
    assert [(one["rank"], one["kind"], one["target_version"], one["target_ref"]) for one in found] == [
        (1, "ota", "1.0.0", "v1.0.0"), (2, "reflash", "1.0.0", "v1.0.0"), (3, "binary_backup", "1.0.0", "v1.0.0"),
    ]  # fmt: skip
    assert {(one["from_version"], one["target_source"], one["button"]) for one in found} == {
        ("1.0.1", "deployments", "Roll back to 1.0.0")
    }
    assert json.loads(json.dumps(found)) == found


def test_what_a_monitor_met_at_its_first_look_came_out_nobody_knows_when(ada: User) -> None:
    product = make_product(name="Archy", process="archy")
    incident = declare(product, by=ada, title="Nodes hang", severity=product.severities().get(key="P0"))
    deployed(product, "1.0.0", 1, source="probe")
    incident = Incident.objects.get(pk=incident.pk)
    assert (release(incident, [])["version"], release(incident, [])["minutes"]) == ("1.0.0", None)
    deployed(product, "1.0.1", 0.5, source="probe", was="1.0.0")
    incident = Incident.objects.get(pk=incident.pk)
    assert release(incident, [])["minutes"] == 30


def test_a_version_that_was_taken_back_is_not_gone_back_to(nodes: Incident) -> None:
    deployed(nodes.product, "1.0.0", 0.5, status="rolled_back")
    deployed(nodes.product, "1.0.2", 0.1)
    assert ways(nodes, moment.now())[0]["target_version"] == "1.0.0"


def test_what_is_gone_back_from_is_what_runs_by_whatever_a_report_of_a_rollback_names(
    nodes: Incident,
) -> None:
    """Some name what runs again, some what was taken back: then what ran before that runs."""
    deployed(nodes.product, "1.0.1", 0.5, status="rolled_back")
    runs = releases.running(nodes, nodes.product)
    assert (runs and runs.version, in_production(nodes.product).version) == ("1.0.0", "v1.0.0")
    deployed(nodes.product, "1.0.2", 0.1)
    found = ways(Incident.objects.for_page().get(pk=nodes.pk), moment.now())[0]
    assert (found["from_version"], found["target_version"]) == ("1.0.2", "1.0.0")
    Deployment.objects.exclude(version__in=["1.0.1", "v1.0.1"]).delete()
    assert releases.running(Incident.objects.for_page().get(pk=nodes.pk), nodes.product) is None


def test_without_anything_known_everything_is_said_to_be_unknown(ada: User) -> None:
    product = make_product(name="Archy", process="archy")
    incident = declare(product, by=ada, title="Nodes hang", severity=product.severities().get(key="P0"))
    first = ways(incident, moment.now())[0]
    assert (first["target_version"], first["blocked"], first["took"], first["drill"], first["ran"]) == (
        "", [], None, None, None,
    )  # fmt: skip
    assert {one["verdict"] for one in first["preconditions"]} == {"UNKNOWN"}
    assert first["unknown"][:3] == [
        "Is data kept by “Roll back to the version before over the air”?",
        "Which version ran before?",
        "What would it undo? No repository is connected: nobody can read the migrations.",
    ]


def test_how_long_it_ran_and_what_went_wrong_then(nodes: Incident, ada: User) -> None:
    ran = ways(nodes, moment.now())[0]["ran"]
    assert ran is not None
    assert (ran["seconds"], ran["incidents"], ran["downs"]) == (299 * 3600, 0, 0)
    declare(
        nodes.product, by=ada, title="Slow", severity=None, detected_at=moment.now() - timedelta(hours=20)
    )
    again = ways(nodes, moment.now())[0]["ran"]
    assert again is not None
    assert again["incidents"] == 1


def test_an_irreversible_migration_blocks_what_goes_back_and_not_a_halt(nodes: Incident) -> None:
    files = [
        {"path": "db/migrate/2_x.rb", "kind": "rails", "verdict": "irreversible", "why": ["drops a column"]}
    ]
    Preview.objects.create(
        product=nodes.product, from_ref="v1.0.1", to_ref="v1.0.0", asked_at=moment.now(), made_at=moment.now(),
        data={
            "count": 3, "migrations": {"verdict": "irreversible", "files": files}, "security": [{"subject": "CVE-1"}],
        },
    )  # fmt: skip
    found = ways(nodes, moment.now())
    blocked = [{"key": "migrations", "text": "db/migrate/2_x.rb cannot be taken back: drops a column."}]
    assert found[0]["blocked"] == blocked
    assert found[1]["blocked"] == [
        {"key": "migrations", "text": "A migration since then cannot be taken back."}
    ]
    assert [one["key"] for one in found[1]["warnings"]] == ["security", "user_action"]


def test_a_mobile_app_is_halted_and_never_rolled_back(
    incident: Incident, product: Product, ada: User
) -> None:
    """C15: the store's own figure says whether there is anything to halt."""
    set_components(product, [("mobile", "Mobile apps")], by=ada)
    deployed(product, "0.1.0", 100)
    row = deployed(product, "0.1.1", 1, stage="released", percent=20)

    def halt() -> tuple[str, str, int | None, list[str]]:
        found = ways(incident, moment.now())[0]
        one = found["preconditions"][0]
        return found["button"], f"{one['verdict']}: {one['summary']}", found["percent"], found["unknown"]

    assert halt() == ("Halt rollout", "PASS: 20 % have 0.1.1.", 20, [])
    row.percent = 100
    row.save()
    assert halt()[1] == "FAIL: 0.1.1 is with everybody: there is nothing left to halt."
    row.percent = None
    row.save()
    assert halt()[3] == ["How many have the version already?"]


def test_a_look_alone_changes_nothing_that_a_reader_compares(nodes: Incident) -> None:
    first = ways(nodes, moment.now())
    later = ways(Incident.objects.for_page().get(pk=nodes.pk), moment.now() + timedelta(minutes=5))
    assert steady(first) == steady(later)
    assert way(nodes, "no_such", moment.now()) is None
