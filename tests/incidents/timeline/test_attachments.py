"""Files on the timeline: evidence attested "with text, link or file" (K99–K116)."""

import base64
import hashlib

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from foundation import blobs
from foundation.blobs import taken
from foundation.models import Blob
from incidents.lifecycle import transitions
from incidents.lifecycle.declare import declare
from incidents.models import Attachment, ChecklistItem, Incident
from incidents.timeline import corrections
from incidents.timeline.verify import verify
from incidents.work import steps
from products.models import Product
from tests.reading import in_one_line

pytestmark = pytest.mark.usefixtures("declared")

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


@pytest.fixture
def reader(ada: User) -> Client:
    client = Client()
    client.force_login(ada)
    return client


def sent(name: str = "graph.png", content: bytes = PNG) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="text/html")


def test_a_box_is_attested_with_a_file_that_page_markdown_and_chain_name(
    reader: Client, incident: Incident, ada: User
) -> None:
    answer = reader.post(f"/incidents/{incident.ref}/attest", {"box": "5", "file": sent()})
    assert answer.status_code == 302
    event = incident.events.get(kind="attested")
    digest = hashlib.sha256(PNG).hexdigest()
    assert event.data["file"] == {
        "name": "graph.png", "size": len(PNG), "sha256": digest, "type": "image/png",
    }  # fmt: skip
    page = reader.get(incident.get_absolute_url()).content.decode()
    address = f"/incidents/{incident.ref}/events/{event.seq}/file"
    # On the timeline, beside the box, and beside the step that it ends.
    assert page.count(f'href="{address}" download>graph.png</a>') == 3
    assert f"(70 bytes, SHA-256 <code>{digest[:12]}…</code>)" in page
    exported = reader.get(f"/incidents/{incident.ref}/checklist.md").content.decode()
    assert f"(graph.png, 70 bytes, sha256 {digest[:12]}…)" in exported
    entry = reader.get(f"/incidents/{incident.ref}/events/{event.seq}/").content.decode()
    assert f'<img class="shown" src="{address}" alt="The picture graph.png">' in in_one_line(entry)
    assert list(verify(Incident.objects.all())) == []


def test_it_is_served_as_a_download_that_runs_nothing(reader: Client, incident: Incident, ada: User) -> None:
    page = b"<script>alert(1)</script>"
    for name, content, kind in [
        ("graph.png", PNG, "image/png"),
        ("graph.png", page, "application/octet-stream"),
        ("page.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "application/octet-stream"),
    ]:
        event = transitions.note(incident, by=ada, file=taken(name, content))
        answer = reader.get(f"/incidents/{incident.ref}/events/{event.seq}/file")
        assert (answer.status_code, answer.content, answer["Content-Type"]) == (200, content, kind)
        assert answer["Content-Disposition"] == f'attachment; filename="{name}"'
        assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Cache-Control"] == "private, no-store"


def test_a_private_incidents_file_is_for_those_who_take_part(product: Product, ada: User, ben: User) -> None:
    private = declare(product, by=ada, title="Data leaked", private=True)
    event = transitions.note(private, by=ada, file=taken("who.csv", b"name\n"))
    path = f"/incidents/{private.ref}/events/{event.seq}/file"
    for user, status in ((ada, 200), (ben, 404)):
        client = Client()
        client.force_login(user)
        assert client.get(path).status_code == status


def test_redaction_hides_the_file_at_once_and_then_destroys_its_bytes(
    reader: Client, incident: Incident, ada: User, ben: User
) -> None:
    kept = transitions.note(incident, by=ada, file=taken("other.txt", b"stays"))
    event = transitions.note(incident, by=ada, text="Look", file=taken("secret.txt", b"hunter2"))
    path = f"/incidents/{incident.ref}/events/{event.seq}/file"
    asked = corrections.ask_redaction(event, by=ada, reason="A password")
    assert reader.get(path).status_code == 404
    assert "secret.txt" not in reader.get(incident.get_absolute_url()).content.decode()
    assert Blob.objects.count() == 2
    corrections.confirm_redaction(asked, by=ben)
    assert list(Blob.objects.values_list("size", flat=True)) == [5]
    assert list(Attachment.objects.values_list("event", flat=True)) == [kept.pk]
    assert reader.get(path).status_code == 404
    assert list(verify(Incident.objects.all())) == []


def test_a_changed_or_missing_file_breaks_the_verification(incident: Incident, ada: User) -> None:
    event = transitions.note(incident, by=ada, file=taken("log.txt", b"as it was"))
    Blob.objects.update(bytes=b"as it wasn't")
    assert [str(one) for one in verify(Incident.objects.all())] == [
        f"{incident.ref} entry {event.seq}: its file was changed"
    ]
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM incidents_attachment")
    assert [str(one) for one in verify(Incident.objects.all())] == [
        f"{incident.ref} entry {event.seq}: its file is gone and no redaction says so"
    ]


def test_a_note_needs_words_or_a_file(reader: Client, incident: Incident) -> None:
    where = f"/incidents/{incident.ref}/note"
    assert reader.post(where, {"text": " "}).status_code == 422
    key = {"text": "", "key": "a"}
    for content in (b"one", b"one", b"two"):
        assert reader.post(where, {**key, "file": sent("a.txt", content)}).status_code == 302
    # What a phone sent twice is kept once.
    assert [bytes(one) for one in Blob.objects.order_by("pk").values_list("bytes", flat=True)] == [
        b"one",
        b"two",
    ]


def test_what_is_too_large_or_empty_is_refused_with_a_sentence(
    reader: Client, incident: Incident, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    where = f"/incidents/{incident.ref}/attest"
    monkeypatch.setattr("incidents.forms.fields.LARGEST", 100)
    answer = reader.post(where, {"box": "5", "text": "See", "file": sent(content=b"x" * 101)})
    assert (answer.status_code, "This file has 101 bytes; at most" in answer.content.decode()) == (422, True)
    answer = reader.post(where, {"box": "5", "file": sent(content=b"")})
    assert (answer.status_code, "is empty" in answer.content.decode()) == (422, True)
    settings.NIGHTDESK_FILES_MB = 0
    answer = reader.post(where, {"box": "5", "text": "See", "file": sent()})
    assert answer.status_code == 422
    assert "There is no room for this file: 0 bytes of 0 bytes are used." in answer.content.decode()
    assert not incident.events.filter(kind="attested").exists()


def test_a_step_with_several_boxes_keeps_the_file_once(incident: Incident, ada: User) -> None:
    ChecklistItem.objects.filter(incident=incident).update(step="")
    plain = next(one.key for one in steps.steps(incident) if one.is_open and not one.kind and not one.message)
    ChecklistItem.objects.filter(incident=incident, position__in=(4, 5)).update(step=plain, done_on=[])
    event = steps.finish(incident, plain, by=ada, text="See", file=taken("a.txt", b"a"))
    assert list(Attachment.objects.values_list("event", flat=True)) == [event.pk]
    assert incident.events.filter(kind="attested").count() == 2


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("C:\\Users\\ada\\x.png", "x.png"),
        ("../../etc/passwd", "passwd"),
        ("a\u202egnp.exe", "agnp.exe"),
        ("", "file"),
        ("...", "file"),
        ("n" * 200 + ".png", "n" * 115 + "….png"),
        ("Übersicht 1.png", "Übersicht 1.png"),
    ],
)
def test_a_name_keeps_no_folder_and_no_trick(given: str, kept: str) -> None:
    assert taken(given, b"x").name == kept


def test_sizes_read_well() -> None:
    assert [blobs.in_words(n) for n in (812, 120_400, 3_449_000, 10_000_000)] == [
        "812 bytes", "120 kB", "3.4 MB", "10 MB",
    ]  # fmt: skip
    with pytest.raises(ValidationError, match=r"This file has 10 MB; at most 10 MB|This file has"):
        taken("big", b"x" * (blobs.LARGEST + 1))
