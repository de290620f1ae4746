"""One's own passkeys: which there are, a new one, and away with one."""

import json

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts import confirming, passkeys
from accounts.access import signed_in
from accounts.confirming import ConfirmForm


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def browse(request: HttpRequest) -> HttpResponse:
    """GET lists them and asks the browser for a new one; POST keeps it."""
    user = signed_in(request)
    wrong: list[str] = []
    if request.method == "POST":
        name, answer = request.POST.get("name", ""), request.POST.get("credential", "")
        try:
            _confirmed(request)
            passkeys.add(user, name=name, answer=answer)
            messages.success(request, _("Kept. It confirms your decisions from now on."))
            return redirect("passkeys")
        except ValidationError as error:
            wrong = error.messages
    context = {
        "passkeys": [{"row": one, "name": one.wrap().name} for one in passkeys.passkeys_of(user)],
        "possible": passkeys.possible(request),
        "options": json.dumps(passkeys.begin_adding(user)) if passkeys.possible(request) else "",
        "fresh": confirming.is_fresh(request),
        "wrong": wrong,
    }
    return render(request, "accounts/passkeys.html", context, status=422 if wrong else 200)


def _confirmed(request: HttpRequest) -> None:
    """A phone that lies about must not be given a key of its own: an older sign-in gives the password again."""
    if confirming.is_fresh(request):
        return
    form = ConfirmForm({"password": request.POST.get("password", "")})
    form.is_valid()
    confirming.confirm(request, signed_in(request), form)


@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """One's own only: somebody else's is not found."""
    found = get_object_or_404(passkeys.passkeys_of(signed_in(request)), pk=pk)
    found.delete()
    messages.success(request, _("That passkey is removed."))
    return redirect("passkeys")
