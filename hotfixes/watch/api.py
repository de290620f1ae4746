"""How the watch of an incident stands, and what scripts count meanwhile (`POST /tallies`)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from ninja import Router, Schema, Status
from pydantic import ConfigDict, Field

from accounts.access import authorize
from accounts.bearer import Bearer, person_of, token_of
from accounts.models import Scope
from accounts.replay import once_by_token
from foundation import moment
from foundation.shapes import Body, Moment, OneLine, Plain, Utc, utc, utc_or_none
from hotfixes.api.deployments import hotfix_of
from hotfixes.models import Tally
from hotfixes.watch import shown, tallies
from hotfixes.watch.feeds import Feed
from hotfixes.watch.shown import WatchShown
from incidents.models import Incident
from products.token_products import narrowed

router = Router(tags=["watch"], auth=Bearer(Scope.READ, Scope.INCIDENTS, Scope.HOTFIXES))
COUNTED_WITH = Bearer(Scope.INGEST, Scope.HOTFIXES)


class GapShape(Schema):
    """`open`: it still lasts."""

    start: Utc
    end: Utc
    seconds: float
    who: list[str]
    open: bool


class SmokeShape(Schema):
    """`passed` is null while nobody has tried it since the deployment."""

    key: str
    title: str
    passed: bool | None
    by: str
    at: Utc | None


class CountShape(Schema):
    """Of the source that is worst. `worse`: more than before the deployment; null: nobody counted then."""

    count: int
    until: Utc
    source: str
    worse: bool | None


class Unread(Schema):
    start: Utc
    end: Utc


class FeedShape(Schema):
    """A monitor that counts by itself: at least `count` since the deployment, read until `read_until`. `unread`: the
    longest time in which it could not be read.
    """

    monitor: str
    kind: Literal["errors", "user_reports"]
    count: int
    read_until: Utc | None
    unread: Unread | None


class WatchShape(Schema):
    """`remedy`: "HF-3" or "RB-1", empty for the incident as a whole. `counted_s` of `least_s` were watched, of which
    `coverage` is in percent of the time. `ends_at`: when it is over if every look from now on is good; null where only
    a person can say it. `restarts`: how often a failure began it anew. `rare`: who is looked at too seldom to count.
    """

    remedy: str
    product: str
    state: Literal["waits", "runs", "ill", "met", "failed", "stopped"]
    kept_from: Utc
    counts_from: Utc | None
    least_s: int
    counted_s: float
    coverage: float | None
    ends_at: Utc | None
    ended_at: Utc | None
    extended_s: float
    restarts: int
    why: Literal["", "not_yet", "failed", "nobody", "gap", "coverage", "time"]
    gaps: list[GapShape]
    watched: list[str]
    rare: list[str]
    watcher: str | None
    smoke: list[SmokeShape]
    errors: CountShape | None
    user_reports: CountShape | None
    feeds: list[FeedShape]


class Watches(Schema):
    items: list[WatchShape]
    next: str | None = Field(None, description="Always null: all of them are here.")


class NewTally(Body):
    """`incident` or `hotfix` says of what; `since` and `until` (now) for how long it was counted. Two sources are never
    added up; who counts the same time again corrects what the same source said before.
    """

    model_config = ConfigDict(
        strict=True,
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "hotfix": "HF-3",
                    "kind": "errors",
                    "count": 0,
                    "since": "2026-11-21T02:00:00Z",
                    "source": "Sentry",
                }
            ]
        },
    )

    kind: Literal["errors", "user_reports"]
    count: Annotated[int, Field(ge=0, le=10**9)]
    since: Moment
    until: Moment | None = None
    incident: Annotated[str, Field(max_length=24), Plain] = ""
    hotfix: Annotated[str, Field(max_length=24), Plain] = ""
    source: Annotated[str, Field(max_length=80), Plain, OneLine] = ""
    url: Annotated[str, Field(max_length=1000), Plain, OneLine] = ""


class TallyShape(Schema):
    id: int
    incident: str
    remedy: str
    kind: Literal["errors", "user_reports"]
    count: int
    since: Utc
    until: Utc
    source: str
    url: str
    at: Utc
    by: str | None
    token: str | None


@router.get("/incidents/{ref}/watch", response=Watches)
def read_watch(request: HttpRequest, ref: str) -> dict[str, Any]:
    """Of each hotfix and rollback the last watch, the newest first: how far it is, and what stood in its way."""
    found = _reachable(request, ref)
    if found is None:
        raise Http404
    authorize(person_of(request), "view", found)
    now = moment.now()
    return {"items": [watch_shape(one) for one in shown.of_incident(found, now, most=20)], "next": None}


@router.post("/tallies", auth=COUNTED_WITH, response={201: TallyShape, 200: TallyShape})
def add_tally(request: HttpRequest, body: NewTally) -> Status[dict[str, Any]]:
    """So many errors, or users' reports, from then to now. None is a number: what nobody counts is not known."""
    user, facts = person_of(request), body.facts()
    incident, product = _meant(request, facts.pop("incident", ""), facts.pop("hotfix", ""))
    authorize(user, "count", incident)

    def do() -> str:
        made = tallies.add(incident, by=user, token=token_of(request).name, product=product, **facts)
        return str(made.pk)

    sent = body.model_dump(mode="json", exclude_unset=True)
    pk, fresh = once_by_token(request, "tallies", sent, do)
    made = Tally.objects.select_related("incident", "by").get(pk=int(pk))
    return Status(201 if fresh else 200, tally_shape(made))


def _meant(request: HttpRequest, incident: str, hotfix: str) -> tuple[Incident, Any]:
    """ValidationError by field for what is named twice, not at all, or out of reach."""
    if bool(incident.strip()) == bool(hotfix.strip()):
        raise ValidationError({"hotfix": _("Name the hotfix, or the incident: one of them.")})
    if hotfix.strip():
        found = hotfix_of(request, hotfix)
        return found.incident, found.product
    meant = _reachable(request, incident.strip())
    if meant is None:
        words = _("There is no incident “%(ref)s” here.") % {"ref": incident}
        raise ValidationError({"incident": words})
    return meant, None


def _reachable(request: HttpRequest, ref: str) -> Incident | None:
    """What both the person and the token may see."""
    rows = narrowed(Incident.objects.visible_to(person_of(request)).for_page(), token_of(request))
    try:
        return rows.by_ref(ref)  # type: ignore[attr-defined,no-any-return]
    except Incident.DoesNotExist:
        return None


def watch_shape(one: WatchShown) -> dict[str, Any]:
    watch, course = one.watch, one.course
    return {
        "remedy": watch.remedy,
        "product": watch.product.slug,
        "state": one.state,
        "kept_from": utc(watch.kept_from),
        "counts_from": utc_or_none(watch.counts_from),
        "least_s": watch.least_s,
        "counted_s": course.counted_s,
        "coverage": course.coverage,
        "ends_at": utc_or_none(one.ends_at) if one.running else None,
        "ended_at": utc_or_none(watch.ended_at),
        "extended_s": course.extended_s,
        "restarts": watch.restarts,
        "why": course.why,
        "gaps": [_gap(gap) for gap in course.gaps],
        "watched": list(course.watched),
        "rare": list(course.rare),
        "watcher": one.watcher.user.email if one.watcher and one.watcher.user else None,
        "smoke": [
            {
                "key": item.key,
                "title": item.title,
                "passed": item.passed,
                "by": item.by,
                "at": utc_or_none(item.at),
            }
            for item in one.items
        ],
        "errors": _count(one.errors),
        "user_reports": _count(one.reports),
        "feeds": [_feed(feed) for feed in one.feeds],
    }


def _gap(gap: Any) -> dict[str, Any]:
    return {
        "start": utc(gap.start), "end": utc(gap.end), "seconds": gap.seconds, "who": list(gap.who), "open": gap.open,
    }  # fmt: skip


def _feed(feed: Feed) -> dict[str, Any]:
    unread = {"start": utc(feed.unread[0]), "end": utc(feed.unread[1])} if feed.unread else None
    return {
        "monitor": feed.slug, "kind": feed.kind, "count": feed.count, "read_until": utc_or_none(feed.until),
        "unread": unread,
    }  # fmt: skip


def _count(found: Any) -> dict[str, Any] | None:
    if found is None:
        return None
    return {"count": found.count, "until": utc(found.until), "source": found.source, "worse": found.worse}


def tally_shape(one: Tally) -> dict[str, Any]:
    same = ("remedy", "kind", "count", "source", "url")
    return {
        **{name: getattr(one, name) for name in same},
        "id": one.pk,
        "incident": one.incident.ref,
        "since": utc(one.since),
        "until": utc(one.until),
        "at": utc(one.at),
        "by": one.by.email if one.by else None,
        "token": one.token or None,
    }
