"""How people are told: ways out of the house, what is on its way, and each attempt to deliver it.

A delivery is written in the transaction of the verb that causes it (an outbox row) and sent by
notifications/send.py. `about` is an opaque key such as `INC-42/17`: nothing here knows what an incident is.
"""

import uuid
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.access import Actor, teams_of
from accounts.models import User
from foundation.text import plain_text


class Kind(models.TextChoices):
    EMAIL = "email", _("E-mail")
    NTFY = "ntfy", _("ntfy (phone)")
    SLACK = "slack", _("Slack and compatible")
    TEAMS = "teams", _("Microsoft Teams")
    MATRIX = "matrix", _("Matrix")
    WEBHOOK = "webhook", _("Signed webhook")
    APPRISE = "apprise", _("Another service (apprise)")
    INAPP = "inapp", _("In Nightdesk")


class Audience(models.TextChoices):
    """Who reads along where a channel leads. What is told inside the team never goes to users."""

    INTERNAL = "internal", _("The team: everything that is told of an incident")
    USERS = "users", _("Users: only what is written for them, such as status updates")


class ChannelQuerySet(models.QuerySet["Channel"]):
    def active(self) -> "ChannelQuerySet":
        return self.filter(archived_at=None)

    def internal(self) -> "ChannelQuerySet":
        return self.filter(audience=Audience.INTERNAL)

    def for_users(self) -> "ChannelQuerySet":
        return self.filter(audience=Audience.USERS)

    def visible_to(self, user: Actor) -> "ChannelQuerySet":
        """Those of one's teams, and one's own."""
        own = Q(user=user.pk) if isinstance(user, User) else Q(pk__in=[])
        return self.filter(Q(team__in=teams_of(user)) | own)


class Channel(models.Model):
    """A way to reach a team's room or one person's phone. Where it leads is sealed and never shown again.

    A team's channel serves all its products, or only `products` when there are any (K136).
    """

    team = models.ForeignKey("accounts.Team", on_delete=models.PROTECT, null=True, related_name="channels")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="channels"
    )
    kind = models.CharField(max_length=10, choices=Kind)
    name = models.CharField(max_length=80, validators=[plain_text])
    products = models.ManyToManyField("products.Product", related_name="channels", blank=True)
    audience = models.CharField(max_length=10, choices=Audience, default=Audience.INTERNAL)
    # JSON of the kind's own fields, sealed (foundation.secrets); `shown` is what a page may say of it.
    sealed = models.TextField()
    shown = models.CharField(max_length=200)
    # Under /in/slack/ this room answers us; empty where it cannot.
    key = models.CharField(max_length=43, blank=True, default="")
    archived_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    objects = ChannelQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(team__isnull=False, user=None) | Q(team=None, user__isnull=False),
                name="channel_is_a_teams_or_a_persons",
            ),
            models.CheckConstraint(condition=~Q(kind=Kind.INAPP), name="inapp_needs_no_channel"),
            models.CheckConstraint(
                condition=Q(audience=Audience.INTERNAL) | Q(audience=Audience.USERS, team__isnull=False),
                name="only_a_teams_channel_is_for_users",
            ),
            models.UniqueConstraint(fields=["key"], condition=~Q(key=""), name="key_of_one_channel"),
        ]

    def __str__(self) -> str:
        return self.name


class State(models.TextChoices):
    PENDING = "pending", _("waiting")
    SENT = "sent", _("sent")
    DEAD = "dead", _("not delivered")
    SKIPPED = "skipped", _("not sent")
    CANCELLED = "cancelled", _("no longer needed")
    # It waited when a backup was made and was found after a restore: it may have been sent meanwhile.
    HELD = "held", _("held since the restore")


class Urgency(models.IntegerChoices):
    """What goes first where much waits: whoever is to be woken before whoever can read that it is over."""

    RINGS = 0, "rings"
    OVER = 1, "over"
    WAITS = 2, "waits"


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def about(self, ref: str) -> "DeliveryQuerySet":
        """Everything told about `INC-42`, whatever event caused it."""
        return self.filter(about__startswith=f"{ref}/")

    def waiting(self) -> "DeliveryQuerySet":
        return self.filter(state=State.PENDING)

    def held(self) -> "DeliveryQuerySet":
        """Since a restore, until a person releases or drops them."""
        return self.filter(state=State.HELD)

    def unsent(self) -> "DeliveryQuerySet":
        """Waiting or held: what becomes moot is cancelled."""
        return self.filter(state__in=[State.PENDING, State.HELD])

    def alarming(self) -> "DeliveryQuerySet":
        """Given up, refused or on its way for too long, and nobody has said that this is all right."""
        in_vain = Q(refused_at__isnull=False) | Q(stuck_at__isnull=False)
        return self.filter(Q(state=State.DEAD) | Q(in_vain, state=State.PENDING), noted_at=None)


class Delivery(models.Model):
    """One message to one recipient by one way. Unique, so that a repeated cause never tells twice.

    `recipient` is `user:7`, `address:duty@example.test` or `channel:3`; `route` is the kind, with the channel's
    id where there is one (`ntfy:3`); `lane` is what may be slow together. `uid` is the idempotency key that
    every attempt carries to the other side.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True)
    about = models.CharField(max_length=60, db_index=True)
    key = models.CharField(max_length=20)
    recipient = models.CharField(max_length=270)
    route = models.CharField(max_length=40)
    lane = models.CharField(max_length=40)
    label = models.CharField(max_length=200)
    team = models.ForeignKey("accounts.Team", on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, null=True, related_name="deliveries")
    address = models.EmailField(blank=True)

    subject = models.CharField(max_length=300)
    body = models.TextField()
    path = models.CharField(max_length=200, blank=True)
    # Verbs offered as one-tap links; the links themselves are signed when it is sent, never stored.
    offers = models.JSONField(default=list)
    # It asks somebody to take it, and its room can say who does: there is a button.
    asks = models.BooleanField(default=False)
    rank = models.PositiveSmallIntegerField(default=4)
    urgency = models.PositiveSmallIntegerField(
        choices=Urgency, default=Urgency.RINGS, db_default=Urgency.RINGS
    )

    state = models.CharField(max_length=10, choices=State, default=State.PENDING)
    reason = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    due_at = models.DateTimeField()
    first_due_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_token = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    # Since when the mail server says never (5xx), or what answers leaves unsure whether it was taken: alarms at once,
    # and is tried for a while all the same.
    refused_at = models.DateTimeField(null=True)
    # Since when it is known that it will not arrive in time (send.py): alarms, and is tried all the same.
    stuck_at = models.DateTimeField(null=True)
    # It may have been delivered: a web page came back.
    unsure = models.BooleanField(default=False, db_default=False)
    # The newer message about the same incident, to the same recipient by the same way, that carries its words.
    carrier = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="carried")
    # A dead one alarms until somebody says "noted" or sends it again.
    noted_at = models.DateTimeField(null=True)
    # What its recipient tapped.
    answer = models.CharField(max_length=20, blank=True)
    answered_at = models.DateTimeField(null=True)

    # Of a row that is read to be sent (claim.py): when that was, whether it may carry others or be beside one like it.
    read_at: datetime
    carries: bool | None
    beside: bool

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["about", "recipient", "route", "key"], name="told_once"),
            models.CheckConstraint(condition=Q(state__in=State.values), name="delivery_state_known"),
        ]
        indexes = [
            # In the order in which they go; those of tomorrow are passed over without being read.
            models.Index(
                fields=["lane", "urgency", "rank", "-id", "due_at"],
                condition=Q(state="pending"),
                name="delivery_in_turn",
            ),
            models.Index(fields=["team"], condition=Q(state="dead", noted_at=None), name="delivery_alarming"),
            models.Index(fields=["user", "-id"], condition=Q(route="inapp"), name="delivery_inapp"),
            models.Index(fields=["team"], condition=Q(state="held"), name="delivery_held"),
        ]

    def __str__(self) -> str:
        return f"{self.about} {self.key} → {self.recipient} by {self.route}"

    @property
    def kind(self) -> Kind:
        return Kind(self.route.partition(":")[0])

    @property
    def alarms(self) -> bool:
        """As `DeliveryQuerySet.alarming`, for one that is at hand; what somebody noted still did not arrive."""
        in_vain = self.refused_at is not None or self.stuck_at is not None
        return self.state == State.DEAD or (self.state == State.PENDING and in_vain)

    @property
    def trouble(self) -> str:
        """Of one that alarms: "unsure", it may have arrived; "stuck", it still may, late; else "lost"."""
        if not self.alarms or self.unsure:
            return "unsure" if self.alarms else ""
        return "stuck" if self.state == State.PENDING and self.refused_at is None else "lost"

    @property
    def next_try(self) -> datetime:
        """When it is tried again, at the earliest."""
        return max(self.due_at, self.lease_until or self.due_at)

    @property
    def told(self) -> tuple[str, str, str]:
        """The same for who is told the same by several ways."""
        return self.recipient, self.about, self.key

    @property
    def ref(self) -> str:
        """What it is about, without the cause: `INC-42`."""
        return self.about.partition("/")[0]


class Attempt(models.Model):
    """One try. Without an end, the process that tried died in it."""

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="tries")
    number = models.PositiveSmallIntegerField()
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, blank=True)
    detail = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["delivery", "number"], name="one_attempt_per_number")]


class Thread(models.Model):
    """Where a room has what was said about one incident: later messages go there, replies there are about it.

    `room` and `stamp` are the room's own names for itself and for the first message (Slack: channel id and `ts`).
    """

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="threads")
    ref = models.CharField(max_length=40)
    room = models.CharField(max_length=80)
    stamp = models.CharField(max_length=40)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "ref"], name="one_thread_per_incident")]
        indexes = [models.Index(fields=["room", "stamp"], name="thread_by_place")]


class Heard(models.Model):
    """What a room told us already: it repeats itself when our answer is late."""

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="+")
    event = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "event"], name="heard_once")]
        indexes = [models.Index(fields=["at"], name="heard_when")]
