"""A soak test: the newest log of a run that goes on, which must go on growing. It is looked at as any file is."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from monitoring.probes.file import evaluate, problems, receive, request

__all__ = ["GROWS", "evaluate", "kind", "label", "problems", "receive", "request"]

kind = "soak"
label = gettext_lazy("A soak test")

# A log that was not written for so long no longer grows.
GROWS = {"max_age_s": 3600}
