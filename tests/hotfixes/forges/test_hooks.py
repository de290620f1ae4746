"""What a delivery hints at, and that nothing in it can be more than a hint."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest

from hotfixes.forges.hooks import MAX_READ, Hint, Malformed, hint


def told(kind: str, event: str, **data: Any) -> tuple[tuple[str, ...], tuple[int, ...]]:
    found = hint(kind, event, json.dumps(data).encode())
    assert found.what == event
    return found.refs, found.pulls


def test_pushes_name_their_ref() -> None:
    for kind in ("github", "gitlab", "gitea"):
        assert told(kind, "push", ref="refs/tags/krow/prod-v0.1.1", before="0", after="1") == (
            ("refs/tags/krow/prod-v0.1.1",),
            (),
        )


def test_a_created_tag_or_branch() -> None:
    assert told("github", "create", ref="v1", ref_type="tag") == (("refs/tags/v1",), ())
    assert told("gitea", "delete", ref="hotfix/a", ref_type="branch") == (("refs/heads/hotfix/a",), ())


def test_a_pull() -> None:
    data = {"number": 12, "pull_request": {"number": 12, "head": {"ref": "hotfix/a"}}}
    assert told("github", "pull_request_review", **data) == (("refs/heads/hotfix/a",), (12,))
    assert told("gitea", "pull_request_approved", **data) == (("refs/heads/hotfix/a",), (12,))
    data = {"object_kind": "merge_request", "object_attributes": {"iid": 12, "source_branch": "hotfix/a"}}
    assert told("gitlab", "Merge Request Hook", **data) == (("refs/heads/hotfix/a",), (12,))


def test_ci_release_and_deployment() -> None:
    assert told("github", "workflow_run", workflow_run={"head_branch": "hotfix/a"}) == (
        ("refs/heads/hotfix/a",),
        (),
    )
    assert told("github", "status", branches=[{"name": "main"}, {"name": "hotfix/a"}]) == (
        ("refs/heads/main", "refs/heads/hotfix/a"),
        (),
    )
    assert told("gitea", "release", release={"tag_name": "v1"}) == (("refs/tags/v1",), ())
    assert told("github", "deployment_status", deployment={"ref": "v1"}) == (
        ("refs/heads/v1", "refs/tags/v1"),
        (),
    )
    assert told("gitlab", "Release Hook", object_kind="release", tag="v1") == (("refs/tags/v1",), ())
    assert told(
        "gitlab", "Pipeline Hook", object_kind="pipeline", object_attributes={"ref": "v1", "tag": True}
    ) == (
        ("refs/tags/v1",),
        (),
    )


def test_an_event_that_nobody_knows_hints_at_everything() -> None:
    assert hint("github", "quantum_entangled", b"{}") == Hint((), (), "quantum_entangled")


def test_a_form_is_read_as_well() -> None:
    body = urlencode({"payload": json.dumps({"ref": "refs/heads/main"})}).encode()
    assert hint("github", "push", body).refs == ("refs/heads/main",)


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b"\xff", b"[" * 200_000, b"payload=%ff", b"payload=", b"<x/>"]
)
@pytest.mark.parametrize("kind", ["github", "gitlab", "gitea"])
def test_what_is_no_object_is_refused_kindly(kind: str, body: bytes) -> None:
    with pytest.raises(Malformed) as raised:
        hint(kind, "push", body)
    assert str(raised.value).startswith("The delivery")


@pytest.mark.parametrize(
    "data",
    [
        {"ref": 5},
        {"ref": ["refs/heads/a"]},
        {"ref": "refs/heads/a\nb"},
        {"ref": "refs/heads/" + "a" * 9_000},
        {"ref": "refs/replace/abc"},
        {"ref": "HEAD", "ref_type": "planet"},
        {
            "pull_request": [],
            "release": 3,
            "deployment": None,
            "object_attributes": "x",
            "branches": {"name": 1},
        },
        {"number": -1, "issue": {"number": True}, "merge_request": {"iid": 10**30}},
    ],
)
@pytest.mark.parametrize("kind", ["github", "gitea"])
def test_odd_values_hint_at_nothing(kind: str, data: dict[str, Any]) -> None:
    assert told(kind, "push", **data) == ((), ())


def test_a_body_too_large_to_read_still_makes_us_look() -> None:
    assert hint("github", "push", b" " * (MAX_READ + 1)) == Hint((), (), "push")
