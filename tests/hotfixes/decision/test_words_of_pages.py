"""The same words for the same thing on the incident's page and on the card, and nothing typed is lost silently."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from accounts.models import User
from foundation import moment
from hotfixes.models import Question
from incidents.lifecycle import transitions
from incidents.models import Incident
from monitoring.models import Monitor, Target
from tests.factories import make_target
from tests.reading import tight
from tests.signing import sign_in

pytestmark = pytest.mark.usefixtures("crew")


@pytest.fixture
def phone(olga: User) -> Client:
    return sign_in(olga)


def test_what_nobody_has_said_is_called_none_nowhere_and_counted_on_the_card_alone(
    phone: Client, incident: Incident
) -> None:
    """The incident's page reads fewer facts than the card: its count would be another one."""
    page = phone.get(incident.get_absolute_url()).content.decode()
    card = phone.get(f"/decisions/{incident.ref}/").content.decode()
    assert "Is there a workaround?" in card
    assert re.search(r"Nobody knows yet: \d+ things", card)
    assert "none known" not in page.lower()
    assert "Workaround <b>nobody has said</b>" in page
    titles = [title for title in ("Nobody knows yet</h3>", "not known</h3>") if title in tight(page)]
    assert titles == ["Nobody knows yet</h3>"]
    assert "See all that is not known" in page


def test_monitors_stand_on_a_line_each_and_the_impact_reads_as_elsewhere(
    phone: Client, incident: Incident, ada: User
) -> None:
    now = moment.now()
    made = [make_target(incident.product, name=name) for name in ("Checkout", "Sign-in")]
    Monitor.objects.update(looked_at=now)
    Target.objects.filter(pk__in=[one.pk for one in made]).update(
        state="down", settled="down", since=now, fresh_until=now + timedelta(hours=1)
    )
    transitions.describe(incident, by=ada, impact="**Nobody** can sign in", workaround="Use `curl`")
    for path in (f"/decisions/{incident.ref}/", incident.get_absolute_url()):
        facts = tight(phone.get(path).text).partition("<dt>Monitors</dt><dd>")
        listed = facts[2].partition("</dd>")[0]
        assert listed.count("<li>") == len(made)
        known = facts[0].rpartition("<dt>Impact</dt>")[2]
        assert ("<strong>Nobody</strong>" in known, "<code>curl</code>" in known) == (True, True)


def test_a_question_that_is_too_long_is_refused_beside_its_field_and_kept(
    phone: Client, incident: Incident
) -> None:
    """A limit of the browser's own would cut what is pasted, and say "Asked." all the same."""
    here, long = f"/decisions/{incident.ref}/ask", "Is it the import? " * 60
    assert "maxlength" not in phone.get(here).content.decode().partition("<textarea")[2].partition(">")[0]
    answer = phone.post(here, {"text": long})
    page = answer.content.decode()
    assert (answer.status_code, Question.objects.count(), long.strip() in page) == (422, 0, True)
    assert f"At most 1000 characters; these are {len(long.strip())}. Shorten it." in page


def test_an_empty_list_says_what_comes_here(phone: Client, olga: User) -> None:
    assert "Nothing to decide yet" in phone.get("/decisions/").content.decode()
