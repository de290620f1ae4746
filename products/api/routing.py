"""The router of all files here (two would each answer only their own methods of one address), and who is let in."""

from ninja import Router

from accounts.bearer import Bearer
from accounts.models import Scope

router = Router(tags=["products"])
SEEN_WITH = Bearer(Scope.READ, Scope.INCIDENTS, Scope.HOTFIXES, Scope.MONITORING, Scope.ADMIN)
SET_WITH = Bearer(Scope.ADMIN)
