"""Everything that a check is given: policy, two versions, what was observed when, and a reader. No row, no clock."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from hotfixes import patterns
from hotfixes.checks.facts import Approved, Box, Deployed, Monitored, Seen, Shown, Told
from hotfixes.checks.watched import Counted, WatchFacts
from hotfixes.forges.shapes import Reading
from hotfixes.git import names
from hotfixes.git.movements import Kind
from hotfixes.git.reader import GitReader, Ref
from products.process.schema.policy import PolicySpec
from products.versions import bare


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
class Given:
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
