"""People read sentences; codes are for machines."""

import re

import pytest

from foundation import moment
from monitoring.models import Monitor, StatusChange, Target
from monitoring.reasons import WORDS, said
from tests.factories import make_monitor, make_product
from tests.monitoring.test_board import member


def test_the_look_s_own_sentence_comes_first_then_the_code_s_and_never_a_bare_code() -> None:
    assert said("It answered 503.", "status") == "It answered 503."
    assert said("", "not_watched") == "Nightdesk did not look for a while, so nobody knows."
    assert said("", "a_new_code") == "a new code"
    assert said("", "") == ""
    assert [words for words in map(str, WORDS.values()) if not re.fullmatch(r"[A-Z].*[^_]\.", words)] == []


@pytest.mark.django_db
def test_a_gap_on_the_monitor_s_page_is_a_sentence() -> None:
    monitor = make_monitor(make_product())
    gap = {"was": "up", "state": "unknown", "at": moment.now(), "code": "not_watched"}
    StatusChange.objects.create(target=Target.objects.get(), **gap)
    Monitor.objects.update(kept="<", kept_code="not_json", kept_at=moment.now())
    _, client = member("manager", monitor.product)
    page = client.get(f"/monitoring/{monitor.slug}/").content.decode()
    assert "Nightdesk did not look for a while, so nobody knows." in page
    assert "It was not JSON." in page
    assert "not_watched" not in page
    assert "not_json" not in page


@pytest.mark.django_db
@pytest.mark.parametrize(("interval_s", "words"), [(60, "10 s apart"), (5, "5 s apart")])
def test_the_time_between_failures_is_never_longer_than_the_interval(interval_s: int, words: str) -> None:
    monitor = make_monitor(make_product(), interval_s=interval_s, retry_s=10)
    _, client = member("viewer", monitor.product)
    assert words in client.get(f"/monitoring/{monitor.slug}/").content.decode()
