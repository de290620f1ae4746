"""The router of the files here, and who is let in."""

from ninja import Router

from accounts.bearer import Bearer
from accounts.models import Scope

router = Router(tags=["people"])
SEEN_WITH = Bearer(Scope.READ, Scope.ADMIN)
SET_WITH = Bearer(Scope.ADMIN)
