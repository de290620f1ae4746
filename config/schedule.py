"""Every recurring job of the installation, one line each.

A sweep is short, touches only the database and runs on the ticker's own thread, so that it works while the
broker does not.
An errand may take long or talk to the network: the ticker only rings for it, as a task; if the broker does
not answer it runs inline, beside the ticker.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from celery import Task

from accounts.session_store import SessionStore
from config.backup import daily
from config.backup.tasks import back_up
from foundation import idempotency
from hotfixes.alarms import resolved_while_down
from hotfixes.audit import folders as audit_copies
from hotfixes.audit import running as audits
from hotfixes.audit.tasks import audit_due
from hotfixes.decision import revisiting
from hotfixes.deployments import holds, taken_back
from hotfixes.deployments import seen as versions_seen
from hotfixes.hooks import receiving
from hotfixes.lifecycle import start as hotfixes
from hotfixes.observing import claim as observing
from hotfixes.preview import asking as previews
from hotfixes.preview import downloads, making
from hotfixes.rollback import rounds as rollbacks
from hotfixes.rollback import start as going_back
from hotfixes.tasks import download_due, judge_due, look_due, preview_due
from hotfixes.watch import judging as watches
from incidents.lifecycle import alerting, intake
from incidents.lifecycle import sweep as breaches
from incidents.messages import obligations, rhythm
from live import bus
from monitoring import counts, staleness
from monitoring import sweep as probes
from monitoring.alerts import forgetting as old_alerts
from monitoring.alerts import judging as judging_alerts
from monitoring.maintenance import settle as maintenance
from monitoring.tasks import probe_due
from notifications import send
from products.sources import files as process_files


@dataclass(frozen=True)
class Sweep:
    """`run` at the moment `next_due` names, which is asked anew at each wake-up; without one at each wake-up if
    `on_wake`. And at least every `every_s` seconds: if nothing is said 1, or 10 for one that says when it is due, for
    it would only ask the same again.
    One that `goes_on` stops before it has taken too long; did it do something, the next round follows at once.
    """

    name: str
    run: Callable[[], object]
    every_s: float | None = None
    on_wake: bool = False
    next_due: Callable[[], datetime | None] | None = None
    goes_on: bool = False

    @property
    def rest_s(self) -> float:
        return self.every_s or (10.0 if self.next_due else 1.0)


@dataclass(frozen=True)
class Errand:
    """Ring for `task` once `next_due` has come."""

    name: str
    task: Task
    next_due: Callable[[], datetime | None]


# On a loop of their own, kept waiting by nothing else: a breach and a phone that rings are promises in seconds.
PROMPT = (
    Sweep("breaches", breaches.breach_due, next_due=breaches.next_due),
    # Starts threads and returns: what is slow outside holds neither the loop nor another channel. Each second too:
    # where very many channels hang, nothing is said to be due, and still mail has room.
    Sweep("messages", send.start_due, every_s=1.0, next_due=send.next_due),
)

SWEEPS = (
    Sweep("intake", partial(intake.take_in, seconds=0.3), on_wake=True, goes_on=True),
    Sweep("alerts", partial(judging_alerts.judge_due, seconds=0.3), on_wake=True, goes_on=True),
    Sweep("alerting", partial(alerting.take_in, seconds=0.3), on_wake=True, goes_on=True),
    Sweep("warnings", breaches.warn_due, next_due=breaches.next_warning),
    Sweep("escalations", breaches.escalate_due, next_due=breaches.next_escalation),
    Sweep("people not reached", breaches.seek_due, every_s=15),
    Sweep("obligations", obligations.remind_due, next_due=obligations.next_due),
    Sweep("updates", rhythm.remind_due, next_due=rhythm.next_due),
    Sweep("vacancies", breaches.ask_due, next_due=breaches.next_ask),
    Sweep("hotfixes begun", hotfixes.adopt, on_wake=True),
    Sweep("revisits", revisiting.tell_due, next_due=revisiting.next_due),
    Sweep("watches", watches.judge_due, next_due=watches.next_due),
    Sweep("rollbacks begun", going_back.adopt, on_wake=True),
    Sweep("rollbacks", rollbacks.sweep, on_wake=True),
    Sweep("previews wanted", previews.sweep, every_s=2.0, on_wake=True),
    Sweep("versions seen", versions_seen.take_in, on_wake=True),
    Sweep("fixes taken back", taken_back.take_in, on_wake=True),
    Sweep("holds", holds.keep, on_wake=True),
    Sweep("contradictions", resolved_while_down.tell_all, every_s=30.0),
    Sweep("process files", process_files.start_look, every_s=process_files.EVERY_S),
    Sweep("staleness", staleness.mark_stale),
    Sweep("maintenance", maintenance.begin_due),
    Sweep("missing targets", staleness.archive_missing, every_s=3600),
    Sweep("kept answers", staleness.forget_kept, every_s=3600),
    Sweep("old alerts", old_alerts.forget_old, every_s=3600),
    Sweep("old numbers", counts.forget, every_s=3600),
    Sweep("announcements", bus.prune, every_s=600),
    Sweep("resends", idempotency.forget_old, every_s=600),
    Sweep("audit copies", audit_copies.sweep, every_s=3600),
    Sweep("hooks", receiving.forget_old, every_s=3600),
    Sweep("sessions", SessionStore.clear_expired, every_s=3600),
)

ERRANDS = (
    Errand("probes", probe_due, probes.next_due),
    Errand("repositories", look_due, observing.next_mirror_due),
    Errand("checks", judge_due, observing.next_hotfix_due),
    Errand("previews", preview_due, making.next_due),
    Errand("downloads", download_due, downloads.next_due),
    Errand("audits", audit_due, audits.next_due),
    Errand("daily backup", back_up, daily.next_due),
)
