"""/settings/channels/: the ways to a team's room and to one's own phone, and what did not arrive."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import allowed, authorize, signed_in, teams_of
from accounts.models import Team, User
from foundation import secrets
from foundation.origin import links_open_here_only
from notifications import ways
from notifications.channels import WAYS
from notifications.channels.forms import ChannelForm
from notifications.models import Audience, Channel, Delivery, Kind
from notifications.parcel import Outcome
from notifications.standing import Standing, request_url, standings, undelivered
from products.models import Product


@require_safe
def channels(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    mine = Channel.objects.visible_to(user).select_related("team", "user")
    shown = standings(mine.active())
    context = {
        "groups": _groups(user, shown),
        "mine": [one for one in shown if one.channel.user_id == user.pk],
        "archived": [one for one in mine.exclude(archived_at=None) if allowed(user, "restore", one)],
        "kinds": _kinds(user, None),
        "links_stay": links_open_here_only(),
        "mail_is_off": WAYS[Kind.EMAIL].unusable(),
        "undelivered": undelivered(user),
    }
    return render(request, "notifications/channels.html", context)


def _groups(user: User, shown: list[Standing]) -> list[dict[str, Any]]:
    return [
        {
            "team": team,
            "channels": [one for one in shown if one.channel.team_id == team.pk],
            "may_add": allowed(user, "add_channel", team),
            "kinds": _kinds(user, team),
        }
        for team in teams_of(user)
    ]


def _kinds(user: User, team: Team | None) -> list[tuple[str, str]]:
    return [(kind.value, str(kind.label)) for kind in WAYS if ways.may_set_up(user, kind, team)]


@require_http_methods(["GET", "HEAD", "POST"])
def add_channel(request: HttpRequest, kind: str) -> HttpResponse:
    """`?team=slug` for a team's channel; without it for one's own."""
    user = signed_in(request)
    way = WAYS.get(Kind(kind)) if kind in Kind.values else None
    if way is None:
        raise Http404
    slug = request.GET.get("team", "")
    team = get_object_or_404(Team, slug=slug) if slug else None
    if team:
        authorize(user, "view", team)
        authorize(user, "add_channel", team)
    if not ways.may_set_up(user, way.kind, team):
        raise PermissionDenied(_("Only an administrator of the team sets up such a channel."))
    form = _of_a_team(way.form(request.POST or None), team)
    if request.method == "POST" and form.is_valid():
        config = form.config()
        chosen = form.cleaned_data.get("products") or ()
        channel = ways.add_channel(
            kind=way.kind,
            name=form.cleaned_data["name"],
            config=config,
            by=user,
            team=team,
            products=chosen,
            audience=_audience(form),
        )
        messages.success(request, _("%(channel)s is added. Send a test.") % {"channel": channel})
        if way.kind == Kind.WEBHOOK and not form.cleaned_data["secret"]:
            text = _("Its signing secret, shown this once: %(secret)s") % {"secret": config["secret"]}
            messages.warning(request, text)
        # Half of it is still to be done in Slack, and stands there.
        return redirect("edit_channel", channel.pk) if channel.key else redirect("channels")
    return _form(request, form, heading=_("Add: %(kind)s") % {"kind": way.kind.label}, team=team)


@require_http_methods(["GET", "HEAD", "POST"])
def edit_channel(request: HttpRequest, pk: int) -> HttpResponse:
    channel = _fetch(request, pk, "edit")
    way = WAYS[Kind(channel.kind)]
    initial = {"name": channel.name, "products": channel.products.all(), "audience": channel.audience}
    lost = not secrets.opens(channel.sealed)
    form = way.form(request.POST or None, known=not lost, is_set=ways.set_of(channel), initial=initial)
    form = _of_a_team(form, channel.team)
    if request.method == "POST" and form.is_valid():
        try:
            ways.edit_channel(
                channel,
                name=form.cleaned_data["name"],
                config=form.config(),
                by=signed_in(request),
                products=form.cleaned_data.get("products") or (),
                audience=_audience(form),
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("channels")
    shown = {"called": request_url(channel), "links_stay": links_open_here_only()}
    return _form(request, form, heading=channel.name, team=channel.team, channel=channel, lost=lost, **shown)


@require_POST
def archive_channel(request: HttpRequest, pk: int) -> HttpResponse:
    channel = _fetch(request, pk, "archive")
    ways.archive_channel(channel, by=signed_in(request))
    messages.success(request, _("%(channel)s is used no longer.") % {"channel": channel})
    return redirect("channels")


@require_POST
def restore_channel(request: HttpRequest, pk: int) -> HttpResponse:
    channel = get_object_or_404(Channel.objects.select_related("team"), pk=pk)
    authorize(request.user, "restore", channel)
    ways.restore_channel(channel, by=signed_in(request))
    messages.success(request, _("%(channel)s is used again. Send a test.") % {"channel": channel})
    return redirect("channels")


@require_POST
def test_channel(request: HttpRequest, pk: int) -> HttpResponse:
    channel = _fetch(request, pk, "test")
    _say(request, str(channel), ways.send_test(channel, by=signed_in(request)))
    return redirect("channels")


@require_POST
def test_mail(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    _say(request, user.email, ways.send_test_mail(user))
    return redirect("channels")


def _say(request: HttpRequest, to: str, outcome: Outcome) -> None:
    said = {"to": to, "detail": outcome.detail}
    if outcome.result == "sent":
        messages.success(request, _("The test to %(to)s went out. %(detail)s") % said)
    elif outcome.result == "unsure":
        messages.warning(request, _("The test to %(to)s: %(detail)s") % said)
    else:
        messages.error(request, _("The test to %(to)s failed: %(detail)s") % said)


@require_POST
def retry(request: HttpRequest, pk: int) -> HttpResponse:
    """Send it again; back to where one came from (`next` is a path of ours)."""
    delivery = _delivery(request, pk, "retry")
    try:
        if ways.retry(delivery, by=signed_in(request)):
            messages.success(request, _("It is sent again."))
        else:
            messages.warning(request, _("It needs no further attempt."))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect(delivery.path if request.POST.get("back") == "page" and delivery.path else "channels")


@require_POST
def note(request: HttpRequest, pk: int) -> HttpResponse:
    ways.note_dead(_delivery(request, pk, "note"), by=signed_in(request))
    return redirect("channels")


def _fetch(request: HttpRequest, pk: int, action: str) -> Channel:
    channel = get_object_or_404(Channel.objects.active().select_related("team"), pk=pk)
    authorize(request.user, action, channel)
    return channel


def _delivery(request: HttpRequest, pk: int, action: str) -> Delivery:
    delivery = get_object_or_404(Delivery.objects.select_related("team"), pk=pk)
    authorize(request.user, action, delivery)
    return delivery


def _of_a_team(form: ChannelForm, team: Team | None) -> ChannelForm:
    if team:
        form.fields["audience"] = forms.ChoiceField(
            label=lazy("Whom it is for"),
            choices=Audience.choices,
            required=False,
            initial=Audience.INTERNAL,
            widget=forms.RadioSelect,
            help_text=lazy("For users: a status mailing list, or a room that customers read."),
        )
        form.fields["products"] = forms.ModelMultipleChoiceField(
            label=lazy("Only for"),
            queryset=Product.objects.filter(team=team).active(),
            required=False,
            widget=forms.CheckboxSelectMultiple,
            help_text=lazy("None chosen: for all products of the team, also for new ones."),
        )
    return form


def _audience(form: ChannelForm) -> Audience:
    return Audience(form.cleaned_data.get("audience") or form.initial.get("audience") or Audience.INTERNAL)


def _form(request: HttpRequest, form: ChannelForm, **context: Any) -> HttpResponse:
    status = 422 if form.is_bound else 200
    return render(request, "notifications/channel_form.html", {"form": form, **context}, status=status)
