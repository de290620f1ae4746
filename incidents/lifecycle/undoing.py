"""Which setback takes back which fact: after a rollback nothing is deployed, whatever was ticked before."""

from collections.abc import Mapping
from types import MappingProxyType

from products.vocabulary import EventKind

UNDOES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        EventKind.APPROVAL_DISMISSED: (EventKind.APPROVED,),
        EventKind.DEPLOY_FAILED: (EventKind.DEPLOYED, EventKind.SMOKE_PASSED, EventKind.WATCH_OPENED),
        EventKind.SMOKE_FAILED: (EventKind.SMOKE_PASSED, EventKind.WATCH_OPENED),
        EventKind.WATCH_FAILED: (EventKind.WATCH_MET,),
        EventKind.ROLLED_BACK: (
            EventKind.DEPLOYED,
            EventKind.SMOKE_PASSED,
            EventKind.WATCH_OPENED,
            EventKind.WATCH_MET,
        ),
    }
)
