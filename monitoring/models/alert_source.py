"""Where alerts come from: a connection to one tool, and what it sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from foundation.text import plain_text, single_line
from monitoring.models.target import ClockTimestamp
from monitoring.reasons import said
from products.models import Environment, Product

if TYPE_CHECKING:
    from accounts.models import User


# What pages show of a body, and what is kept of it once it is judged.
HEAD = 4096


class Tool(models.TextChoices):
    """Each is one file of monitoring/alerts, and a receiver at /in/<its name>/<key>."""

    ALERTMANAGER = "alertmanager", _("Prometheus Alertmanager")
    GRAFANA = "grafana", _("Grafana")
    SENTRY = "sentry", _("Sentry")
    EVENTS = "events", _("PagerDuty Events API v2")
    GENERIC = "generic", _("Any script, as JSON")

    @property
    def short(self) -> str:
        """What a source of it is called that nobody has named."""
        return str(_SHORT.get(self, self.label))


_SHORT = {Tool.ALERTMANAGER: _("Alertmanager"), Tool.EVENTS: _("Events API"), Tool.GENERIC: _("Script")}


class AlertSourceQuerySet(models.QuerySet["AlertSource"]):
    def visible_to(self, user: User | AnonymousUser) -> AlertSourceQuerySet:
        """Those of the products that `user` may see."""
        return self.filter(product__in=Product.objects.visible_to(user))

    def present(self) -> AlertSourceQuerySet:
        """Not archived, nor is the product: their keys open something."""
        return self.filter(archived_at=None, product__archived_at=None)


class AlertSource(models.Model):
    """One tool that sends alerts of one product, found by the digest of its key as monitoring.Receiver is.

    `severities` says which severity of the process a word of the tool is ({"page": "critical"}); a word that is itself
    a severity's key needs no line; everything else is `severity`, and where that is empty a person decides.
    `received_at`, `problem`, `problem_detail`, `problem_at` tell of what came last, as it was judged.
    """

    product = models.ForeignKey(
        Product, on_delete=models.PROTECT, related_name="alert_sources", verbose_name=_("product")
    )
    environment = models.ForeignKey(
        Environment, on_delete=models.SET_NULL, null=True, blank=True, verbose_name=_("environment")
    )
    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(_("name"), max_length=120, validators=[plain_text, single_line])
    tool = models.CharField(max_length=12, choices=Tool)
    severities: models.JSONField[dict[str, str], dict[str, str]] = models.JSONField(default=dict, blank=True)
    severity = models.CharField(_("severity"), max_length=40, blank=True, default="", validators=[plain_text])
    opens_incident = models.BooleanField(_("open an incident when an alert fires"), default=True)
    enabled = models.BooleanField(_("listen to it"), default=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    archived_at = models.DateTimeField(null=True, blank=True, editable=False)

    digest = models.CharField(max_length=64, unique=True, editable=False)
    sealed = models.TextField(editable=False)
    made_at = models.DateTimeField(db_default=Now(), editable=False)
    received_at = models.DateTimeField(null=True, blank=True, editable=False)
    problem = models.CharField(max_length=40, blank=True, default="", editable=False)
    problem_detail = models.CharField(max_length=400, blank=True, default="", editable=False)
    problem_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects: ClassVar[models.Manager[AlertSource]] = AlertSourceQuerySet.as_manager()

    class Meta:
        verbose_name = _("alert source")
        verbose_name_plural = _("alert sources")
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(tool__in=Tool.values), name="alert_source_tool_known"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("alerts:source", args=[self.slug])

    @property
    def tool_beside(self) -> str:
        """What sends, to stand beside its name; "" where the name says it already."""
        short = Tool(self.tool).short
        return "" if short.casefold() in self.name.casefold() else short

    @property
    def is_heard(self) -> bool:
        """What arrives is judged."""
        return self.enabled and self.archived_at is None and self.product.archived_at is None

    @property
    def problem_said(self) -> str:
        return said(self.problem_detail, self.problem)


class AlertPayload(models.Model):
    """One body as it arrived. Whole until it is judged, and its first 4 KB afterwards; 90 days at most.

    The same body once more is counted in `times` and kept once. `code` and `detail` say what was wrong with it, and
    `alerts` how many it told of.
    """

    source = models.ForeignKey(AlertSource, on_delete=models.PROTECT, related_name="payloads")
    received_at = models.DateTimeField(db_default=ClockTimestamp())
    last_at = models.DateTimeField(db_default=ClockTimestamp())
    times = models.PositiveIntegerField(default=1)
    body = models.BinaryField()
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    alerts = models.PositiveIntegerField(default=0)
    code = models.CharField(max_length=40, blank=True, default="")
    detail = models.CharField(max_length=400, blank=True, default="")
    judged_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["source", "id"], condition=Q(judged_at=None), name="alert_payload_waits"),
            models.Index(fields=["source", "sha256"], name="alert_payload_again"),
            models.Index(fields=["source", "-last_at"], name="alert_payload_newest"),
            models.Index(fields=["last_at"], name="alert_payload_old"),
        ]

    def __str__(self) -> str:
        return f"{self.size} bytes for {self.source_id} at {self.received_at}"

    @property
    def said(self) -> str:
        return said(self.detail, self.code)

    @property
    def head(self) -> str:
        """Its beginning as text, for those who may see it."""
        return bytes(self.body)[:HEAD].decode("utf-8", "replace").replace("\x00", "\ufffd")
