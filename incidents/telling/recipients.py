"""Whom an incident concerns (K132–K136): the product's contacts in their order, its rooms, and who is asked next."""

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.access import allowed, has_role, know_roles
from accounts.models import Role, User
from incidents.glance import REOPENED, contacts_of, has, steady
from incidents.models import Assignment, Incident, Mode, Participant, TimelineEvent
from notifications import queue
from notifications.models import Channel, Delivery, State
from notifications.queue import Recipient
from products.contacts import responders
from products.models import Contact, RoleHolder
from products.process.roles import ProcessRole
from products.role_holders import reaches
from products.vocabulary import EventKind

type Named = tuple[User | None, str, str]


def everybody(incident: Incident, *, but: User | None = None) -> list[Recipient]:
    return [*people(incident, but=but), *rooms(incident)]


def concerned(incident: Incident, *, but: User | None = None) -> list[Recipient]:
    """Everybody, and whoever has a role in it: who has to do what was decided."""
    held = Assignment.objects.filter(incident=incident, until=None).select_related("user").order_by("pk")
    holders: list[Named] = [(one.user, "", str(one.user)) for one in held]
    return [*_once(incident, [*_named(incident), *holders], but), *rooms(incident)]


def people(incident: Incident, *, but: User | None = None) -> list[Recipient]:
    """Contacts in their order, each once; without any, whoever responds in the team. `but` knows it already."""
    return _once(incident, _named(incident), but)


def person(incident: Incident, user: User) -> Recipient:
    """One person, by name: whom something was given to."""
    return _once(incident, [(user, "", str(user))], None)[0]


def named(incident: Incident, people: Iterable[tuple[User, str]]) -> list[Recipient]:
    """Each of `people` as what they are here ("deputy Release Engineer"), once. Who cannot read it (any more) is left
    out: those who do not take part in a private one, who left the team."""
    wanted: list[Named] = [(user, "", _label(user, what)) for user, what in people]
    if wanted and incident.private:
        let_in = set(Participant.objects.filter(incident=incident).values_list("user", flat=True))
        wanted = [one for one in wanted if one[0] and one[0].pk in let_in]
    return [one for one in _once(incident, wanted, None) if one.skip in ("", _unreal(incident))]


def each_once(recipients: Iterable[Recipient]) -> list[Recipient]:
    """Whom several reasons concern hears it once, by the first of them."""
    return list({one.key: one for one in reversed(list(recipients))}.values())[::-1]


def for_role(incident: Incident, role: ProcessRole) -> list[Recipient]:
    """Who is asked to take `role`: those listed for it on the product, and its contacts; without any, everybody."""
    listed = RoleHolder.objects.filter(product=incident.product_id, role=role.key).select_related("user")
    asked: list[Named] = [(row.user, "", _label(row.user, role.label)) for row in listed]
    for contact in Contact.objects.filter(product=incident.product_id).select_related("user"):
        if reaches(contact, role):
            asked += _reached(incident, contact)
    if incident.private:
        let_in = set(Participant.objects.filter(incident=incident).values_list("user", flat=True))
        asked = [one for one in asked if one[0] and one[0].pk in let_in]
    able = [one for one in _once(incident, asked, None) if one.skip in ("", _unreal(incident))]
    return able or people(incident)


def rooms(incident: Incident) -> list[Recipient]:
    """The channels of the product, and those of its team that serve all products (K136); users' ones not."""
    return [] if incident.private else steady(incident, "rooms", lambda: _rooms(incident))


def _rooms(incident: Incident) -> list[Recipient]:
    mine = Channel.objects.active().internal().filter(team=incident.product.team_id).order_by("pk")
    served = [c for c in mine.prefetch_related("products") if _serves(c, incident.product_id)]
    return [Recipient(channel.name, channel=channel, skip=_unreal(incident)) for channel in served]


def next_after(incident: Incident, key: str) -> Recipient | None:
    """The contact after `key` in the product's order, round the end, without those who cannot or may not."""
    order = people(incident)
    keys = [one.key for one in order]
    start = keys.index(key) + 1 if key in keys else 0
    out = declined(incident) | {key}
    asked = order[start:] + order[:start]
    return next((one for one in asked if not one.skip and one.may_act and one.key not in out), None)


def all_hands(incident: Incident, *, but: str) -> list[Recipient]:
    """When no contact is left: all of them again, whoever else responds in the team, and the rooms."""
    named = [*_named(incident)]
    if not incident.private:
        named += [(user, "", str(user)) for user in _responders(incident)]
    return [one for one in [*_once(incident, named, None), *rooms(incident)] if one.key != but]


def declined(incident: Incident) -> set[str]:
    """The recipients (their keys) who have said that they cannot take it, since it was opened the last time."""
    since = opened_at(incident)
    return steady(incident, "declined", lambda: queue.declined(incident.ref, since=since))


def opened_at(incident: Incident) -> datetime:
    """When it was opened the last time: what people answered before does not count any more."""
    again = steady(incident, REOPENED, lambda: _reopened(incident)) if has(incident, REOPENED) else None
    return again.recorded_at if again else incident.declared_at


def _reopened(incident: Incident) -> TimelineEvent | None:
    return incident.events.filter(kind=EventKind.REOPENED).order_by("-seq").first()


def nobody_left(deliveries: Iterable[Delivery]) -> bool:
    """All who could have taken it answered that they cannot; `deliveries` are those of one incident."""
    asked = {one.recipient for one in deliveries if one.offers and one.state != State.SKIPPED}
    cannot = {one.recipient for one in deliveries if one.answer == queue.CANNOT}
    return bool(cannot) and (asked <= cannot or any(one.key == "stranded" for one in deliveries))


def takes_part(incident: Incident, user: User) -> bool:
    return Participant.objects.filter(incident=incident, user=user).exists()


def _serves(channel: Channel, product: int) -> bool:
    products = [one.pk for one in channel.products.all()]
    return not products or product in products


def _once(incident: Incident, named: Iterable[Named], but: User | None) -> list[Recipient]:
    found: dict[str, Recipient] = {}
    named = list(named)
    know_roles(user for user, _address, _label in named if user)
    for user, address, label in named:
        skip = _unreal(incident) or ("" if user is None else _did_it(user, but) or unfit(incident, user))
        may_act = user is None or allowed(user, "acknowledge", incident)
        one = Recipient(label, user=user, address=address, skip=skip, may_act=may_act)
        found.setdefault(one.key, one)
    return list(found.values())


def _named(incident: Incident) -> list[Named]:
    """(person or None, address or "", who in words)."""
    contacts = contacts_of(incident)
    if incident.private:
        labels = {c.user_id: c.label for c in contacts if c.user_id}
        taking_part = Participant.objects.filter(incident=incident).select_related("user").order_by("pk")
        return [(p.user, "", _label(p.user, labels.get(p.user_id, ""))) for p in taking_part]
    if not contacts:
        everyone: list[Named] = [(user, "", str(user)) for user in _responders(incident)]
        return [*everyone, *_by_default(incident, contacts)]
    named = [one for contact in contacts for one in _reached(incident, contact)]
    return [*named, *_by_default(incident, contacts)]


def _reached(incident: Incident, contact: Contact) -> list[Named]:
    if contact.whole_team:
        return [(user, "", _label(user, contact.label)) for user in _responders(incident)]
    who = contact.user or contact.address
    return [(contact.user, contact.address, _label(who, contact.label))]


def _by_default(incident: Incident, contacts: list[Contact]) -> list[Named]:
    """The first who is listed for a role that the process wants told and that no contact reaches (K132–K134)."""
    version = incident.process_version
    wanted = {each.get("role") for each in (version.document.get("contacts") or {}).get("tell") or []}
    silent = {
        role.key: role.label
        for role in version.roles()
        if role.key in wanted and not any(reaches(contact, role) for contact in contacts)
    }
    first = steady(incident, f"first {sorted(silent)}", lambda: _first(incident, silent)) if silent else {}
    return [(first[key], "", _label(first[key], label)) for key, label in silent.items() if key in first]


def _first(incident: Incident, roles: Iterable[str]) -> dict[str, User]:
    """Role → who is listed first for it."""
    rows = RoleHolder.objects.filter(product=incident.product_id, role__in=roles, user__is_active=True)
    return {row.role: row.user for row in rows.select_related("user").order_by("role", "-position")}


def _responders(incident: Incident) -> list[User]:
    return steady(incident, "responders", lambda: responders(incident.product))


def _label(who: User | str, role: str) -> str:
    return f"{who} ({role})" if role else str(who)


def _unreal(incident: Incident) -> str:
    if incident.mode == Mode.LIVE:
        return ""
    return _("drill") if incident.mode == Mode.DRILL else _("entered afterwards")


def _did_it(user: User, but: User | None) -> str:
    return _("they know already: they did it") if but and user.pk == but.pk else ""


def unfit(incident: Incident, user: User) -> str:
    """Why `user` hears nothing of it (any more); empty for who may."""
    if not user.is_active:
        return _("may not sign in any more")
    if not incident.private and not has_role(user, incident.product.team_id, Role.VIEWER):
        return _("no longer in the team")
    return ""
