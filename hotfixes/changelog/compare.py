"""What a change did to a changelog: is the new entry first, and do the others stand there as before (K36, K38)?"""

from collections import Counter
from dataclasses import dataclass

from hotfixes.changelog.shapes import Changelog, Entry


@dataclass(frozen=True, slots=True)
class Comparison:
    """`added` and `removed` by version; `changed` pairs what an entry was and is. `second` is True when the entry that
    stood first before now stands second, unchanged; None when there was none. `reordered`: the others changed places.
    """

    added: tuple[Entry, ...]
    removed: tuple[Entry, ...]
    changed: tuple[tuple[Entry, Entry], ...]
    second: bool | None
    reordered: bool

    @property
    def kept(self) -> bool:
        """All earlier entries are there, unchanged, in their order."""
        return not (self.removed or self.changed or self.reordered)


def compare(before: Changelog, after: Changelog) -> Comparison:
    """Line ends, blanks at the ends of lines and a change of place by new lines above do not count."""
    old, new = _numbered(before), _numbered(after)
    stayed = [key for key in old if key in new]
    return Comparison(
        added=tuple(entry for key, entry in new.items() if key not in old),
        removed=tuple(entry for key, entry in old.items() if key not in new),
        changed=tuple((old[key], new[key]) for key in stayed if old[key] != new[key]),
        second=None if not before.entries else after.entries[1:2] == before.entries[:1],
        reordered=[key for key in new if key in old] != stayed,
    )


def _numbered(changelog: Changelog) -> dict[tuple[str, int], Entry]:
    """Entries by version and, where a version stands more than once, by which from the bottom it is: new ones come on
    top.
    """
    counted: Counter[str] = Counter()
    found: dict[tuple[str, int], Entry] = {}
    for entry in reversed(changelog.entries):
        counted[entry.version] += 1
        found[entry.version, counted[entry.version]] = entry
    return dict(reversed(found.items()))
