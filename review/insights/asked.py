"""Which incidents are asked about: days in a zone, both ends whole, a product, a severity. Page and API ask alike."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.access import teams_of
from accounts.models import User
from incidents.models import Status
from incidents.models.incident import IncidentQuerySet
from products.models import Product, ProductSlug, Severity

DAYS = 90
EARLIEST, LATEST = date(1990, 1, 1), date(2199, 12, 31)
# What turned out to be nothing, or to be another one: no time of it says anything.
NOTHING = (Status.DECLINED, Status.DUPLICATE)


@dataclass(frozen=True, slots=True)
class Asked:
    """From the beginning of the `first` day to the end of the `last`; `severity` and `process` are keys, "" for all."""

    first: date
    last: date
    zone: ZoneInfo
    product: Product | None = None
    severity: str = ""
    process: str = ""

    @property
    def since(self) -> datetime:
        return datetime.combine(self.first, time.min, self.zone)

    @property
    def until(self) -> datetime:
        """Not in it any more."""
        return datetime.combine(self.last + timedelta(days=1), time.min, self.zone)

    def of(self, rows: IncidentQuerySet) -> IncidentQuerySet:
        """Those of `rows` that were declared in these days, as lists order them."""
        found = rows.filter(declared_at__gte=self.since, declared_at__lt=self.until)
        if self.product:
            found = found.filter(product=self.product)
        if self.process:
            found = found.filter(process_version__process__key=self.process)
        return found.filter(severity__key__iexact=self.severity) if self.severity else found

    def counted(self, rows: IncidentQuerySet) -> IncidentQuerySet:
        """Those of which times, clocks and decisions are counted."""
        return self.of(rows).real().exclude(status__in=NOTHING)


def zone_of(user: User) -> ZoneInfo:
    """In which this person counts days: their own, else that of the first of their teams."""
    team = None if user.time_zone else teams_of(user).first()
    return ZoneInfo(user.time_zone or (team.time_zone if team else "UTC"))


@dataclass(frozen=True, slots=True)
class Known:
    """What can be asked for: labels of severities and names of processes, by key."""

    products: QuerySet[Product]
    severities: dict[str, str]
    processes: dict[str, str]


def known(rows: IncidentQuerySet, products: QuerySet[Product]) -> Known:
    """Severities, the worst first, of the products' processes, and of what has happened by another one."""
    here = Q(version__process__in=products.order_by().values("process"))
    found = Severity.objects.filter(here | Exists(rows.filter(severity=OuterRef("pk")))).order_by(
        "rank", "key", "-version"
    )
    severities, processes = dict[str, str](), dict[str, str]()
    for key, label, process, name in found.values_list(
        "key", "label", "version__process__key", "version__process__name"
    ):
        severities.setdefault(key.upper(), label)
        processes[process] = name
    return Known(products, severities, dict(sorted(processes.items())))


def _near(day: date) -> None:
    if not EARLIEST <= day <= LATEST:
        raise ValidationError(_("Days lie between 1990 and 2199."))


def _day(label: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Write a day such as 2026-11-21.")},
        validators=[_near],
    )


class AskedForm(forms.Form):
    """`asked` once it is valid. What is left out is the last 90 days, and all."""

    product = forms.CharField(label=_("Product"), required=False, max_length=200)
    severity = forms.CharField(label=_("Severity"), required=False, max_length=80)
    process = forms.CharField(label=_("Process"), required=False, max_length=80)

    def __init__(self, data: Mapping[str, Any], *, zone: ZoneInfo, now: datetime, known: Known) -> None:
        today = now.astimezone(zone).date()
        super().__init__({**{name: data.get(name, "") for name in self.base_fields}, **_days(data, today)})
        self.fields = {"from": _day(_("From")), "to": _day(_("To")), **self.fields}
        self.zone, self.now, self.known = zone, now, known
        for name, words in self._words().items():
            choices = [("", _("Any")), *words.items()]
            self.fields[name].widget = forms.Select(choices=choices)

    def _words(self) -> dict[str, dict[str, str]]:
        products = dict(self.known.products.order_by("name").values_list("slug", "name"))
        return {"product": products, "severity": self.known.severities, "process": self.known.processes}

    def clean_product(self) -> Product | None:
        slug = self.cleaned_data["product"]
        if not slug:
            return None
        slugs = ProductSlug.objects.filter(slug=slug.lower()).values("product")
        found = self.known.products.filter(pk__in=slugs).first()
        if found is None:
            raise ValidationError(_("There is no product “%(slug)s” here."), params={"slug": slug})
        return found

    def clean_severity(self) -> str:
        return self._known_key(self.cleaned_data["severity"].upper(), self.known.severities)

    def clean_process(self) -> str:
        return self._known_key(self.cleaned_data["process"].lower(), self.known.processes)

    def _known_key(self, key: str, known: Mapping[str, str]) -> str:
        if key and key not in known:
            raise ValidationError(_("These are known: %(known)s."), params={"known": ", ".join(known)})
        return key

    def clean(self) -> None:
        first, last = self.cleaned_data.get("from"), self.cleaned_data.get("to")
        if first and last and first > last:
            self.add_error("from", _("This is after the last day."))

    @property
    def asked(self) -> Asked:
        said = self.cleaned_data
        return Asked(said["from"], said["to"], self.zone, said["product"], said["severity"], said["process"])


def _days(data: Mapping[str, Any], today: date) -> dict[str, str]:
    """`from` and `to` as they were written; the last 90 days where they were not, so that the form says which."""
    last = data.get("to") or today.isoformat()
    try:
        begin = date.fromisoformat(last) - timedelta(days=DAYS - 1)
    except (ValueError, OverflowError):
        begin = today
    return {"from": data.get("from") or begin.isoformat(), "to": last}
