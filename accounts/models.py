"""Who: people, their teams, and the role each holds in a team."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower, Now
from django.utils.translation import gettext_lazy as _

from accounts.zones import known_zone
from foundation.text import plain_text


class Role(models.TextChoices):
    """The access role in one team: viewer < responder < manager < admin. A greater may all that a lesser may."""

    VIEWER = "viewer", _("Viewer")
    RESPONDER = "responder", _("Responder")
    MANAGER = "manager", _("Manager")
    ADMIN = "admin", _("Admin")

    @property
    def rank(self) -> int:
        """0 for viewer … 3 for admin."""
        return list(Role).index(self)

    # As plain strings they would order backwards ("admin" < "viewer"), silently.
    def __lt__(self, other: str) -> bool:
        return self.rank < Role(other).rank

    def __le__(self, other: str) -> bool:
        return self.rank <= Role(other).rank

    def __gt__(self, other: str) -> bool:
        return self.rank > Role(other).rank

    def __ge__(self, other: str) -> bool:
        return self.rank >= Role(other).rank


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: object) -> User:
        """A person who signs in by `email` (kept in lower case); without a password only by a link."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email=(username or "").lower())


class User(AbstractBaseUser):
    """A person. Never deleted: `is_active` ends access, `anonymised_at` says when the name was taken out.

    `time_zone` empty = as the person's device says. `link_serial` counts one-time links: a new one ends others.
    """

    email = models.EmailField(
        _("e-mail"), unique=True, error_messages={"unique": _("Somebody has this address already.")}
    )
    name = models.CharField(_("name"), max_length=80, validators=[plain_text])
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True, validators=[known_zone])
    is_active = models.BooleanField(_("may sign in"), default=True)
    is_administrator = models.BooleanField(_("administrator of this installation"), default=False)
    must_change_password = models.BooleanField(default=False)
    link_serial = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    anonymised_at = models.DateTimeField(null=True, blank=True, editable=False)

    # Set on the object, never stored, while one of the person's tokens acts for them (accounts.bearer).
    by_token: str = ""

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [models.UniqueConstraint(Lower("email"), name="one_user_per_email")]

    def __str__(self) -> str:
        return self.name or self.email

    def clean(self) -> None:
        super().clean()
        self.email = self.email.strip().lower()

    @property
    def signature(self) -> str:
        """The name as records keep it: it tells when a token acted for the person."""
        return self.signed(self.by_token)

    def signed(self, token: str) -> str:
        """The name of who did something, by `token` or, where that is "", in person."""
        return _("%(name)s (by token %(token)s)") % {"name": self, "token": token} if token else self.name

    def get_full_name(self) -> str:
        return str(self)

    def get_short_name(self) -> str:
        return str(self).split(" ", 1)[0]

    @property
    def is_staff(self) -> bool:
        """What libraries ask for: the same as `is_administrator`."""
        return self.is_administrator


class Team(models.Model):
    """People who answer for the same products. `time_zone` is the zone in which shared pages print times."""

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=80, validators=[plain_text])
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC", validators=[known_zone])
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("team")
        verbose_name_plural = _("teams")
        constraints = [
            models.UniqueConstraint(
                Lower("name"),
                name="one_team_per_name",
                violation_error_message=_("A team has this name already."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """One person's access role in one team. Written by accounts.memberships, which also tells open pages."""

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(_("role"), max_length=12, choices=Role)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["team", "user"], name="one_membership_per_team"),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="membership_role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.role} in {self.team}"


class Scope(models.TextChoices):
    """What a token may be used for. Never more than its person may."""

    READ = "read", _("Read everything")
    INCIDENTS = "incidents", _("Declare and work on incidents")
    HOTFIXES = "hotfixes", _("Work on hotfixes")
    DECIDE = "decide", _("Decide")
    MONITORING = "monitoring", _("Set up monitors")
    INGEST = "ingest", _("Report deployments and test results")
    ADMIN = "admin", _("Settings: products, monitors, tokens")


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    def working(self) -> ApiTokenQuerySet:
        """Those that open something at this moment: not revoked, not expired, of a person who may sign in."""
        return self.filter(
            models.Q(expires_at=None) | models.Q(expires_at__gt=Now()), revoked_at=None, user__is_active=True
        )


class ApiToken(models.Model):
    """A key with which a script acts for `user`. Only its digest is kept; `start` lets people tell tokens apart.

    A row of products.TokenProduct narrows it to that product; without any it reaches what its person reaches.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="tokens")
    name = models.CharField(_("name"), max_length=80, validators=[plain_text])
    digest = models.CharField(max_length=64, unique=True)
    start = models.CharField(max_length=8)
    scopes: models.JSONField[list[str], list[str]] = models.JSONField()
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    expires_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager[ApiToken]] = ApiTokenQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["user", "-created_at"], name="token_by_user")]

    def __str__(self) -> str:
        return self.name


class Counted(models.Model):
    """How often `name` came in that minute since 1970 (limits.py). Unlogged: a count that a crash takes is no loss."""

    name = models.CharField(max_length=255, primary_key=True)
    minute = models.BigIntegerField(db_index=True)
    number = models.PositiveIntegerField()


class CachedValue(models.Model):
    """The table behind Django's database cache: tries to sign in are counted across web processes, without Redis."""

    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "nightdesk_cache"
