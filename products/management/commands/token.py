"""./run token --user EMAIL --name NAME --scope SCOPE… [--product SLUG…] [--days N]: prints an API token once."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from accounts.models import Scope, User
from foundation.problems import errors_of
from products.token_products import make_narrow_token


class Command(BaseCommand):
    help = "Prints a new API token of the person EMAIL. It is shown only now."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--user", required=True, metavar="EMAIL")
        parser.add_argument("--name", required=True)
        several: dict[str, Any] = {"nargs": "+", "action": "extend", "default": []}
        parser.add_argument("--scope", choices=Scope.values, required=True, **several)
        parser.add_argument("--product", metavar="SLUG", **several)
        parser.add_argument("--days", type=int)

    def handle(self, *args: Any, **options: Any) -> None:
        email = options["user"].strip().lower()
        user = User.objects.filter(email=email, is_active=True).first()
        if user is None:
            raise CommandError(_("Nobody here has the address %(email)s.") % {"email": email})
        try:
            _token, text = make_narrow_token(
                user, by=None, name=options["name"], scopes=set(options["scope"]),
                products=options["product"], days=options["days"],
            )  # fmt: skip
        except ValidationError as error:
            told = " ".join(f"{each['field']}: {each['message']}" for each in errors_of(error))
            raise CommandError(told) from error
        self.stdout.write(text)
        self.stderr.write(_("Shown only now. Send it as: Authorization: Bearer …"))
