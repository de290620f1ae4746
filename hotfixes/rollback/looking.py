"""What Nightdesk sees by itself of a way back: files, downloads, tags, the preview, how far a rollout is.

One judge per word of `shown_by` in the process. Each answers with a verdict, a sentence without the moment of the look,
and that moment beside it; nothing that is missing is ever PASS.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext as _

from foundation.written import utc
from hotfixes.models import Download, Evidence
from hotfixes.rollback import code
from hotfixes.rollback.known import Seen, Way, unknown
from monitoring.models import Kind, Receiver, Target
from monitoring.shown import as_shown
from monitoring.states import State
from products.models import Deployment, Product
from products.versions import bare
from products.vocabulary import Verdict

# A backup that a deploy script makes is written when the next version comes; clocks differ a little.
SLACK = timedelta(minutes=10)


def judge(name: str, way: Way) -> Seen:
    """By the word of the process; what no judge sees, a person says."""
    found = JUDGES.get(name)
    return found(way) if found else unknown(_("Nightdesk cannot see this. Look, and say so on the rollback."))


# A file on a machine (A41)


def backup(way: Way) -> Seen:
    path = str(way.option.get("path") or "")
    if not path:
        return unknown(_("The process does not say which file it is."))
    rows = Target.objects.present().filter(monitor__product=way.product, monitor__kind=Kind.FILE, key=path)
    target = next(iter(as_shown(rows.select_related("monitor")[:1], way.now)), None)
    if target is None:
        return unknown(_("No monitor looks at %(path)s.") % {"path": path}, path=path)
    at = target.checked_at or target.monitor.looked_at
    if target.state in (State.UNKNOWN, State.MAINTENANCE) or not target.monitor.enabled:
        return unknown(_("Nobody has told lately whether %(path)s is there.") % {"path": path}, at, path=path)
    file = _file(target, path)
    facts = {"path": path, "host": str(way.option.get("host") or ""), **file}
    if target.state == State.DOWN and (target.code == "missing" or file.get("size") is None):
        return Seen(Verdict.FAIL, _("%(path)s is not there.") % {"path": path}, at, facts)
    if target.state == State.DOWN:
        words = {"path": path, "said": target.said}
        return Seen(Verdict.FAIL, _("%(path)s is there, but: %(said)s") % words, at, facts)
    return _which_version(way, path, facts, at)


def _file(target: Target, path: str) -> dict[str, Any]:
    """Size, sha256 and mtime as the last push told; a file on this server tells only that it is there."""
    door = Receiver.objects.filter(monitor=target.monitor_id).first()
    rows: list[dict[str, Any]] = list(door.files) if door else []
    row = next((one for one in rows if one.get("path") == path), {})
    return {name: row[key] for name, key in _TOLD if row.get(key) not in (None, "")}


_TOLD = (("size", "size"), ("sha256", "sha256"), ("modified_at", "modified_at"))


def _which_version(way: Way, path: str, facts: dict[str, Any], at: datetime | None) -> Seen:
    """By its digest where an artifact of that version was reported; else when it was written, which proves nothing."""
    words = {"path": path, **way.words, **_described(way, facts)}
    version = _version_of(way.product, str(facts.get("sha256") or ""))
    facts |= {"version": version} if version else {}
    if version and way.target and version == way.target.version:
        return Seen(Verdict.PASS, _("%(path)s is %(target)s, by its SHA-256%(size)s.") % words, at, facts)
    if version:
        said = _("%(path)s is %(version)s, not %(target)s.") % {**words, "version": version}
        return Seen(Verdict.FAIL, said, at, facts)
    written = datetime.fromisoformat(facts["modified_at"]) if facts.get("modified_at") else None
    if written is None:
        return unknown(_("%(path)s is there; nobody has told which version it is.") % words, at, **facts)
    since = way.running.since if way.running else None
    if since and written > since + SLACK:
        said = _("%(path)s was written %(written)s, after %(running)s came: it may be %(running)s itself.")
        return unknown(said % words, at, **facts)
    said = _("%(path)s is there, written %(written)s%(size)s. Nobody has told which version it is.") % words
    return unknown(said, at, **facts)


def _version_of(product: Product, sha256: str) -> str:
    """Of the artifact that a script reported with this digest."""
    if not sha256:
        return ""
    told = Evidence.objects.filter(hotfix__product=product, kind="artifact", data__sha256=sha256)
    row = told.select_related("hotfix").order_by("-pk").first()
    return bare(str(row.data.get("version") or row.hotfix.new_version)) if row else ""


def _described(way: Way, facts: Mapping[str, Any]) -> dict[str, str]:
    written = facts.get("modified_at")
    zone = ZoneInfo(way.product.team.time_zone)
    size = facts.get("size")
    return {
        "written": datetime.fromisoformat(written).astimezone(zone).strftime("%d %b %H:%M %Z")
        if written
        else "",
        "size": _(", %(n)s bytes") % {"n": f"{size:,}"} if size is not None else "",
    }


# A package, an image or an ISO (A38, A39)


def download(way: Way) -> Seen:
    """A monitor of that very address, or of one that names the version; else what a HEAD said."""
    watched = _watched(way)
    if watched is not None:
        words = {"name": watched.monitor.name, **way.words}
        at, facts = watched.checked_at or watched.monitor.looked_at, {"url": watched.monitor.target}
        if watched.state == State.UP:
            return Seen(Verdict.PASS, _("Monitor %(name)s sees it there.") % words, at, facts)
        if watched.state == State.DOWN:
            return Seen(Verdict.FAIL, _("Monitor %(name)s does not find it.") % words, at, facts)
        return unknown(_("Monitor %(name)s cannot tell.") % words, at, **facts)
    if not way.option.get("artifact"):
        said = _(
            "Nobody has said where it can be downloaded. Enter its address, such as "
            "https://releases.example.org/{target}/…, in the product's set-up under “What is watched”."
        )
        # Not "…_at": reports read such a fact as a moment (review/report.py).
        return unknown(said, entered_on=reverse("set_up_step", args=[way.product.slug, "monitors"]))
    if not way.artifact:
        return unknown(_("Its address needs the version to go back to, and nobody knows that."))
    return _asked(way)


def _watched(way: Way) -> Target | None:
    rows = Target.objects.present().filter(
        monitor__product=way.product, monitor__kind=Kind.HTTP, monitor__enabled=True, monitor__target__gt=""
    )
    shown = as_shown(rows.select_related("monitor").order_by("pk")[:100], way.now)
    exact = (one for one in shown if way.artifact and one.monitor.target == way.artifact)
    return next(exact, None) or next((one for one in shown if _names(one.monitor.target, way)), None)


def _names(url: str, way: Way) -> bool:
    """Whether an address is that of this version: an image for who reflashes, anything else for a package."""
    version = re.escape(way.target.version) if way.target else ""
    image = re.search(r"\.(?:iso|img)\b", url) is not None
    named = version and re.search(rf"(?<![0-9.]){version}(?![0-9]|\.[0-9])", url) is not None
    return bool(named) and image == (way.option.get("kind") == "reflash")


def _asked(way: Way) -> Seen:
    url = way.artifact
    row = Download.objects.filter(product=way.product, url=url).first()
    if row is None or row.looked_at is None:
        return unknown(_("Nobody has asked %(url)s yet.") % {"url": url}, url=url)
    facts: dict[str, Any] = {"url": url, "status": row.status}
    words = {"url": url, "status": row.status, "detail": row.detail}
    if 200 <= row.status < 300:
        facts |= {"size": row.size} if row.size is not None else {}
        said = _("It answers at %(url)s.") if not row.size else _("It answers at %(url)s: %(size)s bytes.")
        return Seen(Verdict.PASS, said % {**words, "size": f"{row.size or 0:,}"}, row.looked_at, facts)
    if row.status in (404, 410):
        return Seen(Verdict.FAIL, _("It is not at %(url)s any more.") % words, row.looked_at, facts)
    if row.status:
        return unknown(_("%(url)s answers %(status)s.") % words, row.looked_at, **facts)
    return unknown(_("%(url)s cannot be asked: %(detail)s") % words, row.looked_at, **facts)


# The stores


def staged(way: Way) -> Seen:
    """How many have it is what the store said last, through a script or a person."""
    version = way.running.version if way.running else ""
    rows = Deployment.objects.filter(product=way.product).exclude(stage="", percent=None)
    last = next((one for one in rows.order_by("-at", "-pk")[:50] if bare(one.version) == version), None)
    if last is None:
        return unknown(_("Nobody has said how many have it already: ask the store console."))
    words = {"percent": last.percent, "version": version}
    facts = {"percent": last.percent, "stage": last.stage, "version": version, "at": utc(last.at)}
    if last.stage == Deployment.Stage.HALTED:
        said = (
            _("It is halted already.")
            if last.percent is None
            else _("It is halted at %(percent)s %% already.")
        )
        return Seen(Verdict.PASS, said % words, last.at, facts)
    if last.stage in (Deployment.Stage.SUBMITTED, Deployment.Stage.IN_REVIEW):
        return Seen(
            Verdict.PASS,
            _("Nobody has %(version)s yet: the store has not released it.") % words,
            last.at,
            facts,
        )
    if last.percent is None:
        return unknown(_("It is released; nobody has said to how many."), last.at, **facts)
    if last.percent >= 100:
        said = _("%(version)s is with everybody: there is nothing left to halt.") % words
        return Seen(Verdict.FAIL, said, last.at, facts)
    return Seen(Verdict.PASS, _("%(percent)s %% have %(version)s.") % words, last.at, facts)


JUDGES: Mapping[str, Callable[[Way], Seen]] = {
    "backup": backup,
    "download": download,
    "tag": code.tag,
    "migrations": code.migrations,
    "staged": staged,
}
