"""`GET /incidents/{ref}/watch` and `POST /tallies`: a watch in numbers, and counts from scripts (K61–K63)."""

from datetime import timedelta
from typing import Any

import pytest

from accounts.models import User
from foundation import moment
from hotfixes.lifecycle.start import start
from hotfixes.models import Tally
from incidents.models import Incident
from incidents.work.report import report
from tests.api.conftest import Script, problem


@pytest.fixture
def deployed(ada: User, opened: dict[str, Any]) -> Incident:
    incident = Incident.objects.by_ref(opened["ref"])
    start(incident, by=ada)
    for kind in ("deployed", "smoke_passed"):
        report(incident, kind, by=ada)
    return incident


def ago(minutes: float) -> str:
    return f"{moment.now() - timedelta(minutes=minutes):%Y-%m-%dT%H:%M:%SZ}"


def test_a_watch_in_numbers(script: Script, deployed: Incident) -> None:
    found = script.get(f"/incidents/{deployed.ref}/watch")["items"]
    assert [(one["remedy"], one["state"], one["least_s"], one["why"]) for one in found] == [
        ("HF-1", "runs", 7200, "nobody")
    ]
    assert found[0]["ends_at"] is None
    assert [one["key"] for one in found[0]["smoke"]] == ["launches", "core", "errors"]


def test_before_the_deployment_there_is_none(script: Script, opened: dict[str, Any]) -> None:
    assert script.get(f"/incidents/{opened['ref']}/watch") == {"items": [], "next": None}


def test_a_script_counts_and_the_watch_shows_it(script: Script, deployed: Incident) -> None:
    sent = {"hotfix": "HF-1", "kind": "errors", "count": 0, "since": ago(10), "source": "Sentry"}
    told = script.post("/tallies", sent, status=201)
    row = Tally.objects.get()
    assert (told["incident"], told["remedy"], told["token"]) == (deployed.ref, "HF-1", "deploy-bot")
    assert (row.count, row.source, row.product) == (0, "Sentry", deployed.product)
    errors = script.get(f"/incidents/{deployed.ref}/watch")["items"][0]["errors"]
    assert errors is None, "what was counted before the deployment began says nothing of it"


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({}, "hotfix"),
        ({"hotfix": "HF-1", "incident": "INC-1"}, "hotfix"),
        ({"incident": "INC-99"}, "incident"),
        ({"hotfix": "HF-1", "since": "2999-01-01T00:00:00Z"}, "since"),
        ({"hotfix": "HF-1", "until": "2999-01-01T00:00:00Z"}, "until"),
        ({"hotfix": "HF-1", "url": "nowhere"}, "url"),
    ],
)
def test_what_cannot_be_is_refused_by_field(
    script: Script, deployed: Incident, sent: dict[str, Any], field: str
) -> None:
    body = {"kind": "errors", "count": 1, "since": ago(10), **sent}
    answer = problem(script("POST", "/tallies", body), 422)
    assert field in str(answer)
    assert not Tally.objects.exists()
