"""What was seen of a repository, as the checks take it: only what can matter to one hotfix."""

from django.db.models import Q

from hotfixes.checks import Observation
from hotfixes.git import names
from hotfixes.git.movements import Kind
from hotfixes.models import Hotfix, RefObservation
from hotfixes.naming import named

# So many positions are read of its tags, of its branch and main, and of all other branches: those of a busy repository
# must not push the hotfix's own out of sight.
MOST = 5_000


def history(hotfix: Hotfix) -> tuple[Observation, ...]:
    """In the order in which it was seen: its two tags, main and every branch, because another name can be the
    hotfix's; and the very first, which tells when watching began.
    """
    if hotfix.repository_id is None:
        return ()
    rows = RefObservation.objects.filter(repository=hotfix.repository_id)
    tags = [names.TAGS + name for name in (named.tag(hotfix), named.base_tag(hotfix)) if name]
    branches = [names.HEADS + name for name in (hotfix.rules.main, named.branch(hotfix)) if name]
    others = Q(name__startswith=names.HEADS) & ~Q(name__in=branches)
    parts = [
        rows.filter(wanted).order_by("-pk")[:MOST]
        for wanted in (Q(name__in=tags), Q(name__in=branches), others)
    ]
    found = {row.pk: row for row in rows.order_by("pk")[:1].union(*parts, all=True)}
    return tuple(
        Observation(one.name, one.oid or None, one.commit or None, one.seen_at, Kind(one.kind))
        for _pk, one in sorted(found.items())
    )
