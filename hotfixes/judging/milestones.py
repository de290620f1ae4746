"""What has been reached on the way of a fix, by what git, the forge and scripts show: pure, oldest first.

Each becomes one event of the timeline, which stops clocks and finishes steps. Boxes are ticked by checks.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from hotfixes.checks import Context, Result
from hotfixes.checks.facts import Deployed
from hotfixes.checks.naming import newer
from hotfixes.checks.process import deploys_to
from hotfixes.checks.shapes import short
from hotfixes.git import names
from hotfixes.git.trouble import GitError
from products.vocabulary import EventKind as Kind
from products.vocabulary import Verdict

GIT, FORGE, SCRIPT = "git", "forge", "script"
MAX_LOOKS = 40


@dataclass(frozen=True, slots=True)
class Reached:
    """`at`: when it was seen, or the forge's own time; None: now. `what`: names and ids for a reader."""

    kind: str
    at: datetime | None
    source: str
    what: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """The same for the same happening, however often it is looked at."""
        moment = self.at.isoformat() if self.at and self.source != GIT else ""
        return f"{self.what} {moment}".strip()


def reached(known: Context, results: Mapping[str, Result]) -> tuple[Reached, ...]:
    """Raises GitError when the repository cannot be read."""
    return (
        *_of_branch(known, results),
        *_of_review(results),
        *_of_main(known, results),
        *_after(known, results),
    )


def found(known: Context, results: Mapping[str, Result]) -> tuple[Reached, ...]:
    """Nothing of git while it cannot be read."""
    try:
        return reached(known, results)
    except GitError:
        return without_git(known, results)


def without_git(known: Context, results: Mapping[str, Result]) -> tuple[Reached, ...]:
    """What stands without the repository."""
    return (*_of_review(results), *_after(known, results))


def _of_branch(known: Context, results: Mapping[str, Result]) -> list[Reached]:
    if not known.sightings:
        return []
    first = known.sightings[0]
    name = known.branch_name.removeprefix(names.HEADS)
    found = [
        Reached(
            Kind.BRANCH_SEEN, first.seen_at, GIT, f"{name} {short(first.commit)}", {"commit": first.commit}
        )
    ]
    if known.worked and known.tip:
        at = next(
            (seen.seen_at for seen in known.sightings if seen.commit != known.root),
            known.sightings[-1].seen_at,
        )
        found.append(Reached(Kind.FIX_PUSHED, at, GIT, f"{name} {short(known.tip)}", {"commit": known.tip}))
    return found


def _of_review(results: Mapping[str, Result]) -> list[Reached]:
    found = []
    asked = results.get("review_requested")
    if asked and asked.facts.get("number") and asked.verdict != Verdict.PENDING:  # a draft asks nobody yet
        what = f"#{asked.facts['number']}"
        facts = {"url": asked.facts["url"]} if asked.facts.get("url") else {}
        found.append(Reached(Kind.REVIEW_REQUESTED, _moment(asked.facts.get("asked_at")), FORGE, what, facts))
    approval = results.get("approval")
    here = bool(approval and approval.facts.get("here"))
    if approval and approval.verdict == Verdict.PASS and not here:  # its own verb has said so already
        who = ", ".join(approval.facts.get("approved_by") or ())
        found.append(Reached(Kind.APPROVED, _moment(approval.facts.get("approved_at")), FORGE, who))
    if approval and approval.verdict in (Verdict.FAIL, Verdict.PENDING):
        found.append(Reached(Kind.APPROVAL_DISMISSED, None, GIT if here else FORGE, approval.summary))
    return found


def _of_main(known: Context, results: Mapping[str, Result]) -> list[Reached]:
    found = []
    merged = results.get("merged")
    if merged and merged.verdict in (Verdict.PASS, Verdict.WARN) and known.tip:
        commit = str(merged.facts.get("commit") or known.main or "")
        what = f"{known.policy.main} {short(commit)}"
        found.append(Reached(Kind.MERGED, _arrived(known, commit), GIT, what, {"commit": commit}))
    if known.tag is not None:
        what = f"{known.tag_name} {short(known.tag.commit)}"
        found.append(Reached(Kind.TAGGED, _tagged(known), GIT, what, {"commit": known.tag.commit}))
    return found


def _tagged(known: Context) -> datetime | None:
    """When the tag was first seen on the commit where it is now; a moved one was elsewhere before."""
    since = None
    for seen in reversed(known.history(known.tag.name) if known.tag else ()):
        if known.tag is None or seen.commit != known.tag.commit:
            break
        since = seen.seen_at
    return since


def _arrived(known: Context, commit: str) -> datetime | None:
    """When main was first seen with it. Only its last positions are looked at."""
    moves = [seen for seen in known.history(known.main_name) if seen.commit][-MAX_LOOKS:]
    return next(
        (
            seen.seen_at
            for seen in moves
            if commit and seen.commit and known.reader.is_ancestor(commit, seen.commit)
        ),
        None,
    )


def _after(known: Context, results: Mapping[str, Result]) -> list[Reached]:
    """Deployments in their order, then smoke tests and the release."""
    found = [one for told in known.deployed if (one := _deployment(told, known, results))]
    smoke = results.get("smoke")
    if smoke and smoke.verdict == Verdict.PASS:
        found.append(Reached(Kind.SMOKE_PASSED, _moment(smoke.facts.get("at")), SCRIPT, smoke.summary))
    if smoke and smoke.verdict == Verdict.FAIL:
        found.append(Reached(Kind.SMOKE_FAILED, _moment(smoke.facts.get("at")), SCRIPT, smoke.summary))
    release = results.get("release_published")
    if release and release.verdict == Verdict.PASS:
        facts = {"url": release.facts["url"]} if release.facts.get("url") else {}
        found.append(
            Reached(
                Kind.RELEASED,
                _moment(release.facts.get("published_at")),
                FORGE,
                str(release.facts.get("tag") or ""),
                facts,
            )
        )
    return found


KINDS = {
    "started": Kind.DEPLOY_STARTED,
    "succeeded": Kind.DEPLOYED,
    "failed": Kind.DEPLOY_FAILED,
    "rolled_back": Kind.ROLLED_BACK,
}


def _deployment(told: Deployed, known: Context, results: Mapping[str, Result]) -> Reached | None:
    """Of this hotfix to where the process means. Whether it is deployed the check says: another version is no news,
    and what a person said the timeline has from them.
    """
    if told.kind != deploys_to(known) or told.said:
        return None
    deployed = results.get("deployed")
    good = deployed is not None and deployed.verdict in (Verdict.PASS, Verdict.STATED)
    ours = known.known["new"] and told.version.removeprefix("v").partition("+")[0] == known.known["new"]
    if (told.status == "succeeded" and not good) or not (ours or told.status == "rolled_back"):
        return None
    if told.elsewhere or (not ours and newer(known, told.version)):
        return None
    facts = {"url": told.url} if told.url else {}
    source = FORGE if told.source == "forge" else SCRIPT
    return Reached(
        KINDS[told.status], told.at, source, deployment_words(told.version, told.environment), facts
    )


def deployment_words(version: str, environment: str) -> str:
    """What an event of it names, by the environment's slug."""
    return f"{version} {environment}"


def _moment(value: Any) -> datetime | None:
    if isinstance(value, datetime):
        return value
    try:
        return datetime.fromisoformat(str(value)) if value else None
    except ValueError:
        return None
