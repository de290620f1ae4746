"""The process's blanks, filled in with what is known of an incident: {product}, {new}, {branch} … (vocabulary).

What is not known stays visible as `[new]`: nobody pastes a guess into a terminal at night.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.text import slugify
from django.utils.translation import gettext as _

from foundation import moment
from incidents import glance
from incidents.models import Incident
from products.aliases import tag_name as tag_name
from products.versions import Version, bare
from products.vocabulary import PLACEHOLDERS

SLUG = 40
_NAMED = re.compile(r"\{\{|\}\}|\{(" + "|".join(PLACEHOLDERS) + r")\}")
_NAMES = ("branch", "tag", "base_tag")
_OLD = re.compile(r"\{new\}")


def fill(template: str, incident: Incident, now: datetime | None = None) -> str:
    """`template` with its placeholders filled in, for reading. `{{` is a brace."""
    return put(template, values(incident, now or moment.now()))


def put(template: str, known: Mapping[str, str]) -> str:
    """Pure: each {name} by its value, or by `[name]` if there is none."""

    def found(match: re.Match[str]) -> str:
        if match[1] is None:
            return match[0][0]
        return known.get(match[1]) or f"[{match[1]}]"

    return _NAMED.sub(found, template)


def values(incident: Incident, now: datetime) -> dict[str, str]:
    """Every placeholder of the vocabulary with its text."""
    document = incident.process_version.document
    policy = document.get("policy") or {}
    product = incident.product
    known = {
        "product": tag_name(document, [product.name, *product.aliases]) or product.slug,
        "product_name": product.name,
        "issue": incident.title,
        "impact": incident.impact.strip(),
        "users_affected": _people(incident),
        "incident": incident.ref,
        "slug": slug_of(incident.title) or incident.ref.lower(),
        "minutes": str(_minutes(incident, now)),
        "date": now.astimezone(ZoneInfo(product.team.time_zone)).date().isoformat(),
        "main": policy.get("main") or "main",
        **versions(incident.affected_version or glance.runs(incident), policy.get("bump") or ""),
    }
    known |= names(policy, known)
    return {name: known.get(name) or f"[{name}]" for name in PLACEHOLDERS}


def versions(old: str, bump: str) -> dict[str, str]:
    """Pure: `old` as it is in production, `new` as the policy raises it; what cannot be told is left out."""
    before = Version.parse(old)
    after = before.raised(bump) if before else None
    return {"old": bare(old), "new": str(after) if after else ""}


def names(policy: Mapping[str, Any], known: Mapping[str, str]) -> dict[str, str]:
    """Pure: branch and tags by the policy's patterns; the tag to start from is that of the old version."""
    patterns = {name: policy.get(name) or "" for name in _NAMES}
    patterns["base_tag"] = patterns["base_tag"] or _OLD.sub("{old}", patterns["tag"])
    return {name: put(pattern, known) for name, pattern in patterns.items()}


def _people(incident: Incident) -> str:
    if incident.users_affected is None:
        return ""
    if incident.users_estimated:
        return _("about %(n)s") % {"n": incident.users_affected}
    return str(incident.users_affected)


def _minutes(incident: Incident, now: datetime) -> int:
    """From detection to resolution; up to now while it is open (K117)."""
    return int(((incident.resolved_at or now) - incident.detected_at).total_seconds() // 60)


def slug_of(title: str) -> str:
    """The title for the name of a branch: whole words, at most SLUG characters; empty if it has no Latin letters."""
    slug = slugify(title)
    if len(slug) <= SLUG:
        return slug
    return slug[: SLUG + 1].rpartition("-")[0] or slug[:SLUG]
