"""Tells the process page which running incidents have pinned which version."""

from django.urls import reverse

from accounts.models import User
from incidents.models import Incident
from products.models import Process
from products.reading.uses import Use, register

# A storm makes many; the page names the newest.
MOST = 50


def running(process: Process, user: User) -> list[Use]:
    """The open incidents of `process` that `user` may see, newest first."""
    found = Incident.objects.visible_to(user).open().filter(process_version__process=process)
    rows = found.order_by("-pk").select_related("process_version")[:MOST]
    return [
        Use(row.ref, row.title, row.process_version.number, reverse("incident", args=[row.ref]))
        for row in rows
    ]


register(running)
