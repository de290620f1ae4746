"""The words of people inside frozen facts: kept on the timeline alone and read from there, so that a redaction reaches
every place where they were shown."""

from typing import Any

from incidents.models import Incident, RedactionRequest, TimelineEvent


def without_words(facts: dict[str, Any]) -> dict[str, Any]:
    """As they are kept: the entries' numbers, not what they say."""
    return _each(facts, {})


def with_words(incident: Incident, facts: dict[str, Any]) -> dict[str, Any]:
    """As they were shown; empty where an entry is redacted, or somebody asked for it. Two queries, none without any."""
    seqs = _seqs(facts)
    if not seqs:
        return facts
    asked = RedactionRequest.objects.filter(event__incident=incident, settled_at=None).values("event")
    rows = TimelineEvent.objects.filter(incident=incident, seq__in=seqs).exclude(pk__in=asked)
    return _each(facts, {one.seq: one.text for one in rows.select_related("payload")})


def _each(facts: dict[str, Any], texts: dict[int, str]) -> dict[str, Any]:
    found = dict(facts)
    if proposal := facts.get("proposal"):
        found["proposal"] = {**proposal, "text": texts.get(proposal["seq"], "")}
    if questions := facts.get("questions"):
        found["questions"] = [
            {**one, "text": texts.get(one["seq"], ""), "answer": texts.get(one["answer_seq"] or 0, "")}
            for one in questions
        ]
    return found


def _seqs(facts: dict[str, Any]) -> set[int]:
    proposal, questions = facts.get("proposal") or {}, facts.get("questions") or []
    found = {proposal.get("seq"), *(one.get(name) for one in questions for name in ("seq", "answer_seq"))}
    return {seq for seq in found if seq}
