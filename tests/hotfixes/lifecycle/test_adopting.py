"""A hotfix that somebody began by deciding or by saying so has its row a moment later, and only one (K19)."""

import pytest
from django.db import connection

from hotfixes.lifecycle.ending import abandon
from hotfixes.lifecycle.start import adopt, start
from hotfixes.models import Hotfix
from incidents.lifecycle import transitions
from incidents.work.report import report
from products.models import Product
from tests.hotfixes.observing.watched import Watched


def test_what_a_person_began_is_adopted_once(watched: Watched) -> None:
    incident = watched.incident()
    assert adopt() == 0
    report(incident, "branch_seen", by=watched.ada)
    assert adopt() == 1
    assert adopt() == 0
    made = incident.hotfixes.get()
    assert (made.old_version, made.new_version, made.started_by) == ("0.1.0", "0.1.1", watched.ada)


def test_what_was_started_here_is_not_adopted(watched: Watched) -> None:
    incident = watched.incident()
    start(incident, by=watched.ada)
    assert (adopt(), incident.hotfixes.count()) == (0, 1)


def test_one_that_was_given_up_does_not_come_back(watched: Watched) -> None:
    hotfix = start(watched.incident(), by=watched.ada)
    abandon(hotfix, by=watched.ada, reason="A rollback is quicker")
    assert adopt() == 0


def test_another_one_follows_when_it_is_opened_again(watched: Watched) -> None:
    incident = watched.incident()
    first = start(incident, by=watched.ada)
    Hotfix.objects.filter(pk=first.pk).update(status=Hotfix.Status.RELEASED)
    incident.refresh_from_db()
    transitions.resolve(incident, by=watched.ada, text="It is over")
    transitions.reopen(incident, by=watched.ada, reason="It is back")
    assert adopt() == 0
    report(incident, "hotfix_started", by=watched.ada)
    assert (adopt(), incident.hotfixes.count()) == (1, 2)


def test_a_policy_that_cannot_be_read_keeps_no_other_waiting(watched: Watched) -> None:
    incident = watched.incident()
    report(incident, "branch_seen", by=watched.ada)
    type(watched.product).objects.update(policy={"merge": "as you like"})
    assert adopt() == 0
    type(watched.product).objects.update(policy={})
    assert adopt() == 1


@pytest.mark.parametrize(
    "version",
    ["1.4.0 since the rollout on Tuesday, on the nodes in the north and in the west", "sha256:" + "0" * 64],
)
def test_a_version_in_many_words_names_no_branch(watched: Watched, version: str) -> None:
    incident = watched.incident()
    transitions.describe(incident, by=watched.ada, affected_version=version)
    report(incident, "branch_seen", by=watched.ada)
    assert adopt() == 1
    assert (incident.hotfixes.get().old_version, incident.hotfixes.get().new_version) == ("0.1.0", "0.1.1")


def test_one_that_cannot_be_kept_keeps_no_other_waiting(watched: Watched) -> None:
    """Whatever is wrong with it: here the table itself refuses the first one."""
    refused, other = watched.incident(), watched.incident()
    for incident in (refused, other):
        report(incident, "branch_seen", by=watched.ada)
    Product.objects.filter(pk=watched.product.pk).update(repository=None)
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE hotfixes_hotfix ADD CHECK (incident_id <> {refused.pk})")
    assert adopt() == 1
    assert (refused.hotfixes.count(), other.hotfixes.count()) == (0, 1)
