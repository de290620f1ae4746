"""Action items on pages: added, changed, done, open again, dropped with the reason."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import authorize, signed_in
from foundation import moment
from foundation.idempotency import fingerprint, once
from foundation.text import asked
from incidents.models import Incident
from incidents.views.incident import fetch, zone_of
from review import action_items
from review.forms import ActionForm, ReasonForm
from review.models import ActionItem, ActionKind
from review.refusals import ActionChanged

METHODS = ["GET", "HEAD", "POST"]
USUAL = timedelta(days=14)  # until when, unless somebody says otherwise


@require_http_methods(METHODS)
def action_add(request: HttpRequest, ref: str) -> HttpResponse:
    found = _incident(request, ref)
    if request.method == "POST":
        form = ActionForm(request.POST, incident=found)
        return _done(request, found, form, lambda: _add(request, found, form), _("Add"))
    kind = asked(request, "kind")
    initial = {"kind": kind} if kind in ActionKind.values else {}
    initial |= {"owner": str(signed_in(request).pk), "due": str(moment.now().date() + USUAL)}
    return _page(request, found, ActionForm(incident=found, initial=initial), _("Add"), 200)


def _add(request: HttpRequest, found: Incident, form: ActionForm) -> object:
    """Two taps, or a phone that lost the answer and sends again, add one."""
    user, key = signed_in(request), form.cleaned_data["key"]
    facts = {name: value for name, value in form.facts().items() if name != "seen"}
    sent = {**facts, "owner": facts["owner"].pk, "due": str(facts["due"])}
    key = key and f"action:{found.pk}:{key}:{fingerprint(sent)}"
    do = action_items.add_action
    return once(f"user:{user.pk}", key, sent, lambda: str(do(found, by=user, **facts).number))


@require_http_methods(METHODS)
def action_change(request: HttpRequest, ref: str, number: int) -> HttpResponse:
    found = _incident(request, ref)
    item = _item(found, number)
    if request.method == "POST":
        form = ActionForm(request.POST, incident=found)
        facts = form.facts() if form.is_valid() else {}
        do = action_items.change_action
        return _done(request, found, form, lambda: do(item, by=signed_in(request), **facts), _("Save"), item)
    return _page(request, found, ActionForm(incident=found, item=item), _("Save"), 200, item)


@require_http_methods(METHODS)
def action_drop(request: HttpRequest, ref: str, number: int) -> HttpResponse:
    found = _incident(request, ref)
    item = _item(found, number)
    form = ReasonForm(request.POST or None)
    if request.method == "POST":
        facts = form.facts() if form.is_valid() else {}
        do = action_items.drop_action
        return _done(
            request, found, form, lambda: do(item, by=signed_in(request), **facts), _("Drop it"), item
        )
    return _page(request, found, form, _("Drop it"), 200, item)


@require_POST
def action_finish(request: HttpRequest, ref: str, number: int) -> HttpResponse:
    return _tap(request, ref, number, action_items.finish_action)


@require_POST
def action_reopen(request: HttpRequest, ref: str, number: int) -> HttpResponse:
    return _tap(request, ref, number, action_items.reopen_action)


def _tap(request: HttpRequest, ref: str, number: int, do: Callable[..., ActionItem]) -> HttpResponse:
    found = _incident(request, ref)
    try:
        do(_item(found, number), by=signed_in(request))
    except ActionChanged as changed:
        messages.warning(request, changed.words)
    return _back(found)


def _done(
    request: HttpRequest,
    found: Incident,
    form: Form,
    do: Callable[[], object],
    label: str,
    item: ActionItem | None = None,
) -> HttpResponse:
    if not form.is_valid():
        return _page(request, found, form, label, 422, item)
    try:
        do()
    except ActionChanged as changed:
        form.add_error(None, changed.words)
        return _page(request, found, form, label, 409, changed.item)
    except ValidationError as error:
        form.add_error(None, error)
        return _page(request, found, form, label, 422, item)
    return _back(found)


def _page(
    request: HttpRequest,
    found: Incident,
    form: Form,
    label: str,
    status: int,
    item: ActionItem | None = None,
) -> HttpResponse:
    """After somebody else's change the form says what stands there now and, sent once more, replaces it."""
    context: dict[str, Any] = {
        "incident": found, "form": form, "label": label, "item": item, "zone": zone_of(request.user, found),
        "changed": status == 409,
    }  # fmt: skip
    if status == 409 and item and "seen" in form.fields:
        form.data = {**form.data.dict(), "seen": str(item.revision)}  # type: ignore[attr-defined]
    return render(request, "review/action.html", context, status=status)


def _back(found: Incident) -> HttpResponse:
    return redirect(f"{found.get_absolute_url()}postmortem/#actions")


def _incident(request: HttpRequest, ref: str) -> Incident:
    found = fetch(request, ref)
    authorize(request.user, "change_action", found)
    return found


def _item(found: Incident, number: int) -> ActionItem:
    rows = ActionItem.objects.select_related("owner", "settled_by")
    item = rows.filter(postmortem__incident=found, number=number).first()
    if item is None:
        raise Http404
    return item
