"""Which setback takes back which fact: after a rollback nothing is deployed, whatever was ticked before."""

from collections.abc import Mapping
from types import MappingProxyType

from products.vocabulary import EventKind

_OUT = (EventKind.DEPLOYED, EventKind.SMOKE_PASSED, EventKind.WATCH_OPENED, EventKind.WATCH_MET)
UNDOES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        EventKind.APPROVAL_DISMISSED: (EventKind.APPROVED,),
        EventKind.DEPLOY_FAILED: (EventKind.DEPLOYED, EventKind.SMOKE_PASSED, EventKind.WATCH_OPENED),
        EventKind.SMOKE_FAILED: (EventKind.SMOKE_PASSED, EventKind.WATCH_OPENED),
        EventKind.WATCH_FAILED: (EventKind.WATCH_MET,),
        EventKind.ROLLED_BACK: _OUT,
        EventKind.TAKEN_BACK: _OUT,
    }
)
