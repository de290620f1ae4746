"""Rows: what was decided, which repository says what, the hotfix itself, and what is known of each of its checks."""

from hotfixes.models.address import ReleaseAddress as ReleaseAddress
from hotfixes.models.approval import Approval as Approval
from hotfixes.models.audit import AuditRun as AuditRun
from hotfixes.models.check import Attestation as Attestation
from hotfixes.models.check import CheckResult as CheckResult
from hotfixes.models.check import Override as Override
from hotfixes.models.decision import Choice as Choice
from hotfixes.models.decision import Decision as Decision
from hotfixes.models.evidence import Evidence as Evidence
from hotfixes.models.evidence import ForgeReading as ForgeReading
from hotfixes.models.evidence import HookSeen as HookSeen
from hotfixes.models.hotfix import Hotfix as Hotfix
from hotfixes.models.mirror import Mirror as Mirror
from hotfixes.models.mirror import RefObservation as RefObservation
from hotfixes.models.preview import Download as Download
from hotfixes.models.preview import Preview as Preview
from hotfixes.models.question import Question as Question
from hotfixes.models.rollback import Rollback as Rollback
from hotfixes.models.rollback_step import RollbackStep as RollbackStep
from hotfixes.models.watch import SmokeTick as SmokeTick
from hotfixes.models.watch import Tally as Tally
from hotfixes.models.watch import Watch as Watch
from hotfixes.models.watch import WatchSample as WatchSample
