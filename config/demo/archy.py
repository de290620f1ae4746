"""Archy's story twice: whole from triage to closed, and in the watch after its deployment."""

from datetime import timedelta

from config.demo.stage import At, Stage, detected
from config.demo.written import Written, write
from hotfixes.decision.decide import decide
from incidents.lifecycle import transitions as do
from incidents.lifecycle.closing import close
from incidents.lifecycle.declare import declare
from incidents.messages.messages import send_message
from incidents.models import Incident
from incidents.roles import roles
from incidents.work.checklist import attest
from incidents.work.report import report
from incidents.work.steps import finish, skip

DAY = 24 * 60
BUILDS = "https://files.example.org/builds"


def _triage(stage: Stage, at: At, title: str, impact: str, severity: str, how: str) -> Incident:
    """1. Triage: reproduced on the dev server, classified, and P0 and P1 go ahead at once."""
    known = stage.node.severities().get(key=severity)
    incident = declare(stage.node, by=stage.kim, title=title, severity=None, detected_at=at(0), at=at(3))
    do.acknowledge(incident, by=stage.sam, at=at(6))
    roles.assign(incident, by=stage.sam, user=stage.sam, at=at(6.5))
    do.describe(incident, by=stage.kim, impact=impact, at=at(9))
    roles.claim(incident, "fixer", by=stage.sam, at=at(10))
    roles.claim(incident, "watcher", by=stage.noor, at=at(11))
    finish(incident, "reproduce", by=stage.sam, text=how, at=at(20))
    if incident.severity_id == known.pk:
        do.confirm_severity(incident, by=stage.sam, at=at(22))
    else:
        do.change_severity(
            incident, by=stage.sam, severity=known, reason="Data is safe, and nothing leaks.", at=at(22)
        )
    return incident


def _mend(stage: Stage, incident: Incident, at: At, branch: str, fix: str) -> None:
    """2. Fix: on the dev server at T+100, which begins the watch. 3. Release. 4. Communicate."""
    sam, noor, version = stage.sam, stage.noor, branch.partition("/")[2].partition("-")[0]
    # The decision has begun it; its branch is called as the person called it.
    incident.hotfixes.update(branch=branch)
    report(incident, "branch_seen", by=sam, text=branch, at=at(28))
    report(incident, "fix_pushed", by=sam, text=fix, at=at(78))
    attest(incident, 4, by=sam, text="Two files, eleven lines.", at=at(80))
    finish(incident, "test", by=sam, text="npm test and the type check pass.", at=at(92))
    finish(incident, "dev", by=sam, text=f"192.168.1.228 runs {version}.", at=at(100))
    report(incident, "smoke_passed", by=noor, text="The health endpoint answers, the app starts.", at=at(104))
    finish(incident, "live", by=noor, text="Starts, signs in, shows its apps.", at=at(108))
    report(incident, "merged", by=sam, at=at(112))
    report(incident, "tagged", by=sam, text=version, at=at(114))
    skip(
        incident,
        "iso",
        by=sam,
        reason="Nodes get it over the air; new installations can wait for v1.1.",
        at=at(116),
    )
    finish(incident, "manifest", by=sam, text=f"{version} is offered.", url=f"{BUILDS}/{version}", at=at(122))
    skip(incident, "store", by=sam, reason="No new ISO was built.", at=at(123))
    send_message(incident, "released", by=sam, text="The release feed and the forum", at=at(126))
    finish(incident, "release_notes", by=sam, text=f"Under {version}: {incident.title}.", at=at(130))
    finish(incident, "changelog", by=sam, at=at(132))


def finished(stage: Stage) -> None:
    """P1, well within its day."""
    at = detected(days=9, minutes=300)
    incident = _triage(
        stage, at, "App does not start after the update to v1.0.0",
        "One node in five shows a white page. Its data is whole.", "P1",
        "A node with a language set in v0.9 stays white on 192.168.1.228.",
    )  # fmt: skip
    decide(
        incident, by=stage.paula, choice="hotfix", at=at(25),
        reason="Who rolls back loses the new backups. The fix is small.",
    )  # fmt: skip
    _mend(stage, incident, at, "hotfix/v1.0.1-start", "An unknown language falls back to English.")
    sam, noor = stage.sam, stage.noor
    report(incident, "watch_met", by=noor, text="412 of 418 nodes run v1.0.1, none is white.", at=at(221))
    do.resolve(incident, by=sam, text="v1.0.1 is on nearly all nodes; nobody sees a white page.", at=at(225))
    send_message(incident, "resolved", by=sam, text="The team’s room", at=at(228))
    write(incident, at, Written(
        answers=(
            ("root_cause", sam, "v1.0.0 dropped two languages. The app looked one up at its start and "
             "did not expect to find nothing."),
            ("why_not_caught", noor, "All our test nodes are in English. The soak test starts no app anew."),
            ("missed_testing", sam, "Nothing updates a node that was set up with an older version."),
        ),
        actions=(
            ("Update a v0.9 node with other languages in the release test", "test", sam, timedelta(days=12)),
            ("Let the uptime monitor load the page, not the health endpoint", "monitoring", noor, timedelta(days=9)),
        ),
        by=sam, reviewer=stage.kim, attendees="Kim, Sam, Noor", meets=2 * DAY, scheduled=240,
        written=2 * DAY + 90,
    ))  # fmt: skip
    close(incident, by=sam, at=at(3 * DAY))


def watching(stage: Stage) -> None:
    """Deployed fifty minutes ago: an hour and ten of the two hours are left, and closing waits for them."""
    at = detected(minutes=150)
    incident = _triage(
        stage, at, "Nodes lose their session after a restart",
        "People must sign in again each time the node restarts. Shared screens stay dark.", "P1",
        "Restarted 192.168.1.228 twice: the session key is new each time.",
    )  # fmt: skip
    decide(
        incident, by=stage.paula, choice="hotfix", at=at(25),
        reason="v1.0.1 has the fix for the white page, nobody should go back behind it.",
    )  # fmt: skip
    _mend(stage, incident, at, "hotfix/v1.0.2-session", "The session key is written before it is used.")
    do.note(incident, by=stage.noor, text="Restarted two nodes: both keep their sessions.", at=at(140))
