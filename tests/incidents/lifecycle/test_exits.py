"""The ways out: nothing, later, known already (A20, K10–K13, C5, C6); and the way back."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from accounts.models import User
from foundation import moment
from incidents.lifecycle import exits, transitions
from incidents.lifecycle.declare import declare
from incidents.lifecycle.lifecycle import TooLate
from incidents.models import Incident, Mode, Participant, Status
from incidents.timeline.verify import verify
from notifications.models import Delivery
from products.models import Product
from tests.factories import join, make_product, make_team, make_user
from tests.reading import in_one_line

pytestmark = pytest.mark.usefixtures("declared")


def opened(product: Product, by: User, severity: str = "CRITICAL", **facts: Any) -> Incident:
    title = str(facts.pop("title", "Sign-in fails"))
    return declare(product, by=by, title=title, severity=product.severities().get(key=severity), **facts)


@pytest.fixture
def phone(ada: User) -> Client:
    client = Client()
    client.force_login(ada)
    return client


def test_declining_ends_every_clock_and_says_why(incident: Incident, ada: User) -> None:
    event = exits.decline(incident, by=ada, reason="A test by the vendor")
    assert (incident.status, event.text) == (Status.DECLINED, "A test by the vendor")
    assert incident.clocks.running().count() == 0
    # K10 and the house's rule C14: declining is an answer, so the promise to respond is kept.
    assert incident.clocks.get(key="response").stopped_by == event


def test_a_medium_waits_for_the_release_that_its_severity_names(product: Product, ada: User) -> None:
    """K15, K10, A20, C6: deferred, its target is named, and the promise to respond is kept by it."""
    incident = opened(product, ada, "MEDIUM")
    event = exits.defer(incident, by=ada, reason="A question of styling")
    assert (incident.status, incident.deferred_to, event.data["to"]) == (
        Status.DEFERRED,
        "next release",
        "next release",
    )
    assert incident.clocks.get(key="response").stopped_by == event


def test_a_p2_waits_for_v11_and_its_72_hours_run_until_then(ada: User) -> None:
    """A20 and C5: on the v1.1 roadmap, while its clock goes on until somebody says so."""
    archy = make_product(name="Archy", process="archy")
    incident = opened(archy, ada, "P2")
    assert incident.clocks.get(key="response").reading(moment.now()).state == "running"
    exits.defer(incident, by=ada, reason="Not critical")
    assert incident.deferred_to == "v1.1"
    assert incident.clocks.get(key="response").reading(moment.now()).state == "met"


def test_another_release_may_be_named(incident: Incident, ada: User) -> None:
    exits.defer(incident, by=ada, to="  v2.3 ", reason="The vendor mends it")
    assert incident.deferred_to == "v2.3"


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_going_without_a_reason_is_refused(incident: Incident, ada: User, reason: str) -> None:
    for verb in (exits.decline, exits.defer):
        with pytest.raises(ValidationError) as refused:
            verb(incident, by=ada, reason=reason)
        assert list(refused.value.message_dict) == ["reason"]
    assert incident.events.count() == 1


def test_what_is_contained_may_wait_but_was_real(incident: Incident, ada: User) -> None:
    transitions.mitigate(incident, by=ada)
    with pytest.raises(TooLate):
        exits.decline(incident, by=ada, reason="Nothing")
    exits.defer(incident, by=ada, to="v1.2", reason="The flag is off")
    assert incident.status == Status.DEFERRED


def test_it_leaves_once(incident: Incident, ada: User, ben: User) -> None:
    exits.decline(incident, by=ada, reason="Nothing")
    with pytest.raises(TooLate) as late:
        exits.defer(incident, by=ben, reason="Later")
    assert late.value.last is not None
    assert late.value.last.kind == "declined"


def test_a_duplicate_links_both_ways(incident: Incident, product: Product, ada: User, phone: Client) -> None:
    other = opened(product, ada, title="Nobody can sign in")
    exits.mark_duplicate(other, by=ada, of=incident, reason="The same gateway")
    assert (other.status, other.duplicate_of) == (Status.DUPLICATE, incident)
    told = incident.events.select_related("payload").get(kind="noted")
    assert (told.text, told.data["duplicate"]) == (f"{other.ref} is a duplicate of this.", other.ref)
    there = phone.get(f"/incidents/{other.ref}/").content.decode()
    assert f'<a href="/incidents/{incident.ref}/">{incident.ref} Sign-in fails</a>' in there
    assert "The same gateway" in there
    back = phone.get(f"/incidents/{incident.ref}/").content.decode()
    assert f'href="/incidents/{other.ref}/">{other.ref} Nobody can sign in</a>' in back
    assert list(verify(Incident.objects.all())) == []


def test_a_duplicate_of_itself_or_of_a_duplicate_or_of_a_drill_is_refused(
    incident: Incident, product: Product, ada: User
) -> None:
    second, drill = opened(product, ada), opened(product, ada, mode=Mode.DRILL)
    exits.mark_duplicate(second, by=ada, of=incident)
    for of, words in (
        (incident, "itself"), (second, f"Name {incident.ref} instead"), (drill, "is drill"),
    ):  # fmt: skip
        with pytest.raises(ValidationError) as refused:
            exits.mark_duplicate(incident, by=ada, of=of)
        assert words in refused.value.message_dict["of"][0]
    assert incident.status == Status.ACTIVE


def test_what_one_may_not_see_is_nothing_to_be_a_duplicate_of(
    incident: Incident, ada: User, ben: User
) -> None:
    """A private one is not confirmed to exist, by the verb, the page or the API."""
    private = opened(incident.product, ben, private=True)
    elsewhere = opened(make_product(make_team("data"), name="Lake"), make_user("lake@example.test"))
    for hidden in (private, elsewhere):
        with pytest.raises(ValidationError) as refused:
            exits.mark_duplicate(incident, by=ada, of=hidden)
        assert refused.value.message_dict["of"] == [f"There is no {hidden.ref} here that you can see."]


def test_a_reader_elsewhere_may_name_it_but_writes_nothing_there(incident: Incident, ada: User) -> None:
    team = make_team("data")
    join(ada, team, "viewer")
    elsewhere = opened(make_product(team, name="Lake"), make_user("lake@example.test"))
    exits.mark_duplicate(incident, by=ada, of=elsewhere)
    assert incident.duplicate_of == elsewhere
    assert elsewhere.events.count() == 1


def test_a_private_duplicate_shows_only_to_who_takes_part(incident: Incident, ada: User, ben: User) -> None:
    private = opened(incident.product, ben, private=True, title="The board's secret")
    exits.mark_duplicate(private, by=ben, of=incident)
    client = Client()
    client.force_login(ada)
    assert "secret" not in client.get(f"/incidents/{incident.ref}/").content.decode()
    Participant.objects.create(incident=private, user=ada)
    assert "secret" in client.get(f"/incidents/{incident.ref}/").content.decode()


def test_of_an_original_that_became_private_others_read_no_number(
    incident: Incident, ada: User, ben: User
) -> None:
    other = opened(incident.product, ada, title="Nobody can sign in")
    exits.mark_duplicate(other, by=ada, of=incident, reason="The same gateway")
    client = Client()

    def everything() -> str:
        event = other.events.get(kind="duplicate_marked")
        address = f"/incidents/{other.ref}/"
        paths = (
            address,
            f"{address}timeline/{event.seq}/",
            f"{address}postmortem/",
            f"{address}postmortem.md",
        )
        seen = [client.get(path, follow=True).text for path in paths]
        return "".join(seen) + str(exits.facts(Incident.objects.get(pk=other.pk))) + str(event.data)

    client.force_login(ben)
    assert everything().count(incident.ref) > 4
    Incident.objects.filter(pk=incident.pk).update(private=True)
    Participant.objects.filter(incident=incident).delete()
    Participant.objects.create(incident=incident, user=ada)
    said = in_one_line(everything())
    assert incident.ref not in said
    assert ("Duplicate of a private incident" in said, "A private incident goes on" in said) == (True, True)
    client.force_login(ada)
    assert f'href="/incidents/{incident.ref}/"' in client.get(f"/incidents/{other.ref}/").text


def test_a_private_duplicate_leaves_no_number_with_its_original(
    incident: Incident, ada: User, ben: User
) -> None:
    private = opened(incident.product, ben, private=True)
    exits.mark_duplicate(private, by=ben, of=incident)
    client = Client()
    client.force_login(ada)
    assert private.ref not in client.get(f"/incidents/{incident.ref}/").text
    assert "A private incident is a duplicate of this." in client.get(f"/incidents/{incident.ref}/").text


def test_whoever_was_told_hears_how_it_ended(ben: User, product: Product, ada: User) -> None:
    incident = opened(product, ada)
    other = opened(product, ada, title="Nobody can sign in")
    exits.mark_duplicate(other, by=ada, of=incident)
    exits.defer(incident, by=ada, to="v1.2", reason="Small")
    said = (
        Delivery.objects.filter(key="resolved", user=ben)
        .order_by("pk")
        .values_list("about", "body")
        .distinct()
    )
    lines = {about.split("/")[0]: body.splitlines()[0] for about, body in said}
    assert lines == {other.ref: f"It goes on as {incident.ref}.", incident.ref: "It waits for v1.2."}


@pytest.mark.parametrize("way", ["decline", "defer", "mark_duplicate"])
def test_a_way_out_taken_by_mistake_is_taken_back(
    incident: Incident, product: Product, ada: User, way: str
) -> None:
    """docs/decisions/0002: the promise to respond starts anew."""
    facts = {"of": opened(product, ada)} if way == "mark_duplicate" else {"reason": "Thumb", "by": ada}
    getattr(exits, way)(incident, **{"by": ada, **facts})
    transitions.reopen(incident, by=ada, reason="The wrong number")
    assert (incident.status, incident.duplicate_of, incident.deferred_to) == (Status.ACTIVE, None, "")
    assert incident.clocks.filter(key="response").order_by("cycle").last().cycle == 2  # type: ignore[union-attr]


def test_the_pages_lead_out_without_script(
    phone: Client, incident: Incident, product: Product, ada: User
) -> None:
    other = opened(product, ada, "MEDIUM", title="Wrong colour")
    page = phone.get(f"/incidents/{other.ref}/").content.decode()
    for verb in ("defer", "mark_duplicate", "decline"):
        assert f'href="/incidents/{other.ref}/{verb}"' in page
    form = phone.get(f"/incidents/{other.ref}/defer?why=3").content.decode()
    assert 'value="next release"' in form
    assert "A question of styling" in form
    answer = phone.post(f"/incidents/{other.ref}/defer", {"to": "v1.2", "reason": ""})
    assert (answer.status_code, "Say why it can wait." in answer.content.decode()) == (422, True)
    assert 'value="v1.2"' in answer.content.decode()
    assert phone.post(f"/incidents/{other.ref}/defer", {"to": "v1.2", "reason": "Styling"}).status_code == 302
    assert "Waits for v1.2" in phone.get(f"/incidents/{other.ref}/").content.decode()


BAD_NUMBERS: list[tuple[dict[str, str], str]] = [
    ({}, "Name the incident that goes on"),
    ({"pick": "other"}, "Name the incident that goes on"),
    ({"other": "INC-999"}, "There is no INC-999 here that you can see."),
    ({"other": "none; drop"}, "There is no none; drop here that you can see."),
    ({"other": "INC-1"}, "This is INC-1 itself."),
    ({"pick": "INC-77"}, "Choose one of those that are offered"),
    ({"other": "a\x00"}, "invisible sign (U+0000)"),
]


def test_a_bad_number_is_said_beside_the_field(
    phone: Client, incident: Incident, product: Product, ada: User
) -> None:
    opened(product, ada)
    for fields, words in BAD_NUMBERS:
        answer = phone.post("/incidents/INC-1/mark_duplicate", {"reason": "kept words", **fields})
        page = answer.content.decode()
        assert (answer.status_code, words in page, "kept words" in page) == (422, True, True), fields
    incident.refresh_from_db()
    assert incident.status == Status.ACTIVE


@pytest.mark.parametrize(
    "fields", [{"pick": "INC-2"}, {"other": "inc-2"}, {"other": " 2 "}, {"pick": "other", "other": "INC-2"}]
)
def test_the_other_one_is_tapped_or_typed(
    phone: Client, incident: Incident, product: Product, ada: User, fields: dict[str, str]
) -> None:
    opened(product, ada)
    assert phone.post("/incidents/INC-1/mark_duplicate", fields).status_code == 302
    incident.refresh_from_db()
    assert str(incident.duplicate_of) == "INC-2"


def test_a_retold_story_says_when_it_ended(product: Product, ada: User) -> None:
    then = moment.now() - timedelta(days=3)
    incident = opened(product, ada, mode=Mode.RETROSPECTIVE, detected_at=then)
    event = exits.defer(incident, by=ada, reason="Small", to="v1.2", at=then + timedelta(minutes=5))
    assert event.data["after_s"] == 300


@pytest.mark.parametrize("way", ["decline", "defer"])
def test_what_was_none_is_not_measured_by_the_plan(
    incident: Incident, ada: User, phone: Client, way: str
) -> None:
    exits.decline(incident, by=ada, reason="x") if way == "decline" else exits.defer(
        incident, by=ada, reason="x", to="v2"
    )
    page = phone.get(f"/incidents/{incident.ref}/").content.decode()
    assert '<span class="clock-label">Took</span>' not in page
    assert "faster than planned" not in page
    assert "planned 2–4 h" not in page
