"""A draft of a process in the browser: begin it, write and check it, look at guesses, throw it away."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import allowed, authorize, signed_in
from products.drafts.examined import examine
from products.drafts.obstacles import obstacles
from products.drafts.verbs import DraftChanged, DraftOpen, discard, look_at, save_draft, start_draft
from products.models import Process, ProcessDraft
from products.process.diff import diff
from products.process.lines import as_before


def open_draft(request: HttpRequest, key: str) -> ProcessDraft:
    """The open draft of `key` for who may write one; 404 when there is none."""
    authorize(request.user, "draft", Process)
    rows = ProcessDraft.objects.open().select_related("by", "saved_by", "base")
    return get_object_or_404(rows, key=key)


@require_POST
def start(request: HttpRequest, key: str) -> HttpResponse:
    """A draft of the current version, or of the text that is sent along; the open one when there is one."""
    authorize(request.user, "draft", Process)
    process = get_object_or_404(Process.objects.exclude(current=None).select_related("current"), key=key)
    current = process.current
    assert current is not None  # asked for above
    text = as_before(request.POST.get("text") or current.text, current.text)
    try:
        start_draft(text, key=key, by=signed_in(request), base=current)
    except DraftOpen as error:
        if request.POST.get("text"):
            return draft_page(request, error.draft, typed=text, changed=True)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("process", key=key)
    return redirect("process_draft", key=key)


@require_http_methods(["GET", "HEAD", "POST"])
def process_draft(request: HttpRequest, key: str) -> HttpResponse:
    if request.method != "POST":
        return draft_page(request, open_draft(request, key))
    authorize(request.user, "draft", Process)
    draft = ProcessDraft.objects.open().filter(key=key).first()
    if draft is None:
        return _over(request, key, request.POST.get("text", ""))
    typed = as_before(request.POST.get("text", ""), draft.text)
    action = request.POST.get("action")
    if action == "check":
        return draft_page(request, draft, typed=typed, seen=request.POST.get("seen", ""))
    if action == "publish" and typed == draft.text:
        # Who only publishes has written nothing.
        return redirect("publish_draft", key=key)
    try:
        save_draft(draft, typed, by=signed_in(request), seen=request.POST.get("seen", ""))
    except DraftChanged as error:
        if error.draft.published_id or error.draft.discarded_at:
            return _over(request, key, typed)
        return draft_page(request, error.draft, typed=typed, changed=True)
    except ValidationError as error:
        return draft_page(
            request, draft, typed=typed, wrong=error.messages, seen=request.POST.get("seen", "")
        )
    messages.success(request, _("Saved. Nothing changes for incidents until it is published."))
    return redirect("publish_draft" if action == "publish" else "process_draft", key=key)


@require_POST
def draft_guesses(request: HttpRequest, key: str) -> HttpResponse:
    """Marks the ticked guesses as looked at, and those of a section whose button was pressed; on to the next one."""
    draft = open_draft(request, key)
    sent = [*request.POST.getlist("place"), *request.POST.get("places", "").split()]
    places = {int(place) for place in sent if place.isascii() and place.isdigit() and len(place) < 9}
    try:
        draft = look_at(draft, places, by=signed_in(request))
    except DraftChanged:
        messages.warning(request, _("The draft is over: somebody has published or discarded it."))
        return redirect("processes")
    left = examine(draft.text, key=key, guesses=draft.guesses).unseen_after(places)
    if left is None:
        messages.success(request, _("Every guess was looked at."))
    return redirect(reverse("process_draft", args=[key]) + (f"#L{left.line}" if left else ""))


@require_http_methods(["GET", "HEAD", "POST"])
def discard_draft(request: HttpRequest, key: str) -> HttpResponse:
    """Asks first."""
    draft = open_draft(request, key)
    if request.method != "POST":
        return render(request, "products/process_discard.html", {"draft": draft})
    try:
        discard(draft, by=signed_in(request))
    except DraftChanged:
        messages.warning(request, _("Too late: somebody has published it."))
    else:
        messages.success(request, _("The draft is discarded."))
    known = Process.objects.filter(key=key).exclude(current=None).exists()
    return redirect("process", key=key) if known else redirect("processes")


def draft_page(
    request: HttpRequest,
    draft: ProcessDraft,
    *,
    typed: str | None = None,
    changed: bool = False,
    wrong: list[str] | None = None,
    seen: str | None = None,
) -> HttpResponse:
    """The editor. `typed` is not stored yet: it stays in the field, whatever happened.

    `changed`: somebody saved another text meanwhile; both are shown, and who saves again has seen theirs.
    """
    text = draft.text if typed is None else typed
    process = Process.objects.filter(key=draft.key).select_related("current").first()
    context: dict[str, Any] = {
        "draft": draft,
        "text": text,
        "typed": typed is not None and typed != draft.text,
        "changed": changed,
        "between": diff(draft.text, text) if changed else [],
        "wrong": wrong or [],
        "seen": draft.sha256 if seen is None or changed else seen,
        "process": process,
        "current": process.current if process else None,
        "examined": examine(text, key=draft.key, guesses=draft.guesses),
        "obstacles": obstacles(draft, by=signed_in(request)),
        "may_publish": allowed(request.user, "publish", Process),
    }
    status = 409 if changed else 422 if wrong else 200
    return render(request, "products/process_draft.html", context, status=status)


def _over(request: HttpRequest, key: str, text: str) -> HttpResponse:
    """Somebody has published or discarded the draft meanwhile: what was typed stays to be taken along."""
    process = Process.objects.filter(key=key).exclude(current=None).first()
    if not text and process is None:
        raise Http404
    context = {"key": key, "process": process, "text": text}
    return render(request, "products/process_draft_over.html", context, status=409)
