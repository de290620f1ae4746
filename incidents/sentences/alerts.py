"""What the timeline says of alerts that other tools sent."""

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from incidents.models import TimelineEvent
from incidents.sentences.evidence import linked


def alert_received(event: TimelineEvent) -> SafeString:
    data = event.data
    names = [str(one.get("name", "")) for one in data.get("alerts") or []]
    over, n = data.get("state") == "resolved", len(names) + int(data.get("more") or 0)
    if n == 1:
        words = _("Alert <b>{names}</b> is over") if over else _("Alert <b>{names}</b> fires")
    else:
        words = _("<b>{n} alerts are over</b>: {names}") if over else _("<b>{n} alerts fire</b>: {names}")
    if event.actor_id:
        one, many = (
            _("Alert <b>{names}</b> is over, said by {who}"),
            _("<b>{n} alerts are over</b>, said by {who}: {names}"),
        )
        words = one if n == 1 else many
    named = "; ".join(names)
    if data.get("more"):
        named = _("%(names)s and %(n)s more") % {"names": named, "n": data["more"]}
    text = linked(event, format_html(words, n=n, names=named, who=event.actor_label))
    if data.get("held") and not over:
        text = format_html(_("{text}. Maintenance held it back until now"), text=text)
    if data.get("all_over"):
        text = format_html(_("{text}. None fires any more: if people can work again, resolve."), text=text)
    if data.get("last"):
        text = format_html(_("{text}. No more are written here: the list of alerts has them all."), text=text)
    return text
