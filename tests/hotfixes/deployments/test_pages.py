"""A product's deployments as pages: what runs where, the list with search, a person's own report (A24, A44, K56)."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import Role, User
from foundation import moment
from hotfixes.checks import CHECKS
from hotfixes.judging import judge_due
from hotfixes.models import CheckResult
from hotfixes.reported.deployments import report_deployment
from products.models import Deployment, Product
from products.vocabulary import Verdict
from tests.factories import join, make_user
from tests.hotfixes.starting import begun

pytestmark = pytest.mark.usefixtures("crew")


@pytest.fixture
def page(ada: User) -> Client:
    client = Client()
    client.force_login(ada)
    return client


def said(product: Product, version: str, status: str = "succeeded", **facts: Any) -> Deployment:
    place = product.environments.filter(kind=facts.pop("kind", "production")).earliest("pk")
    return report_deployment(product, place, version=version, status=status, by=None, **facts)


def text(client: Client, path: str, **asked: str) -> str:
    answer = client.get(path, asked)
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_the_product_says_what_runs_where_since_when_and_who_says_so(product: Product, page: Client) -> None:
    path = f"/products/{product.slug}/"
    assert "Production: not known Nobody has reported a deployment." in text(page, path)
    Product.objects.filter(pk=product.pk).update(version="0.0.9")
    entered = "Production: 0.0.9 As entered on this page. Nobody has reported a deployment."
    assert entered in text(page, path)
    product.environments.create(name="Dev", slug="dev", kind="dev")
    product.environments.create(name="Nodes", slug="nodes", kind="production")
    said(product, "0.1.0", token="deploy", at=moment.now() - timedelta(hours=2))
    said(product, "0.2.0-rc1", kind="dev")
    said(product, "0.1.1", status="started")
    shown = text(page, path)
    assert re.search(r"Production: 0\.1\.0 a script: deploy 0\.1\.1: under way since \d\d:\d\d", shown)
    assert "Dev: 0.2.0-rc1" in shown
    assert "Nodes: not known Nobody has reported a deployment." in shown
    said(product, "abc")
    assert "newer or older than 0.1.0: nobody can tell" in text(page, path)
    said(product, "0.1.1", status="", stage="released", percent=20, at=moment.now() - timedelta(minutes=35))
    listed = text(page, f"{path}deployments/")
    assert (re.findall("under way", listed), len(re.findall(r"began at \d\d:\d\d UTC", listed))) == ([], 1)


def test_the_list_is_searched_filtered_and_paged(product: Product, page: Client) -> None:
    path, now = f"/products/{product.slug}/deployments/", moment.now()
    assert "No deployment yet" in text(page, path)
    place = product.environments.get()
    Deployment.objects.bulk_create(
        Deployment(
            product=product, environment=place, version=f"0.{number}.0", was=f"0.{number - 1}.0" if number else "",
            git_ref=f"v0.{number}.0", status="failed" if number == 3 else "succeeded", source="api",
            at=now - timedelta(minutes=100 - number), recorded_at=now,
        )
        for number in range(40)
    )  # fmt: skip
    first = page.get(path).content.decode()
    assert first.count('<li class="row">') == 30
    (after,) = re.findall(r'href="[^"]*[?&]after=([^"&]+)[^"]*" rel="next"', first)
    assert page.get(path, {"after": after}).content.decode().count('<li class="row">') == 10
    assert page.get(path, {"after": "nonsense"}).status_code == 302
    shown = text(page, path, status="failed")
    assert "0.2.0 → 0.3.0, Production" in shown
    assert page.get(path, {"status": "failed"}).content.decode().count('<li class="row">') == 1
    assert page.get(path, {"q": "v0.17.0"}).content.decode().count('<li class="row">') == 1
    assert "Nothing fits" in text(page, path, q="moon")


def test_a_person_reports_and_a_rollback_is_kept_as_one(product: Product, ada: User, page: Client) -> None:
    hotfix = begun(product, ada)
    path = f"/products/{product.slug}/deployments/new"
    form = page.get(path, {"hotfix": hotfix.ref, "next": f"/hotfixes/{hotfix.ref}/"}).content.decode()
    assert 'value="0.1.1"' in form
    sent = {
        "environment": "production", "version": "0.1.1", "status": "succeeded", "hotfix": hotfix.ref,
        "next": f"/hotfixes/{hotfix.ref}/", "url": "https://ci.example.test/7",
    }  # fmt: skip
    answer = page.post(path, sent)
    assert (answer.status_code, answer["Location"]) == (302, f"/hotfixes/{hotfix.ref}/")
    page.post(path, sent)
    made = Deployment.objects.get()
    assert (made.source, made.by, made.hotfix, made.url) == (
        "person",
        ada,
        "HF-1",
        "https://ci.example.test/7",
    )
    while judge_due():
        pass
    assert hotfix.results.get(key="deployed", superseded_at=None).verdict == "STATED"
    answer = page.post(
        path, {**sent, "version": "0.1.0", "hotfix": "", "next": "https://evil.example"}, follow=True
    )
    assert answer.redirect_chain[-1][0] == f"/products/{product.slug}/deployments/"
    assert "Kept as a rollback: Production ran 0.1.1 before." in answer.content.decode()


@pytest.mark.parametrize(
    "wrong",
    [
        {"version": ""}, {"environment": "moon"}, {"status": "perhaps"}, {"percent": "20"},
        {"percent": "101", "stage": "released"}, {"at": "2999-01-01T00:00"}, {"url": "javascript:alert(1)"},
        {"version": "a\x00b"},
    ],
)  # fmt: skip
def test_what_cannot_be_stays_in_the_form(product: Product, page: Client, wrong: dict[str, str]) -> None:
    sent = {"environment": "production", "version": "0.1.1", "status": "succeeded", **wrong}
    answer = page.post(f"/products/{product.slug}/deployments/new", sent)
    assert answer.status_code == 422
    assert Deployment.objects.count() == 0


def test_who_may_only_look_reports_nothing(product: Product) -> None:
    join(eve := make_user("eve@example.test"), product.team, Role.VIEWER)
    client = Client()
    client.force_login(eve)
    assert client.get(f"/products/{product.slug}/deployments/new").status_code == 403
    assert "Report a deployment" not in text(client, f"/products/{product.slug}/")


def test_a_hotfix_of_a_private_incident_stays_unsaid(product: Product, ada: User) -> None:
    hotfix = begun(product, ada)
    hotfix.incident.private = True
    hotfix.incident.save()
    said(product, "0.1.1")
    join(eve := make_user("eve@example.test"), product.team)
    client = Client()
    client.force_login(eve)
    path = f"/products/{product.slug}/deployments/"
    assert "HF-1" not in client.get(path).content.decode()
    # Nor can it be found out by asking for it.
    assert ("0.1.1" in text(client, path), "0.1.1" in text(client, path, q="hf-1")) == (True, False)
    client.force_login(ada)
    assert "0.1.1" in text(client, path, q="hf-1")


def test_while_the_deployment_comes_next_its_page_says_by_when(
    product: Product, ada: User, page: Client
) -> None:
    """K57."""
    hotfix, now = begun(product, ada), moment.now()
    waiting = {"deployed", "within_limit", "version_live", "smoke"}
    due = (now + timedelta(minutes=20)).isoformat()
    CheckResult.objects.bulk_create(
        CheckResult(
            hotfix=hotfix, key=key, verdict=Verdict.PENDING if key in waiting else Verdict.PASS, summary=key,
            facts={"due_at": due} if key == "within_limit" else {}, observed_at=now, looked_at=now,
        )
        for key in CHECKS
    )  # fmt: skip
    shown = text(page, f"/hotfixes/{hotfix.ref}/")
    assert re.search(r"Deploy by \d\d:\d\d.{0,12} (19|20) min", shown)
