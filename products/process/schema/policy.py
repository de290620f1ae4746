"""How the fix goes through git and the forge. Every rule is optional: a process that is silent is not checked (C12)."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from products.process.schema.base import Element, Key, Label, Line, Template

Count = Annotated[int, Field(ge=0, le=100_000)]


class PartSpec(Element):
    """A part that a commit or a review must have, such as `Issue: …`; `text` is a whole line that must be there."""

    label: Label
    text: Line | None = None


class CommitSpec(Element):
    """The first line begins with `subject`; the body has every one of `parts` (K24–K28)."""

    subject: Line | None = None
    parts: Annotated[list[PartSpec], Field(max_length=12)] = []


class ReviewSpec(Element):
    """The request to merge, and whose word it needs (K40–K47, K95)."""

    label: Label | None = None
    title: Template | None = None
    opening: Line | None = None
    parts: Annotated[list[PartSpec], Field(max_length=12)] = []
    approvals: Annotated[int, Field(ge=0, le=10)] | None = None
    not_by_author: bool = True
    on_final_head: bool = True


class VersionFile(Element):
    """A file that carries the version; `path` may be a pattern (K33–K35)."""

    path: Line
    kind: Literal["pubspec", "npm", "pyproject", "cargo", "plain", "gradle", "chart", "custom"]
    key: Line | None = None
    component: Key | None = None


class ChangelogSpec(Element):
    """Where a change is written down; with `text`, how the entry begins (K36–K38, A31, A32)."""

    path: Line
    style: Literal["table", "keep-a-changelog", "headings", "mention", "custom"]
    text: Template | None = None
    first: bool = True


class ManifestSpec(Element):
    """A file or address that points to the version users are given (A29)."""

    path: Line | None = None
    url: Line | None = None
    key: Line | None = None


class MinimalSpec(Element):
    """When a change stops being minimal; above it is worth a look, never wrong (K29–K31, A22)."""

    fix_commits: Count | None = None
    files: Count | None = None
    lines: Count | None = None
    no_features: bool = False


class PolicySpec(Element):
    """`branch_written` is the name as the source writes it, where ours says it plainer (C7)."""

    main: Label = "main"
    branch: Template | None = None
    branch_written: Line | None = None
    cut_from: Literal["base_tag", "main"] | None = None
    base_tag: Template | None = None
    tag: Template | None = None
    tag_on: Literal["main", "branch"] | None = None
    annotated: bool | None = None
    tag_message: Template | None = None
    merge: Literal["ff-only", "merge", "forward-port", "any"] = "any"
    bump: Literal["patch", "minor"] | None = None
    build: Literal["plus-one", "greater"] | None = None
    version_files: Annotated[list[VersionFile], Field(max_length=40)] = []
    changelog: ChangelogSpec | None = None
    release_notes: ChangelogSpec | None = None
    manifest: ManifestSpec | None = None
    commit: CommitSpec | None = None
    review: ReviewSpec | None = None
    minimal: MinimalSpec | None = None

    def options(self) -> list[str]:
        """Fields whose names programs would read as an option. Not refused while reading: what began under a policy
        goes on, and whoever fills the names into a command takes the dash away (incidents/work/shell.py).
        """
        return [
            name
            for name in ("main", "branch", "base_tag", "tag")
            if (getattr(self, name) or "").startswith("-")
        ]

    @model_validator(mode="after")
    def _base_tag_is_named(self) -> Self:
        if self.cut_from == "base_tag" and not (self.base_tag or self.tag):
            raise ValueError("expected `base_tag` or `tag`, because `cut_from` is base_tag")
        return self
