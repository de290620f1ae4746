"""The hotfixes of a report as Markdown: what was waived, vouched for, or never shown to be right."""

from typing import Any

from django.utils.translation import gettext as _

from review.tame import inline


def hotfixes_of(report: dict[str, Any]) -> list[str]:
    lines: list[str] = []
    for one in report["hotfixes"]:
        old, new = one["versions"]
        step = f" {inline(old)} → {inline(new)}" if old and new else ""
        step += f" ({inline(one['taken_back'])})" if one.get("taken_back") else ""
        lines += [f"## {inline(one['ref'])} {inline(one['product'])}{step}", ""]
        lines += _deploy(one.get("deploy") or {})
        lines += [_override(said) for said in one["overrides"]]
        lines += [_attestation(said) for said in one["attestations"]]
        lines += [_check(check) for check in one["checks"]]
        lines += [f"- **{inline(_('Afterwards'))}:** {inline(line['summary'])}" for line in one["guard"]]
        if lines[-1] == "":
            lines.append(f"- {inline(_('Every check was right, and nobody waived one.'))}")
        lines.append("")
    return lines


def _deploy(known: dict[str, Any]) -> list[str]:
    if "minutes" not in known:
        return []
    said = _("%(minutes)s minutes from the approval to the deployment") % known
    if "limit_minutes" in known:
        said = (
            _("%(minutes)s minutes from the approval to the deployment; the limit is %(limit_minutes)s")
            % known
        )
    return [f"- {inline(said)}"]


def _override(said: dict[str, Any]) -> str:
    second = f", {_('agreed by')} {inline(said['second'])}" if said["second"] else ""
    back = f", {_('taken back')}" if said["withdrawn"] else ""
    what = _("Not waived") if said["waits"] else _("Waived")
    head = f"- **{inline(what)}: {inline(said['title'])}** ({inline(said['label'])})"
    who = inline(said["by"])
    if said["waits"]:
        who = _("asked by %s, nobody has agreed yet") % who
    return f"{head} {who}{second}{back}: {inline(said['said'])}"


def _attestation(said: dict[str, Any]) -> str:
    back = f", {_('taken back')}" if said["withdrawn"] else ""
    head = f"- **{inline(_('Vouched for'))}: {inline(said['title'])}** ({inline(said['label'])})"
    return f"{head} {inline(said['by'])}{back}: {inline(said['said'])}"


def _check(check: dict[str, Any]) -> str:
    waived = f" ({_('waived')})" if check["waived"] else ""
    return f"- {inline(check['title'])}: **{inline(check['label'])}**{waived} {inline(check['summary'])}"
