"""Gitea and Forgejo: one API, version 1. They know no deployments."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, Final

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
from hotfixes.forges.github import release
from hotfixes.forges.moments import moment
from hotfixes.forges.picking import inner, link, oid, word, words
from hotfixes.forges.shapes import MAX_BODY, Kind, Part, Pull, Reading, Release, Review, Run, whole
from hotfixes.forges.trouble import ForgeError, Trouble
from hotfixes.forges.wire import Wire

MAX_PAGES: Final = 10
SIZE: Final = 50
_REVIEWED: Final = {"APPROVED": "approved", "REQUEST_CHANGES": "changes_requested", "COMMENT": "commented"}
_BOTS: Final = ("gitea-actions", "forgejo-actions", "actions-user", "ghost")
_STATUSES: Final = {
    "success": "success",
    "warning": "neutral",
    "skipped": "skipped",
    "failure": "failure",
    "error": "failure",
}


def read(wire: Wire, ask: Ask) -> tuple[Reading, Parts]:
    parts = Parts()
    (pulls, reviews), runs, releases = together(
        lambda: conversation(
            parts,
            lambda: _pulls(wire, ask),
            lambda pulls: _reviews(wire, pulls),
            lambda pulls: _with_committers(wire, pulls),
        ),
        lambda: parts.take(Part.RUNS, lambda: _runs(wire, ask)),
        lambda: parts.take(Part.RELEASES, lambda: _releases(wire, ask)),
    )
    reading = Reading(Kind.GITEA, pulls, reviews, runs, releases)
    return reading, parts


def _pulls(wire: Wire, ask: Ask) -> list[Pull]:
    """Gitea cannot be asked for those of a branch: the ones that moved last come first, until one is found."""
    if not ask.branch:
        return []

    def pick(row: dict[str, Any]) -> Pull | None:
        return _pull(row, ask.branch)

    query = {"state": "all", "sort": "recentupdate"}
    return wire.rows("/pulls", Pull, pick, pages=MAX_PAGES, size=SIZE, enough=bool, query=query)


def _pull(row: dict[str, Any], branch: str) -> Pull | None:
    """When its branch is deleted, `head.ref` becomes refs/pull/…; `head.label` keeps the name."""
    if branch not in (word(row, "head", "ref"), word(row, "head", "label").rpartition(":")[2]):
        return None
    merged = inner(row, "merged") is True
    title = word(row, "title")
    draft = inner(row, "draft") is True or title.upper().startswith(("WIP:", "[WIP]"))
    return Pull(
        number=whole(inner(row, "number")),
        url=link(row, "html_url"),
        title=title,
        body=word(row, "body", limit=MAX_BODY),
        labels=words(row, "labels", "name"),
        draft=draft,
        state="merged" if merged else "open" if word(row, "state") == "open" else "closed",
        head=oid(row, "head", "sha"),
        head_name=branch,
        base_name=word(row, "base", "ref"),
        author=word(row, "user", "login"),
        created_at=moment(inner(row, "created_at")),
        merged_at=moment(inner(row, "merged_at")) if merged else None,
        reviewers_asked=words(row, "requested_reviewers", "login"),
        fork=inner(row, "head", "repo_id") not in (None, inner(row, "base", "repo_id")),
    )


def _reviews(wire: Wire, pulls: Iterable[Pull]) -> Iterator[Review]:
    for pull in in_question(pulls):

        def pick(row: dict[str, Any], number: int = pull.number) -> Review | None:
            return _review(row, number)

        yield from wire.rows(f"/pulls/{pull.number}/reviews", Review, pick, pages=4, size=SIZE)


def _review(row: dict[str, Any], number: int) -> Review | None:
    """One that only asks for a review, or is not sent yet, is nobody's word."""
    state = _REVIEWED.get(word(row, "state").upper())
    by = word(row, "user", "login", limit=100)
    if state is None:
        return None
    if inner(row, "dismissed") is True:
        state = "dismissed"
    bot = by.lower() in _BOTS or by.endswith("[bot]")
    at = moment(inner(row, "submitted_at"))
    return Review(
        by, state, oid(row, "commit_id"), at, bot, number, word(row, "user", "full_name", limit=100)
    )


def _with_committers(wire: Wire, pulls: list[Pull]) -> Iterator[Pull]:
    asked = {pull.number for pull in in_question(pulls)}
    for pull in pulls:
        if pull.number in asked:
            found = wire.rows(f"/pulls/{pull.number}/commits", Committer, _committer, pages=4, size=SIZE)
            pull = replace(pull, committers=named(found))
        yield pull


def _committer(row: dict[str, Any]) -> Committer:
    author = ("commit", "author")
    return Committer(word(row, "author", "login"), word(row, *author, "name"), word(row, *author, "email"))


def _runs(wire: Wire, ask: Ask) -> Iterator[Run]:
    for head in ask.heads[:MAX_HEADS]:

        def pick(row: dict[str, Any], head: str = head) -> Run | None:
            return _run(row, head)

        path = f"/commits/{segment(head)}/statuses"
        try:
            yield from wire.rows(path, Run, pick, pages=4, size=SIZE, query={"sort": "recentupdate"})
        except ForgeError as problem:
            if problem.trouble is not Trouble.NOT_FOUND:
                raise


def _run(row: dict[str, Any], head: str) -> Run | None:
    name = word(row, "context")
    if name.lower().startswith(OWN_STATUS):
        return None
    done = _STATUSES.get(word(row, "status") or word(row, "state"), "")
    at = moment(inner(row, "updated_at")) or moment(inner(row, "created_at"))
    return Run(name, head, "completed" if done else "running", done, link(row, "target_url"), at)


def _releases(wire: Wire, ask: Ask) -> list[Release]:
    if not ask.tag:
        return []
    try:
        found = wire.one(f"/releases/tags/{segment(ask.tag)}", Release, release)
        return [found] if found and found.tag == ask.tag else []
    except ForgeError as problem:
        if problem.trouble is not Trouble.NOT_FOUND:
            raise
    return [one for one in wire.rows("/releases", Release, release, size=SIZE) if one.tag == ask.tag]
