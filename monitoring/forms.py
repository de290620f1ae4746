"""The form that adds and edits a monitor: one address and good guesses; everything else is folded under "More"."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from foundation.text import plain_text, single_line
from monitoring import of_product, probes
from monitoring.add import THRESHOLDS, strange_environment, suggested_name
from monitoring.models import DAY, Kind, Monitor
from monitoring.probes.mapping import preset_labels
from products.models import Product

OWN = "own"
EXPECT = (
    "status", "body", "slow_ms", "certificate_days", "version", "environment", "count", "count_over_s", "count_most",
    "counts",
)  # fmt: skip
FILE_EXPECT = ("max_age_s", "min_bytes", "sha256", "fails_on", "count", "counts")
PROMETHEUS_EXPECT = ("query", "count_most", "counts")
FOLDED = (
    *FILE_EXPECT,
    *EXPECT,
    *PROMETHEUS_EXPECT,
    "json_path",
    "json_equals",
    "preset",
    "mapping",
    "fail_after",
    "recover_after",
    "retry_s",
)
INTERVALS = [
    (5, _("5 seconds")), (10, _("10 seconds")), (15, _("15 seconds")), (30, _("30 seconds")), (60, _("1 minute")),
    (120, _("2 minutes")), (300, _("5 minutes")), (900, _("15 minutes")), (3600, _("1 hour")), (DAY, _("1 day")),
]  # fmt: skip


class Whole(forms.IntegerField):
    """A whole number between two bounds, with a label and what a phone's keyboard needs."""

    def __init__(self, low: int, high: int, **facts: Any) -> None:
        super().__init__(
            validators=[MinValueValidator(low), MaxValueValidator(high)], required=False, **facts
        )
        self.widget.attrs.update({"min": low, "max": high, "inputmode": "numeric"})


class Text(forms.CharField):
    """One line of plain text."""

    def __init__(self, **facts: Any) -> None:
        super().__init__(validators=[plain_text, single_line], strip=True, **facts)


class MonitorForm(forms.Form):
    """`facts()` are the fields of models.Monitor as the verbs take them; empty thresholds mean the kind's
    usual ones.
    """

    kind = forms.ChoiceField(
        label=_("What to watch"), choices=Kind.choices, initial=Kind.HTTP, widget=forms.RadioSelect
    )
    target = Text(label=_("Address"), max_length=2000, required=False)
    name = Text(label=_("Name"), max_length=120, required=False)
    product = forms.ModelChoiceField(Product.objects.none(), label=_("Product"), to_field_name="slug")
    interval_s = forms.TypedChoiceField(label=_("Look every"), choices=INTERVALS, coerce=int, initial=60)
    opens_incident = forms.BooleanField(
        label=_("Open an incident when it goes down"), required=False, initial=True
    )
    severity = forms.ChoiceField(label=_("Severity of that incident"), required=False)
    fail_after = Whole(1, 100, label=_("Failures in a row until it counts"))
    recover_after = Whole(1, 100, label=_("Good looks in a row until it is over"))
    retry_s = Whole(1, DAY, label=_("Seconds to the next look after a failure"))
    status = Text(label=_("Status codes that are right"), max_length=80, required=False)
    body = Text(label=_("Text that must be in the answer"), max_length=400, required=False)
    json_path = Text(label=_("JSON field"), max_length=200, required=False)
    json_equals = Text(label=_("must be"), max_length=200, required=False)
    slow_ms = Whole(1, 10_000, label=_("Slow from (milliseconds)"))
    certificate_days = Whole(1, 365, label=_("Warn before the certificate ends (days)"))
    version = Text(label=_("Where the answer says its version"), max_length=200, required=False)
    environment = Text(label=_("Environment of that version"), max_length=80, required=False)
    max_age_s = Whole(1, 366 * DAY, label=_("Changed within the last (seconds)"))
    min_bytes = Whole(1, 10**15, label=_("At least this large (bytes)"))
    sha256 = Text(label=_("Its sha256"), max_length=64, required=False)
    fails_on = Text(label=_("Text that means it failed"), max_length=200, required=False)
    query = Text(label=_("What to ask (PromQL)"), max_length=1000, required=False)
    count = Text(label=_("Where the number of errors stands"), max_length=200, required=False)
    count_over_s = Whole(1, DAY, label=_("Counted over the last (seconds)"))
    count_most = Whole(0, 10**12, label=_("Down from more than"))
    counts = forms.ChoiceField(
        label=_("What is counted"), required=False,
        choices=[("", _("Errors")), ("user_reports", _("Users' reports"))],
    )  # fmt: skip
    preset = forms.ChoiceField(label=_("Format of the summary"), required=False)
    mapping = forms.CharField(
        label=_("Own mapping (JSON)"), required=False, max_length=4000, validators=[plain_text],
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
    )  # fmt: skip

    def __init__(
        self, *args: Any, products: QuerySet[Product], monitor: Monitor | None = None, **kwargs: Any
    ) -> None:
        """With `monitor` the form edits it: its kind is fixed, and what the form has no field for is kept."""
        kwargs["initial"] = (initial_of(monitor) if monitor else {}) | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        self.monitor = monitor
        chosen: forms.ModelChoiceField[Product] = self.fields["product"]  # type: ignore[assignment]
        chosen.queryset = products
        chosen.empty_label = None if products.count() == 1 else _("Choose a product")
        of_product.offer_severities(self, of_product.chosen(self, products))
        form = reverse("monitoring:edit", args=[monitor.slug]) if monitor else reverse("monitoring:new")
        of_product.follow(self, form)
        own = [(OWN, _("Own mapping, written below"))]
        self._choices("preset", [("", _("Find out by itself")), *preset_labels(), *own])
        self._choices("interval_s", _intervals(monitor.interval_s if monitor else None))
        self.fields["target"].widget.attrs.update({"autocapitalize": "none", "spellcheck": "false"})
        self.fields["kind"].required = monitor is None

    def _choices(self, name: str, choices: list[Any]) -> None:
        field: forms.ChoiceField = self.fields[name]  # type: ignore[assignment]
        field.choices = choices

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        cleaned["kind"] = self.monitor.kind if self.monitor else cleaned.get("kind", "")
        self._clean_environment(cleaned)
        if cleaned.get("json_path") and not cleaned.get("json_equals"):
            self.add_error("json_equals", _('Write what the field must be, such as true or "ok".'))
        waits = cleaned["kind"] in probes.RECEIVERS and not cleaned.get("target")
        if cleaned["kind"] and not waits and not cleaned.get("target") and "target" not in self.errors:
            self.add_error("target", _("Give an address, such as https://example.org/health."))
        if waits and not cleaned.get("name"):
            self.add_error("name", _("Give it a name: there is no address to take one from."))
        if self.monitor and waits != self.monitor.waits and "target" not in self.errors:
            self.add_error(
                "target", _("Whether it waits for a script stays as it is. Add another monitor instead.")
            )
        if cleaned["kind"] and (waits or cleaned.get("target")):
            wrong = probes.problems(
                cleaned["kind"], cleaned["target"], self._expect(cleaned), self._mapping(cleaned)
            )
            for place, sentence in wrong.items():
                self.add_error(self._field(place, cleaned["kind"]), sentence)
        return cleaned

    def _field(self, place: str, kind: str) -> str:
        """The field of what a probe names: "target", "expect", "expect.slow_ms", "expect.json" …"""
        known = {"expect.json": "json_path", "expect.json.equals": "json_equals"}
        field = known.get(place, place.removeprefix("expect."))
        usual = {Kind.FILE: "sha256", Kind.SOAK: "max_age_s", Kind.PROMETHEUS: "query"}
        return field if field in self.fields else usual.get(Kind(kind), "status")

    def _clean_environment(self, cleaned: dict[str, Any]) -> None:
        """One of the chosen product's."""
        product = cleaned.get("product")
        wrong = strange_environment(product, cleaned.get("environment")) if product else ""
        if wrong:
            self.add_error("environment", wrong)

    def _expect(self, cleaned: dict[str, Any]) -> dict[str, Any]:
        own = {Kind.FILE: FILE_EXPECT, Kind.SOAK: FILE_EXPECT, Kind.PROMETHEUS: PROMETHEUS_EXPECT}
        if names := own.get(cleaned["kind"]):
            return {name: cleaned[name] for name in names if cleaned.get(name) not in (None, "")}
        if cleaned["kind"] != Kind.HTTP:
            return {}
        before = self.monitor.expect if self.monitor else {}
        kept = {name: value for name, value in before.items() if name not in (*EXPECT, "json")}
        conditions = before.get("json", [])[1:]
        if cleaned.get("json_path"):
            equals = _value(cleaned.get("json_equals", ""))
            conditions = [{"path": cleaned["json_path"], "equals": equals}, *conditions]
        given = {name: cleaned[name] for name in EXPECT if cleaned.get(name) not in (None, "")}
        return kept | given | ({"json": conditions} if conditions else {})

    def _mapping(self, cleaned: dict[str, Any]) -> Any:
        if cleaned["kind"] != Kind.SUMMARY:
            return ""
        if cleaned.get("preset") != OWN:
            return cleaned.get("preset", "")
        try:
            return json.loads(cleaned.get("mapping") or "{}")
        except (ValueError, RecursionError):
            self.add_error("mapping", _('This is not JSON. Write an object such as {"targets": "services"}.'))
            return ""

    @property
    def opens_more(self) -> bool:
        """Whether what is folded has something to show: an error, or a value that is not the usual one."""
        return bool(self.errors.keys() & set(FOLDED)) or any(
            self[name].value() not in (None, "") for name in FOLDED
        )

    def facts(self) -> dict[str, Any]:
        """What the verbs `add` and `edit` take; call after `is_valid()`."""
        cleaned = self.cleaned_data
        usual = {"retry_s": 10, **THRESHOLDS[cleaned["kind"]]}
        same = ("target", "product", "interval_s", "opens_incident", "severity")
        return {
            **{name: cleaned[name] for name in same},
            **{name: cleaned[name] or value for name, value in usual.items()},
            "name": cleaned["name"] or suggested_name(cleaned["target"]),
            "expect": self._expect(cleaned),
            "mapping": self._mapping(cleaned),
        }


def initial_of(monitor: Monitor) -> dict[str, Any]:
    """The monitor as the form shows it."""
    expect, mapping = monitor.expect, monitor.mapping
    condition = (expect.get("json") or [{}])[0]
    same = (
        "kind", "target", "name", "interval_s", "retry_s", "fail_after", "recover_after", "opens_incident", "severity",
    )  # fmt: skip
    return {
        **{name: getattr(monitor, name) for name in same},
        **{name: expect.get(name) for name in (*EXPECT, *FILE_EXPECT, *PROMETHEUS_EXPECT)},
        "product": monitor.product.slug,
        "json_path": condition.get("path", ""),
        "json_equals": json.dumps(condition["equals"]) if "equals" in condition else "",
        "preset": mapping if isinstance(mapping, str) else OWN,
        "mapping": "" if isinstance(mapping, str) else json.dumps(mapping, indent=2, ensure_ascii=False),
    }


def _intervals(present: int | None) -> list[tuple[int, Any]]:
    """The usual ones, and the monitor's own if it is another."""
    own = (
        []
        if present is None or present in dict(INTERVALS)
        else [(present, _("%(n)s seconds") % {"n": present})]
    )
    return sorted([*INTERVALS, *own], key=lambda choice: choice[0])


def _value(text: str) -> Any:
    """What was typed as the JSON it is (true, 3, "ok"), else as text."""
    try:
        return json.loads(text)
    except ValueError:
        return text
