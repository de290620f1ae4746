"""The same state as GitHub, GitLab and Gitea tell it: `answer` gives JSON for a path below the repository, or None."""

import re
from typing import Any
from urllib.parse import unquote

from hotfixes.forges.moments import written
from tests.hotfixes.forges.as_gitlab import GitLab
from tests.hotfixes.forges.state import PAGE, Pull, Query, Review, State, comment


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


DIALECTS = {one.kind: one for one in (GitHub, GitLab, Gitea)}
