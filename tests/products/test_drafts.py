"""Drafts: written by people, published by a second one, never lost and never silently overwritten."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from accounts.models import User
from products.drafts.obstacles import Blocked
from products.drafts.verbs import (
    DraftChanged,
    DraftOpen,
    discard,
    go_on_from,
    look_at,
    publish,
    save_draft,
    start_draft,
)
from products.models import Process, ProcessDraft, ProcessVersion
from products.process.problems import ProcessError
from products.sources.import_process import import_process
from products.sources.shipped import import_shipped
from tests.factories import make_user
from tests.products.documents import GOOD

pytestmark = pytest.mark.django_db
OTHER = GOOD.replace("Shop process", "Shop")


@pytest.fixture
def ada(db: None) -> User:
    return make_user("ada@example.test", is_administrator=True)


@pytest.fixture
def ben(db: None) -> User:
    return make_user("ben@example.test", is_administrator=True)


def shop() -> ProcessVersion:
    return import_process(GOOD.encode(), name="shop.yaml", by=None).version


def codes(error: pytest.ExceptionInfo[Blocked]) -> list[str]:
    return [obstacle.code for obstacle in error.value.obstacles]


def test_a_second_person_publishes_what_the_first_wrote(ada: User, ben: User) -> None:
    draft = start_draft(OTHER, key="shop", by=ada, base=shop())
    done = publish(draft, by=ben, seen=draft.sha256)
    assert (done.created, done.version.number, done.version.by, done.version.text) == (True, 2, ben, OTHER)
    assert (done.version.draft.saved_by, Process.objects.get(key="shop").current) == (ada, done.version)


def test_who_wrote_it_last_does_not_publish_it_while_others_may(ada: User, ben: User) -> None:
    draft = start_draft(OTHER, key="shop", by=ada, base=shop())
    for aloud in (False, True):
        with pytest.raises(Blocked) as error:
            publish(draft, by=ada, aloud=aloud)
        assert codes(error) == ["second"]
    save_draft(draft, OTHER + "# ben\n", by=ben, seen=draft.sha256)
    with pytest.raises(Blocked):
        publish(draft, by=ben)
    assert publish(draft, by=ada).version.number == 2


def test_alone_one_says_it_aloud(ada: User) -> None:
    make_user("gone@example.test", is_administrator=True, is_active=False)
    make_user("reader@example.test")
    draft = start_draft(OTHER, key="shop", by=ada, base=shop())
    with pytest.raises(Blocked) as error:
        publish(draft, by=ada)
    assert codes(error) == ["aloud"]
    assert publish(draft, by=ada, aloud=True).version.number == 2


def test_publishing_again_answers_the_same_version(ada: User, ben: User) -> None:
    draft = start_draft(OTHER, key="shop", by=ada, base=shop())
    first, again = publish(draft, by=ben), publish(draft, by=ben)
    assert (again.version, again.created, ProcessVersion.objects.count()) == (first.version, False, 2)


def test_a_broken_document_is_not_published_and_says_where(ada: User, ben: User) -> None:
    draft = start_draft(OTHER.replace("rank: 1", "rank: 9"), key="shop", by=ada, base=shop())
    with pytest.raises(ProcessError, match=r"shop.yaml:8: severities\[0\].rank"):
        publish(draft, by=ben)
    assert Process.objects.get(key="shop").current.number == 1  # type: ignore[union-attr]


def test_a_document_of_another_process_is_not_published(ada: User, ben: User) -> None:
    draft = start_draft(OTHER.replace("key: shop", "key: till"), key="shop", by=ada, base=shop())
    with pytest.raises(
        ProcessError, match=r"shop.yaml:2: key: expected shop, the process of this draft, not till"
    ):
        publish(draft, by=ben)
    assert not Process.objects.filter(key="till").exists()


def test_a_draft_that_fell_behind_is_compared_first(ada: User, ben: User) -> None:
    draft = start_draft(OTHER, key="shop", by=ada, base=shop())
    moved = import_process((GOOD + "# moved\n").encode(), name="shop.yaml", by=None).version
    with pytest.raises(Blocked) as error:
        publish(draft, by=ben)
    assert codes(error) == ["outdated"]
    go_on_from(draft, moved, by=ben)
    assert publish(draft, by=ben).version.number == 3


def test_going_on_from_a_version_that_is_not_current_any_more_is_refused(ada: User) -> None:
    first = shop()
    draft = start_draft(OTHER, key="shop", by=ada, base=first)
    import_process((GOOD + "# moved\n").encode(), name="shop.yaml", by=None)
    with pytest.raises(DraftChanged):
        go_on_from(draft, first, by=ada)


def test_a_process_that_came_into_being_meanwhile_is_compared_too(ada: User, ben: User) -> None:
    draft = start_draft(OTHER, key="shop", by=ada)
    shop()
    with pytest.raises(Blocked) as error:
        publish(draft, by=ben)
    assert codes(error) == ["outdated"]


def test_the_text_in_use_has_nothing_to_publish(ada: User, ben: User) -> None:
    draft = start_draft(GOOD, key="shop", by=ada, base=shop())
    with pytest.raises(Blocked) as error:
        publish(draft, by=ben)
    assert codes(error) == ["same"]


def test_a_new_process_begins_as_a_draft(ada: User, ben: User) -> None:
    draft = start_draft(GOOD, key="shop", by=ada)
    assert not Process.objects.filter(key="shop").exists()
    assert publish(draft, by=ben).version.number == 1


def test_guesses_are_looked_at_one_by_one_before_it_is_published(ada: User, ben: User) -> None:
    guesses = [
        {"line": 7, "path": "severities[0].mark", "said": "a mark", "source_line": 3, "seen_by": None}
    ] * 2
    draft = start_draft(GOOD, key="shop", by=ada, guesses=guesses)
    look_at(draft, [0, 7], by=ada)
    with pytest.raises(Blocked) as error:
        publish(draft, by=ben)
    assert codes(error) == ["unseen"]
    draft = look_at(draft, [0, 1], by=ben)
    assert [guess["seen_by"] for guess in draft.guesses] == ["Ada", "Ben"]
    assert publish(draft, by=ben).created


def test_two_who_save_at_once_lose_nothing(ada: User, ben: User) -> None:
    draft = start_draft(GOOD, key="shop", by=ada)
    seen = draft.sha256
    save_draft(draft, OTHER, by=ada, seen=seen)
    with pytest.raises(DraftChanged) as error:
        save_draft(draft, GOOD + "# ben\n", by=ben, seen=seen)
    assert (error.value.draft.text, error.value.draft.saved_by) == (OTHER, ada)
    save_draft(draft, OTHER, by=ben, seen=seen)  # the same text: nothing to lose, nothing changed
    draft.refresh_from_db()
    assert draft.saved_by == ada


def test_publishing_another_text_than_one_has_read_is_refused(ada: User, ben: User) -> None:
    draft = start_draft(OTHER, key="shop", by=ada, base=shop())
    seen = draft.sha256
    save_draft(draft, OTHER + "# sneaked in\n", by=ada, seen=seen)
    with pytest.raises(DraftChanged):
        publish(draft, by=ben, seen=seen)


def test_one_draft_at_a_time(ada: User, ben: User) -> None:
    first = start_draft(GOOD, key="shop", by=ada)
    assert start_draft(GOOD, key="shop", by=ben) == first
    with pytest.raises(DraftOpen) as error:
        start_draft(OTHER, key="shop", by=ben)
    assert error.value.draft == first
    discard(first, by=ben)
    discard(first, by=ben)
    assert start_draft(OTHER, key="shop", by=ben) != first
    assert ProcessDraft.objects.count() == 2


def test_what_is_over_takes_nothing_any_more(ada: User, ben: User) -> None:
    draft = start_draft(OTHER, key="shop", by=ada, base=shop())
    publish(draft, by=ben)
    attempts: list[Any] = [
        lambda: save_draft(draft, GOOD, by=ada, seen=draft.sha256),
        lambda: discard(draft, by=ada),
        lambda: look_at(draft, [0], by=ada),
    ]
    for attempt in attempts:
        with pytest.raises(DraftChanged):
            attempt()


@pytest.mark.parametrize("key", ["new", "Shop", "9lives", "a" * 41, "a b", "", "-x", "shöp"])
def test_a_key_that_no_process_can_have_is_refused(key: str, ada: User) -> None:
    with pytest.raises(ValidationError) as error:
        start_draft(GOOD, key=key, by=ada)
    assert list(error.value.message_dict) == ["key"]


@pytest.mark.parametrize("text", ["", "  \n", "a\x00b", "a\x1bb", "\ud800", "x" * (256 * 1024 + 1)])
def test_a_text_that_cannot_be_stored_is_refused(text: str, ada: User) -> None:
    with pytest.raises(ValidationError) as error:
        start_draft(text, key="shop", by=ada)
    assert list(error.value.message_dict) == ["text"]


@pytest.mark.parametrize(
    "text",
    [
        GOOD.replace("\n", "\r\n"),
        "\ufeff" + GOOD,
        GOOD.replace("Checkout down", "Çheckøut ↓ 🚨"),
        GOOD + "# trailing   \n\n   \n",
        GOOD.rstrip("\n"),
    ],
    ids=["CRLF", "BOM", "unicode", "trailing blanks", "no line end"],
)
def test_a_text_is_published_byte_for_byte(text: str, ada: User, ben: User) -> None:
    version = publish(start_draft(text, key="shop", by=ada), by=ben).version
    version.refresh_from_db()
    assert version.text.encode() == text.encode()


def test_a_shipped_process_that_was_published_here_stays_ours(ada: User, ben: User) -> None:
    import_shipped()
    current = Process.objects.get(key="krow").current
    assert current is not None
    ours = publish(start_draft(current.text + "# ours\n", key="krow", by=ada, base=current), by=ben).version
    import_shipped()
    assert Process.objects.get(key="krow").current == ours


@pytest.mark.django_db(transaction=True)
def test_of_ten_who_publish_at_once_one_makes_the_version(ada: User, ben: User) -> None:
    draft = start_draft(OTHER, key="shop", by=ada, base=shop())
    together = Barrier(10)

    def attempt(_number: int) -> bool:
        together.wait()
        try:
            return publish(ProcessDraft.objects.get(pk=draft.pk), by=ben).created
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        assert sorted(pool.map(attempt, range(10))) == [False] * 9 + [True]
    assert ProcessVersion.objects.count() == 2
