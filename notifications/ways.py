"""The channels of a team or a person: add, edit, archive, and a test that says what happened."""

from __future__ import annotations

import json
import secrets
import threading
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import structlog
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.access import has_role, teams_of
from accounts.models import Role, Team, User
from foundation import moment
from foundation.secrets import SecretLost, seal, unseal
from notifications import addressee, send
from notifications.channels import WAYS, webhook
from notifications.meanwhile import meanwhile
from notifications.models import Audience, Channel, Delivery, Kind, State
from notifications.parcel import Outcome
from notifications.queue import Recipient, wake_sender
from products.models import Product

_log = structlog.get_logger(__name__)
# Six threads serve all pages: a mail server that hangs must not have them all.
AT_ONCE = 2
_turns = threading.BoundedSemaphore(AT_ONCE)


@transaction.atomic
def add_channel(
    *,
    kind: Kind,
    name: str,
    config: dict[str, str],
    by: User,
    team: Team | None = None,
    products: Iterable[Product] = (),
    audience: Audience = Audience.INTERNAL,
) -> Channel:
    """A channel of `team`, or without one of `by` alone. A webhook without a secret gets one (`config` then has it).

    Raises PermissionDenied for a kind that only an administrator sets up.
    """
    if not may_set_up(by, kind, team):
        raise PermissionDenied(_("Only an administrator of the team sets up such a channel."))
    if kind == Kind.WEBHOOK:
        config.setdefault("secret", webhook.new_secret())
    config = WAYS[kind].whole({}, config)
    chosen = list(products)
    _refuse_strangers(chosen, team)
    _refuse_own_for_users(audience, team)
    channel = Channel.objects.create(
        team=team,
        user=None if team else by,
        audience=audience,
        kind=kind,
        name=" ".join(name.split()),
        sealed=seal(json.dumps(config)),
        shown=WAYS[kind].shown(config)[:200],
        key=_key(kind, config, ""),
    )
    channel.products.set(chosen)
    _log.info("channel.added", channel=channel.pk, kind=kind.value, by=by.pk)
    return channel


@transaction.atomic
def edit_channel(
    channel: Channel,
    *,
    name: str,
    config: dict[str, str],
    by: User,
    products: Iterable[Product] = (),
    audience: Audience | None = None,
) -> None:
    """What `config` and `audience` leave out stays as it is; an empty word in `config` forgets what is set.

    Raises ValidationError when what stays cannot be opened any more.
    """
    chosen = list(products)
    _refuse_strangers(chosen, channel.team)
    if config:
        whole = WAYS[Kind(channel.kind)].whole(_known(channel, config), config)
        whole = {name: word for name, word in whole.items() if word}
        channel.sealed, channel.shown = (
            seal(json.dumps(whole)),
            WAYS[Kind(channel.kind)].shown(whole)[:200],
        )
        channel.key = _key(Kind(channel.kind), whole, channel.key)
        # It may be another room now.
        channel.threads.all().delete()
    channel.name = " ".join(name.split())
    if audience and audience != channel.audience:
        _refuse_own_for_users(audience, channel.team)
        channel.audience = audience
        # It was written for other eyes.
        moot = channel.deliveries.filter(state__in=[State.PENDING, State.HELD, State.DEAD])
        moot.update(state=State.CANCELLED, reason=_("The channel is for others now."))
    channel.save(update_fields=["name", "sealed", "shown", "audience", "key"])
    channel.products.set(chosen)
    _log.info("channel.edited", channel=channel.pk, by=by.pk)


def set_of(channel: Channel) -> set[str]:
    """The names of what is set of where it leads; none when it cannot be opened."""
    try:
        return set(json.loads(unseal(channel.sealed)))
    except SecretLost:
        return set()


def _known(channel: Channel, config: dict[str, str]) -> dict[str, str]:
    try:
        return dict(json.loads(unseal(channel.sealed)))
    except SecretLost as error:
        needed = {n for n, f in WAYS[Kind(channel.kind)].form.base_fields.items() if f.required} - {"name"}
        if needed <= set(config):
            return {"secret": webhook.new_secret()} if channel.kind == Kind.WEBHOOK else {}
        raise ValidationError(_("What was set cannot be opened any more. Enter all of it again.")) from error


def _refuse_strangers(products: list[Product], team: Team | None) -> None:
    if any(team is None or product.team_id != team.pk for product in products):
        raise ValidationError({"products": _("Choose products of this team.")})


def may_set_up(user: User, kind: Kind, team: Team | None) -> bool:
    """Whether this kind is offered to them, for a team where they may add channels or for themselves."""
    return not WAYS[kind].for_admins or (team is not None and has_role(user, team, Role.ADMIN))


def _key(kind: Kind, config: dict[str, str], before: str) -> str:
    """Where a Slack app calls us; without its signing secret it need not try."""
    answers = kind == Kind.SLACK and "token" in config and "secret" in config
    return (before or secrets.token_urlsafe(32)) if answers else ""


def _refuse_own_for_users(audience: Audience, team: Team | None) -> None:
    if audience == Audience.USERS and team is None:
        raise ValidationError({"audience": _("Only a team’s channel can be for users.")})


@transaction.atomic
def archive_channel(channel: Channel, *, by: User) -> None:
    """Used no longer; what still waits for it is not sent. What was sent stays on record."""
    channel.archived_at = moment.now()
    channel.save(update_fields=["archived_at"])
    channel.deliveries.unsent().update(state=State.CANCELLED, reason=_("The channel was archived."))
    _log.info("channel.archived", channel=channel.pk, by=by.pk)


@transaction.atomic
def restore_channel(channel: Channel, *, by: User) -> None:
    """Used again, from the next message on. What was cancelled meanwhile stays so."""
    channel.archived_at = None
    channel.save(update_fields=["archived_at"])
    _log.info("channel.restored", channel=channel.pk, by=by.pk)


def send_test(channel: Channel, *, by: User) -> Outcome:
    """Send one message now and say what happened. Bound by the kind's own time limits (10 s for the web, 30 s for
    mail)."""
    route = f"{channel.kind}:{channel.pk}"
    told = Recipient(channel.name, channel=channel)
    body = _("If you can read this, messages to “%(channel)s” arrive.") % {"channel": channel.name}
    return _send_now(told, route, channel.team, by, body)


def send_test_mail(by: User) -> Outcome:
    """The same to one's own mail address: the way by which most people are told."""
    body = _("If you can read this, mail to %(address)s arrives.") % {"address": by.email}
    return _send_now(Recipient(str(by), user=by), Kind.EMAIL, None, by, body)


def _send_now(to: Recipient, route: str, team: Team | None, by: User, body: str) -> Outcome:
    """In the request of who asks. A page's thread waits for the other side meanwhile, so only a few may."""
    if not _turns.acquire(blocking=False):
        return Outcome("retry", _("Other tests are under way: try again in half a minute."))
    try:
        return _tested(to, route, team, by, body)
    finally:
        _turns.release()


def _tested(to: Recipient, route: str, team: Team | None, by: User, body: str) -> Outcome:
    kind = Kind(route.partition(":")[0])
    team = team or teams_of(by).first()
    if refused := WAYS[kind].unusable():
        return Outcome("dead", refused)
    if team is None:
        return Outcome("dead", _("You are in no team yet."))
    now = moment.now()
    with transaction.atomic():
        delivery = Delivery.objects.create(
            about=f"test/{now:%Y%m%d%H%M%S%f}",
            key="test",
            recipient=to.key,
            route=route,
            lane=f"test {to.key}",
            label=to.label,
            team=team,
            channel=to.channel,
            user=to.user,
            address=to.user.email if to.user else "",
            subject=_("Nightdesk: a test by %(who)s") % {"who": by},
            body=body,
            path="/",
            due_at=now,
            first_due_at=now,
            noted_at=now,
        )
        # Leased before anybody sees it: no runner takes it from under the person who waits for the answer.
        claimed = send.claim_this(delivery)
    if claimed is None:
        raise AssertionError("a row that nobody knows of could not be claimed")
    outcome = send.deliver(claimed)
    if outcome.result == "refused":
        # For a test there is no second try that could end otherwise.
        outcome = replace(outcome, result="dead")
    _log.info("channel.tested", recipient=to.key, result=outcome.result, by=by.pk)
    # A test is not tried again behind the person's back.
    Delivery.objects.filter(pk=delivery.pk).waiting().update(state=State.DEAD)
    return outcome


@transaction.atomic
def retry(delivery: Delivery, *, by: User) -> bool:
    """Send a dead or waiting one again, from now on for another 24 h. False when it needs none.

    Raises ValidationError when its channel is used no longer, when its recipient is not to have it any more, or when
    users would read what is not so any more.
    """
    if why := addressee.gone(delivery):
        raise ValidationError(_("%(who)s: %(why)s.") % {"who": delivery.label, "why": why})
    if delivery.channel and delivery.channel.archived_at:
        words = _("%(channel)s is used no longer: use it again first.")
        raise ValidationError(words % {"channel": delivery.channel})
    now, fresh = moment.now(), {}
    said = meanwhile(delivery)
    if said and delivery.channel and delivery.channel.audience == Audience.USERS:
        raise ValidationError(
            _("%(said)s Users would read how it stood before: write to them anew.") % {"said": said}
        )
    if said and not delivery.body.startswith(said):
        # Nothing is left to take.
        fresh = {"body": f"{said}\n{delivery.body}", "offers": []}
    unheard: dict[str, Any] = {"noted_at": None, "refused_at": None, "stuck_at": None, "unsure": False}
    again = Delivery.objects.filter(pk=delivery.pk, state__in=[State.DEAD, State.PENDING]).update(
        state=State.PENDING, due_at=now, first_due_at=now, **unheard, **fresh
    )
    if again:
        _log.info("delivery.retried", delivery=delivery.pk, by=by.pk)
        wake_sender()
    return bool(again)


def note_dead(delivery: Delivery, *, by: User) -> None:
    """Somebody knows that it did not arrive: the alarm about it ends, also while a refusal is still tried."""
    Delivery.objects.filter(pk=delivery.pk).alarming().update(noted_at=moment.now())
    _log.info("delivery.noted", delivery=delivery.pk, by=by.pk)
