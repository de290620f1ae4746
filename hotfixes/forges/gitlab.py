"""GitLab, API version 4. It does not say which commit an approval was for: the merge request's versions tell which was
the newest when it was given.
"""

import re
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
from hotfixes.forges.moments import moment
from hotfixes.forges.picking import inner, link, oid, word, words
from hotfixes.forges.shapes import (
    MAX_BODY,
    Deployed,
    Kind,
    Part,
    Pull,
    Reading,
    Release,
    Review,
    Run,
    text,
    whole,
)
from hotfixes.forges.trouble import ForgeError, Trouble
from hotfixes.forges.wire import Wire

_BOT: Final = re.compile(
    r"(?:project|group)_\d+_bot\w*|service_account_\w+|.*\[bot\]|.*-bot|ghost\d*", re.IGNORECASE
)
_SAID: Final = {
    "approved this merge request": "approved",
    "unapproved this merge request": "dismissed",
    "requested changes": "changes_requested",
}
_ENDED: Final = {"success": "success", "failed": "failure", "canceled": "cancelled", "skipped": "skipped"}
_WAITING: Final = {"created", "waiting_for_resource", "preparing", "pending", "scheduled", "manual"}
_DEPLOYED: Final = {"success": "succeeded", "failed": "failed", "canceled": "failed"}


def read(wire: Wire, ask: Ask) -> tuple[Reading, Parts]:
    parts = Parts()
    (pulls, reviews), runs, releases, deployments = together(
        lambda: conversation(
            parts,
            lambda: _pulls(wire, ask),
            lambda pulls: _reviews(wire, pulls),
            lambda pulls: _with_committers(wire, pulls),
        ),
        lambda: parts.take(Part.RUNS, lambda: _runs(wire, ask)),
        lambda: parts.take(Part.RELEASES, lambda: _releases(wire, ask)),
        lambda: parts.take(Part.DEPLOYMENTS, lambda: _deployments(wire, ask)),
    )
    reading = Reading(Kind.GITLAB, pulls, reviews, runs, releases, deployments=deployments)
    return reading, parts


def _pulls(wire: Wire, ask: Ask) -> list[Pull]:
    if not ask.branch:
        return []
    found = wire.rows(
        "/merge_requests", Pull, _pull, pages=3, query={"source_branch": ask.branch, "state": "all"}
    )
    return [pull for pull in found if pull.head_name == ask.branch]


def _pull(row: dict[str, Any]) -> Pull:
    state = word(row, "state")
    return Pull(
        number=whole(inner(row, "iid")),
        url=link(row, "web_url"),
        title=word(row, "title"),
        body=word(row, "description", limit=MAX_BODY),
        labels=words(row, "labels", "name"),
        draft=inner(row, "draft") is True or inner(row, "work_in_progress") is True,
        state=state if state in ("merged", "closed") else "open",
        head=oid(row, "sha"),
        head_name=word(row, "source_branch"),
        base_name=word(row, "target_branch"),
        author=word(row, "author", "username"),
        created_at=moment(inner(row, "created_at")),
        merged_at=moment(inner(row, "merged_at")),
        reviewers_asked=words(row, "reviewers", "username"),
        fork=inner(row, "source_project_id") != inner(row, "target_project_id"),
    )


def _reviews(wire: Wire, pulls: Iterable[Pull]) -> Iterator[Review]:
    for pull in in_question(pulls):
        path = f"/merge_requests/{pull.number}"
        approved = wire.rows(f"{path}/approvals", Review, _approved, inside="approved_by")
        versions = wire.rows(f"{path}/versions", Review, _version)
        notes = wire.rows(
            f"{path}/notes", Review, _note, pages=3, query={"sort": "desc", "order_by": "created_at"}
        )
        notes.sort(key=lambda note: (note.at is not None, note.at))
        found = _last_words(approved, notes)
        for review in found:
            yield replace(review, pull=pull.number, commit=_newest(versions, review))


def _approved(row: dict[str, Any]) -> Review | None:
    by = word(row, "user", "username", limit=100)
    at = moment(inner(row, "approved_at"))
    name = word(row, "user", "name", limit=100)
    return Review(by, "approved", "", at, _is_bot(row.get("user"), by), name=name) if by else None


def _version(row: dict[str, Any]) -> Review:
    return Review(commit=oid(row, "head_commit_sha"), at=moment(inner(row, "created_at")))


def _note(row: dict[str, Any]) -> Review | None:
    """GitLab's own lines on the merge request are the only trace of when somebody approved."""
    state = _SAID.get(word(row, "body").strip().lower()) if inner(row, "system") is True else None
    by = word(row, "author", "username", limit=100)
    at = moment(inner(row, "created_at"))
    name = word(row, "author", "name", limit=100)
    return Review(by, state, "", at, _is_bot(row.get("author"), by), name=name) if state and by else None


def _last_words(approved: list[Review], notes: list[Review]) -> Iterator[Review]:
    """Who approves now, since when; and who did and no longer does, or asked for changes."""
    last = {note.by: note for note in notes}
    approves = {review.by for review in approved}
    for review in approved:
        note = last.get(review.by)
        since = note.at if note and note.state == "approved" else None
        yield replace(review, at=review.at or since)
        if note and note.state == "changes_requested":
            yield note
    for by, note in last.items():
        if by not in approves:
            yield replace(note, state="dismissed") if note.state == "approved" else note


def _newest(versions: list[Review], review: Review) -> str:
    """The head that was there when the review was given; "" when that cannot be told."""
    at = review.at
    known = [(one.at, one.commit) for one in versions if at and one.at and one.at <= at]
    return max(known)[1] if known else ""


def _is_bot(row: object, username: str) -> bool:
    return inner(row, "bot") is True or _BOT.fullmatch(username) is not None


def _with_committers(wire: Wire, pulls: list[Pull]) -> Iterator[Pull]:
    asked = {pull.number for pull in in_question(pulls)}
    for pull in pulls:
        if pull.number in asked:
            path = f"/merge_requests/{pull.number}/commits"
            pull = replace(pull, committers=named(wire.rows(path, Committer, _committer, pages=3)))
        yield pull


def _committer(row: dict[str, Any]) -> Committer:
    return Committer("", word(row, "author_name"), word(row, "author_email"))


def _runs(wire: Wire, ask: Ask) -> Iterator[Run]:
    """Pipelines, and what other machines say. Such a word makes a pipeline too (`external`), our own as well."""
    for head in ask.heads[:MAX_HEADS]:
        pipelines = wire.rows("/pipelines", Run, _pipeline, query={"sha": head})
        yield from pipelines
        path = f"/repository/commits/{segment(head)}/statuses"
        try:
            yield from wire.rows(path, Run, _Status(head), pages=2)
        except ForgeError as problem:
            if problem.trouble is not Trouble.NOT_FOUND:
                raise


def _pipeline(row: dict[str, Any]) -> Run | None:
    source = word(row, "source", limit=40)
    if source == "external":
        return None
    name = word(row, "name") or " ".join(
        one for one in ("pipeline", source, word(row, "ref", limit=200)) if one
    )
    at = moment(inner(row, "updated_at")) or moment(inner(row, "created_at"))
    return _run(name, oid(row, "sha"), word(row, "status"), link(row, "web_url"), at)


class _Status:
    """A status of another machine; jobs are in their pipeline already."""

    def __init__(self, head: str) -> None:
        self.head = head

    def __call__(self, row: dict[str, Any]) -> Run | None:
        name, url = word(row, "name"), link(row, "target_url")
        is_job = "/-/jobs/" in url or inner(row, "allow_failure") is True
        if is_job or name.lower().startswith(OWN_STATUS):
            return None
        at = moment(inner(row, "finished_at")) or moment(inner(row, "created_at"))
        return _run(name, self.head, word(row, "status"), url, at)


def _run(name: str, head: str, status: str, url: str, at: Any) -> Run:
    done = _ENDED.get(status, "")
    state = "completed" if done else "queued" if status in _WAITING else "running"
    return Run(name, head, state, done, url, at)


def _releases(wire: Wire, ask: Ask) -> list[Release]:
    if not ask.tag:
        return []
    try:
        found = wire.one(f"/releases/{segment(ask.tag)}", Release, _release)
    except ForgeError as problem:
        if problem.trouble is not Trouble.NOT_FOUND:
            raise
        found = None
    return [found] if found and found.tag == ask.tag else []


def _release(row: dict[str, Any]) -> Release:
    return Release(
        tag=word(row, "tag_name"),
        name=word(row, "name"),
        draft=inner(row, "upcoming_release") is True,
        published_at=moment(inner(row, "released_at")),
        url=link(row, "_links", "self"),
    )


def _deployments(wire: Wire, ask: Ask) -> list[Deployed]:
    """GitLab cannot be asked for those of a commit: the latest hundred are looked through."""
    names = {name for name in (ask.tag, ask.branch, ask.before) if name}

    def pick(row: dict[str, Any]) -> Deployed | None:
        sha, ref = oid(row, "sha"), word(row, "ref")
        return _deployed(row, sha, ref) if sha in ask.heads or ref in names else None

    return wire.rows("/deployments", Deployed, pick, query={"order_by": "updated_at", "sort": "desc"})


def _deployed(row: dict[str, Any], sha: str, ref: str) -> Deployed:
    at = moment(inner(row, "finished_at")) or moment(inner(row, "updated_at"))
    url = link(row, "environment", "external_url")
    state = _DEPLOYED.get(word(row, "status"), "started")
    return Deployed(
        word(row, "environment", "name"), sha, ref, state, at, url, text(str(whole(inner(row, "id"))))
    )
