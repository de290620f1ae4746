"""Where what was said and what is seen do not go together: told as it happens, once each, shown until it is settled.

Nothing is stored but that it was told: every contradiction is read from what is known anyway.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Final

from django.utils.translation import gettext as _

from hotfixes.alarms import resolved_while_down
from hotfixes.alarms.contradiction import Contradiction
from hotfixes.decision.decide import standing as decision_of
from hotfixes.deployments import overtaking
from hotfixes.deployments.overtaking import Overtaken, Remedy
from hotfixes.models import Choice, Hotfix
from hotfixes.standing import standing
from hotfixes.standing.standing import CheckView, Standing
from incidents.models import Incident, Mode, TimelineEvent
from products.vocabulary import EventKind, Verdict

PEOPLE: Final = ("person", "token")
# What a person may say, and the check that looks at the same.
SAID: Final = {
    EventKind.REVIEW_REQUESTED: "review_requested",
    EventKind.APPROVED: "approval",
    EventKind.MERGED: "merged",
    EventKind.TAGGED: "tag_pushed",
    EventKind.DEPLOYED: "deployed",
    EventKind.SMOKE_PASSED: "smoke",
    EventKind.RELEASED: "release_published",
}
# What is so no more once a rollback of another incident has taken the fix back.
GONE: Final = (EventKind.DEPLOYED, EventKind.SMOKE_PASSED, EventKind.RELEASED)
# What a person says while they push is seen a moment later: by the next look, or by the forge.
GRACE: Final = timedelta(minutes=3)


def contradictions(incident: Incident, standings: Iterable[Standing] | None = None) -> list[Contradiction]:
    """`standings`: of its hotfixes, where they are known already."""
    found = list(standing.of_incident(incident) if standings is None else standings)
    rollback = _rollback(incident) if any(each.hotfix.is_open for each in found) else []
    overtaken = overtakings(overtaking.remedies(incident, [one.hotfix for one in reversed(found)]))
    return [
        *resolved_while_down.of_incident(incident),
        *rollback,
        *overtaken,
        *(one for each in found for one in of_standing(each)),
    ]


def overtakings(remedies: Iterable[Remedy]) -> list[Contradiction]:
    """Another version went to production while a remedy goes first (K55). One query, or none."""
    return [overtook(one) for one in overtaking.overtaken(remedies)]


def of_hotfixes(standings: Sequence[Standing]) -> dict[str, list[Contradiction]]:
    """Of each hotfix, by its ref, as its own JSON shows it. One query at most for all of them."""
    under_way = [
        overtaking.of_hotfix(one.hotfix)
        for one in standings
        if one.hotfix.is_going_out and one.hotfix.incident.mode == Mode.LIVE
    ]
    found = {one.hotfix.ref: of_standing(one) for one in standings}
    for other in overtakings(under_way):
        found[other.hotfix].append(other)
    return found


def overtook(found: Overtaken) -> Contradiction:
    row, remedy = found.deployment, found.remedy
    words = {"version": row.version, "place": row.environment.name, "ref": remedy.ref}
    said = _("%(version)s goes to %(place)s, but %(ref)s goes first.") % words
    if row.status == row.Status.SUCCEEDED:
        said = _("%(version)s was deployed to %(place)s, but %(ref)s goes first.") % words
    todo = _("Stop that release, or see that it holds the fix; then deploy %(ref)s.") % words
    mark = f"overtaken {remedy.ref} {row.version} {row.environment_id}"
    hotfix = remedy.ref if remedy.ref.startswith("HF-") else ""
    return Contradiction("overtaken", mark, said, (f"{row.at.isoformat()} {row}",), todo, hotfix)


def of_standing(found: Standing) -> list[Contradiction]:
    """Of one hotfix. No query."""
    hotfix = found.hotfix
    if hotfix.status == hotfix.Status.ABANDONED:
        return []
    return [*_approval(found), *_live(found), *_words(found)]


def may_be(hotfix: Hotfix, verdicts: Mapping[str, str]) -> bool:
    """Whether `of_standing` could find any: by what the checks answer now, or because a person said a thing at all.
    One query at most.
    """
    if Verdict.FAIL in (verdicts.get("approval"), verdicts.get("version_live")):
        return True
    said = TimelineEvent.objects.filter(incident=hotfix.incident_id, kind__in=list(SAID), source__in=PEOPLE)
    return said.exists()


def _approval(found: Standing) -> list[Contradiction]:
    """What was merged is not what was approved."""
    approval, merged = found.check("approval"), found.check("merged")
    if approval is None or merged is None or approval.waived or approval.verdict != Verdict.FAIL:
        return []
    if merged.verdict not in (Verdict.PASS, Verdict.WARN, Verdict.FAIL) or not merged.facts.get("commit"):
        return []
    todo = _(
        "Ask somebody else to look at what was merged, and attest it; or waive it, with a second person."
    )
    mark = f"merged_unapproved {found.hotfix.ref} {merged.facts['commit']}"
    return [_of("merged_unapproved", mark, found, _("Merged, but: %s") % approval.summary, approval, todo)]


def _live(found: Standing) -> list[Contradiction]:
    live = found.check("version_live")
    if live is None or live.verdict != Verdict.FAIL or live.waived:
        return []
    versions = sorted(f"{where}={version}" for where, version in (live.facts.get("versions") or {}).items())
    mark = f"not_live {found.hotfix.ref} {' '.join(versions)}"[:300]
    return [_of("not_live", mark, found, live.summary, live, live.next_text)]


def _words(found: Standing) -> list[Contradiction]:
    """What a person said last of it, where the check has looked since and does not see it."""
    last: dict[str, TimelineEvent] = {}
    for event in found.events:
        if not found.hotfix.is_meant(event):
            continue
        if event.kind in SAID:
            last[event.kind] = event
        elif event.kind == EventKind.TAKEN_BACK:  # it was so when it was said
            last = {kind: one for kind, one in last.items() if kind not in GONE}
    answers = []
    for kind, event in last.items():
        check = found.check(SAID[EventKind(kind)])
        if check is None or event.source not in PEOPLE or not _denied(check, event):
            continue
        words = {"who": event.actor_label, "what": event.get_kind_display().lower(), "why": check.summary}
        said = _("%(who)s said “%(what)s”, but: %(why)s") % words
        todo = _("Do what is missing, or correct entry %s of the timeline.") % event.seq
        answers.append(_of(f"said_{kind}", f"said {event.seq} {found.hotfix.ref}", found, said, check, todo))
    return answers


def _denied(check: CheckView, event: TimelineEvent) -> bool:
    """The check can look, has done so since, and does not see it."""
    if check.waived or check.looked_at is None or check.looked_at < event.recorded_at + GRACE:
        return False
    return check.verdict in (Verdict.FAIL, Verdict.PENDING)


def _of(key: str, mark: str, found: Standing, said: str, check: CheckView, todo: str) -> Contradiction:
    return Contradiction(key, mark, said, tuple(check.proof[:10]), todo, found.hotfix.ref)


def _rollback(incident: Incident) -> list[Contradiction]:
    """A rollback was decided while a hotfix is under way: it ends by nobody's silence."""
    decision = decision_of(incident)
    if decision is None or decision.choice != Choice.ROLLBACK:
        return []
    refs = ", ".join(hotfix.ref for hotfix in incident.hotfixes.open().order_by("number"))
    said = _("A rollback was decided, and %s is still under way.") % refs
    todo = _("Abandon it with a reason, or go on with it.")
    return [Contradiction("rollback_decided", f"rollback {decision.number} {refs}", said, (), todo)]
