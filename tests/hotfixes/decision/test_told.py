"""What users will be told, word for word and choice by choice, before somebody decides."""

from accounts.models import User
from foundation import moment
from hotfixes.decision import facts
from hotfixes.decision.told import told
from incidents.lifecycle import transitions
from incidents.lifecycle.declare import declare
from incidents.models import Incident
from tests.factories import make_product
from tests.hotfixes.rollback.test_ways import deployed
from tests.signing import sign_in


def words(incident: Incident, choice: str) -> list[str]:
    fresh = Incident.objects.for_page().get(pk=incident.pk)
    now = moment.now()
    found = next(one for one in told(fresh, facts.facts(fresh, now), now) if one.choice == choice)
    return [line.text for said in found.messages for line in said.lines]


def test_each_choice_shows_its_own_words_filled_from_what_is_known(
    incident: Incident, ada: User, olga: User
) -> None:
    transitions.describe(incident, by=ada, users_affected=120)
    mend = words(incident, "hotfix")
    assert ("Product: Staff Mobile" in mend, "Impact: Resolved for 120 users" in mend) == (True, True)
    assert "Issue: Sign-in fails" in mend
    back = words(incident, "redeploy_previous_tag")
    assert ("✅ EMERGENCY RESOLVED" in back, "🚨 PRODUCTION HOTFIX DEPLOYED" in back) == (True, False)
    page = sign_in(olga).get(f"/decisions/{incident.ref}/").content.decode()
    section = page.partition("What users will be told")[2]
    assert "<details" in section
    assert "Impact: Resolved for 120 users" in section
    assert "if shown" in section, "a claim is no promise"


def test_words_are_no_fact_that_changes_with_the_time(incident: Incident) -> None:
    """Placeholders such as {minutes} do not make who decides look again."""
    assert "words" not in facts.facts(incident, moment.now())["told"][0]


def test_what_a_way_back_asks_of_users_is_said_at_once(ada: User) -> None:
    product = make_product(name="Archy", process="archy")
    deployed(product, "v1.0.0", 300)
    deployed(product, "v1.0.1", 1)
    incident = declare(product, by=ada, title="Nodes hang", severity=product.severities().get(key="P0"))
    now = moment.now()
    listed = told(incident, facts.facts(incident, now), now)
    asked = {one["key"]: one["user_action"] for one in facts.facts(incident, now)["options"]}
    assert [one.action for one in listed[1:]] == [asked[one.choice] for one in listed[1:]]
    assert all(one.choice in ("hotfix", *asked) for one in listed)
