"""A product's set-up asks for the room that hears of its incidents (K136), with a test."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from accounts.access import allowed
from accounts.models import User
from foundation.text import plain_text
from notifications import ways
from notifications.channels import WAYS
from notifications.channels.forms import Secret
from notifications.models import Channel, Kind
from products.models import Product
from products.setup.proposal import proposal
from products.setup.sections import PEOPLE, Item, Section, SetupForm

KINDS = [
    (Kind.SLACK.value, lazy("A chat room")),
    (Kind.TEAMS.value, lazy("A room in Microsoft Teams")),
    (Kind.NTFY.value, lazy("A phone, by ntfy")),
]
_WHERE = re.compile(r"^\s*(Slack|Mattermost|Rocket\.Chat|Zulip|ntfy)\s*:\s*", re.IGNORECASE)


class ChannelSetup(SetupForm):
    template = "notifications/set_up.html"

    room_kind = forms.ChoiceField(
        label=lazy("What it is"), choices=KINDS, required=False, initial=Kind.SLACK, widget=forms.RadioSelect
    )
    room_name = forms.CharField(label=lazy("Name"), max_length=80, required=False, validators=[plain_text])
    room_url = Secret(
        label=lazy("Its webhook or topic address"),
        required=False,
        help_text=lazy(
            "The chat’s settings have it under “Incoming webhooks” (Slack, Mattermost, Zulip) or “Workflows” "
            "(Teams). It is kept sealed."
        ),
    )

    def __init__(self, data: Mapping[str, Any] | None, *, product: Product, user: User) -> None:
        super().__init__(data, product=product, user=user)
        self.fields["room_url"].widget.attrs.update({"inputmode": "url", "autocapitalize": "none"})
        self.there = list(channels_of(product))
        self.may_add = allowed(user, "add_channel", product.team)
        self.said = proposal(product.process).channel
        if not self.there:
            self.initial["room_name"] = _WHERE.sub("", self.said)
        self.made: Channel | None = None

    def clean(self) -> dict[str, Any]:
        facts = self.cleaned_data
        if not facts.get("room_url"):
            if "send_test" in self.data and not self.there and not self.errors:
                self.add_error("room_url", _("Give an address: there is nothing yet to send a test to."))
            return facts
        kind = Kind(facts.get("room_kind") or Kind.SLACK)
        name = facts.get("room_name") or str(dict(KINDS)[kind.value])
        self.way = WAYS[kind].form({"name": name, "url": facts["room_url"]})
        for field, problems in self.way.errors.items():
            self.add_error(f"room_{field}" if f"room_{field}" in self.fields else None, problems)
        return facts

    def save(self) -> None:
        if not self.cleaned_data.get("room_url"):
            return
        if not self.may_add:
            raise ValidationError(_("Only a manager of the team adds a channel."))
        self.made = ways.add_channel(
            kind=Kind(self.cleaned_data["room_kind"] or Kind.SLACK),
            name=self.way.cleaned_data["name"],
            config=self.way.config(),
            by=self.user,
            team=self.product.team,
            products=[self.product],
        )

    def act(self, request: HttpRequest) -> bool:
        """Send a test to what was just added, else to what is there; the person sees at once what came of it."""
        if "send_test" not in self.data:
            return False
        for channel in [self.made] if self.made else self.there:
            outcome = ways.send_test(channel, by=self.user)
            said = {"to": channel, "detail": outcome.detail}
            if outcome.result == "sent":
                messages.success(request, _("The test to %(to)s went out. %(detail)s") % said)
            elif outcome.result == "unsure":
                messages.warning(request, _("The test to %(to)s: %(detail)s") % said)
            else:
                messages.error(request, _("The test to %(to)s failed: %(detail)s") % said)
        return True


def channels_of(product: Product) -> QuerySet[Channel]:
    """The team's channels that hear of this product: its own, and those for all products."""
    mine = Channel.objects.active().internal().filter(team=product.team_id)
    return mine.filter(Q(products=product) | Q(products=None)).order_by("name", "pk")


def _reached(product: Product) -> bool:
    return channels_of(product).exists()


SECTION = Section(
    "channel",
    PEOPLE,
    20,
    (Item("channel", lazy("A room or a phone that rings"), lazy("No room hears of its incidents."), _reached),),
    ChannelSetup,
)  # fmt: skip
