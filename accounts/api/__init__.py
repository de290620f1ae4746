"""People and teams for scripts: what the pages under Settings do, but for what lets somebody in as another person.

A new link for somebody who is here, another address to sign in with, and who is an administrator are changed by a
person on the page: a stolen token must not become a person.
"""

from accounts.api import people, teams
from accounts.api.routing import router

__all__ = ["people", "router", "teams"]
