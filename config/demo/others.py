"""The incidents beside the two stories: put off, turned down, practised, and one that few may see."""

from config.demo.stage import Stage, detected
from hotfixes.decision.decide import decide
from incidents.lifecycle import exits
from incidents.lifecycle import transitions as do
from incidents.lifecycle.declare import declare
from incidents.messages.messages import send_message
from incidents.models import Mode
from review.schedule_postmortem import schedule_postmortem


def deferred(stage: Stage) -> None:
    """P2: the 72 hours run until somebody says "v1.1" (C6)."""
    at = detected(days=6)
    severity = stage.node.severities().get(key="P2")
    incident = declare(
        stage.node, by=stage.noor, title="Backups show 0 % until they are done", severity=severity,
        impact="The backup itself works.", detected_at=at(0), at=at(40),
    )  # fmt: skip
    do.acknowledge(incident, by=stage.sam, at=at(70))
    decide(
        incident, by=stage.paula, choice="defer", to="v1.1", at=at(200),
        reason="Nobody loses anything; it goes on the v1.1 roadmap.",
    )  # fmt: skip


def declined(stage: Stage) -> None:
    at = detected(days=2)
    severity = stage.staff.severities().get(key="MEDIUM")
    incident = declare(
        stage.staff,
        by=stage.kim,
        title="Shift list should sort by site",
        severity=severity,
        detected_at=at(0),
        at=at(3),
    )
    do.acknowledge(incident, by=stage.sam, at=at(6))
    exits.decline(
        incident,
        by=stage.sam,
        reason="A wish, and no bug: it is on the list for the next release.",
        at=at(15),
    )


def drill(stage: Stage) -> None:
    """Practised yesterday; sent nothing, counts nowhere."""
    at = detected(days=1)
    severity = stage.staff.severities().get(key="CRITICAL")
    incident = declare(
        stage.staff, by=stage.noor, title="Drill: the shifts API answers nobody", severity=severity, mode=Mode.DRILL,
        detected_at=at(0), at=at(1),
    )  # fmt: skip
    do.acknowledge(incident, by=stage.kim, at=at(4))
    decide(incident, by=stage.paula, choice="mitigate", reason="Practising the switch.", at=at(9))
    do.mitigate(incident, by=stage.kim, text="Feature switched off.", at=at(14))
    do.resolve(incident, by=stage.noor, text="Kim found the switch in five minutes.", at=at(21))
    schedule_postmortem(incident, by=stage.noor, meets_at=at(60), attendees="Kim, Noor", at=at(25))


def private(stage: Stage) -> None:
    """Security: only who takes part sees it. The visitor does."""
    at = detected(days=7)
    severity = stage.node.severities().get(key="P0")
    incident = declare(
        stage.node, by=stage.visitor, title="Node tokens readable in the debug log", severity=severity, private=True,
        security=True, impact="Whoever reads a node’s log can act as its owner.", detected_at=at(0), at=at(5),
    )  # fmt: skip
    do.acknowledge(incident, by=stage.visitor, at=at(6))
    decide(
        incident,
        by=stage.visitor,
        choice="mitigate",
        reason="Stop the leak first, then look who read it.",
        at=at(12),
    )
    do.mitigate(
        incident, by=stage.visitor, text="Debug logs are off on all nodes, tokens are renewed.", at=at(55)
    )
    do.resolve(
        incident, by=stage.visitor, text="Nobody had read them. v1.0.1 leaves tokens out of logs.", at=at(240)
    )
    send_message(incident, "resolved", by=stage.visitor, text="By mail to the owners", at=at(260))
    schedule_postmortem(incident, by=stage.visitor, meets_at=at(3000), attendees="The core team", at=at(270))
