"""The form that connects a product: on its own page, and as a step of the product's set-up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from accounts.access import allowed
from accounts.models import User
from foundation.text import plain_text
from hotfixes.connecting.shown import found, status
from products.models import Forge, Product
from products.policy_overrides import process_policy
from products.repositories import connect_repository, shared_with
from products.repository_address import origin
from products.setup.sections import REPOSITORY, Item, Section, SetupForm

FORGES = [("", lazy("By its address")), *Forge.choices]


class RepositoryForm(SetupForm):
    template = "hotfixes/set_up.html"

    url = forms.CharField(
        label=lazy("Address of the repository"),
        required=False,
        max_length=1000,
        validators=[plain_text],
        help_text=lazy("As you would clone it, or any of its pages: https://github.com/you/product"),
    )
    token = forms.CharField(
        label=lazy("Token"),
        required=False,
        max_length=1000,
        widget=forms.PasswordInput(render_value=False, attrs={"autocomplete": "off"}),
        help_text=lazy("For a private repository: one that may read it. It is kept sealed and never shown again."),
    )  # fmt: skip
    remove_token = forms.BooleanField(label=lazy("Remove the token"), required=False)
    username = forms.CharField(
        label=lazy("User name that belongs to the token"),
        required=False,
        max_length=100,
        help_text=lazy("GitHub, GitLab and Gitea need none for a personal token."),
    )
    forge = forms.ChoiceField(
        label=lazy("Forge"),
        choices=FORGES,
        required=False,
        help_text=lazy("Whose reviews, releases and deployments are read. Plain git works without."),
    )
    write_back = forms.BooleanField(
        label=lazy("Say on the forge how far a hotfix is"),
        required=False,
        help_text=lazy(
            "One status on its last commit and one comment. The token needs the right to write them."
        ),
    )
    main = forms.CharField(label=lazy("Main branch"), required=False, max_length=80, validators=[plain_text])

    def __init__(self, data: Mapping[str, Any] | None, *, product: Product, user: User) -> None:
        super().__init__(data, product=product, user=user)
        plain = {"autocapitalize": "none", "autocorrect": "off", "spellcheck": "false"}
        self.fields["url"].widget.attrs.update({**plain, "inputmode": "url", "autocomplete": "off"})
        for name in ("username", "main"):
            self.fields[name].widget.attrs.update({**plain, "autocomplete": "off"})
        usual = process_policy(product).get("main", "main")
        self.fields["main"].help_text = _("Empty: %(main)s, as the process says.") % {"main": usual}
        self.initial["main"] = product.policy.get("main", "")
        self.row = product.repository
        if self.row:
            kept = {"url": self.row.url, "forge": self.row.forge, "username": self.row.username,
                    "write_back": self.row.write_back}  # fmt: skip
            self.initial.update(kept)
        if self.row and self.row.token:
            self.fields["token"].label = _("Another token in its place")
            self.fields["token"].help_text = _("One is kept, sealed. Empty: it stays.")
        else:
            del self.fields["remove_token"]

    @property
    def status(self) -> Any:
        return status(self.product) if self.row else None

    @property
    def found(self) -> Any:
        shown = self.status
        return found(self.product, shown.mirror) if shown else None

    @property
    def shared(self) -> list[Product]:
        return shared_with(self.product)

    @property
    def insecure(self) -> bool:
        return bool(self.row and self.row.token and origin(self.row.url).startswith("http:"))

    @property
    def protocols(self) -> str:
        return ", ".join(settings.NIGHTDESK_GIT_PROTOCOLS)

    def clean(self) -> dict[str, Any]:
        facts = self.cleaned_data
        if not facts.get("url") and any(facts.get(name) for name in ("token", "username", "main")):
            self.add_error("url", _("Give the repository’s address."))
        if facts.get("token") and facts.get("remove_token"):
            self.add_error("remove_token", _("Choose one: another token, or none."))
        return facts

    def save(self) -> None:
        facts = self.cleaned_data
        if not facts["url"]:
            return
        if not allowed(self.user, "edit", self.product):
            raise ValidationError(_("Only a manager of the team connects a repository."))
        token = facts["token"] or ("" if facts.get("remove_token") else None)
        connect_repository(
            self.product,
            by=self.user,
            url=facts["url"],
            forge=facts["forge"],
            # What nobody typed leaves what another product of the repository has entered.
            username=facts["username"] if "username" in self.changed_data else None,
            token=token,
            main=facts["main"],
            write_back=facts["write_back"] if "write_back" in self.changed_data else None,
        )

    def act(self, request: HttpRequest) -> bool:
        """Stay and see what is found."""
        return "look" in self.data and bool(self.cleaned_data["url"])


def _connected(product: Product) -> bool:
    return product.repository_id is not None


SECTION = Section(
    "repository",
    REPOSITORY,
    10,
    (
        Item(
            "repository",
            lazy("Its repository"),
            lazy("No repository is connected, so a hotfix’s list does not tick itself."),
            _connected,
        ),
    ),
    RepositoryForm,
)
