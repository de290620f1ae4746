"""./run reset EMAIL: a one-time link with which that person chooses a new password, for when there is no mail.

`--second-step` also ends their second step: phone and codes are lost, and nobody else can administrate."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from accounts import links, second_step
from accounts.models import User
from foundation import elsewhere


class Command(BaseCommand):
    help = "Prints a one-time link with which the person EMAIL chooses a new password."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", metavar="EMAIL")
        parser.add_argument("--second-step", action="store_true", help="also end their second step")

    def handle(self, *args: Any, **options: Any) -> None:
        email = options["email"].strip().lower()
        user = User.objects.filter(email=email).first()
        if user is None:
            words = _("Nobody here has the address %(email)s.") % {"email": email}
            raise CommandError(f"{words} {elsewhere.demo('reset EMAIL')}".strip())
        if not user.is_active:
            raise CommandError(
                _("%(name)s is deactivated. Reactivate them under Settings, People.") % {"name": user}
            )
        if options["second_step"]:
            second_step.end(user, by=None)
        self.stdout.write(links.make_link(user, by=None))
        note = _("Works once, within %(hours)s hours.") % {"hours": links.hours_valid()}
        self.stderr.write(note)
