"""Which versions a hotfix is about, changed: with the one tap that its page offers, or in a form."""

from functools import partial

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import authorize, signed_in
from hotfixes.lifecycle import changing
from hotfixes.pages.forms import VersionForm
from hotfixes.pages.views import fetch
from hotfixes.pages.views_said import Deed, page_of


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
    do = partial(what.do, found, by=signed_in(request))
    return page_of(request, found, what, form, do, to=found.get_absolute_url())
