"""`./run restore`: all of a backup, checked, into an empty database, or nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import IO, Any

import psycopg
import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection

from accounts.models import User
from config.backup import Trouble, address, archive, manifest
from config.backup.make import backup
from config.backup.restore import restore
from config.backup.settle import lost
from config.schedule import SWEEPS
from foundation import moment, secrets
from hotfixes.decision.decide import decide
from hotfixes.models import Decision
from incidents.lifecycle import sweep, transitions
from incidents.models import Clock, Incident, Obligation
from incidents.timeline.verify import verify
from live import bus
from monitoring.models import Monitor
from notifications.models import Attempt, Channel, Delivery, State
from products.models import Deployment, Product, Repository, RoleHolder
from tests.backup.conftest import Elsewhere
from tests.factories import make_monitor
from tests.hotfixes.rollback.test_ways import deployed
from tests.notifications.conftest import opened
from tests.notifications.mailbox import Mailbox


def refusal(path: Path, **options: bool) -> str:
    with pytest.raises(Trouble) as found:
        restore(archive.read(path), **options)
    return str(found.value)


def now(path: Path) -> Path:
    backup(path, connection.settings_dict)
    return path


def tables() -> list[str]:
    with connection.cursor() as cursor:
        return manifest.tables(cursor)


def again(made: Path, change: dict[str, Any], edit: bytes = b"", to: bytes = b"") -> Path:
    """A backup whose checksum is right and whose manifest, or SQL, is another."""
    whole = archive.read(made)
    path = made.with_name("again.backup")

    def dump(packed: IO[bytes]) -> dict[str, Any]:
        with whole.sql() as text:
            packed.write(text.read().replace(edit, to) if edit else text.read())
        return {**whole.manifest, **change}

    with path.open("w+b") as file:
        archive.write(file, dump)
    return path


@pytest.mark.parametrize("change", [{"format": "1b"}, {"format": None}])
def test_a_manifest_that_makes_no_sense_is_said(made: Path, change: dict[str, Any]) -> None:
    with pytest.raises(Trouble, match="is not a backup of Nightdesk: parts of it are missing"):
        archive.read(again(made, change))


def test_a_file_without_its_parts_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MANIFEST", "another.json")
    with (tmp_path / "file").open("w+b") as file:
        archive.write(file, lambda packed: {})
    monkeypatch.undo()
    with pytest.raises(Trouble, match="is not a backup of Nightdesk: parts of it are missing"):
        archive.read(tmp_path / "file")


def test_the_story_its_chain_and_its_guards_are_there(
    made: Path, whole: Incident, elsewhere: Elsewhere
) -> None:
    events = list(whole.events.values_list("seq", "kind", "hash"))
    with elsewhere():
        done = restore(archive.read(made))
        found = Incident.objects.get()
        assert (done.timelines, done.broken, list(verify(Incident.objects.all()))) == (1, [], [])
        assert list(found.events.values_list("seq", "kind", "hash")) == events
        for statement in (
            "UPDATE incidents_timelineevent SET kind = 'closed'",
            "DELETE FROM incidents_timelinepayload",
        ):
            with pytest.raises(DatabaseError, match="append-only"), connection.cursor() as cursor:
                cursor.execute(statement)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT verb, has_table_privilege('nightdesk_app', 'incidents_timelineevent', verb)"
                " FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']) verb"
            )
            assert [may for _verb, may in cursor.fetchall()] == [True, True, False, False, False]


def test_the_story_goes_on_with_numbers_that_nobody_has_seen(
    made: Path, whole: Incident, ada: User, elsewhere: Elsewhere
) -> None:
    last = Incident.objects.order_by("-number").values_list("number", flat=True)[0]
    bus.publish("board:1", event="refresh")
    seen = bus.cursor()
    with elsewhere():
        restore(archive.read(made))
        transitions.acknowledge(Incident.objects.get(), by=ada)
        fresh = opened(Product.objects.get())
        assert (fresh.number, fresh.pk > whole.pk + 1000) == (last + 101, True)
        assert list(verify(Incident.objects.all())) == []
        # A page that saw the old machine's last announcement loads anew instead of missing some.
        assert (bus.since(seen, frozenset({"board:1"})), bus.cursor() > seen + 1_000_000) == (None, True)


def test_what_waited_is_held_and_nothing_is_under_way(
    whole: Incident, product: Product, tmp_path: Path, elsewhere: Elsewhere
) -> None:
    make_monitor(product)
    Monitor.objects.update(lease_token="7b1d1e9c-5ad9-4f3c-9d0e-2f3b7a1c0001")
    waiting = Delivery.objects.waiting()
    first = waiting.order_by("pk")[0]
    Attempt.objects.create(delivery=first, number=1, started_at=first.created_at)
    waiting.filter(pk=first.pk).update(lease_until="2100-01-01T00:00Z", attempts=1)
    states = dict(Delivery.objects.values_list("pk", "state"))
    path = now(tmp_path / "file")
    with elsewhere():
        done = restore(archive.read(path))
        expected = {pk: State.HELD if state == State.PENDING else state for pk, state in states.items()}
        assert dict(Delivery.objects.values_list("pk", "state")) == expected
        assert done.settled.held == list(expected.values()).count(State.HELD) > 0
        assert not Delivery.objects.exclude(lease_until=None).exists()
        assert not Monitor.objects.exclude(lease_token=None).exists()


def test_what_fell_due_between_backup_and_restore_is_held_and_what_does_later_is_told(
    post: Mailbox, whole: Incident, product: Product, ada: User, tmp_path: Path, elsewhere: Elsewhere
) -> None:
    running_out, later = opened(product, by=ada), opened(product, by=ada)
    past, soon = moment.now() - timedelta(minutes=1), moment.now() + timedelta(minutes=5)
    for at in ("detected_at", "declared_at"):
        Incident.objects.update(**{at: past - timedelta(hours=1)})
    Clock.objects.update(due_at=soon, warn_at=soon)
    Clock.objects.filter(incident=whole, key="response").update(due_at=past)
    began = past - timedelta(minutes=45)
    Clock.objects.filter(incident=running_out, key="response").update(started_at=began, warn_at=past)
    path = now(tmp_path / "file")
    with elsewhere():
        held = restore(archive.read(path)).settled.held
        told = Delivery.objects.filter(key__in=["breached", "warned"]).exclude(route="inapp")
        assert set(told.values_list("key", "state")) == {("breached", "held"), ("warned", "held")}
        assert {row.ref for row in told} == {whole.ref, running_out.ref}
        assert (Delivery.objects.held().count(), Delivery.objects.waiting().count()) == (held, 0)
        assert (sweep.breach_due(), sweep.warn_due()) == (0, 0)
        assert list(verify(Incident.objects.all())) == []
        Clock.objects.filter(incident=later, key="response").update(due_at=past)
        assert sweep.breach_due() == 1
        assert {row.ref for row in Delivery.objects.waiting()} == {later.ref}


def test_no_reminder_that_fell_due_meanwhile_goes_out_unasked(
    post: Mailbox, whole: Incident, product: Product, ada: User, tmp_path: Path, elsewhere: Elsewhere
) -> None:
    """Of a message that is owed, an update, a decision to look at again."""
    RoleHolder.objects.create(product=product, role="product_owner", user=ada, position=1)
    decide(whole, by=ada, choice="mitigate", reason="Flag", revisit=True)
    past = moment.now() - timedelta(minutes=1)
    Decision.objects.update(revisit_at=past)
    Obligation.objects.create(
        incident=whole,
        message="deployed",
        title="Deployed",
        cycle=1,
        owner=ada,
        due_at=past,
        late_at=past,
        look_at=past,
    )
    Incident.objects.filter(pk=whole.pk).update(update_due_at=past, remind_at=past)
    path, before = now(tmp_path / "file"), list(Delivery.objects.values_list("pk", flat=True))
    with elsewhere():
        restore(archive.read(path))
        for job in SWEEPS:
            if (job.on_wake or job.next_due) and job.name != "messages":
                job.run()
        told = Delivery.objects.exclude(pk__in=before).exclude(route="inapp")
        assert {"owed_late", "update_due", "revisit"} <= set(told.values_list("key", flat=True))
        assert set(told.values_list("state", flat=True)) == {State.HELD}
        assert list(verify(Incident.objects.all())) == []


def test_secrets_whose_key_is_not_here_are_named(made: Path, elsewhere: Elsewhere, settings: Any) -> None:
    names = list(Channel.objects.values_list("name", flat=True))
    with elsewhere():
        settings.NIGHTDESK_ENCRYPTION_KEYS = ["MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="]
        assert restore(archive.read(made)).settled.channels == names
        sealed = secrets.seal("a-token")
        for url, token in (("https://git.example.org/a", sealed), ("https://git.example.org/b", "gAAAAlost")):
            Repository.objects.create(team=Product.objects.get().team, url=url, token=token, hook_digest=url)
        assert lost()[2] == ["https://git.example.org/b"]


def test_a_database_that_holds_something_is_refused(made: Path, whole: Incident) -> None:
    events = whole.events.count()
    said = refusal(made)
    assert said.startswith("This database holds Nightdesk already (")
    assert said.endswith("Nothing was changed.")
    assert whole.events.count() == events


def test_who_is_connected_is_seen_although_it_is_another_role(made: Path, elsewhere: Elsewhere) -> None:
    """As with two roles of one's own server: nightdesk restores while web and worker run as nightdesk_app."""
    with elsewhere(), psycopg.connect(**address.of(connection.settings_dict)):  # type: ignore[arg-type]
        with connection.cursor() as cursor:
            cursor.execute("SET ROLE nightdesk_app")
        assert refusal(made) == (
            "Others are connected to this database (1). Stop Nightdesk's processes, then restore."
        )


def test_a_role_that_may_not_is_told_which_one_may(made: Path, elsewhere: Elsewhere) -> None:
    with elsewhere():
        with connection.cursor() as cursor:
            cursor.execute("SET ROLE nightdesk_app")
        assert refusal(made) == (
            "The database refuses: permission denied for schema public. Only the role that owns the database may "
            "restore: name it in DATABASE_OWNER_URL. Nothing was restored."
        )


def test_tables_of_somebody_else_are_left_alone(made: Path, elsewhere: Elsewhere) -> None:
    with elsewhere():
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE theirs (id int)")
        assert "holds tables of somebody else" in refusal(made)
        assert tables() == ["theirs"]


def test_a_newer_backup_is_refused_and_says_which_version(made: Path, elsewhere: Elsewhere) -> None:
    known = archive.read(made).manifest["migrations"]
    path = again(made, {"version": "9.1", "migrations": [*known, "incidents.0999_future"]})
    with elsewhere():
        assert refusal(path) == (
            "This backup was made by a newer Nightdesk (9.1): this one does not know incidents.0999_future. "
            "Restore it with that version, or a later one. Nothing was restored."
        )
        assert tables() == []
        assert "this server, 18, is older" in refusal(again(made, {"postgres": 99}))


def test_an_older_backup_is_brought_up_to_date(whole: Incident, elsewhere: Elsewhere, tmp_path: Path) -> None:
    with _before("notifications", "0001_squashed_0007_asks"):
        path = now(tmp_path / "old.backup")
    assert "notifications.0008_urgency" not in archive.read(path).manifest["migrations"]
    with elsewhere():
        assert restore(archive.read(path)).timelines == 1
        call_command("migrate", check_unapplied=True, verbosity=0)
        with connection.cursor() as cursor:
            cursor.execute("SELECT to_regclass('delivery_in_turn') IS NOT NULL")
            assert cursor.fetchone() == (True,)


def test_deployments_of_an_older_backup_are_nothing_that_is_still_to_be_looked_at(
    whole: Incident, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    """Its rows are changed in the transaction that loads them."""
    deployed(whole.product, "0.1.0", 1)
    with _before("products", "0001_squashed_0010_deployments_followed"):
        path = now(tmp_path / "old.backup")
    with elsewhere():
        restore(archive.read(path))
        (kept,) = Deployment.objects.all()
        assert (kept.version, kept.handled_at) == ("0.1.0", kept.at)


@contextmanager
def _before(app: str, migration: str) -> Iterator[None]:
    call_command("migrate", app, migration, verbosity=0)
    try:
        yield
    finally:
        call_command("migrate", verbosity=0)  # what depends on it went back with it, in whatever app


def test_rows_that_are_missing_take_everything_back(made: Path, elsewhere: Elsewhere) -> None:
    counts = archive.read(made).manifest["tables"]
    path = again(made, {"tables": {**counts, "accounts_user": counts["accounts_user"] + 1}})
    with elsewhere():
        assert refusal(path) == (
            "What was loaded differs from the backup's manifest (tables). Nothing was restored."
        )
        assert tables() == []


def test_sql_that_ends_in_a_table_or_makes_no_sense_takes_everything_back(
    made: Path, elsewhere: Elsewhere
) -> None:
    with elsewhere():
        assert refusal(again(made, {}, b"\\.\n", b"")).endswith("Nothing was restored.")
        said = refusal(
            again(made, {}, b"CREATE TABLE public.accounts_team", b"CREATE TABEL public.accounts_team")
        )
        assert said.endswith("Nothing was restored.")
        assert tables() == []


def test_a_story_that_was_changed_is_refused_until_somebody_accepts_it(
    whole: Incident, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE incidents_timelinepayload DISABLE TRIGGER timeline_guard_payload")
        cursor.execute(
            'UPDATE incidents_timelinepayload SET body = \'{"data": {}, "text": "All was well."}\''
        )
        cursor.execute("ALTER TABLE incidents_timelinepayload ENABLE TRIGGER timeline_guard_payload")
    path = now(tmp_path / "changed.backup")
    with elsewhere():
        said = refusal(path)
        assert said.startswith(
            f"A timeline in this backup is broken: {whole.ref} entry 1: its words were changed"
        )
        assert tables() == []
        assert (
            restore(archive.read(path), accept_broken=True).broken[0]
            == f"{whole.ref} entry 1: its words were changed"
        )
        assert Incident.objects.count() == 1
