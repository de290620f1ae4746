"""One router for all files here: two would each answer only their own methods of one address."""

from ninja import Router

from accounts.bearer import Bearer
from accounts.models import Scope

router = Router(tags=["postmortems"], auth=Bearer(Scope.READ, Scope.INCIDENTS))
ACTED_WITH = Bearer(Scope.INCIDENTS)
