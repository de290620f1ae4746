"""Which version a service says it is, read by its monitor; and deployments as lines in the strips (K56)."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import Role
from foundation import moment
from monitoring.add import add
from monitoring.forms import MonitorForm
from monitoring.models import Kind, Monitor
from monitoring.probes.expect import BadExpect, parse
from monitoring.sweep import probe_due
from products.models import Deployment, Product, VersionSeen
from products.token_products import make_narrow_token
from tests.factories import join, make_product, make_user
from tests.monitoring.conftest import Service

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(
    ("read", "body", "headers", "version"),
    [
        ("version", b'{"version": "0.1.1"}', {}, "0.1.1"),
        ("build.tag", b'{"build": {"tag": "v0.1.1"}}', {}, "v0.1.1"),
        ("header:X-App-Version", b"ok", {"X-App-Version": "0.1.1+7"}, "0.1.1+7"),
        ("version", b"<html>", {}, ""),
        ("version", b'{"version": {"major": 1}}', {}, ""),
        ("header:X-App-Version", b"ok", {}, ""),
    ],
)
def test_the_answer_says_its_version_and_what_says_none_is_no_failure(
    service: Service, read: str, body: bytes, headers: dict[str, str], version: str
) -> None:
    service.body, service.headers = body, headers
    monitor = watched(service, {"version": read})
    probe_due()
    monitor.refresh_from_db()
    assert (monitor.targets.get().seen, monitor.code) == ("up", "")
    rows = VersionSeen.objects.filter(where=monitor.slug)
    assert [one.version for one in rows] == ([version] if version else [])
    assert all(one.environment and one.environment.kind == "production" for one in rows)


def test_only_another_answer_is_another_row(service: Service) -> None:
    monitor = watched(service, {"version": "version", "environment": "dev"})
    dev = monitor.product.environments.create(name="Dev", slug="dev", kind="dev")
    for version in ("0.1.0", "0.1.0", "0.1.1", "0.1.0"):
        service.body = b'{"version": "%s"}' % version.encode()
        Monitor.objects.update(due_at=moment.now() - timedelta(seconds=1), lease_token=None)
        probe_due()
    rows = VersionSeen.objects.order_by("pk")
    assert [(one.version, one.environment, one.source) for one in rows] == [
        (version, dev, "probe") for version in ("0.1.0", "0.1.1", "0.1.0")
    ]
    assert rows[0].seen_at > rows[0].since


def test_a_version_that_cannot_be_found_is_refused_in_words() -> None:
    for wrong in ("header:", "header:two words", "a[", 7):
        with pytest.raises(BadExpect) as refused:
            parse({"version": wrong})
        assert refused.value.key == "version"
    with pytest.raises(BadExpect):
        parse({"version": "version", "method": "HEAD"})
    assert parse({"version": "header:X-V", "method": "HEAD"}).header == "X-V"


def test_the_form_takes_it_and_knows_the_environments() -> None:
    product = make_product()
    given = {"kind": "http", "target": "https://a.example/health", "product": product.slug, "interval_s": 60}
    form = MonitorForm(
        {**given, "version": "version", "environment": "production"}, products=Product.objects.all()
    )
    assert form.is_valid(), form.errors
    assert form.facts()["expect"] == {"version": "version", "environment": "production"}
    form = MonitorForm({**given, "version": "a[", "environment": "moon"}, products=Product.objects.all())
    assert not form.is_valid()
    assert set(form.errors) == {"version", "environment"}


def test_a_deployment_is_a_line_in_the_strips(client: Client) -> None:
    product = make_product()
    join(ada := make_user("ada@example.test"), product.team)
    monitor = add(product, by=ada, kind=Kind.HTTP, target="https://a.example/health", name="Health")
    place, now = product.environments.get(), moment.now()
    for hours, status in ((1, "succeeded"), (2, "started"), (30, "succeeded")):
        Deployment.objects.create(
            product=product, environment=place, version=f"0.1.{hours}", status=status, source="api",
            at=now - timedelta(hours=hours), recorded_at=now,
        )  # fmt: skip
    client.force_login(ada)
    for path in (monitor.get_absolute_url(), "/monitoring/", f"/products/{product.slug}/"):
        page = client.get(path).content.decode()
        drawn = re.findall(r'<g class="deploy"><path [^>]*/><title>(..:..) ([^<]*)</title>', page)
        assert [words for _at, words in drawn] == ["0.1.1 deployed to Production"], path
        (label,) = re.findall(r'role="img" aria-label="([^"]*)"', page)
        assert "0.1.1 deployed to Production" in label


def watched(service: Service, expect: dict[str, str]) -> Monitor:
    product = make_product()
    return add(product, by=None, kind=Kind.HTTP, target=service.url, name="Health", expect=expect)


def test_the_api_takes_it_and_names_the_environments() -> None:
    product = make_product()
    join(ada := make_user("ada@example.test"), product.team, Role.MANAGER)
    _token, text = make_narrow_token(ada, by=None, name="m", scopes=["monitoring"])
    body = {"name": "Health", "product": product.slug, "kind": "http", "target": "https://a.example/health"}

    def sent(**expect: str) -> tuple[int, dict[str, Any]]:
        answer = Client().post(
            "/api/v1/monitors", {**body, "expect": expect}, content_type="application/json",
            headers={"Authorization": f"Bearer {text}"},
        )  # fmt: skip
        return answer.status_code, answer.json()

    status, refused = sent(version="version", environment="moon")
    assert (status, refused["errors"][0]["field"]) == (422, "expect.environment")
    status, refused = sent(version="a[")
    assert (status, refused["errors"][0]["field"]) == (422, "expect.version")
    status, made = sent(version="version", environment="production")
    assert (status, made["expect"]) == (201, {"version": "version", "environment": "production"})
