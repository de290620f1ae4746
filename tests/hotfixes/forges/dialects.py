"""The same state as GitHub, GitLab and Gitea tell it: `answer` gives JSON for a path below the repository, or None."""

import re
from typing import Any
from urllib.parse import unquote

from hotfixes.forges.moments import written
from tests.hotfixes.forges.state import Pull, Review, State

type Query = dict[str, str]
PAGE = "https://forge.example/team/krow"


class GitHub:
    kind, prefix, list_size = "github", "/api/v3/repos/team/krow", "per_page"
    user = "/api/v3/user"

    def answer(self, state: State, path: str, query: Query) -> Any:
        if path == "/pulls":
            owner, _, branch = query["head"].partition(":")
            ours = [one for one in state.pulls if one.branch == branch and owner == "team"]
            return [self.pull(one) for one in reversed(ours)]
        if found := re.fullmatch(r"/pulls/(\d+)/(reviews|commits)", path):
            return self.about(state, state.pulls[int(found[1]) - 1], found[2])
        if found := re.fullmatch(r"/commits/(\w+)/(check-runs|status)", path):
            return self.said(state, found[1], found[2])
        if path == "/releases":
            return [self.release(one) for one in reversed(state.releases)]
        if path.startswith("/releases/tags/"):
            tag = unquote(path.removeprefix("/releases/tags/"))
            return next(
                (self.release(one) for one in state.releases if one["tag"] == tag and not one["draft"]), None
            )
        if path.startswith("/deployments"):
            return self.deployments(state, path, query)
        if path == "/actions/runs":
            return {
                "workflow_runs": [self.run(one) for one in state.runs if one["head"] == query["head_sha"]]
            }
        if path == "/activity" and state.logs_pushes:
            heads = [
                pair
                for one in state.pulls
                if query["ref"] == f"refs/heads/{one.branch}"
                for pair in one.heads
            ]
            return [
                {
                    "ref": query["ref"],
                    "after": head,
                    "timestamp": written(at),
                    "actor": {"login": state.pushed_by, "type": "User"},
                }
                for head, at in reversed(heads)
            ]
        if found := re.fullmatch(r"/issues/(\d+)/comments", path):
            return [comment(one, "user", "login") for one in state.comments if one["pull"] == int(found[1])]
        if found := re.fullmatch(r"/issues/comments/(\d+)", path):
            return next(
                (comment(one, "user", "login") for one in state.comments if one["id"] == int(found[1])), None
            )
        return None

    def pull(self, pull: Pull) -> dict[str, Any]:
        return {
            "number": pull.number,
            "html_url": f"{PAGE}/pull/{pull.number}",
            "title": pull.title,
            "body": pull.body or None,
            "labels": [{"name": name, "color": "d73a4a"} for name in pull.labels],
            "draft": pull.draft,
            "state": "open" if pull.state == "open" else "closed",
            "head": {"sha": pull.head, "ref": pull.branch, "repo": {"id": 9 if pull.fork else 1}},
            "base": {"ref": pull.base, "repo": {"id": 1}},
            "user": {"login": pull.author, "type": "User"},
            "created_at": written(pull.at),
            "merged_at": written(pull.merged_at) if pull.merged_at else None,
            "requested_reviewers": [{"login": name} for name in pull.asked],
            "requested_teams": [],
        }

    def about(self, state: State, pull: Pull, what: str) -> Any:
        if what == "reviews":
            return [self.review(one) for one in state.of(pull)]
        return [
            {
                "author": {"login": login} if login else None,
                "commit": {"author": {"name": name, "email": email}},
            }
            for login, name, email in pull.commits
        ]

    def review(self, one: Review) -> dict[str, Any]:
        said = "DISMISSED" if one.dismissed_at else one.state.upper()
        return {
            "user": {"login": one.by, "type": "Bot" if one.bot else "User"},
            "state": said,
            "commit_id": one.commit,
            "submitted_at": written(one.at),
        }

    def said(self, state: State, head: str, what: str) -> Any:
        if what == "status":
            return {
                "state": "success",
                "statuses": [self.status(one) for one in state.statuses if one["head"] == head],
            }
        runs = [one for one in state.runs if one["head"] == head]
        return {"total_count": len(runs), "check_runs": [self.run(one) for one in runs]}

    def status(self, one: dict[str, Any]) -> dict[str, Any]:
        return {"context": one["name"], "state": one["said"], "target_url": None, "updated_at": one["at"]}

    def run(self, one: dict[str, Any]) -> dict[str, Any]:
        done = one["state"] == "completed"
        said = one["said"] if done else None
        status = {"running": "in_progress"}.get(one["state"], one["state"])
        times = {"started_at": one["at"], "completed_at": one["at"] if done else None}
        return {"name": one["name"], "head_sha": one["head"], "status": status, "conclusion": said, **times}

    def release(self, one: dict[str, Any]) -> dict[str, Any]:
        at = None if one["draft"] else one["at"]
        seen = {"draft": one["draft"], "prerelease": one["prerelease"], "published_at": at}
        return {"tag_name": one["tag"], "name": f"Release {one['tag']}", "html_url": f"{PAGE}/r", **seen}

    def deployments(self, state: State, path: str, query: Query) -> Any:
        if found := re.fullmatch(r"/deployments/(\d+)/statuses", path):
            said = state.deployments[int(found[1]) - 1]["said"]
            return [{"state": one["state"], "created_at": one["at"]} for one in reversed(said)]
        asked = [
            one
            for one in state.deployments
            if all(one[name] == query[name] for name in ("sha", "ref") if name in query)
        ]
        return [
            {
                "id": one["id"],
                "sha": one["sha"],
                "ref": one["ref"],
                "environment": one["place"],
                "created_at": written(state.at),
            }
            for one in asked
        ]


class Gitea(GitHub):
    kind, prefix, list_size = "gitea", "/api/v1/repos/team/krow", "limit"
    user = "/api/v1/user"

    def answer(self, state: State, path: str, query: Query) -> Any:
        if path == "/pulls":
            return [self.pull(one) for one in reversed(state.pulls)]
        if found := re.fullmatch(r"/commits/(\w+)/statuses", path):
            ours = [one for one in state.runs + state.statuses if one["head"] == found[1]]
            return [self.state_of(one) for one in reversed(ours)] or None if ours else []
        if path.startswith("/deployments"):
            return None
        return super().answer(state, path, query)

    def pull(self, pull: Pull) -> dict[str, Any]:
        gone = pull.state != "open"
        ref = f"refs/pull/{pull.number}/head" if gone else pull.branch
        return {
            **super().pull(pull),
            "merged": pull.state == "merged",
            "head": {"sha": pull.head, "ref": ref, "label": pull.branch, "repo_id": 9 if pull.fork else 1},
            "base": {"ref": pull.base, "repo_id": 1},
        }

    def about(self, state: State, pull: Pull, what: str) -> Any:
        if what == "commits":
            return super().about(state, pull, what)
        asked = [{"user": {"login": name}, "state": "REQUEST_REVIEW", "commit_id": ""} for name in pull.asked]
        return [self.review(one) for one in state.of(pull)] + asked

    def review(self, one: Review) -> dict[str, Any]:
        said = {"approved": "APPROVED", "changes_requested": "REQUEST_CHANGES", "commented": "COMMENT"}[
            one.state
        ]
        return {
            "user": {"login": one.by, "full_name": one.name},
            "state": said,
            "commit_id": one.commit,
            "submitted_at": written(one.at),
            "dismissed": one.dismissed_at is not None,
            "stale": False,
            "official": True,
        }

    def state_of(self, one: dict[str, Any]) -> dict[str, Any]:
        said = one["said"] if one.get("state", "completed") == "completed" else "pending"
        return {"context": one["name"], "status": said, "target_url": "", "updated_at": one["at"]}


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


def comment(one: dict[str, Any], whose: str, name: str) -> dict[str, Any]:
    return {"id": one["id"], "body": one["body"], whose: {name: one["by"]}}


DIALECTS = {one.kind: one for one in (GitHub, GitLab, Gitea)}
