"""The chain: append-only in the database, verified from its own texts, redacted without breaking."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client

from accounts.models import User
from foundation import moment
from incidents.lifecycle import transitions
from incidents.lifecycle.declare import declare
from incidents.models import Incident, TimelineEvent, TimelinePayload
from incidents.timeline import corrections
from incidents.timeline.verify import verify
from tests.incidents.lifecycle.test_sweep import due_in

pytestmark = pytest.mark.usefixtures("declared")

ATTACK = "UPDATE incidents_timelineevent SET kind = 'resolved'"


def broken() -> list[str]:
    return [str(found) for found in verify(Incident.objects.all())]


@pytest.mark.parametrize(
    "statement",
    [
        ATTACK,
        "DELETE FROM incidents_timelineevent",
        "TRUNCATE incidents_timelineevent CASCADE",
        "UPDATE incidents_timelinepayload SET body = '{}'",
        "DELETE FROM incidents_timelinepayload",
        "UPDATE incidents_incident SET timeline_seq = 0, timeline_hash = ''",
    ],
)
def test_the_database_refuses(incident: Incident, statement: str) -> None:
    with connection.cursor() as cursor:  # a table with such checks to come is not truncated anyway
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert broken() == []


def test_events_are_numbered_without_gaps_whatever_a_writer_says(incident: Incident, ada: User) -> None:
    TimelineEvent.objects.create(
        incident=incident, seq=99, kind="noted", occurred_at=incident.declared_at, source="person", hash="x",
        payload_digest="0" * 64,
    )  # fmt: skip
    assert list(incident.events.order_by("seq").values_list("seq", flat=True)) == [1, 2]


@pytest.mark.parametrize(
    ("tampering", "found"),
    [
        (ATTACK, "INC-1 entry 1: its columns differ from the text that was hashed"),
        ("UPDATE incidents_timelineevent SET canonical = replace(canonical, 'declared', 'resolved')",
         "INC-1 entry 1: its hash does not fit its text"),
        ("UPDATE incidents_timelinepayload SET body = replace(body, 'Sign-in', 'Nothing')",
         "INC-1 entry 1: its words were changed"),
        ("DELETE FROM incidents_timelinepayload", "INC-1 entry 1: its words are gone and no redaction says so"),
    ],
)  # fmt: skip
def test_who_goes_round_the_triggers_is_found_out(incident: Incident, tampering: str, found: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(tampering)
    assert found in broken()


def test_a_cut_tail_is_found_out(incident: Incident, ada: User) -> None:
    transitions.note(incident, by=ada, text="Damning")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("DELETE FROM incidents_timelineline")
        cursor.execute(
            "DELETE FROM incidents_timelinepayload WHERE event_id IN"
            " (SELECT id FROM incidents_timelineevent WHERE seq = 2)"
        )
        cursor.execute("DELETE FROM incidents_timelineevent WHERE seq = 2")
    assert broken() == ["INC-1 entry 2: the chain should end here, 1 entries are left"]


def test_what_is_written_while_it_is_checked_is_no_break(incident: Incident, ada: User) -> None:
    second = declare(incident.product, by=ada, title="Payments stand still")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(f"{ATTACK} WHERE incident_id = %s", [incident.pk])
        cursor.execute("SET LOCAL session_replication_role = origin")
    found = verify(Incident.objects.all())
    assert next(found).ref == incident.ref  # the second one's head has been read by now
    transitions.note(second, by=ada, text="Written meanwhile")
    assert [str(one) for one in found if one.ref == second.ref] == []


def test_the_rules_in_the_docs_recompute_the_chain(incident: Incident, ada: User) -> None:
    transitions.note(incident, by=ada, text="Ümläut, “quotes” and \\ and a\nnew line")
    code = re.search(r"```python\n(.*?)```", Path("docs/timeline.md").read_text(), re.DOTALL)
    assert code
    scope: dict[str, object] = {}
    exec(code[1], scope)
    scope["check"](list(incident.events.order_by("seq").values_list("canonical", "prev_hash", "hash")))  # type: ignore[operator]


def test_the_command_says_whole_or_names_what_is_broken(
    incident: Incident, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("verify_timeline", "inc-1")
    assert capsys.readouterr().out == "1 timelines are whole\n"
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(ATTACK)
    with pytest.raises(SystemExit) as ended:
        call_command("verify_timeline")
    assert ended.value.code == 1
    assert capsys.readouterr().out.startswith("INC-1 entry 1: ")


def test_a_correction_supersedes_and_measures_follow(incident: Incident, ada: User) -> None:
    event = transitions.acknowledge(incident, by=ada)
    earlier = incident.declared_at
    correction = corrections.correct(event, by=ada, reason="I called them at once", occurred_at=earlier)
    assert (correction.supersedes, correction.occurred_at) == (event, earlier)
    assert incident.clocks.get(key="acknowledged").stopped_at == earlier
    assert broken() == []


def test_a_corrected_entry_is_corrected_through_its_correction(incident: Incident, ada: User) -> None:
    event = transitions.note(incident, by=ada, text="The databse")
    corrections.correct(event, by=ada, reason="Spelling", text="The database")
    with pytest.raises(ValidationError):
        corrections.correct(event, by=ada, reason="Again", text="A database")


def test_a_line_is_the_same_for_every_reader_and_holds_nothing_personal(
    incident: Incident, ada: User, ben: User
) -> None:
    transitions.acknowledge(incident, by=ada)
    shown = []
    for reader, zone in ((ada, "Europe/Berlin"), (ben, "America/New_York")):
        type(reader).objects.filter(pk=reader.pk).update(time_zone=zone)
        client = Client()
        client.force_login(reader)
        page = client.get("/incidents/INC-1/").content.decode()
        shown.append(re.findall(r'<li class="line .*?</li>', page, re.DOTALL))
    assert len(shown[0]) == 2
    assert shown[0] == shown[1]
    for forbidden in ("<form", "<button", "<input", "hx-", "style=", "onclick", "csrf"):
        assert forbidden not in "".join(shown[0])


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "[x](javascript:alert(1))"]
)
def test_hostile_text_stays_text(incident: Incident, ada: User, text: str) -> None:
    event = transitions.note(incident, by=ada, text=text)
    html = event.lines.get().html
    for forbidden in ("<script", "<img", 'href="javascript', 'onerror="'):
        assert forbidden not in html


def test_template_syntax_stays_text(incident: Incident, ada: User) -> None:
    """On the line, which is kept, and on the page around it, where titles stand too."""
    text = "{{ 7|add:7 }} {% debug %} {{ request.user.email }} ${7*7}"
    transitions.describe(incident, by=ada, title=text)
    html = transitions.note(incident, by=ada, text=text).lines.get().html
    client = Client()
    client.force_login(ada)
    assert (text in html, client.get("/incidents/INC-1/").content.decode().count(text) > 2) == (True, True)


def test_a_correction_moves_the_measures(incident: Incident, ada: User) -> None:
    event = transitions.resolve(incident, by=ada)
    corrections.correct(event, by=ada, reason="It ended earlier", occurred_at=incident.declared_at)
    incident.refresh_from_db()
    assert incident.resolved_at == incident.declared_at


def test_nothing_is_acknowledged_before_it_was_detected(incident: Incident, ada: User) -> None:
    event = transitions.acknowledge(incident, by=ada)
    earlier = incident.detected_at - timedelta(minutes=1)
    with pytest.raises(ValidationError, match="before the problem was detected"):
        corrections.correct(event, by=ada, reason="It was earlier", occurred_at=earlier)


def test_a_correction_that_makes_it_late_records_the_breach(incident: Incident, ada: User) -> None:
    clock = due_in(incident, "acknowledged", -60)
    Incident.objects.update(detected_at=clock.started_at)
    incident.refresh_from_db()
    assert clock.due_at
    event = transitions.acknowledge(incident, by=ada, at=clock.due_at - timedelta(seconds=30))
    assert incident.events.filter(kind="clock_breached").count() == 0
    correction = corrections.correct(event, by=ada, reason="It was later", occurred_at=moment.now())
    clock.refresh_from_db()
    assert (clock.breached_at, incident.events.filter(kind="clock_breached").count()) == (clock.due_at, 1)
    corrections.correct(correction, by=ada, reason="No", occurred_at=clock.due_at - timedelta(seconds=9))
    # The clock follows the last word; what was told stays told.
    clock.refresh_from_db()
    assert clock.breached_at is None
    assert incident.events.filter(kind="clock_breached").count() == 1


def test_an_emptied_chain_is_found_out(incident: Incident) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("DELETE FROM incidents_timelineevent")
        cursor.execute("UPDATE incidents_incident SET timeline_seq = 0, timeline_hash = ''")
    assert broken() == ["INC-1 entry 0: it has no entries, not even its declaration"]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = origin")


@pytest.mark.parametrize("year", ["0202", "1999"])
def test_a_half_typed_year_is_refused(incident: Incident, ada: User, client: Client, year: str) -> None:
    client.force_login(ada)
    answer = client.post("/incidents/INC-1/note", {"text": "Earlier", "at": f"{year}-01-01T00:00"})
    assert answer.status_code == 422
    assert incident.events.count() == 1


def test_nobody_s_name_can_be_put_under_another_s_words(incident: Incident) -> None:
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        TimelinePayload.objects.update(label="Somebody else")
    assert TimelinePayload.objects.update(label="") == 1
