"""What people send to begin a process: a text, a file, or the name of one that is here."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation.offered import offer_rows
from products.drafts.runbook import MAX_BYTES, is_runbook
from products.models import Process


class NewProcessForm(forms.Form):
    """One of `text`, `file` and `begin` (the key of a process). `key` is what the new one is called in addresses."""

    KEY_NEEDED = gettext_lazy("The text names no key. Say here what the process is called in addresses.")

    begin = forms.ModelChoiceField(
        label=gettext_lazy("Or begin from one that is here"),
        queryset=Process.objects.none(),
        to_field_name="key",
        required=False,
        empty_label=gettext_lazy("none"),
    )
    text = forms.CharField(
        label=gettext_lazy("Paste the text"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 14, "spellcheck": "false", "class": "mono"}),
    )
    file = forms.FileField(label=gettext_lazy("Or choose a file"), required=False, allow_empty_file=True)
    kind = forms.ChoiceField(
        label=gettext_lazy("The text is"),
        required=False,
        choices=[("", gettext_lazy("find out yourself")), ("yaml", "YAML"), ("markdown", "Markdown")],
        widget=forms.RadioSelect,
    )
    key = forms.CharField(
        label=gettext_lazy("Short name"),
        required=False,
        max_length=40,
        help_text=gettext_lazy("For addresses, such as krow. Without it the key in the text is used."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_rows(self, "begin", Process.objects.exclude(current=None).select_related("current"))
        self.sent, self.name, self.is_markdown = "", "", False

    @property
    def sent_text(self) -> str:
        """For the field, so that nothing is lost."""
        return self.sent or str(self.data.get("text", ""))

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or {}
        file, begin = facts.get("file"), facts.get("begin")
        if file:
            self.name = str(file.name)
            self.sent = self._decoded(file)
        elif facts.get("text", "").strip():
            # Browsers send every line end as CR LF; what is pasted has the plain ones.
            self.sent = facts["text"].replace("\r\n", "\n").replace("\r", "\n")
        elif begin:
            self.sent, self.name = begin.current.text, f"{begin.key}.yaml"
            if not facts.get("key"):
                self.add_error("key", _("Say what the new one is called in addresses."))
        else:
            self.add_error("text", _("Paste a text, choose a file, or begin from a process that is here."))
        said = facts.get("kind", "")
        self.is_markdown = said == "markdown" if said else is_runbook(self.sent, file=self.name)
        return facts

    def _decoded(self, file: "UploadedFile[Any]") -> str:
        if (file.size or 0) > MAX_BYTES:
            self.add_error("file", _("The file is too large: %(n)s bytes.") % {"n": file.size})
            return ""
        try:
            raw: bytes = file.read()
            return raw.decode()
        except UnicodeDecodeError as error:
            place = {"n": error.start + 1}
            self.add_error("file", _("Byte %(n)s is not UTF-8. Save the file as UTF-8.") % place)
            return ""
