"""Incidents for scripts: `reading` lists and shows, `writing` declares, `verbs` does what the page's buttons do.

`process` has the steps, the checklist and the messages, `files` what was attached; both come before `verbs`, whose
last row takes what is left.
"""

from incidents.api import files, process, ruler, simulation, verbs, writing
from incidents.api.reading import router

__all__ = ["files", "process", "router", "ruler", "simulation", "verbs", "writing"]
