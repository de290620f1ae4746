"""Every position of a branch or tag, kept when seen: what git forgets after a merge, the checks find here."""

from collections.abc import Callable, Mapping
from datetime import datetime

from hotfixes.git.movements import Kind, Movement, movements
from hotfixes.git.reader import Ref
from hotfixes.models import RefObservation
from products.models import Repository

BATCH = 2_000


def observe(
    repository: Repository,
    refs: Mapping[str, Ref],
    seen_at: datetime,
    is_ancestor: Callable[[str, str], bool | None],
) -> tuple[Movement, ...]:
    """Compare with what was seen last and keep what changed, all of the first look under one moment.

    Compares rows, not mirrors: who died between a fetch and this loses nothing.
    """
    found = movements(latest(repository), refs, is_ancestor)
    rows = [
        RefObservation(
            repository=repository,
            name=one.name,
            kind=one.kind.value,
            oid=one.after.id if one.after else "",
            commit=(one.after.commit or "") if one.after else "",
            seen_at=seen_at,
        )
        for one in found
    ]
    RefObservation.objects.bulk_create(rows, batch_size=BATCH)
    return found


def latest(repository: Repository) -> dict[str, Ref]:
    """Where each ref stood when it was seen last, by full name; those that are gone are left out."""
    rows = (
        RefObservation.objects.filter(repository=repository)
        .order_by("name", "-pk")
        .distinct("name")
        .values_list("name", "kind", "oid", "commit")
    )
    return {
        name: Ref(name, oid, commit or None) for name, kind, oid, commit in rows if kind != Kind.DELETED.value
    }
