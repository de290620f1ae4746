"""/settings/: the way to everything that is set up once."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import allowed, signed_in, teams_of
from accounts.forms.people import ProfileForm
from accounts.models import User


@require_safe
def settings(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    context = {"may_browse_people": allowed(user, "browse", User), "teams": teams_of(user)[:4]}
    return render(request, "accounts/settings.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """One's own name and time zone; nobody needs a permission for that."""
    user = signed_in(request)
    form = ProfileForm(request.POST or None, instance=user)
    if request.method == "POST" and form.is_valid():
        user.save(update_fields=["name", "time_zone"])
        messages.success(request, _("Saved."))
        return redirect("profile")
    return render(request, "accounts/profile.html", {"form": form}, status=422 if form.errors else 200)
