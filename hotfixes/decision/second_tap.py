"""The second tap: what is about to be decided once more, with the reason, and who it is where that is long ago.

When the sign-in is older than 15 minutes the same form asks for the passkey or the password (accounts/confirming.py).
"""

import json
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import confirming, second_step
from accounts.confirming import ConfirmForm
from accounts.models import User
from foundation.text import asked
from hotfixes.decision import deciders, refused
from hotfixes.decision.card import card, card_page
from hotfixes.decision.comparing import fix_failed
from hotfixes.decision.decide import Changed, Decided, decide, standing
from hotfixes.decision.forms import DecideForm
from hotfixes.models import Choice, Decision
from incidents.lifecycle.lifecycle import TooLate
from incidents.models import Incident


@dataclass(frozen=True)
class Confirming:
    """One second tap, by `user`: signed in, or by a one-tap link that is theirs (`back`: its address)."""

    request: HttpRequest
    found: Incident
    user: User
    emergency: bool = False
    back: str = ""

    def answer(self) -> HttpResponse:
        if self.request.method == "POST":
            form = DecideForm(self.request.POST, incident=self.found)
            who = ConfirmForm(self.request.POST)
            if not form.is_valid():
                return self.sheet(form, 422, who)
            # Whoever comes too late reads so at once, is asked for nothing more, and decides nothing: nobody knows who.
            if before := self._faster(form):
                return self._late(Decided(self.found, before))
            if second_step.is_missing(
                self.user
            ):  # by a link; where they are signed in a page leads them to it
                form.add_error(
                    None,
                    _("This Nightdesk wants a second step of who decides. Sign in and set one up first."),
                )
                return self.sheet(form, 422, who)
            if not confirming.passes(self.request, self.user, who):
                return self.sheet(form, 422, who)
            return self._decide(form)
        now_stands = standing(self.found)
        names = ("choice", "option", "seen")
        initial: dict[str, Any] = {
            name: asked(self.request, name) for name in names if asked(self.request, name)
        }
        anew = asked(self.request, "anew")
        initial["instead_of"] = anew if anew.isdecimal() and len(anew) < 5 else ""
        initial["emergency"] = self.emergency
        if initial.get("choice") not in Choice.values or (now_stands and not anew):
            return redirect(self.card_address)
        return self.sheet(DecideForm(initial=initial, incident=self.found), 200)

    @property
    def card_address(self) -> str:
        return self.back or reverse("decision_card", args=[self.found.ref])

    def _faster(self, form: DecideForm) -> Decision | None:
        before = standing(self.found)
        return before if before and before.number != (form.cleaned_data["instead_of"] or 0) else None

    def _late(self, late: Decided) -> HttpResponse:
        return card_page(self.request, late.incident, self.user, status=409, late=late)

    def sheet(
        self, form: DecideForm, status: int, who: ConfirmForm | None = None, *, looked_again: bool = False
    ) -> HttpResponse:
        """`looked_again`: with all that is known now, so that nobody leaves the form, and their words, to see it."""
        context = card(self.found, self.user)
        chosen = str(form["choice"].value() or "")
        if self.emergency:
            context["role"] = deciders.in_emergency(self.found, self.user)
        if not context["role"]:
            raise Http404
        form.initial.setdefault("seen", context["seen"])
        if chosen == Choice.ROLLBACK and fix_failed(context["raw"]):
            form.initial.setdefault("reason", context["raw"]["setback"]["said"])
        fresh = self.request.user == self.user and confirming.is_fresh(self.request)
        wanted = None if fresh else confirming.ask(self.request, self.user)
        column = _column(
            context["columns"], chosen, str(form["option"].value() or "") if "option" in form.fields else ""
        )
        context |= {
            "form": form,
            "choice": Choice(chosen) if chosen in Choice.values else None,
            "column": column,
            "emergency": self.emergency,
            "who": who or ConfirmForm(),
            "wanted": wanted,
            "passkey": json.dumps(wanted.passkey) if wanted and wanted.passkey else "",
            "card_address": self.card_address,
            "by_link": bool(self.back),
            "step_missing": second_step.is_missing(self.user),
            "looked_again": looked_again,
        }
        return render(self.request, "hotfixes/confirm.html", context, status=status)

    def _decide(self, form: DecideForm) -> HttpResponse:
        try:
            made = decide(self.found, by=self.user, **{**form.facts(), "emergency": self.emergency})
        except PermissionDenied as no:
            refused.record(self.found, by=self.user, what="decide", why=str(no))
            raise
        except Decided as late:
            return self._late(late)
        except TooLate as late:
            return card_page(self.request, late.incident, self.user, status=409, gone=late)
        except Changed as changed:
            sent = {**self.request.POST.dict(), "seen": card(self.found, self.user)["seen"]}
            form = DecideForm(sent, incident=self.found)
            form.add_error(None, changed)
            return self.sheet(form, 409, looked_again=True)
        except ValidationError as error:
            form.add_error(None, error)
            return self.sheet(form, 422)
        if made.choice == Choice.MITIGATE and made.incident.status != "monitoring":
            return redirect("act", ref=self.found.ref, verb="mitigate")
        return redirect(self.found)


def _column(columns: list[Any], choice: str, option: str) -> Any:
    """What stands against what is about to be decided."""
    return next((one for one in columns if one.choice == choice and option in ("", one.option)), None)
