"""One's own passkeys: which there are, a new one, and away with one."""

import json

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts import confirming, passkeys, second_step
from accounts.access import signed_in
from accounts.confirming import ConfirmForm
from accounts.forms.passkey import PasskeyForm
from accounts.views.second_step import asking, kept


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def browse(request: HttpRequest) -> HttpResponse:
    """GET lists them and asks the browser for a new one; POST keeps it."""
    user = signed_in(request)
    wrong: list[str] = []
    form = PasskeyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            _confirmed(request)
            name, answer = form.cleaned_data["name"], request.POST.get("credential", "")
            second_step.add_passkey(request, user, name=name, answer=answer)
            return kept(request, user)
        except ValidationError as error:
            wrong = error.messages
    context = {
        "passkeys": [{"row": one, "name": one.wrap().name} for one in passkeys.passkeys_of(user)],
        "possible": passkeys.possible(request),
        "options": json.dumps(passkeys.begin_adding(user)) if passkeys.possible(request) else "",
        "fresh": confirming.is_fresh(request),
        "form": form,
        "wrong": wrong,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "accounts/passkeys.html", context, status=status)


def _confirmed(request: HttpRequest) -> None:
    """A phone that lies about must not be given a key of its own: an older sign-in gives the password again."""
    if confirming.is_fresh(request):
        return
    form = ConfirmForm({"password": request.POST.get("password", "")})
    form.is_valid()
    confirming.confirm(request, signed_in(request), form)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """One's own only: somebody else's is not found."""
    user = signed_in(request)
    found = get_object_or_404(passkeys.passkeys_of(user), pk=pk)
    who = ConfirmForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and confirming.passes(request, user, who):
        second_step.remove_passkey(request, user, found)
        messages.success(request, _("That passkey is removed."))
        return redirect("passkeys")
    title = _("Remove %(name)s") % {"name": found.wrap().name}
    does = _("It confirms nothing any more, and no sign-in. Your other devices are signed out.")
    return asking(request, "accounts/confirm_it.html", who, {"title": title, "does": does})
