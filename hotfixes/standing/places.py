"""Which checks are shown of a hotfix, in which order: those the process asks for, then what git says besides."""

from collections.abc import Mapping
from dataclasses import dataclass

from hotfixes.models import CheckResult, Hotfix
from hotfixes.standing.check_titles import TITLES
from incidents.work.work import Work
from products.vocabulary import Verdict

# Shown though no step and no box names them: git answers them for every hotfix.
GIT = (
    "cut_from_tag", "branch_name", "commit_message", "minimal_diff", "version_bump", "changelog_entry", "ff_possible",
    "merged", "tag_annotated", "tag_commit", "tag_pushed", "tag_unmoved", "release_notes", "manifest_version",
)  # fmt: skip


@dataclass(frozen=True)
class Place:
    """`asked`: the process asks for it, in that step or box of the checklist; None for no box."""

    key: str
    title: str
    asked: bool
    step: str
    box: int | None = None


def places(known: Work, hotfix: Hotfix, results: Mapping[tuple[int, str], CheckResult]) -> list[Place]:
    """Each check once: the boxes of the checklist, the other checks of the steps, then git's."""
    found: dict[str, Place] = {}
    steps = known.document.get("steps") or []
    step_of = {key: str(step["key"]) for step in reversed(steps) for key in step.get("checks") or []}
    for box in known.boxes:
        if box.check_key and box.check_key not in found:
            step = box.step or step_of.get(box.check_key, "")
            found[box.check_key] = Place(box.check_key, box.title, True, step, box.position)
    for step in steps:
        for key in step.get("checks") or []:
            found.setdefault(key, Place(key, str(TITLES[key]), True, str(step["key"])))
    for key in GIT:
        result = results.get((hotfix.pk, key))
        if key not in found and result and result.verdict != Verdict.NOT_APPLICABLE:
            found[key] = Place(key, str(TITLES[key]), False, "")
    return list(found.values())
