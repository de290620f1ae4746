"""The same state as GitLab tells it."""

import re
from typing import Any
from urllib.parse import unquote

from hotfixes.forges.moments import written
from tests.hotfixes.forges.state import PAGE, Pull, Query, Review, State, comment


class GitLab:
    kind, prefix, list_size = "gitlab", "/api/v4/projects/team%2Fkrow", "per_page"
    user = "/api/v4/user"

    def answer(self, state: State, path: str, query: Query) -> Any:
        if path == "/merge_requests":
            return [self.pull(one) for one in reversed(state.pulls) if one.branch == query["source_branch"]]
        if found := re.fullmatch(r"/merge_requests/(\d+)/(\w+)", path):
            return self.about(state, state.pulls[int(found[1]) - 1], found[2])
        if found := re.fullmatch(r"/merge_requests/(\d+)/notes/(\d+)", path):
            ours = [one for one in state.comments if one["id"] == int(found[2])]
            return comment(ours[0], "author", "username") if ours else None
        if path == "/pipelines":
            return [self.pipeline(one) for one in reversed(state.runs) if one["head"] == query["sha"]]
        if found := re.fullmatch(r"/repository/commits/(\w+)/statuses", path):
            return [self.status(one) for one in state.statuses if one["head"] == found[1]]
        if path.startswith("/releases/"):
            tag = unquote(path.removeprefix("/releases/"))
            return next((self.release(one) for one in state.releases if one["tag"] == tag), None)
        if path == "/deployments":
            return [self.deployment(one) for one in reversed(state.deployments)]
        return None

    def pull(self, pull: Pull) -> dict[str, Any]:
        return {
            "iid": pull.number,
            "web_url": f"{PAGE}/-/merge_requests/{pull.number}",
            "title": pull.title,
            "description": pull.body,
            "labels": pull.labels,
            "draft": pull.draft,
            "state": {"open": "opened"}.get(pull.state, pull.state),
            "sha": pull.head,
            "source_branch": pull.branch,
            "target_branch": pull.base,
            "author": {"username": pull.author, "name": pull.author.title()},
            "created_at": written(pull.at),
            "merged_at": written(pull.merged_at) if pull.merged_at else None,
            "reviewers": [{"username": name} for name in pull.asked],
            "source_project_id": 9 if pull.fork else 1,
            "target_project_id": 1,
        }

    def about(self, state: State, pull: Pull, what: str) -> Any:
        reviews = state.of(pull)
        if what == "approvals":
            return {"approved": True, "approved_by": self.approved(reviews)}
        if what == "versions":
            return [{"head_commit_sha": head, "created_at": written(at)} for head, at in reversed(pull.heads)]
        if what == "commits":
            return [{"author_name": name, "author_email": email} for _login, name, email in pull.commits]
        people = [comment(one, "author", "username") for one in state.comments if one["pull"] == pull.number]
        return [note for one in reviews for note in self.notes(one)] + people

    def approved(self, reviews: list[Review]) -> list[dict[str, Any]]:
        last = {one.by: one for one in reviews if one.state != "commented"}
        good = [one for one in last.values() if one.state == "approved" and not one.dismissed_at]
        return [{"user": {"username": one.by, "name": one.name}} for one in good]

    def notes(self, one: Review) -> list[dict[str, Any]]:
        words = {"approved": "approved this merge request", "changes_requested": "requested changes"}
        author = {"username": one.by, "name": one.name}
        found = [
            {
                "system": True,
                "body": words.get(one.state, "looked"),
                "author": author,
                "created_at": written(one.at),
            }
        ]
        if one.dismissed_at:
            at = written(one.dismissed_at)
            found.append(
                {"system": True, "body": "unapproved this merge request", "author": author, "created_at": at}
            )
        return found

    def pipeline(self, one: dict[str, Any]) -> dict[str, Any]:
        status = {"failure": "failed", "cancelled": "canceled"}.get(one["said"], one["said"])
        status = status if one["state"] == "completed" else one["state"]
        return {
            "name": one["name"],
            "sha": one["head"],
            "status": status,
            "source": "push",
            "updated_at": one["at"],
        }

    def status(self, one: dict[str, Any]) -> dict[str, Any]:
        return {"name": one["name"], "status": one["said"], "target_url": "", "created_at": one["at"]}

    def release(self, one: dict[str, Any]) -> dict[str, Any]:
        return {
            "tag_name": one["tag"],
            "name": "R",
            "released_at": one["at"],
            "upcoming_release": one["draft"],
        }

    def deployment(self, one: dict[str, Any]) -> dict[str, Any]:
        last = one["said"][-1]
        status = {"failure": "failed", "in_progress": "running"}.get(last["state"], last["state"])
        place = {"name": one["place"], "external_url": "https://app.example.test"}
        return {
            "id": one["id"],
            "sha": one["sha"],
            "ref": one["ref"],
            "status": status,
            "environment": place,
            "updated_at": last["at"],
        }
