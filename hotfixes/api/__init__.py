"""Hotfixes for scripts: decisions, audits, what is reported, and how a hotfix stands; `shapes` are the answers.

A product's repository has its own, `hotfixes/connecting/api.py`.
"""

from hotfixes.api import (
    approvals,  # noqa: F401 (adds to the router of hotfixes)
    checklist,
    decisions,
    deployments,
    evidence,
    hold,
    hotfixes,
    questions,  # noqa: F401 (adds to the router of decisions)
    release_addresses,
    revisits,  # noqa: F401 (adds to the router of decisions)
    rollbacks,
    versions,  # noqa: F401 (adds to the router of hotfixes)
)
from hotfixes.audit import api as audits
from hotfixes.watch import api as watches
from hotfixes.watch import smoke_api  # noqa: F401 (adds to the router of watches)

# In the order of the description; the first that matches an address answers.
routers = (
    decisions.router,
    audits.router,
    deployments.router,
    hold.router,
    release_addresses.router,
    evidence.router,
    watches.router,
    checklist.router,
    rollbacks.router,
    hotfixes.router,
)

__all__ = ["routers"]
