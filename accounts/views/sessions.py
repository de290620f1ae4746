"""The devices that one is signed in on."""

from allauth.usersessions.internal import flows
from allauth.usersessions.models import UserSession
from allauth.usersessions.views import ListUserSessionsView
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import devices
from accounts.access import signed_in


class SessionsView(ListUserSessionsView):  # type: ignore[misc]
    """GET lists them, this one first; POST ends all others (both are allauth's)."""

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        context: dict[str, object] = super().get_context_data(**kwargs)
        found: list[UserSession] = context["sessions"]  # type: ignore[assignment]
        found.sort(key=lambda session: (not session.is_current(), -session.last_seen_at.timestamp()))
        context["devices"] = [{"session": s, "name": devices.describe(s.user_agent)} for s in found]
        return context


@require_POST
def end_session(request: HttpRequest, pk: int) -> HttpResponse:
    """Signs one device out; one's own only, so somebody else's is not found."""
    session = get_object_or_404(UserSession.objects.select_related("user"), pk=pk, user=signed_in(request))
    ends_here = session.is_current()
    flows.sessions.end_sessions(request, [session])
    if ends_here:
        return redirect("account_login")
    messages.success(request, _("That device is signed out."))
    return redirect("usersessions_list")
