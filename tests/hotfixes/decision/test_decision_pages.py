"""Deciding on pages, without script, and by API: what is not known first, two taps, frozen facts afterwards."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import Scope, User
from accounts.tokens import make_token
from hotfixes.decision.asking import answer, ask
from hotfixes.decision.decide import decide
from hotfixes.decision.proposing import propose
from hotfixes.models import Decision
from hotfixes.reported.deployments import report_deployment
from incidents.lifecycle import transitions
from incidents.models import Incident
from incidents.roles.roles import claim
from incidents.timeline import corrections
from incidents.work.report import report
from products.models import Product, RoleHolder
from tests.factories import make_user
from tests.signing import sign_in

pytestmark = pytest.mark.usefixtures("declared")


@pytest.fixture
def phone(olga: User) -> Client:
    return sign_in(olga)


def test_what_waits_is_listed_for_who_decides(phone: Client, incident: Incident, ada: User) -> None:
    page = phone.get("/decisions/").content.decode()
    assert "Waits for you" in page
    assert f'href="/decisions/{incident.ref}/"' in page
    other = Client()
    other.force_login(ada)
    assert "asked: Olga" in other.get("/decisions/").content.decode()


def test_now_and_the_navigation_say_what_waits_for_who_decides(
    phone: Client, incident: Incident, ada: User, olga: User
) -> None:
    """K138: not for others, nor for an administrator who is listed nowhere."""
    mark = '<b class="count">1<span class="visually-hidden"> waiting for you</span></b>'
    page = phone.get("/").content.decode()
    assert (mark in page, "Waits for you: hotfix or rollback?" in page) == (True, True)
    assert "since detection" in phone.get("/decisions/").content.decode()
    other = Client()
    for person in (ada, make_user("root@example.test", is_administrator=True)):
        other.force_login(person)
        page = other.get("/").content.decode()
        assert (mark in page, "Waits for you" in page) == (False, False)
    decide(incident, by=olga, choice="hotfix", reason="A line")
    page = phone.get("/").content.decode()
    assert (mark in page, "Waits for you" in page) == (False, False)


@pytest.mark.usefixtures("incident")
def test_a_refusal_is_cheap_also_for_whom_a_decision_waits(
    phone: Client, django_assert_num_queries: Any
) -> None:
    """Only who it is, is asked: the number beside "Decide" is not counted."""
    phone.get("/nothing/")
    with django_assert_num_queries(2):
        answer = phone.get("/nothing/")
    page = answer.content.decode()
    assert (answer.status_code, ">Decide</a>" in page, 'class="count"' in page) == (404, True, False)
    # Nor does it say to an open page that nothing waits.
    fragment = phone.get("/nothing/", headers={"HX-Request": "true"}).content.decode()
    assert 'id="waiting"' not in fragment


def test_the_card_names_the_version_that_was_reported_to_run(
    phone: Client, incident: Incident, product: Product, ada: User
) -> None:
    """Not the one that somebody entered once; both stood on it."""
    product.version = "0.1.0"
    product.save()
    assert "Staff Mobile 0.1.0" in phone.get(f"/decisions/{incident.ref}/").content.decode()
    place = product.environments.get(kind="production")
    report_deployment(product, place, version="0.1.1", status="succeeded", by=ada)
    page = phone.get(f"/decisions/{incident.ref}/").content.decode()
    assert ("Staff Mobile 0.1.1" in page, "Staff Mobile 0.1.0" in page) == (True, False)


def test_the_incident_page_asks_which_version_runs_only_where_the_card_does(
    phone: Client, incident: Incident, product: Product, ada: User
) -> None:
    """It asked beside "0.1.1" on the card."""

    def asks() -> set[bool]:
        paths = (incident.get_absolute_url(), f"/decisions/{incident.ref}/")
        return {"Which version is running?" in phone.get(path).content.decode() for path in paths}

    assert asks() == {True}
    Product.objects.update(version="0.1.0")
    assert asks() == {False}, "somebody entered it"
    Product.objects.update(version="")
    place = product.environments.get(kind="production")
    report_deployment(product, place, version="0.1.1", status="succeeded", by=ada)
    assert asks() == {False}, "a deployment told it"


def test_the_card_costs_few_queries(
    phone: Client, incident: Incident, ada: User, olga: User, django_assert_max_num_queries: Any
) -> None:
    """With a question and a recommendation; 44 before what several parts of it ask was asked once."""
    ask(incident, by=olga, text="Since when?")
    propose(incident, by=ada, choice="hotfix", text="A line")
    phone.get(f"/decisions/{incident.ref}/")
    with django_assert_max_num_queries(21):
        page = phone.get(f"/decisions/{incident.ref}/").content.decode()
    assert "Since when?" in page


def test_unknowns_come_first_then_the_facts_and_the_ways_back(phone: Client, incident: Incident) -> None:
    """C15, C16: options by rank, with data, preconditions and house marks."""
    page = phone.get(f"/decisions/{incident.ref}/").content.decode()
    order = [
        "Nobody knows yet: ", "How many people are affected?", ">Ask</a>", "Nobody has recommended anything yet.",
        ">Undoes</th>", "<b>Contain it first</b>", "<b>Hotfix</b>", "<b>Roll back</b>",
        "You decide as Product Owner.", "Did the release cause it?", 'id="rules-title">The rules',
        "Rollback 1: Deploy the production tag before this one again", "house default", "No migration since then",
        "Rollback 2: Halt the rollout in the stores", "Respond: &lt; 1 h",
    ]  # fmt: skip
    places = [page.find(words) for words in order]
    assert -1 not in places, order[places.index(-1)]
    assert places == sorted(places)


def test_the_card_agrees_with_itself(phone: Client, incident: Incident, ada: User) -> None:
    """What the rules say of a choice stands where the card speaks of it: beside recommendations, and against it."""
    page = " ".join(phone.get(f"/decisions/{incident.ref}/").content.decode().split())
    rule = "The cause is not known: no hotfix yet."
    assert f"The rules: {rule} Nobody has recommended anything yet." in page
    against = page.partition('scope="row">Against')[2].partition("</td>")[0]
    assert "cause: nobody has said" in against
    assert "nothing known" not in against
    propose(incident, by=ada, choice="mitigate", text="Switch the import off", cause="known")
    page = " ".join(phone.get(f"/decisions/{incident.ref}/").content.decode().split())
    assert "no hotfix yet" not in page.partition("What a hotfix needs")[0]
    assert "nothing known" in page.partition('scope="row">Against')[2].partition("</td>")[0]
    assert "<b>Contain it first</b><small>recommended by Ada</small>" in page


def test_two_taps_decide_and_the_facts_stay(phone: Client, incident: Incident, ada: User) -> None:
    page = phone.get(f"/decisions/{incident.ref}/confirm?choice=rollback").content.decode()
    assert ("Decide: roll back" in page, 'value="halt_rollout"' in page) == (True, True)
    fields = {"choice": "rollback", "option": "", "reason": "Faster"}
    answer = phone.post(f"/decisions/{incident.ref}/confirm", fields)
    assert (answer.status_code, "Choose one of these" in answer.content.decode()) == (422, True)
    assert ">Faster</textarea>" in answer.content.decode().replace("\n", "")
    answer = phone.post(f"/decisions/{incident.ref}/confirm", {**fields, "option": "halt_rollout"})
    assert (answer.status_code, answer["Location"]) == (302, f"/incidents/{incident.ref}/")
    transitions.describe(incident, by=ada, impact="Everybody, since noon")
    frozen = phone.get(f"/decisions/{incident.ref}/1/").content.decode()
    made = Decision.objects.get()
    assert (made.digest in frozen, "As it was shown" in frozen, "since noon" in frozen) == (True, True, False)
    page = phone.get(f"/incidents/{incident.ref}/").content.decode()
    assert 'id="panel-decision"' in page
    assert "Rollback: Halt the rollout in the stores" in page
    assert "Waits for you" not in phone.get("/decisions/").content.decode()


def test_containing_it_first_leads_to_its_form(phone: Client, incident: Incident) -> None:
    answer = phone.post(f"/decisions/{incident.ref}/confirm", {"choice": "mitigate", "reason": "Flag"})
    assert answer["Location"] == f"/incidents/{incident.ref}/mitigate"


def test_the_slower_one_reads_what_was_decided(phone: Client, incident: Incident, olga: User) -> None:
    decide(incident, by=olga, choice="hotfix", reason="A line")
    answer = phone.post(f"/decisions/{incident.ref}/confirm", {"choice": "mitigate", "reason": "Flag"})
    page = answer.content.decode()
    assert (answer.status_code, "Olga has decided: Hotfix (decision 1)." in page) == (409, True)
    assert ("You have decided already." in page, "Somebody was faster." in page) == (True, False)


def test_facts_that_changed_are_shown_again_with_what_was_typed(
    phone: Client, incident: Incident, ada: User
) -> None:
    fields = {"choice": "hotfix", "reason": "A line", "seen": "0" * 64}
    answer = phone.post(f"/decisions/{incident.ref}/confirm", fields)
    page = answer.content.decode()
    assert (answer.status_code, "Something has changed since you looked" in page, "A line" in page) == (
        409,
        True,
        True,
    )


def test_no_choice_leads_back_to_the_card(phone: Client, incident: Incident) -> None:
    for query in ("", "?choice=pray", "?choice=", "?choice=%00"):
        answer = phone.get(f"/decisions/{incident.ref}/confirm{query}")
        assert (answer.status_code, answer["Location"]) == (302, f"/decisions/{incident.ref}/"), query


def test_who_may_not_reads_whom_it_waits_for(incident: Incident, ada: User) -> None:
    client = Client()
    client.force_login(ada)
    assert "Waits for Olga." in client.get(f"/incidents/{incident.ref}/").content.decode()
    answer = client.get(f"/decisions/{incident.ref}/confirm?choice=hotfix")
    shown = answer.content.decode()
    assert (answer.status_code, "You do not decide here." in shown, "Waits for Olga." in shown) == (
        403,
        True,
        True,
    )
    assert client.post(f"/decisions/{incident.ref}/confirm", {"choice": "hotfix"}).status_code == 403


def test_a_token_decides_with_its_scope_and_the_record_says_so(incident: Incident, olga: User) -> None:
    """A resend with the same key decides once."""
    client, path = Client(), f"/api/v1/incidents/{incident.ref}/decision"

    def send(scope: Scope, key: str = "", **body: object) -> tuple[int, dict]:  # type: ignore[type-arg]
        _row, secret = make_token(olga, by=olga, name="bot", scopes=[scope])
        headers = {"Authorization": f"Bearer {secret}"} | ({"Idempotency-Key": key} if key else {})
        answer = client.post(path, body, content_type="application/json", headers=headers)
        return answer.status_code, answer.json()

    body = {"choice": "hotfix", "reason": "A line"}
    assert send(Scope.INCIDENTS, **body)[0] == 403
    status, made = send(Scope.DECIDE, **body)
    assert (status, made["ref"], made["decision"]["choice"]) == (201, incident.ref, "hotfix")
    assert (made["decision"]["by_token"], made["decision"]["role"]) == (True, "Product Owner")
    event = incident.events.select_related("payload").get(kind="decided")
    assert (event.source, event.data["token"], event.data["digest"]) == (
        "token",
        "bot",
        made["decision"]["digest"],
    )
    status, problem = send(Scope.DECIDE, **body)
    assert (status, "Olga has decided: Hotfix" in problem["detail"]) == (409, True)
    assert send(Scope.DECIDE, choice="pray", reason="x")[0] == 422


def test_words_that_are_redacted_on_the_timeline_are_gone_from_the_decision(
    phone: Client, incident: Incident, ada: User, olga: User
) -> None:
    made = decide(incident, by=olga, choice="hotfix", reason="the password is hunter2")
    pages = (incident.get_absolute_url(), made.get_absolute_url())
    assert all("hunter2" in phone.get(page).content.decode() for page in pages)
    asked = corrections.ask_redaction(made.event, by=ada, reason="A password")
    assert not any("hunter2" in phone.get(page).content.decode() for page in pages)
    corrections.confirm_redaction(asked, by=olga)
    assert "Its words were taken away." in phone.get(made.get_absolute_url()).content.decode()
    assert not any("hunter2" in phone.get(page).content.decode() for page in pages)


def next_of(user: User, incident: Incident) -> str:
    """What the page of the incident makes the next action for `user`, and where it leads."""
    client = Client()
    client.force_login(user)
    page = client.get(f"/incidents/{incident.ref}/").content.decode()
    card = page[page.index('id="now"') :]
    return card[: card.index("</section>")]


def test_the_next_action_of_who_decides_is_to_decide_and_of_the_others_to_contain_it(
    incident: Incident, ada: User, olga: User
) -> None:
    """K138, UX "exactly one primary action": the same page, another reader."""
    transitions.acknowledge(incident, by=ada)
    claim(incident, by=ada)
    theirs = next_of(olga, incident)
    assert ("Hotfix or rollback?" in theirs, f'href="/decisions/{incident.ref}/"' in theirs) == (True, True)
    assert "You decide as Product Owner. The others wait for it." in theirs
    assert "Contain the damage first" in next_of(ada, incident)
    decide(incident, by=olga, choice="hotfix", reason="One line")
    assert "You can read this incident." in next_of(olga, incident)
    transitions.resolve(incident, by=ada, text="Done")
    transitions.reopen(incident, by=ada, reason="Back")
    assert "Hotfix or rollback?" in next_of(olga, incident)


def test_what_is_contained_waits_for_the_decision_before_it_is_called_over(
    incident: Incident, ada: User, olga: User
) -> None:
    """K138, A37: contained is not mended."""
    transitions.acknowledge(incident, by=ada)
    claim(incident, by=ada)
    transitions.mitigate(incident, by=ada, text="Switched off")
    here = f'href="/decisions/{incident.ref}/"'
    assert (here in (theirs := next_of(ada, incident)), "Olga: hotfix or rollback?" in theirs) == (True, True)
    assert f'primary" href="/incidents/{incident.ref}/resolve"' not in theirs
    assert "You decide as Product Owner." in next_of(olga, incident)
    RoleHolder.objects.all().delete()
    assert "Nobody is listed as Product Owner" in next_of(ada, incident)


def test_a_rollback_leads_by_its_own_steps_then_to_trying_it_and_to_the_watch(
    incident: Incident, ada: User, olga: User
) -> None:
    """C15: the hotfix's steps are folded away."""
    transitions.acknowledge(incident, by=ada)
    decide(incident, by=olga, choice="rollback", option="redeploy_previous_tag", reason="Faster")
    client = Client()
    client.force_login(ada)
    page = client.get(f"/incidents/{incident.ref}/").content.decode()
    assert '<details class="fold option" open>' in page
    assert "Steps of the hotfix: not needed while it is rolled back" in page
    report(incident, "rolled_back", by=ada)
    assert "Is it well again?" in next_of(ada, incident)
    report(incident, "smoke_passed", by=ada)
    assert "Watch until" in next_of(ada, incident)


def test_a_question_is_what_the_lead_does_next_on_now_and_on_the_incident(
    incident: Incident, ada: User, ben: User, olga: User
) -> None:
    transitions.acknowledge(incident, by=ada)
    claim(incident, by=ada)
    question = ask(incident, by=olga, text="Is it the import?")
    theirs, here = next_of(ada, incident), f'href="/decisions/{incident.ref}/questions/{question.pk}"'
    assert ("Olga asks you" in theirs, here in theirs) == (True, True)
    lead = Client()
    lead.force_login(ada)
    assert ("Olga asks you" in (page := lead.get("/").content.decode()), here in page) == (True, True)
    assert "asks you" not in next_of(ben, incident)
    answer(question, by=ada, text="Yes")
    assert "Contain the damage first" in next_of(ada, incident)
    ask(incident, by=olga, text="And since when?", to=ben)
    assert ("asks you" in next_of(ada, incident), "asks you" in next_of(ben, incident)) == (False, True)
    transitions.resolve(incident, by=ada, text="Done")
    transitions.reopen(incident, by=ada, reason="Back")
    assert "asks you" not in next_of(ben, incident)


def test_who_responds_and_decides_takes_it_first_then_decides(incident: Incident, ada: User) -> None:
    RoleHolder.objects.create(product=incident.product, role="product_owner", user=ada, position=2)
    assert "Nobody has this yet" in next_of(ada, incident)
    transitions.acknowledge(incident, by=ada)
    assert "Hotfix or rollback?" in next_of(ada, incident)


def test_redacted_words_of_the_facts_are_gone_from_every_decision(
    incident: Incident, ada: User, ben: User, olga: User, phone: Client
) -> None:
    transitions.describe(incident, by=ada, impact="Customer Wombat is out")
    made = decide(incident, by=olga, choice="hotfix", reason="One line")
    transitions.describe(incident, by=ada, impact="A customer is out")
    here, token = made.get_absolute_url(), make_token(olga, by=olga, name="docs", scopes=[Scope.READ])[1]
    page = phone.get(here).content.decode()
    assert ("Customer Wombat" in page, "As it was shown." in page) == (True, True)
    for event in incident.events.filter(kind="described"):
        corrections.confirm_redaction(corrections.ask_redaction(event, by=ada, reason="A name"), by=ben)
    page = phone.get(here).content.decode()
    assert ("Wombat" in page, "Some of these words were taken away since." in page) == (False, True)
    said = Client().get(
        f"/api/v1/incidents/{incident.ref}/decisions", headers={"Authorization": f"Bearer {token}"}
    )
    assert ("Wombat" in said.content.decode(), "A customer is out" in said.content.decode()) == (False, True)
    assert "Wombat" not in str(Decision.objects.get().facts)
    assert "Wombat" not in phone.get(f"/incidents/{incident.ref}/postmortem.json").content.decode()
