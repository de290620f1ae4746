"""A release seen as if it were the branch: all that lies between two tags. So the checks of a hotfix can judge it."""

from dataclasses import dataclass
from functools import cached_property

from hotfixes.checks.context import Context
from hotfixes.git import names
from hotfixes.git.reader import Log, Ref

# More commits than these between two tags are no hotfix; nobody counts them one by one.
MAX_COMMITS = 40


@dataclass(frozen=True)
class Released(Context):
    """`name`: the tag's short name; `base_tag` that of the release before, "" for none."""

    name: str = ""
    kept_branch: Ref | None = None

    @cached_property
    def tag_name(self) -> str:
        return self.name

    @cached_property
    def base_name(self) -> str:
        return self.base_tag

    @cached_property
    def tag(self) -> Ref | None:
        return self.ref(names.TAGS + self.name)

    @cached_property
    def base(self) -> str | None:
        ref = self.ref(names.TAGS + self.base_tag) if self.base_tag else None
        return ref.commit if ref else None

    @cached_property
    def tip(self) -> str | None:
        return self.tag.commit if self.tag else None

    @cached_property
    def root(self) -> str | None:
        """The base, where the release descends from it."""
        if self.tip and self.base and self.reader.is_ancestor(self.base, self.tip):
            return self.base
        return None

    @cached_property
    def own(self) -> Log | None:
        if self.tip is None or self.root is None:
            return None
        return self.reader.log(self.tip, since=self.root, limit=MAX_COMMITS)

    @cached_property
    def on_main(self) -> bool | None:
        """None when there is no main branch, or no commit."""
        if self.main is None or self.tip is None:
            return None
        return self.reader.is_ancestor(self.tip, self.main)

    @cached_property
    def in_line(self) -> bool:
        """Whether the release descends from the one before without any merge."""
        log = self.own
        return log is not None and not log.more and all(len(one.parents) == 1 for one in log.commits)
