"""The report lists each line of a message that could not be shown and that somebody answered for (K71)."""

from accounts.models import User
from foundation import moment
from incidents.lifecycle.declare import declare
from incidents.messages import messages
from incidents.models import Incident
from incidents.work.report import report as state
from products.models import Product
from review import report


def test_what_was_vouched_for_stands_beside_its_message_with_who_and_why(product: Product, ada: User) -> None:
    incident = declare(product, by=ada, title="Sign-in fails")
    state(incident, "deployed", by=ada)
    event = messages.vouch(incident, "deployed", "no_user_action", by=ada, reason="The fix is on the server")
    fresh = Incident.objects.for_page().get(pk=incident.pk)
    found = {one["key"]: one["vouched"] for one in report.read(fresh, moment.now())["messages"]}
    assert found["resolved"] == []
    assert [(one["line"], one["by"], one["said"], one["seq"]) for one in found["deployed"]] == [
        ("No user action required.", "Ada", "The fix is on the server", event.seq)
    ]
