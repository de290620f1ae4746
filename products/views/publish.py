"""Publishing a draft: what it changes, what stands in the way, and the one button."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import allowed, authorize, signed_in
from products.drafts.examined import examine
from products.drafts.obstacles import Blocked, Obstacle, alone, obstacles
from products.drafts.verbs import DraftChanged, go_on_from, publish
from products.models import Process, ProcessDraft
from products.process.diff import counts, diff
from products.process.problems import ProcessError
from products.reading.changes import changes
from products.views.draft import open_draft


@require_http_methods(["GET", "HEAD", "POST"])
def publish_draft(request: HttpRequest, key: str) -> HttpResponse:
    """Anybody who may write drafts compares; who may publish has the button."""
    if request.method != "POST":
        return _page(request, open_draft(request, key))
    authorize(request.user, "publish", Process)
    user = signed_in(request)
    draft = ProcessDraft.objects.open().filter(key=key).select_related("by", "saved_by", "base").first()
    if draft is None:
        messages.warning(request, _("The draft is over: somebody has published or discarded it."))
        return redirect("process", key=key)
    try:
        done = publish(draft, by=user, aloud="aloud" in request.POST, seen=request.POST.get("seen", ""))
    except DraftChanged as error:
        if error.draft.discarded_at:
            messages.warning(request, _("The draft is over: somebody has published or discarded it."))
            return redirect("process", key=key)
        changed = Obstacle("changed", _("Somebody changed the text meanwhile. Read it again; it is below."))
        return _page(request, error.draft, [changed], status=409)
    except Blocked as error:
        return _page(request, draft, error.obstacles, status=409)
    except ProcessError:
        return _page(request, draft, status=422)
    words = {"n": done.version.number}
    messages.success(request, _("Version %(n)s is published. New incidents go by it.") % words)
    return redirect("process", key=key)


@require_POST
def go_on(request: HttpRequest, key: str) -> HttpResponse:
    """Who has compared the draft with the version that came meanwhile keeps its text."""
    draft = open_draft(request, key)
    number = request.POST.get("number", "")
    process = get_object_or_404(Process.objects.select_related("current"), key=key)
    known = process.current
    try:
        if known is None or str(known.number) != number:
            raise DraftChanged(draft)
        go_on_from(draft, known, by=signed_in(request))
    except DraftChanged:
        messages.warning(request, _("Another version came meanwhile. Compare again."))
    return redirect("publish_draft", key=key)


def _page(
    request: HttpRequest, draft: ProcessDraft, found: list[Obstacle] | None = None, *, status: int = 200
) -> HttpResponse:
    user = signed_in(request)
    process = Process.objects.filter(key=draft.key).select_related("current").first()
    current = process.current if process else None
    examined = examine(draft.text, key=draft.key, guesses=draft.guesses)
    stretches = diff(current.text if current else "", draft.text)
    blocking = obstacles(draft, by=user, aloud=True)
    context: dict[str, Any] = {
        "draft": draft,
        "process": process,
        "current": current,
        "examined": examined,
        "told": found if found is not None else [],
        "obstacles": blocking,
        "outdated": any(obstacle.code == "outdated" for obstacle in blocking),
        "own": draft.saved_by_id == user.pk and alone(user),
        "may_publish": allowed(user, "publish", Process),
        "ready": not blocking and not examined.problems,
        "stretches": stretches,
        "counts": counts(stretches),
        "changes": _changes(current, examined),
    }
    return render(request, "products/process_publish.html", context, status=status)


def _changes(current: Any, examined: Any) -> list[str] | None:
    if examined.document is None:
        return None
    return changes(current.document if current else {}, examined.document.as_json()) if current else []
