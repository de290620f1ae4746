"""What follows for the hotfix from what is given: which branch is its own, what that holds and where it began."""

from dataclasses import dataclass
from functools import cached_property

from hotfixes.checks import which_branch
from hotfixes.checks.given import Given, Observation
from hotfixes.git.reader import Log

MAX_OWN = 100


@dataclass(frozen=True)
class Context(Given):
    """What every check is asked with. Answers that are None: nobody can tell."""

    @cached_property
    def branch_name(self) -> str:
        """The full name of the branch that is this hotfix's, "" while there is none."""
        return which_branch.branch_name(self)

    @cached_property
    def sightings(self) -> tuple[Observation, ...]:
        """Of the branch, where it stood somewhere."""
        return tuple(seen for seen in self.history(self.branch_name) if seen.commit)

    @cached_property
    def tip(self) -> str | None:
        """The branch's last commit, remembered when the branch is deleted after the merge."""
        ref = self.ref(self.branch_name) if self.branch_name else None
        if ref and ref.commit:
            return ref.commit
        return self.sightings[-1].commit if self.sightings else None

    @cached_property
    def main_then(self) -> str | None:
        """The main branch as it was while the branch had work beside it: the last time, because branches are rebased;
        not once main had taken that work in, because branches go on after a merge. None when the branch was only ever
        seen inside main, as after a merge that was quicker than we.
        """
        for place, seen in reversed(tuple(enumerate(self.sightings))):
            main = self.at(self.main_name, seen.seen_at)
            beside = main and seen.commit and not self.reader.is_ancestor(seen.commit, main)
            if main and beside and not self._took_in(main, self.sightings[:place]):
                return main
        return None

    def _took_in(self, main: str, earlier: tuple[Observation, ...]) -> bool:
        """Whether main has work that was seen beside it before, and that the branch still holds."""
        return any(
            seen.commit
            and seen.commit != self.base
            and self.reader.is_ancestor(seen.commit, main)
            and not self._was_in_main(seen)
            and self.reader.is_ancestor(seen.commit, self.tip or seen.commit)
            for seen in earlier
        )

    def _was_in_main(self, seen: Observation) -> bool:
        then = self.at(self.main_name, seen.seen_at)
        return then is None or seen.commit is None or self.reader.is_ancestor(seen.commit, then)

    @cached_property
    def root(self) -> str | None:
        """Where the branch's own work begins: the base tag, or where the branch left main when it was seen beside it.
        None when that cannot be told.
        """
        if self.tip is None or self.tip == self.base:
            return self.tip
        if self.main_then is None:
            return None
        bases = self.reader.merge_bases(self.main_then, self.tip)
        at_base = self.base is not None and self.reader.is_ancestor(self.base, self.tip)
        if at_base and all(self.reader.is_ancestor(found, self.base or "") for found in bases):
            return self.base
        return bases[0] if len(bases) == 1 and bases[0] != self.tip else None

    @cached_property
    def own(self) -> Log | None:
        """The branch's own commits, newest first. None when nobody can tell which they are."""
        if self.tip is None or self.root is None:
            return None
        return self.reader.log(self.tip, since=self.root, limit=MAX_OWN)

    @cached_property
    def worked(self) -> bool:
        """Whether the branch is known to hold anything of its own."""
        return bool(self.own and self.own.commits)

    @cached_property
    def released(self) -> bool:
        """Whether it is too late for more: the tag is there, or main has the branch's work."""
        if self.tag is not None:
            return True
        return bool(self.worked and self.main and self.tip and self.reader.is_ancestor(self.tip, self.main))
