"""Editing a process during a running incident changes nothing in it; a new incident goes by the new version."""

import html
import json
import re
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from accounts.models import Scope, User
from incidents.lifecycle.declare import declare
from incidents.models import Incident
from products.models import Process, Product
from products.token_products import make_narrow_token
from tests.factories import join, make_product, make_user

pytestmark = pytest.mark.django_db
NEW = "Zebra"
# What people see of the process on an incident: in the document before, in the document after.
EDITS = [
    ("label: CRITICAL\n", f"label: {NEW} CRITICAL\n"),
    ("response: {within: 1 h}", "response: {within: 9 h}"),
    ("label: Respond\n", f"label: {NEW} respond\n"),
    ("    target: {within: 15 min}\n", "    target: {within: 7 h}\n"),
    ("title: Create the hotfix branch", f"title: {NEW} branch"),
    ("git checkout -b {branch} {base_tag}", f"git {NEW.lower()} {{branch}} {{base_tag}}"),
    ("title: Severity assessed and written down", f"title: {NEW} assessed"),
    ("label: Release Engineer\n    executes", f"label: {NEW} Engineer\n    executes"),
    ("Carries out what was decided", f"{NEW} carries"),
    ("title: Production hotfix deployed", f"title: {NEW} deployed"),
    ("🚨 PRODUCTION HOTFIX DEPLOYED", f"🚨 {NEW} DEPLOYED"),
    ("  - at: 15 min", "  - at: 17 min"),
    ("{label: Fix in place", f"{{label: {NEW} in place"),
    ("title: Halt the rollout in the stores", f"title: {NEW} the stores"),
    ("Stop the staged rollout in the store console.", f"{NEW} console."),
    ("text: What was the root cause?", f"text: {NEW} cause?"),
]
PANELS = ("", "steps", "checklist", "clocks", "messages", "ruler")
# What ticks while nothing happens.
MOVES = {"elapsed_s", "remaining_s", "sum", "now", "now_s", "total", "overrun_s", "delta_s"}


def edited(text: str) -> str:
    for old, new in EDITS:
        assert old in text, old
        text = text.replace(old, new)
    return text


def still(value: Any) -> Any:
    """JSON without what ticks: durations are left out, figures in sentences are all 0."""
    if isinstance(value, dict):
        return {key: still(each) for key, each in value.items() if key not in MOVES}
    if isinstance(value, list):
        return [still(each) for each in value]
    return re.sub(r"\d+", "0", value) if isinstance(value, str) and " " in value else value


def differing(one: Any, other: Any, path: str = "") -> list[str]:
    """The places at which two of them differ."""
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        return [where for key in one for where in differing(one[key], other[key], f"{path}.{key}")]
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        pairs = enumerate(zip(one, other, strict=True))
        return [where for place, (a, b) in pairs for where in differing(a, b, f"{path}[{place}]")]
    return [] if one == other else [f"{path}: {str(one)[:80]} != {str(other)[:80]}"]


def seen_on(client: Client, address: str) -> list[str]:
    """The words of a page, its figures left out: they tick."""
    page = client.get(address)
    assert page.status_code == 200
    main = page.text.split("<main")[1].split("</main>")[0]
    words = html.unescape(re.sub(r"<[^>]+>", "\n", re.sub(r"<svg.*?</svg>", "", main, flags=re.S)))
    return [re.sub(r"\d+", "0", line.strip()) for line in words.split("\n") if line.strip()]


class Desk:
    """One incident as a person and a script see it."""

    def __init__(self, user: User, ref: str) -> None:
        token = make_narrow_token(user, by=None, name="desk", scopes=Scope.values)[1]
        self.headers = {"Authorization": f"Bearer {token}"}
        self.client, self.ref = Client(), ref
        self.client.force_login(user)

    def read(self, path: str) -> Any:
        answer = Client().get(f"/api/v1/incidents/{self.ref}{path and f'/{path}'}", headers=self.headers)
        assert answer.status_code == 200, answer.content
        return still(answer.json())

    def everything(self) -> dict[str, Any]:
        pages = (f"/incidents/{self.ref}/", f"/decisions/{self.ref}/")
        return {
            **{f"api:{panel}": self.read(panel) for panel in PANELS},
            **{f"page:{address}": seen_on(self.client, address) for address in pages},
        }


def by_page(text: str, writer: User, publisher: User) -> None:
    for user, path, sent in (
        (writer, "start/", {}),
        (writer, "", {"text": text}),
        (publisher, "publish/", {}),
    ):
        client = Client()
        client.force_login(user)
        page = "" if path == "start/" else client.get(f"/processes/krow/draft/{path}").text
        seen = re.findall(r'name="seen" value="(\w+)"', page)
        told = client.post(f"/processes/krow/draft/{path}", {**sent, **({"seen": seen[0]} if seen else {})})
        assert told.status_code == 302, told.text


def by_script(text: str, writer: User, publisher: User) -> None:
    def call(user: User, method: str, path: str, body: str = "") -> Any:
        token = make_narrow_token(user, by=None, name="x", scopes=Scope.values)[1]
        answer = Client().generic(
            method, f"/api/v1/processes/krow/draft{path}", body, content_type="application/yaml",
            headers={"Authorization": f"Bearer {token}"},
        )  # fmt: skip
        assert answer.status_code in {200, 201}, answer.content
        return json.loads(answer.content)

    seen = call(writer, "POST", "", text)["sha256"]
    assert call(publisher, "POST", f"/publish?seen={seen}")["version"] == 2


@pytest.fixture
def mia(db: None) -> User:
    cache.clear()
    mia = make_user("mia@example.test")
    join(mia, make_product(version="0.1.0").team, "manager")
    return mia


@pytest.fixture
def admin(db: None) -> User:
    return make_user("ada@example.test", is_administrator=True)


def test_a_running_incident_keeps_its_process_and_a_new_one_has_the_new(mia: User, admin: User) -> None:
    """Clocks, steps, checklist, roles, messages, ruler and ways back, on the page and through the API."""
    running = _declared(Product.objects.get(), mia, "Sign-in fails")
    desk = Desk(mia, running.ref)
    before = desk.everything()
    assert differing(desk.everything(), before) == []  # nothing but time moves by itself

    by_page(edited(_text()), mia, admin)
    assert Process.objects.get(key="krow").current.number == 2  # type: ignore[union-attr]
    after = desk.everything()
    assert differing(after, before) == []
    assert NEW not in json.dumps(after)

    new = Desk(mia, _declared(Product.objects.get(), mia, "Payments fail").ref)
    shown = new.everything()
    assert shown["api:"]["process"] == {"key": "krow", "version": 2}
    for name, part in shown.items():
        assert NEW in json.dumps(part) or name in {"api:"}, name
    assert {clock["key"]: clock["target_s"] for clock in shown["api:clocks"]["items"]}["response"] == 9 * 3600
    running.refresh_from_db()
    assert running.process_version.number == 1


def test_published_by_a_script_it_is_the_same_version_and_a_running_incident_keeps_its_own(
    mia: User, admin: User
) -> None:
    running = _declared(Product.objects.get(), mia, "Sign-in fails")
    was = running.process_version
    by_script(edited(_text()), mia, admin)
    now = Process.objects.get(key="krow").current
    assert now
    assert (now.number, now.text) == (2, edited(was.text))
    running.refresh_from_db()
    assert running.process_version == was
    assert _declared(Product.objects.get(), mia, "Payments fail").process_version == now


def _text() -> str:
    current = Process.objects.get(key="krow").current
    assert current is not None
    return current.text


def _declared(product: Product, by: User, title: str) -> Incident:
    severity = product.severities().get(key="CRITICAL")
    return declare(product, by=by, title=title, severity=severity)
