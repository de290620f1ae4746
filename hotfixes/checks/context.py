"""Everything a check may know: the policy, two versions, what was observed when, and a reader. No row, no clock."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from hotfixes.checks.facts import Approved, Box, Deployed, Monitored, Seen, Shown, Told
from hotfixes.checks.watched import Counted, WatchFacts
from hotfixes.forges.shapes import Reading
from hotfixes.git import names
from hotfixes.git.movements import Kind
from hotfixes.git.reader import GitReader, Log, Ref
from hotfixes.naming import patterns
from products.process.schema.policy import PolicySpec
from products.versions import bare

MAX_OWN = 100


@dataclass(frozen=True, slots=True)
class Observation:
    """A branch or tag as it was when somebody looked: `id` of the ref itself, `commit` behind it; None when gone. Kept
    as seen, because git forgets: after a fast-forward nothing in it tells where a branch began.
    """

    name: str
    id: str | None
    commit: str | None
    seen_at: datetime
    kind: Kind = Kind.CREATED


@dataclass(frozen=True)
class Context:
    """One hotfix of one product in one repository. `observed` in the order of `seen_at`; what has the earliest moment
    was there when watching began. `branch` and `base_tag`: short names that a person picked, "" for the policy's.

    `values`: further placeholders (slug, issue). `component` narrows the policy's version files; `version_files` are
    the paths that are this product's own, where a person said so. `refs`: all branches and tags, where an update has
    just read them; else the reader is asked.
    """

    policy: PolicySpec
    reader: GitReader
    old: str
    new: str
    product: str = ""
    observed: tuple[Observation, ...] = ()
    branch: str = ""
    base_tag: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    component: str = ""
    version_files: tuple[str, ...] = ()
    refs: Mapping[str, Ref] | None = None

    # Beside the repository, each the oldest first. `now` None: nothing is said about how long ago or how soon.
    # `deploy_limit_s`: from the approval to the deployment.
    deployed: tuple[Deployed, ...] = ()
    evidence: tuple[Shown, ...] = ()
    told: tuple[Told, ...] = ()
    versions: tuple[Seen, ...] = ()
    boxes: tuple[Box, ...] = ()
    monitors: tuple[Monitored, ...] = ()
    # What was counted, the earliest told first, and how the watch of this hotfix stands; None: there is none.
    tallies: tuple[Counted, ...] = ()
    watch: WatchFacts | None = None
    deploy_limit_s: int | None = None
    # What the product's page says that production runs.
    product_version: str = ""
    now: datetime | None = None
    document: Mapping[str, Any] = field(default_factory=dict)

    # Versions that other fixes bring or users have had: the next one may pass them over.
    taken: Collection[str] = ()

    # Approvals given in Nightdesk, which count where no forge keeps them (`approves_here`).
    approvals: tuple[Approved, ...] = ()
    approves_here: bool = False

    # What the forge showed last, and why it could not be asked ("": it could, or there is none).
    forge: Reading | None = None
    forge_trouble: str = ""

    # Names

    @cached_property
    def known(self) -> dict[str, str]:
        """What names must agree on. A person's own words (slug, issue) are free."""
        return {"product": self.product, "old": bare(self.old), "new": bare(self.new)}

    def filled(self, pattern: str) -> str:
        return patterns.formatted(pattern, {**self.values, "main": self.policy.main, **self.known})

    @cached_property
    def main_name(self) -> str:
        return names.branch(self.policy.main)

    @cached_property
    def tag_name(self) -> str:
        """Short; "" when the policy names none."""
        return self.filled(self.policy.tag) if self.policy.tag else ""

    @cached_property
    def base_name(self) -> str:
        """Short; the tag that production ran before."""
        if self.base_tag or self.policy.base_tag:
            return self.base_tag or self.filled(self.policy.base_tag or "")
        return self.tag_of(self.known["old"])

    def tag_of(self, version: str) -> str:
        """Short; what the policy calls the tag of another version of the product; "" when it names none."""
        return patterns.formatted(self.policy.tag, {**self.known, "new": version}) if self.policy.tag else ""

    # As it is now

    def ref(self, name: str) -> Ref | None:
        """By full name. None as well for a name that git could not hold."""
        if self.refs is not None:
            return self.refs.get(name)
        try:
            return self.reader.ref(name)
        except names.BadName:
            return None

    @cached_property
    def main(self) -> str | None:
        """The commit of the main branch."""
        ref = self.ref(self.main_name)
        return ref.commit if ref else None

    @cached_property
    def tag(self) -> Ref | None:
        """The hotfix's own tag on the remote."""
        return self.ref(names.TAGS + self.tag_name) if self.tag_name else None

    # As it was

    def history(self, name: str) -> tuple[Observation, ...]:
        return tuple(seen for seen in self.observed if seen.name == name)

    @cached_property
    def began(self) -> datetime | None:
        """When watching began. Nothing before it is known."""
        return min((seen.seen_at for seen in self.observed), default=None)

    def at(self, name: str, moment: datetime, *, before: bool = False) -> str | None:
        """The commit a ref named when last looked at, at `moment` or (`before`) earlier."""
        seen = [o for o in self.history(name) if o.seen_at < moment or (not before and o.seen_at == moment)]
        return seen[-1].commit if seen else None

    @cached_property
    def base(self) -> str | None:
        """The commit of the base tag; as observed first, should somebody have moved it since."""
        seen = next((o.commit for o in self.history(names.TAGS + self.base_name) if o.commit), None)
        ref = self.ref(names.TAGS + self.base_name) if self.base_name and not seen else None
        return seen or (ref.commit if ref else None)

    # The branch

    @cached_property
    def branch_name(self) -> str:
        """The full name of the branch that is this hotfix's, "" while there is none."""
        from hotfixes.checks.which_branch import branch_name

        return branch_name(self)

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

    @cached_property
    def head(self) -> str | None:
        """Whose tree counts: the tag's; without one that of main's commit which brought the fix, else the branch's."""
        if self.tag or not self.worked:
            return self.tag.commit if self.tag else self.tip
        from hotfixes.checks.git.arrival import arrival

        found = arrival(self)
        return found.commit if found else self.tip
