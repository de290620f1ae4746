"""The report names what was waived, vouched for, and never shown to be right."""

from accounts.models import User
from foundation import moment
from hotfixes.judging import judge_due
from hotfixes.models import CheckResult
from hotfixes.said import overriding
from incidents.models import Incident
from products.models import Product
from review import report
from review.markdown import markdown
from tests.hotfixes.starting import begun


def test_what_was_waived_stands_in_the_report(product: Product, ada: User) -> None:
    """K87, K116."""
    hotfix = begun(product, ada)
    overriding.override(hotfix, "changelog_entry", by=ada, reason="Written down in the wiki")
    said = overriding.attest(hotfix, "reproduced", by=ada, text="On the dev server")
    overriding.withdraw(said, by=ada)
    while judge_due():
        pass
    shown = report.read(Incident.objects.for_page().get(pk=hotfix.incident_id), moment.now())
    [one] = shown["hotfixes"]
    assert (one["ref"], one["versions"]) == ("HF-1", ["0.1.0", "0.1.1"])
    [waived] = one["overrides"]
    assert (waived["title"], waived["by"], waived["said"]) == (
        "CHANGELOG entry added", "Ada", "Written down in the wiki",
    )  # fmt: skip
    assert [(row["said"], row["withdrawn"]) for row in one["attestations"]] == [("On the dev server", True)]
    verdicts = {check["key"]: (check["verdict"], check["waived"]) for check in one["checks"]}
    assert verdicts["changelog_entry"] == ("UNKNOWN", True)
    assert verdicts["merged"] == ("UNKNOWN", False)
    text = markdown(shown, "UTC")
    assert "**Waived: CHANGELOG entry added** (waiting) Ada: Written down in the wiki" in text


def test_the_report_tells_the_minutes_from_the_approval_to_the_deployment(
    product: Product, ada: User
) -> None:
    """K97."""
    hotfix, now = begun(product, ada), moment.now()
    measured = {"minutes": 12, "limit_minutes": 30}
    CheckResult.objects.create(
        hotfix=hotfix, key="within_limit", verdict="PASS", summary="In time", facts=measured, observed_at=now,
        looked_at=now,
    )  # fmt: skip
    shown = report.read(Incident.objects.for_page().get(pk=hotfix.incident_id), now)
    assert shown["hotfixes"][0]["deploy"] == measured
    assert "12 minutes from the approval to the deployment; the limit is 30" in markdown(shown, "UTC")
