"""GitHub, and GitHub Enterprise: REST, version 2022-11-28."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from hotfixes.forges.address import segment
from hotfixes.forges.asking import (
    MAX_HEADS,
    OWN_STATUS,
    Ask,
    Committer,
    Parts,
    conversation,
    in_question,
    named,
    together,
)
from hotfixes.forges.moments import moment
from hotfixes.forges.picking import inner, link, oid, word, words
from hotfixes.forges.shapes import (
    MAX_BODY,
    Deployed,
    Kind,
    Part,
    Pull,
    Push,
    Reading,
    Release,
    Review,
    Run,
    whole,
)
from hotfixes.forges.trouble import PARTIAL, ForgeError, Trouble
from hotfixes.forges.wire import Wire

MAX_DEPLOYMENTS: Final = 8
_REVIEWED: Final = {
    "APPROVED": "approved",
    "CHANGES_REQUESTED": "changes_requested",
    "DISMISSED": "dismissed",
    "COMMENTED": "commented",
}
_CONCLUDED: Final = {"success", "cancelled", "skipped", "neutral"}
_STATUSES: Final = {"success": "success", "failure": "failure", "error": "failure"}
_DEPLOYED: Final = {"success": "succeeded", "failure": "failed", "error": "failed"}


def read(wire: Wire, ask: Ask) -> tuple[Reading, Parts]:
    parts = Parts()
    (pulls, reviews), runs, releases, deployments, pushes = together(
        lambda: conversation(
            parts,
            lambda: _pulls(wire, ask),
            lambda pulls: _reviews(wire, pulls),
            lambda pulls: _with_committers(wire, pulls),
        ),
        lambda: parts.take(Part.RUNS, lambda: _runs(wire, ask, parts)),
        lambda: parts.take(Part.RELEASES, lambda: _releases(wire, ask)),
        lambda: parts.take(Part.DEPLOYMENTS, lambda: _deployments(wire, ask)),
        lambda: _pushes(wire, ask),
    )
    reading = Reading(Kind.GITHUB, pulls, reviews, runs, releases, deployments=deployments, pushes=pushes)
    return reading, parts


def user(row: Any, *path: str) -> tuple[str, bool]:
    """Login, and whether it is a machine's."""
    login = word(row, *path, "login", limit=100)
    return login, word(row, *path, "type") == "Bot" or login.endswith("[bot]")


def _pulls(wire: Wire, ask: Ask) -> list[Pull]:
    if not ask.branch:
        return []
    head = f"{wire.place.owner}:{ask.branch}"
    found = wire.rows("/pulls", Pull, _pull, pages=3, query={"head": head, "state": "all"})
    return [pull for pull in found if pull.head_name == ask.branch]


def _pull(row: dict[str, Any]) -> Pull:
    merged_at = moment(inner(row, "merged_at"))
    state = word(row, "state")
    return Pull(
        number=whole(inner(row, "number")),
        url=link(row, "html_url"),
        title=word(row, "title"),
        body=word(row, "body", limit=MAX_BODY),
        labels=words(row, "labels", "name"),
        draft=inner(row, "draft") is True,
        state="merged" if merged_at else "open" if state == "open" else "closed",
        head=oid(row, "head", "sha"),
        head_name=word(row, "head", "ref"),
        base_name=word(row, "base", "ref"),
        author=user(row, "user")[0],
        created_at=moment(inner(row, "created_at")),
        merged_at=merged_at,
        reviewers_asked=words(row, "requested_reviewers", "login") + words(row, "requested_teams", "name"),
        fork=inner(row, "head", "repo", "id") not in (None, inner(row, "base", "repo", "id")),
    )


def _reviews(wire: Wire, pulls: Iterable[Pull]) -> Iterator[Review]:
    for pull in in_question(pulls):

        def pick(row: dict[str, Any], number: int = pull.number) -> Review | None:
            state = _REVIEWED.get(word(row, "state").upper())
            by, bot = user(row, "user")
            at = moment(inner(row, "submitted_at"))
            return Review(by, state, oid(row, "commit_id"), at, bot, number) if state else None

        yield from wire.rows(f"/pulls/{pull.number}/reviews", Review, pick, pages=5)


def _with_committers(wire: Wire, pulls: list[Pull]) -> Iterator[Pull]:
    asked = {pull.number for pull in in_question(pulls)}
    for pull in pulls:
        if pull.number in asked:
            found = wire.rows(f"/pulls/{pull.number}/commits", Committer, _committer, pages=3)
            pull = replace(pull, committers=named(found))
        yield pull


def _committer(row: dict[str, Any]) -> Committer:
    login, _bot = user(row, "author")
    return Committer(login, word(row, "commit", "author", "name"), word(row, "commit", "author", "email"))


def _runs(wire: Wire, ask: Ask, parts: Parts) -> Iterator[Run]:
    for head in ask.heads[:MAX_HEADS]:
        try:
            yield from _checks(wire, head, parts)
            yield from wire.rows(f"/commits/{segment(head)}/status", Run, _Status(head), inside="statuses")
        except ForgeError as problem:
            # A commit that was never pushed here, or is gone.
            if problem.trouble not in (Trouble.NOT_FOUND, Trouble.NONSENSE) or "422" not in problem.detail:
                raise


def _checks(wire: Wire, head: str, parts: Parts) -> list[Run]:
    """No fine-grained token can be given the right to read checks: GitHub's own workflows can be read without it."""
    try:
        return wire.rows(f"/commits/{segment(head)}/check-runs", Run, _run, inside="check_runs", pages=2)
    except ForgeError as problem:
        if problem.trouble is not Trouble.FORBIDDEN:
            raise
    found = wire.rows("/actions/runs", Run, _run, inside="workflow_runs", query={"head_sha": head})
    parts.unread[Part.CHECKS] = str(
        _("With this token only GitHub's own workflows are seen, no other app's checks.")
    )
    return [run for run in found if run.head == head]


def _run(row: dict[str, Any]) -> Run:
    state, said = word(row, "status"), word(row, "conclusion")
    state = state if state in ("queued", "completed") else "running"
    conclusion = said if said in _CONCLUDED else "failure"
    times = ("completed_at", "started_at", "updated_at")
    at = next((found for name in times if (found := moment(inner(row, name)))), None)
    done = conclusion if state == "completed" else ""
    return Run(word(row, "name"), oid(row, "head_sha"), state, done, link(row, "html_url"), at)


class _Status:
    """An older kind of result; our own is left out."""

    def __init__(self, head: str) -> None:
        self.head = head

    def __call__(self, row: dict[str, Any]) -> Run | None:
        name, said = word(row, "context"), word(row, "state")
        if name.lower().startswith(OWN_STATUS):
            return None
        done = _STATUSES.get(said, "")
        at = moment(inner(row, "updated_at")) or moment(inner(row, "created_at"))
        url = link(row, "target_url")
        return Run(name, self.head, "completed" if done else "running", done, url, at)


def _pushes(wire: Wire, ask: Ask) -> list[Push]:
    """GitHub alone keeps a log of them. Who may not read it lacks nothing that was there before it: no trouble."""
    if not ask.branch:
        return []
    try:
        return wire.rows("/activity", Push, _push, query={"ref": f"refs/heads/{ask.branch}"})
    except ForgeError as problem:
        if problem.trouble not in PARTIAL:
            raise
        return []


def _push(row: dict[str, Any]) -> Push:
    after, at = oid(row, "after"), moment(inner(row, "timestamp"))
    return Push(word(row, "ref"), after.strip("0") and after, at, user(row, "actor")[0])


def _releases(wire: Wire, ask: Ask) -> list[Release]:
    if not ask.tag:
        return []
    try:
        found = wire.one(f"/releases/tags/{segment(ask.tag)}", Release, release)
        return [found] if found and found.tag == ask.tag else []
    except ForgeError as problem:
        if problem.trouble is not Trouble.NOT_FOUND:
            raise
    # A draft has no tag yet; it is in the list for who may write.
    return [one for one in wire.rows("/releases", Release, release, size=30) if one.tag == ask.tag]


def release(row: dict[str, Any]) -> Release:
    return Release(
        tag=word(row, "tag_name"),
        name=word(row, "name"),
        draft=inner(row, "draft") is True,
        prerelease=inner(row, "prerelease") is True,
        published_at=moment(inner(row, "published_at")),
        url=link(row, "html_url"),
    )


def _deployments(wire: Wire, ask: Ask) -> Iterator[Deployed]:
    questions = [{"sha": head} for head in ask.heads[:MAX_HEADS]]
    questions += [{"ref": name} for name in (ask.tag, ask.before) if name]
    found: dict[str, Deployed] = {}
    for question in questions:
        for one in wire.rows("/deployments", Deployed, _deployed, size=30, query=question):
            found.setdefault(one.id, one)
    for one in list(found.values())[:MAX_DEPLOYMENTS]:
        statuses = wire.rows(f"/deployments/{one.id}/statuses", Deployed, _progress, size=30)
        last = max(statuses, key=lambda status: (status.at is not None, status.at), default=None)
        yield replace(one, state=last.state, at=last.at, url=last.url or one.url) if last else one


def _deployed(row: dict[str, Any]) -> Deployed | None:
    number = whole(inner(row, "id"))
    at = moment(inner(row, "created_at"))
    place, ref = word(row, "environment"), word(row, "ref")
    return Deployed(place, oid(row, "sha"), ref, "started", at, "", str(number)) if number else None


def _progress(row: dict[str, Any]) -> Deployed | None:
    """`inactive` only says that a later one took its place: what it was before counts."""
    state = word(row, "state")
    if state == "inactive":
        return None
    url = link(row, "environment_url") or link(row, "log_url")
    return Deployed(state=_DEPLOYED.get(state, "started"), at=moment(inner(row, "created_at")), url=url)
