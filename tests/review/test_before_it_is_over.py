"""What a report says, offers and refuses while its incident is not resolved yet."""

import pytest

from accounts.models import User
from incidents.lifecycle import transitions
from incidents.models import Incident
from review.findings import share_findings
from review.refusals import Refused
from tests.review.conftest import reader
from tests.review.test_report_api import script_of
from tests.review.test_report_pages import page_of


def test_before_it_is_resolved_it_says_so_and_asks_for_nothing(incident: Incident, ada: User) -> None:
    page = page_of(ada, incident)
    assert ("Not resolved yet." in page, 'class="card now"' in page) == (True, False)


def test_the_panel_comes_when_it_is_over(incident: Incident, ada: User) -> None:
    client = reader(ada)
    assert 'id="panel-report"' not in client.get(f"/incidents/{incident.ref}/").content.decode()
    transitions.resolve(incident, by=ada)
    page = client.get(f"/incidents/{incident.ref}/").content.decode()
    panel = page[page.index('id="panel-report"') :][:2000]
    assert ("Write the report" in panel, "3 questions are left." in panel) == (True, True)
    assert "The meeting is not scheduled." in panel


def test_nothing_is_shared_before_it_is_over(incident: Incident, ada: User) -> None:
    with pytest.raises(Refused):
        share_findings(incident, by=ada, where="Slack")
    answer = script_of(ada)("POST", f"/incidents/{incident.ref}/postmortem/share", {"where": "Slack"})
    assert answer.status_code == 409
