"""allauth's forms in our words, with what a phone's keyboard and a password manager need."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as allauth
from django.core.exceptions import ValidationError
from django.forms import Form
from django.utils.translation import gettext_lazy as _

from accounts import mail

PASSWORD_HELP = _("At least 10 characters. A few unrelated words are easy to remember and hard to guess.")


class SignInForm(allauth.LoginForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word(self, "login", _("E-mail"), autocomplete="username", inputmode="email", autofocus=True)
        _word(self, "password", _("Password"), autocomplete="current-password")
        remember = self.fields["remember"]
        remember.label = _("Stay signed in on this device for 30 days")
        remember.initial = True


class ForgotPasswordForm(allauth.ResetPasswordForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word(self, "email", _("E-mail"), autocomplete="username", inputmode="email", autofocus=True)

    @property
    def mail_is_set_up(self) -> bool:
        return mail.is_set_up()

    def clean(self) -> dict[str, Any] | None:
        if not mail.is_set_up():
            raise ValidationError(_("Mail is not set up here. Ask an administrator for a one-time link."))
        return super().clean()  # type: ignore[no-any-return]


class ChangePasswordForm(allauth.ChangePasswordForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        given = self.user and self.user.must_change_password
        label = _("The one-time password you were given") if given else _("Present password")
        _word(self, "oldpassword", label, autocomplete="current-password", autofocus=True)
        _word_new_password(self)

    def clean(self) -> dict[str, Any] | None:
        cleaned: dict[str, Any] | None = super().clean()
        if cleaned and "password1" in cleaned and cleaned.get("oldpassword") == cleaned["password1"]:
            self.add_error("password1", _("Choose one that differs from the present password."))
        return cleaned


class ChoosePasswordForm(allauth.ResetPasswordKeyForm):  # type: ignore[misc]
    """Behind a one-time link: the first password of an invited person, or a new one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word_new_password(self, autofocus=True)


def _word_new_password(form: Form, **attrs: Any) -> None:
    _word(form, "password1", _("New password"), autocomplete="new-password", **attrs)
    _word(form, "password2", _("New password, once more"), autocomplete="new-password")
    form.fields["password1"].help_text = PASSWORD_HELP


def _word(form: Form, name: str, label: Any, **attrs: Any) -> None:
    field = form.fields[name]
    field.label, field.help_text = label, ""
    field.widget.attrs.pop("placeholder", None)
    field.widget.attrs.update(attrs)
