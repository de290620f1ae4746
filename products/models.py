"""What we run and how we work: processes, their versions and severities; products and their environments.

Fields, constraints and reads; writes are verbs in modules of their own. Nothing here is deleted: products are
archived, versions stay.
"""

import json
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Cast, Lower, Now
from django.utils.translation import gettext_lazy as _

from accounts.access import teams_of
from foundation.text import plain_text
from products.component import Component as Component
from products.deployment import Deployment as Deployment
from products.deployment import VersionSeen as VersionSeen
from products.drafts.draft import ProcessDraft as ProcessDraft
from products.hold import Hold as Hold
from products.process.clock_rules import ClockRule
from products.process.roles import ProcessRole
from products.repository import Forge as Forge
from products.repository import Repository as Repository
from products.sources.file import ProcessFile as ProcessFile
from products.targets import Target
from products.vocabulary import ClockKey, EnvironmentKind, Mark, Proceed

if TYPE_CHECKING:
    from accounts.access import Actor


class Process(models.Model):
    """A team's written way of working. New incidents start with `current`; older versions stay."""

    key = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=120, validators=[plain_text])
    current = models.ForeignKey("ProcessVersion", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["key"]

    def __str__(self) -> str:
        return self.name


class VersionSource(models.TextChoices):
    """Who brought a version: a release of Nightdesk, somebody here, or a file (NIGHTDESK_PROCESS_DIR)."""

    SHIPPED = "shipped", _("Shipped with Nightdesk")
    IMPORTED = "imported", _("Imported here")
    FILE = "file", _("From a file")


class ProcessVersion(models.Model):
    """One text of a process as it was read, byte for byte, with what was understood of it. Never changed."""

    process = models.ForeignKey(Process, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    text = models.TextField()
    sha256 = models.CharField(max_length=64)
    document = models.JSONField()
    source = models.CharField(max_length=10, choices=VersionSource)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["process", "number"], name="one_version_per_number")]

    def __str__(self) -> str:
        return f"{self.process_id}@{self.number}"

    def clocks(self) -> list[ClockRule]:
        """The clocks of this version in its own order."""
        return [ClockRule.from_json(clock) for clock in self.document["clocks"]]

    def roles(self) -> list[ProcessRole]:
        """The roles of this version in its own order."""
        return [ProcessRole.from_json(role) for role in self.document.get("roles") or []]


class Severity(models.Model):
    """One row of a version's severity table, as a row so that incidents can point to it. Rank 1 is worst.

    Keys differ from process to process; ranks are what compares them.
    """

    version = models.ForeignKey(ProcessVersion, on_delete=models.PROTECT, related_name="severities")
    key = models.CharField(max_length=40)
    label = models.CharField(max_length=80)
    mark = models.CharField(max_length=10, choices=Mark)
    rank = models.PositiveSmallIntegerField()
    position = models.PositiveSmallIntegerField()
    examples = models.JSONField(default=list)
    proceed = models.CharField(max_length=12, choices=Proceed)
    defer_to = models.CharField(max_length=80, blank=True)
    targets = models.JSONField(default=dict)
    # A severity that does not wake people is told in the morning of the team's zone.
    wake = models.BooleanField(default=False)

    class Meta:
        ordering = ["version", "position"]
        constraints = [
            models.UniqueConstraint("version", Lower("key"), name="one_severity_per_key"),
            models.UniqueConstraint(fields=["version", "position"], name="one_severity_per_position"),
            models.CheckConstraint(condition=Q(rank__gte=1, rank__lte=4), name="severity_rank_1_to_4"),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def response(self) -> str:
        """The promise people know it by: "< 4 h", "next release"."""
        return self.target(ClockKey.RESPONSE).text()

    def target(self, clock_key: str) -> Target:
        """How long that clock may run at this severity; a clock the table does not name has no limit."""
        value = self.targets.get(clock_key)
        return Target.from_json(value) if value else Target.none()


class ProductQuerySet(models.QuerySet["Product"]):
    def visible_to(self, user: "Actor") -> "ProductQuerySet":
        """Those of the teams the user belongs to; every list, count and lookup begins here."""
        return self.filter(team__in=teams_of(user))

    def active(self) -> "ProductQuerySet":
        return self.filter(archived_at=None)

    def with_process(self) -> "ProductQuerySet":
        """One query with what a line about a product shows."""
        return self.select_related("team", "process__current")

    def named(self, name: str) -> "ProductQuerySet":
        """By name or alias, in any case: one product, three names (C8)."""
        # With its quotes it matches a whole alias, never a part of one.
        quoted = json.dumps(name, ensure_ascii=False)
        aliases = Cast("aliases", models.TextField())
        return self.alias(alias_text=aliases).filter(Q(name__iexact=name) | Q(alias_text__icontains=quoted))

    def called(self, name: str) -> "ProductQuerySet":
        """By whatever a person may type: name, alias, slug or former slug (K16)."""
        slugs = ProductSlug.objects.filter(slug=name.lower()).values("product")
        return self.filter(pk__in=self.named(name).values("pk")) | self.filter(pk__in=slugs)


class Product(models.Model):
    """What breaks and gets fixed: one team's, worked on by one process."""

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=80, validators=[plain_text])
    aliases = models.JSONField(default=list, blank=True)
    team = models.ForeignKey("accounts.Team", on_delete=models.PROTECT, related_name="products")
    process = models.ForeignKey(Process, on_delete=models.PROTECT, related_name="products")
    first_release = models.CharField(max_length=80, blank=True, validators=[plain_text])
    version = models.CharField(max_length=80, blank=True, validators=[plain_text])
    # Where its code lies; several products may share one.
    repository = models.ForeignKey(
        Repository, on_delete=models.PROTECT, null=True, blank=True, related_name="products"
    )
    # What differs here from the policy of its process: version files, changelog, names (products/policies.py).
    policy = models.JSONField(default=dict, blank=True)
    # Where people meet for what cannot wait (K137).
    call = models.URLField(max_length=400, blank=True)
    # Keys of products.setup.items that somebody said are right as they are; when set-up was over, it asks no more.
    settled = models.JSONField(default=list, blank=True)
    set_up_at = models.DateTimeField(null=True, blank=True)
    archived_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    objects = ProductQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                "team", Lower("name"), name="one_product_per_name", condition=Q(archived_at=None)
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def severities(self) -> models.QuerySet[Severity]:
        """Those of the process's current version, in its order: what a new incident may choose from."""
        return Severity.objects.filter(version=self.process.current_id).order_by("position")


class ProductSlug(models.Model):
    """Every slug a product has or had: an old address redirects and is never given to another product."""

    slug = models.SlugField(max_length=60, unique=True)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="slugs")

    def __str__(self) -> str:
        return self.slug


class Environment(models.Model):
    """Where a product runs, on which hosts (A44). Each product has at least production (K17)."""

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="environments")
    slug = models.SlugField(max_length=60)
    name = models.CharField(max_length=80, validators=[plain_text])
    kind = models.CharField(max_length=12, choices=EnvironmentKind)
    hosts = models.JSONField(default=list, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["product", "slug"], name="one_environment_per_slug")]

    def __str__(self) -> str:
        return self.name


class Contact(models.Model):
    """Who is told about this product's incidents, in the order they are asked to take one (K132–K135).

    Exactly one of a person, an address, and "everybody of the team who responds".
    """

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="contacts")
    label = models.CharField(max_length=80, validators=[plain_text])
    # The role of the process that is reached this way, by its key; empty for a group in words.
    role = models.CharField(max_length=40, blank=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    address = models.EmailField(blank=True)
    whole_team = models.BooleanField(default=False)
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["product", "position"],
                name="one_contact_per_position",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(
                condition=Q(user__isnull=False, address="", whole_team=False)
                | (Q(user=None, whole_team=False) & ~Q(address=""))
                | Q(user=None, address="", whole_team=True),
                name="contact_is_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label}: {self.who}"

    @property
    def who(self) -> str:
        """The person, the address or the team, in words."""
        if self.whole_team:
            return str(_("everybody in the team who responds"))
        return str(self.user) if self.user else self.address


class RoleHolder(models.Model):
    """Who is listed for a role of the process on this product: the first holds it by default, the next ones deputise.

    A role that decides is held by nobody else. By the role's key, so that the list outlives a change of the process;
    what that process does not know any more is shown as such.
    """

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="role_holders")
    role = models.CharField(max_length=40)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["role", "position"]
        constraints = [
            models.UniqueConstraint(fields=["product", "role", "user"], name="listed_once_per_role"),
            models.UniqueConstraint(
                fields=["product", "role", "position"],
                name="one_holder_per_position",
                deferrable=models.Deferrable.DEFERRED,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role}: {self.user}"


class TokenProduct(models.Model):
    """A token that has any of these rows reaches only their products."""

    token = models.ForeignKey("accounts.ApiToken", on_delete=models.CASCADE, related_name="narrowed_to")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["token", "product"], name="token_narrowed_once")]
