"""Which versions a hotfix is about, changed: with the one tap that its page offers, or in a form."""

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import authorize, signed_in
from hotfixes.lifecycle import changing
from hotfixes.pages.forms import VersionForm
from hotfixes.pages.views import fetch
from hotfixes.pages.views_said import Deed, answered, blame
from incidents.lifecycle.lifecycle import TooLate


@require_http_methods(["GET", "HEAD", "POST"])
def change_versions(request: HttpRequest, ref: str) -> HttpResponse:
    found = fetch(request, ref)
    authorize(request.user, "change_versions", found)
    what = Deed(
        "versions",
        _("Change the versions"),
        _("The names of its tag and branch and the messages follow; a branch that is there keeps its name."),
        VersionForm,
        changing.change_versions,
    )  # fmt: skip
    given = {"old": found.old_version, "version": found.new_version}
    form = VersionForm(request.POST if request.method == "POST" else None, initial=given)
    if request.method == "POST" and form.is_valid():
        try:
            changing.change_versions(found, by=signed_in(request), **form.cleaned_data)
            return redirect(found)
        except TooLate as late:
            form.add_error(None, late.words or _("Somebody was faster, or the incident is past this."))
            return answered(request, found, what, form, None, 409)
        except ValidationError as error:
            blame(form, error)
    return answered(request, found, what, form, None, 422 if form.is_bound else 200)
