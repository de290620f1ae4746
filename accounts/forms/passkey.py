"""What a person calls a passkey."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.passkeys import NAME_LIMIT
from foundation.text import plain_text, single_line


class PasskeyForm(forms.Form):
    """`credential` and the password are the page's own: neither is typed again for a name that cannot be."""

    name = forms.CharField(
        label=_("What do you call it?"),
        max_length=NAME_LIMIT,
        required=False,
        validators=[plain_text, single_line],
        widget=forms.TextInput(attrs={"placeholder": _("My phone")}),
    )
