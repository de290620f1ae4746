"""`POST /in/forge/{key}`: what is signed by its forge is a hint to look; everything else is refused, nothing is 5xx."""

import hashlib
import hmac
import json
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from accounts.models import Role, User
from foundation import moment
from foundation.secrets import unseal
from hotfixes.hooks import receiving
from hotfixes.models import HookSeen, Mirror
from products.models import Forge, Product, Repository
from products.repositories import connect_repository, disconnect_repository, end_old_secret, replace_secret
from tests.factories import join, make_product, make_user

pytestmark = pytest.mark.django_db
PUSH = json.dumps({"ref": "refs/heads/main", "after": "a" * 40}).encode()


@pytest.fixture(autouse=True)
def _nothing_counted(db: None) -> None:
    cache.clear()


@pytest.fixture
def mia(product: Product) -> User:
    user = make_user("mia@example.test")
    join(user, product.team, Role.MANAGER)
    return user


@pytest.fixture
def row(product: Product, mia: User) -> Repository:
    made = connect_repository(product, by=mia, url="https://github.com/you/product")
    quiet()
    return made


@pytest.fixture
def secret(row: Repository, mia: User) -> str:
    return replace_secret(row, by=mia)


def quiet() -> None:
    """Nobody is asked to look for a long time."""
    Mirror.objects.update(due_at=moment.now() + receiving.KEPT_FOR, lease_token=None, asked_at=None)


def asked() -> bool:
    return Mirror.objects.filter(due_at__lte=moment.now()).exists()


def address(row: Repository) -> str:
    row.refresh_from_db()
    return f"/in/forge/{unseal(row.hook_key)}"


def signed(secret: str, body: bytes) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def send(row: Repository, secret: str, body: bytes = PUSH, delivery: str = "d-1", **more: Any) -> Any:
    headers = {
        "X-Hub-Signature-256": signed(secret, body),
        "X-GitHub-Event": "push",
        "X-GitHub-Delivery": delivery,
        **more.pop("headers", {}),
    }
    kind = more.pop("content_type", "application/json")
    path = more.pop("path", "") or address(row)
    return Client(enforce_csrf_checks=True).post(path, body, content_type=kind, headers=headers)


def test_a_signed_delivery_asks_for_a_look_and_no_more(row: Repository, secret: str) -> None:
    answer = send(row, secret)
    assert (answer.status_code, answer.json()) == (202, {"received": True, "again": False})
    assert asked()
    seen = HookSeen.objects.get()
    assert (seen.delivery, seen.event, bytes(seen.body)) == ("d-1", "push", PUSH)
    hook = Mirror.objects.get().hook
    assert (hook["event"], hook["old"]) == ("push", False)


def test_a_repeat_changes_nothing(row: Repository, secret: str) -> None:
    send(row, secret)
    quiet()
    answer = send(row, secret)
    assert (answer.status_code, answer.json()["again"], asked()) == (200, True, False)
    assert HookSeen.objects.count() == 1


def test_a_ping_and_a_form_are_taken(row: Repository, secret: str) -> None:
    ping = json.dumps({"zen": "Keep it simple", "hook_id": 1}).encode()
    assert send(row, secret, ping, "d-2", headers={"X-GitHub-Event": "ping"}).status_code == 202
    form = urlencode({"payload": PUSH.decode()}).encode()
    kind = "application/x-www-form-urlencoded"
    assert send(row, secret, form, "d-3", content_type=kind).status_code == 202
    assert send(row, secret, PUSH, "d-4", content_type="text/plain").status_code == 202


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"not json", {}, 400),
        (b"[1]", {}, 400),
        (b"\xff\xfe", {}, 400),
        (b"[" * 100_000, {}, 400),
        (b"payload=%%%", {}, 400),
        (b"", {}, 400),
        (PUSH, {"X-Hub-Signature-256": "sha256=" + "0" * 64}, 403),
        (PUSH, {"X-Hub-Signature-256": "sha256=zz"}, 401),
        (PUSH, {"X-Hub-Signature-256": ""}, 403),
    ],
)
def test_what_is_wrong_is_refused_and_asks_for_nothing(
    body: bytes, headers: dict[str, str], status: int, row: Repository, secret: str
) -> None:
    answer = send(row, secret, body, headers=headers)
    assert answer.status_code == status
    assert answer["Content-Type"].startswith("application/problem+json")
    assert (asked(), HookSeen.objects.count()) == (False, 0)


def test_another_forge_cannot_pose_as_this_one(row: Repository, secret: str) -> None:
    """Gitea sends GitHub's headers too; the connection says which forge it is."""
    digest = hmac.new(secret.encode(), PUSH, hashlib.sha256).hexdigest()
    answer = send(row, secret, headers={"X-Gitea-Signature": digest, "X-Gitea-Event": "push"})
    assert answer.status_code == 403


def test_the_wrong_secret_is_told_on_the_page(row: Repository, secret: str, mia: User) -> None:
    assert send(row, "another-secret-of-16").status_code == 403
    client = Client()
    client.force_login(mia)
    page = client.get("/products/staff-mobile/repository/").text
    assert "Last delivery refused" in page
    assert "is the secret the same on both sides?" in page
    send(row, secret)
    assert "Last delivery refused" not in client.get("/products/staff-mobile/repository/").text


def test_two_secrets_are_valid_during_rotation(row: Repository, secret: str, mia: User) -> None:
    new = replace_secret(row, by=mia)
    assert send(row, secret, delivery="d-old").status_code == 202
    assert Mirror.objects.get().hook["old"] is True
    assert send(row, new, delivery="d-new").status_code == 202
    end_old_secret(row, by=mia)
    assert send(row, secret, delivery="d-late").status_code == 403


def test_without_a_secret_nothing_is_believed(row: Repository) -> None:
    assert send(row, "").status_code == 403


def test_gitlab_with_its_plain_token(row: Repository, secret: str, product: Product, mia: User) -> None:
    connect_repository(product, by=mia, url=row.url, forge="gitlab")
    quiet()
    headers = {"X-Gitlab-Token": secret, "X-Gitlab-Event": "Push Hook", "X-Gitlab-Event-UUID": "u-1"}
    body = json.dumps({"object_kind": "push", "ref": "refs/heads/main"}).encode()
    assert send(row, "x", body, headers=headers).status_code == 202
    assert send(row, "x", body, headers={**headers, "X-Gitlab-Token": "y"}).status_code == 403


def test_ten_thousand_hints_are_one(row: Repository, secret: str) -> None:
    """While a look is under way, or asked for, the row stays as it is."""
    for number in range(5):
        send(row, secret, delivery=f"d-{number}")
    due = Mirror.objects.get().due_at
    for number in range(5, 10):
        assert send(row, secret, delivery=f"d-{number}").status_code == 202
    assert (Mirror.objects.get().due_at, Mirror.objects.get().asked_at) == (due, None)


def test_a_flood_is_not_written_down(row: Repository, secret: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receiving, "KEPT_A_MINUTE", 3)
    answers = [send(row, secret, delivery=f"d-{number}").status_code for number in range(6)]
    assert (set(answers), HookSeen.objects.count()) == ({202}, 3)


@pytest.mark.parametrize("key", ["x", "A" * 43, "%00", "%F0%9F%98%80", "é" * 50, "A" * 5000, ".."])
def test_an_unknown_key_is_not_there_whatever_it_looks_like(key: str, row: Repository, secret: str) -> None:
    assert send(row, secret, path=f"/in/forge/{key}").status_code == 404


def test_a_key_ends_with_its_connection(row: Repository, secret: str, product: Product, mia: User) -> None:
    path = address(row)
    Product.objects.update(archived_at=moment.now())
    assert send(row, secret, path=path).status_code == 404
    Product.objects.update(archived_at=None)
    assert send(row, secret, path=path).status_code == 202
    disconnect_repository(product, by=mia)
    assert send(row, secret, path=path).status_code == 404


def test_who_guesses_on_is_told_to_wait_and_who_is_right_never(
    row: Repository, secret: str, settings: Settings
) -> None:
    settings.NIGHTDESK_REFUSED_A_MINUTE = 3
    answers = [send(row, "wrong", delivery=f"w-{n}").status_code for n in range(5)]
    assert answers == [403, 403, 403, 429, 429]
    assert send(row, secret).status_code == 202


def test_other_methods_and_sizes(row: Repository, secret: str) -> None:
    assert Client().get(address(row)).status_code == 405
    assert send(row, secret, b" " * 25_000_001).status_code == 413
    large = json.dumps({"ref": "refs/heads/main", "more": "x" * 200_000}).encode()
    assert send(row, secret, large, "d-large").status_code == 202
    assert bytes(HookSeen.objects.get(delivery="d-large").body) == b""


def test_deliveries_are_forgotten_after_ninety_days(row: Repository, secret: str) -> None:
    send(row, secret, delivery="d-1")
    send(row, secret, delivery="d-2")
    HookSeen.objects.filter(delivery="d-1").update(received_at=moment.now() - receiving.KEPT_FOR)
    assert (receiving.forget_old(), HookSeen.objects.get().delivery) == (1, "d-2")


def test_two_products_of_a_repository_have_one_door(
    row: Repository, secret: str, product: Product, mia: User
) -> None:
    other = make_product(product.team, name="Kitchen")
    connect_repository(other, by=mia, url=row.url)
    disconnect_repository(product, by=mia)
    assert send(row, secret).status_code == 202


def test_plain_git_needs_no_signature_because_its_address_is_the_secret(row: Repository) -> None:
    Repository.objects.filter(pk=row.pk).update(forge=Forge.NONE)
    for body in (b"", b"", b"not json", b'{"ref": "refs/heads/main"}'):
        quiet()
        assert Client().generic("POST", address(row), body).status_code == 202
        assert asked()
    assert HookSeen.objects.count() == 0


def test_a_plain_token_is_believed_until_it_is_ended_when_signing_begins(
    row: Repository, secret: str, product: Product, mia: User
) -> None:
    Repository.objects.filter(pk=row.pk).update(forge=Forge.GITLAB)
    row.refresh_from_db()
    plain = {"X-Gitlab-Event": "Push Hook", "X-Gitlab-Token": secret, "X-Gitlab-Event-UUID": "u-1"}
    replace_secret(row, by=mia, secret="whsec_" + "c2VjcmV0LXNlY3JldC1zZWNyZXQ=")
    assert send(row, secret, b"{}", headers=plain).status_code == 202
    end_old_secret(row, by=mia)
    late = {**plain, "X-Gitlab-Event-UUID": "u-2"}
    assert send(row, secret, b"{}", headers=late).status_code == 403
