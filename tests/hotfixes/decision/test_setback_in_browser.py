"""What does not hold, on a small phone: who decides reads what failed and goes back in two taps, others tell them."""

from django.conf import settings
from playwright.sync_api import BrowserContext, Page, expect

from accounts.models import Role, User
from hotfixes.decision.decide import decide
from hotfixes.models import Decision
from incidents.lifecycle import transitions
from incidents.models import Incident
from incidents.work.report import report
from tests.factories import join, make_user
from tests.fixtures.looking import look
from tests.hotfixes.decision.test_decision_in_browser import (
    apart,
    incident,
    olga,
    pytestmark,
    site,
)
from tests.hotfixes.rollback.test_ways import deployed
from tests.signing import sign_in

__all__ = ["incident", "olga", "pytestmark", "site"]


def test_a_failed_smoke_test_leads_back_in_two_taps(
    site: str, page: Page, incident: Incident, olga: User, context: BrowserContext
) -> None:
    """A37."""
    product = incident.product
    deployed(product, "0.1.0", 100)
    deployed(product, "0.1.1", 0)
    transitions.acknowledge(incident, by=olga)
    decide(incident, by=olga, choice="hotfix", reason="A line")
    for kind in ("deployed", "smoke_failed"):
        report(Incident.objects.get(pk=incident.pk), kind, by=olga)
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(f"{site}/incidents/{incident.ref}/")
    expect(page.locator("#now")).to_contain_text("Decide: roll back?")
    look(page, "setback-incident")
    page.locator(".button.primary:visible").click()
    expect(page.locator("h1")).to_have_text("Roll back?")
    look(page, "setback-card")
    apart(page)
    page.locator(".notice.critical").get_by_role("link", name="Roll back to 0.1.1").click()
    assert "Smoke tests failed" in page.get_by_label("Why?").input_value()
    look(page, "setback-confirm")
    page.get_by_text("Deploy the production tag before this one").first.click()
    page.get_by_role("button", name="Decide: roll back").click()
    expect(page.locator("#panel-decision")).to_contain_text("Deploy the production tag before this one")
    assert Decision.objects.filter(choice="rollback").count() == 1


def test_whoever_does_not_decide_tells_and_asks(
    asgi_server: str, page: Page, incident: Incident, olga: User, context: BrowserContext
) -> None:
    join(ben := make_user("ben@example.test", name="Ben"), incident.product.team, Role.RESPONDER)
    cookie = sign_in(ben).cookies[settings.SESSION_COOKIE_NAME]
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": asgi_server}])
    transitions.acknowledge(incident, by=ben)
    transitions.confirm_severity(Incident.objects.get(pk=incident.pk), by=ben)
    for kind in ("deployed", "smoke_failed"):
        report(Incident.objects.get(pk=incident.pk), kind, by=ben)
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(f"{asgi_server}/incidents/{incident.ref}/")
    expect(page.locator("#now")).to_contain_text("Olga decides: roll back?")
    look(page, "setback-others")
    expect(page.get_by_role("link", name="Ask", exact=True).locator("visible=true")).to_have_count(1)
    page.locator(".button.primary:visible").click()
    expect(page.get_by_label("Rollback", exact=True)).to_be_checked()
    look(page, "setback-tell")
