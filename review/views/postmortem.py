"""The report of one incident: the page, what of it changes, an answer saved, and the same as Markdown and JSON."""

import json
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.access import authorize, signed_in
from foundation import moment
from incidents.lifecycle.lifecycle import TooLate
from incidents.models import Incident
from incidents.views.incident import fetch, lookup, zone_of
from live import bus
from review import answers, page, report
from review.forms import AnswerForm
from review.markdown import markdown
from review.page import Question
from review.refusals import AnswerChanged
from ui.htmx import by_htmx

PAGE = "review/postmortem.html"


@require_safe
def postmortem(request: HttpRequest, ref: str) -> HttpResponse:
    cursor = bus.cursor()
    found = lookup(request, ref)
    authorize(request.user, "view", found)
    if ref != found.ref:
        return redirect("postmortem", ref=found.ref)
    return show(request, found, cursor=cursor)


@require_safe
def postmortem_fresh(request: HttpRequest, ref: str) -> HttpResponse:
    """What changes by itself, for an open page that was told so; never what somebody is typing."""
    return render(request, f"{PAGE}#fresh", context(request, fetch(request, ref)))


def show(
    request: HttpRequest, found: Incident, *, status: int = 200, cursor: int | None = None, **extra: Any
) -> HttpResponse:
    cursor = bus.cursor() if cursor is None else cursor
    return render(request, PAGE, context(request, found, live_cursor=cursor, **extra), status=status)


def context(
    request: HttpRequest, found: Incident, *, typed: dict[str, Question] | None = None, **extra: Any
) -> dict[str, Any]:
    reader = signed_in(request)
    return {
        "incident": found,
        "page": page.read(found, reader, moment.now(), typed),
        "zone": zone_of(reader, found),
        "live_topics": [f"incident:{found.pk}", f"user:{reader.pk}"],
        **extra,
    }


@require_POST
def answer(request: HttpRequest, ref: str, key: str) -> HttpResponse:
    """Save one answer. What cannot be saved stays in the box, with what stands against it beside it."""
    found = fetch(request, ref)
    authorize(request.user, "answer", found)
    form = AnswerForm(request.POST, auto_id=f"id_{key}_%s")
    conflict, said, status = None, "", 422
    if form.is_valid():
        over = request.POST.get("over", "")[:16]
        facts = form.facts() | ({"seen": over} if over else {})
        try:
            answers.answer(found, key, by=signed_in(request), **facts)
        except AnswerChanged as changed:
            conflict, status = changed, 409
        except TooLate as late:
            said, status = late.words, 409
        except ValidationError as error:
            said = " ".join(error.messages)
        else:
            return _saved(request, found, key)
    else:
        said = " ".join(str(words) for errors in form.errors.values() for words in errors)
    return _not_saved(request, found, key, form, conflict, said, status)


def _saved(request: HttpRequest, found: Incident, key: str) -> HttpResponse:
    if not by_htmx(request):
        return redirect(f"{_address(found)}#question-{key}")
    return render(request, f"{PAGE}#answered", context(request, found, answered=key))


def _not_saved(
    request: HttpRequest,
    found: Incident,
    key: str,
    form: AnswerForm,
    conflict: AnswerChanged | None,
    said: str,
    status: int,
) -> HttpResponse:
    known = report.readable(answers.current(found, report.postmortem_of(found)))
    saved = next((one for one in known if one["key"] == key), None)
    if saved is None:
        return show(request, found, status=status, said=said)
    typed = {key: Question(saved, form, conflict, said)}
    if by_htmx(request):
        return render(
            request, f"{PAGE}#answered", context(request, found, typed=typed, answered=key), status=status
        )
    return show(request, found, status=status, typed=typed)


def _address(found: Incident) -> str:
    return f"{found.get_absolute_url()}postmortem/"


@require_safe
def postmortem_markdown(request: HttpRequest, ref: str) -> HttpResponse:
    """To read, or with `?download` to keep."""
    found = fetch(request, ref)
    text = markdown(report.read(found, moment.now()), zone_of(signed_in(request), found))
    if "download" in request.GET:
        return attached(text, "text/markdown", f"{found.ref}-postmortem.md")
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


@require_safe
def postmortem_json(request: HttpRequest, ref: str) -> HttpResponse:
    found = fetch(request, ref)
    shown = report.exported(found, moment.now())
    return attached(
        json.dumps(shown, ensure_ascii=False, indent=2), "application/json", f"{found.ref}-postmortem.json"
    )


def attached(text: str, kind: str, name: str) -> HttpResponse:
    return HttpResponse(
        text,
        content_type=f"{kind}; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
