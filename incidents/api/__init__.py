"""Incidents for scripts: `reading` lists and shows, `writing` declares, `verbs` does what the page's buttons do."""

from incidents.api import verbs, writing
from incidents.api.reading import router

__all__ = ["router", "verbs", "writing"]
