"""Incidents for scripts: `reading` lists and shows, `writing` declares, `verbs` does what the page's buttons do.

`process` has the steps, the checklist and the messages; it comes before `verbs`, whose last row takes what is left.
"""

from incidents.api import process, verbs, writing
from incidents.api.reading import router

__all__ = ["process", "router", "verbs", "writing"]
