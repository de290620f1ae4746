"""What was seen of a repository, as the checks take it: only what can matter to one hotfix."""

from django.db.models import Q

from hotfixes import named
from hotfixes.checks import Observation
from hotfixes.git import names
from hotfixes.git.movements import Kind
from hotfixes.models import Hotfix, RefObservation

# So many positions of one hotfix's refs are read; more are only ever made on purpose.
MOST = 5_000


def history(hotfix: Hotfix) -> tuple[Observation, ...]:
    """In the order in which it was seen: its two tags and every branch, because another name can be the hotfix's."""
    if hotfix.repository_id is None:
        return ()
    rows = RefObservation.objects.filter(repository=hotfix.repository_id).order_by("pk")
    tags = [names.TAGS + name for name in (named.tag(hotfix), named.base_tag(hotfix)) if name]
    kept = (
        rows.filter(Q(name__startswith=names.HEADS) | Q(name__in=tags))
        .order_by("-pk")
        .values_list("name", "oid", "commit", "seen_at", "kind")[:MOST]
    )
    return tuple(
        Observation(name, oid or None, commit or None, seen_at, Kind(kind))
        for name, oid, commit, seen_at, kind in reversed(kept)
    )
