"""Which deliveries are believed: by the connection's kind, over the raw bytes, whatever else the headers claim."""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from hotfixes.forges.signatures import MAX_BODY, Delivered, Refused, verified

NOW = datetime(2026, 5, 28, 21, 0, tzinfo=UTC)
BODY = b'{"ref": "refs/heads/main"}'
SECRET, NEWER = "first-secret-of-the-connection", "second-secret-of-the-connection"
SIGNING = "whsec_" + base64.b64encode(b"k" * 32).decode()


def digest(body: bytes = BODY, secret: str = SECRET) -> str:
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def standard(
    body: bytes = BODY, *, key: bytes = b"k" * 32, at: datetime = NOW, id: str = "msg-1"
) -> dict[str, str]:
    stamp = str(int(at.timestamp()))
    code = base64.b64encode(hmac.new(key, f"{id}.{stamp}.".encode() + body, hashlib.sha256).digest()).decode()
    return {
        "Webhook-Id": id,
        "Webhook-Timestamp": stamp,
        "Webhook-Signature": f"v1,{code}",
        "X-Gitlab-Event": "Push Hook",
    }


def github(signature: str, **more: str) -> dict[str, str]:
    return {
        "X-Hub-Signature-256": signature,
        "X-GitHub-Event": "push",
        "X-GitHub-Delivery": "72d3162e",
        **more,
    }


def as_gitea_sends(body: bytes = BODY) -> dict[str, str]:
    """Gitea adds GitHub's and Gogs' headers to its own."""
    found = {"X-Gitea-Event": "push", "X-Gitea-Delivery": "g-1", "X-Gitea-Signature": digest(body)}
    return {**found, "X-Gogs-Event": "push", **github(f"sha256={digest(body)}")}


def asked(kind: str, headers: Mapping[str, str], body: bytes = BODY, *secrets: str) -> Delivered:
    return verified(kind, headers, body, secrets or (SECRET,), NOW)


def reason(kind: str, headers: Mapping[str, str], body: bytes = BODY, *secrets: str) -> str:
    with pytest.raises(Refused) as raised:
        asked(kind, headers, body, *secrets)
    assert raised.value.sentence
    return raised.value.reason


def test_github() -> None:
    assert asked("github", github(f"sha256={digest()}")) == Delivered("72d3162e", "push")


def test_gitea() -> None:
    assert asked("gitea", as_gitea_sends()) == Delivered("g-1", "push")


def test_forgejo_has_its_own_headers() -> None:
    own = {"X-Forgejo-Signature": digest(), "X-Forgejo-Event": "create", "X-Forgejo-Delivery": "f-1"}
    assert asked("gitea", {**as_gitea_sends(), **own}) == Delivered("f-1", "create")


def test_forgejos_signature_alone_decides_when_it_is_there() -> None:
    assert reason("gitea", {**as_gitea_sends(), "X-Forgejo-Signature": digest(b"other")}) == "wrong_signature"
    assert reason("gitea", {**as_gitea_sends(), "X-Forgejo-Signature": ""}) == "malformed_signature"


def test_gitlab_signed() -> None:
    assert asked("gitlab", standard(), BODY, SIGNING) == Delivered("msg-1", "Push Hook")


def test_gitlab_by_plain_token() -> None:
    headers = {"X-Gitlab-Token": SECRET, "X-Gitlab-Event": "Tag Push Hook", "X-Gitlab-Event-UUID": "u-1"}
    assert asked("gitlab", headers) == Delivered("u-1", "Tag Push Hook")
    assert asked("gitlab", {**headers, "Idempotency-Key": "i-1"}).id == "i-1"


def test_a_signing_token_never_comes_plain() -> None:
    assert reason("gitlab", {"X-Gitlab-Token": SIGNING}, BODY, SIGNING) == "no_signature"


def test_a_signature_that_is_wrong_is_not_made_good_by_a_token() -> None:
    headers = {**standard(b"other"), "X-Gitlab-Token": SECRET}
    assert reason("gitlab", headers, BODY, SIGNING, SECRET) == "wrong_signature"


def test_one_of_several_signatures_is_enough() -> None:
    headers = standard()
    headers["Webhook-Signature"] = f"v1,AAAA v1a,xx {headers['Webhook-Signature']}"
    assert asked("gitlab", headers, BODY, SIGNING).id == "msg-1"


@pytest.mark.parametrize("minutes", [-6, 6, -60 * 24 * 365, 60 * 24 * 365])
def test_a_signature_of_another_time_is_refused(minutes: int) -> None:
    assert reason("gitlab", standard(at=NOW + timedelta(minutes=minutes)), BODY, SIGNING) == "wrong_time"


def test_a_changed_time_is_a_changed_signature() -> None:
    headers = {**standard(at=NOW - timedelta(hours=2)), "Webhook-Timestamp": str(int(NOW.timestamp()))}
    assert reason("gitlab", headers, BODY, SIGNING) == "wrong_signature"


def test_gitea_posing_as_github_is_refused() -> None:
    assert reason("github", as_gitea_sends()) == "wrong_forge"


def test_github_is_no_gitea() -> None:
    assert reason("gitea", github(f"sha256={digest()}")) == "no_signature"
    assert reason("gitlab", github(f"sha256={digest()}")) == "no_signature"
    assert reason("none", github(f"sha256={digest()}")) == "wrong_forge"


def test_two_secrets_are_valid_during_rotation() -> None:
    for secret in (SECRET, NEWER):
        assert asked("github", github(f"sha256={digest(secret=secret)}"), BODY, NEWER, SECRET).event == "push"
    assert (
        reason("github", github(f"sha256={digest(secret='third')}"), BODY, NEWER, SECRET) == "wrong_signature"
    )


def test_an_empty_secret_opens_nothing() -> None:
    forged = hmac.new(b"", BODY, hashlib.sha256).hexdigest()
    assert reason("github", github(f"sha256={forged}"), BODY, "") == "no_secret"
    assert reason("gitlab", {"X-Gitlab-Token": ""}, BODY, "", SECRET) == "no_signature"


@pytest.mark.parametrize(
    "signature",
    [
        "sha256=",
        "sha256=zz",
        f"sha256={'é' * 64}",
        f"sha1={'a' * 64}",
        "a" * 64,
        f"sha256={'a' * 63}",
        "=",
        "\udcff",
        "sha256=" + "a" * 9_000,
    ],
)
def test_a_malformed_signature_is_refused_like_any_other(signature: str) -> None:
    assert reason("github", github(signature)) == "malformed_signature"
    assert reason("gitea", {"X-Gitea-Signature": signature.removeprefix("sha256=") or "x"}) in (
        "malformed_signature",
        "wrong_signature",
    )


@pytest.mark.parametrize("signature", ["", "v1", "v1,", "v2,abc", "é", "v1,é", "," * 3_000])
@pytest.mark.parametrize("stamp", ["", "now", "１７", "-5", "9" * 30])
def test_a_malformed_standard_signature(signature: str, stamp: str) -> None:
    headers = {**standard(), "Webhook-Signature": signature, "Webhook-Timestamp": stamp}
    assert reason("gitlab", headers, BODY, SIGNING) == "malformed_signature"


def test_headers_with_other_signs_are_refused_not_fallen_over() -> None:
    assert reason("gitlab", {"X-Gitlab-Token": "sécret-\udcff"}) == "wrong_signature"
    assert asked("gitlab", {"X-Gitlab-Token": "sécret"}, BODY, "sécret").event == ""


def test_a_body_changed_by_one_byte_is_refused() -> None:
    assert reason("github", github(f"sha256={digest()}"), BODY + b" ") == "wrong_signature"


def test_an_empty_body_can_be_signed_as_well() -> None:
    assert asked("github", github(f"sha256={digest(b'')}"), b"").event == "push"


def test_25_megabytes_and_not_a_byte_more() -> None:
    body = b"x" * MAX_BODY
    assert asked("github", github(f"sha256={digest(body)}"), body).event == "push"
    assert reason("github", github(f"sha256={digest(body + b'x')}"), body + b"x") == "too_large"


def test_a_delivery_that_comes_again_has_the_same_id() -> None:
    """A replay, and an id that somebody made up to be long, empty or no text: the body then stands for itself."""
    signed = f"sha256={digest()}"
    assert asked("github", github(signed)) == asked("github", github(signed))
    for odd in ("", " ", "x" * 500, "é", "a\tb"):
        found = asked("github", github(signed, **{"X-GitHub-Delivery": odd}))
        assert found.id == "sha256:" + hashlib.sha256(BODY).hexdigest()


def test_names_of_headers_come_in_any_case() -> None:
    headers = {name.upper(): value for name, value in github(f"sha256={digest().upper()}").items()}
    assert asked("github", headers).event == "push"
