"""A process of one's own: pasted, uploaded or begun from one that is here; always as a draft."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.access import authorize, signed_in
from products.drafts.examined import key_in, with_key
from products.drafts.forms import NewProcessForm
from products.drafts.runbook import from_runbook
from products.drafts.verbs import DraftOpen, start_draft
from products.models import Process, ProcessDraft


@require_http_methods(["GET", "HEAD", "POST"])
def new_process(request: HttpRequest) -> HttpResponse:
    authorize(request.user, "draft", Process)
    form = NewProcessForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    there: ProcessDraft | None = None
    if form.is_valid():
        try:
            return redirect("process_draft", key=_begin(request, form).key)
        except DraftOpen as error:
            there = error.draft
        except ValidationError as error:
            for field, told in error.message_dict.items():
                for message in told:
                    form.add_error(field if field in form.fields else None, message)
    context = {
        "form": form,
        "there": there,
        # What was sent stays in the field, also when it came as a file.
        "text": form.sent_text if form.is_bound else "",
    }
    status = 409 if there else 422 if form.is_bound else 200
    return render(request, "products/process_new.html", context, status=status)


def _begin(request: HttpRequest, form: NewProcessForm) -> ProcessDraft:
    text, wanted = form.sent, form.cleaned_data["key"]
    guesses: list[dict[str, Any]] = []
    if form.is_markdown:
        text, guesses = from_runbook(text, file=form.name, key=wanted)
    key = wanted or key_in(text)
    if not key:
        raise ValidationError({"key": [form.KEY_NEEDED]})
    if wanted and key_in(text) not in {"", wanted}:
        text = with_key(text, wanted)
    process = Process.objects.filter(key=key).select_related("current").first()
    base = process.current if process else None
    return start_draft(text, key=key, by=signed_in(request), base=base, guesses=guesses)
