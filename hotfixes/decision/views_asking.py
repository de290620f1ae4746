"""Around the card: ask first, answer, and look again in 15 minutes. GET shows the form, POST does it."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import authorize, signed_in
from foundation.text import asked
from hotfixes.decision import asking, revisiting
from hotfixes.decision.decide import standing
from hotfixes.decision.forms import AnswerForm, AskForm
from hotfixes.models import Question
from incidents.lifecycle.lifecycle import TooLate
from incidents.views.incident import fetch, zone_of


@require_http_methods(["GET", "HEAD", "POST"])
def ask_question(request: HttpRequest, ref: str) -> HttpResponse:
    """What nobody knows, asked of who may know it; `?text=` is the card's own question."""
    found = fetch(request, ref)
    authorize(request.user, "ask_question", found)
    user = signed_in(request)
    sent = request.POST if request.method == "POST" else None
    form = AskForm(sent, initial={"text": asked(request, "text")}, incident=found, reader=user)
    if form.is_bound and form.is_valid():
        try:
            asking.ask(found, by=user, **form.cleaned_data)
            messages.success(request, _("Asked. You are told when it is answered."))
            return redirect("decision_card", ref=found.ref)
        except TooLate:
            form.add_error(None, _("It is over: nothing is left to decide."))
        except ValidationError as error:
            form.add_error(None, error)
    context = {"incident": found, "form": form, "title": _("Ask first"), "button": _("Ask")}
    return render(request, "hotfixes/ask.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def answer_question(request: HttpRequest, ref: str, pk: int) -> HttpResponse:
    found = fetch(request, ref)
    authorize(request.user, "answer_question", found)
    rows = Question.objects.select_related("by", "event__payload", "answered_by", "answer__payload")
    question = get_object_or_404(rows, pk=pk, incident=found)
    form = AnswerForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            asking.answer(question, by=signed_in(request), **form.cleaned_data)
            messages.success(request, _("Answered. %s is told.") % question.by)
            return redirect(found)
        except TooLate:
            form.add_error(None, _("It is over: nothing is left to decide."))
        except ValidationError as error:
            form.add_error(None, error)
    context = {
        "incident": found, "form": form, "question": question, "title": _("%s asks") % question.by,
        "button": _("Answer"), "zone": zone_of(request.user, found),
    }  # fmt: skip
    return render(request, "hotfixes/ask.html", context, status=422 if form.is_bound else 200)


@require_POST
def revisit_decision(request: HttpRequest, ref: str) -> HttpResponse:
    """`stands`: looked at, it stays so; else: tell me again in 15 minutes."""
    found = fetch(request, ref)
    authorize(request.user, "ask_question", found)
    made = standing(found)
    try:
        if made is None:
            raise ValidationError(_("Nothing is decided yet."))
        act = revisiting.stands if "stands" in request.POST else revisiting.revisit
        act(made, by=signed_in(request))
    except TooLate:
        messages.error(request, _("It is over: nothing is left to decide."))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("decision_card", ref=found.ref)
