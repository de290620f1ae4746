"""Who stands on which rung while nobody acknowledges: contacts, deputies, the people whom the process names.

Read with one query beside what the page asks anyway: it stands on the incident's page.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from incidents.clocks.whose import as_deputy
from incidents.glance import contacts_of
from incidents.models import Incident, Participant
from incidents.roles import holding
from products.models import Contact
from products.role_holders import reaches


@dataclass(frozen=True)
class Asked:
    """Somebody who can be asked. `key` is the recipient's (`user:7`), `why` the role they are asked in."""

    who: str
    why: str
    key: str
    user: User | None = None

    @property
    def who_and_why(self) -> str:
        return f"{self.who} ({self.why})" if self.why else self.who


@dataclass(frozen=True)
class Ladder:
    """`everybody` is what those are called who respond in the team: whoever is asked when nobody else is left."""

    contacts: tuple[Asked, ...]
    deputies: tuple[Asked, ...]
    others: tuple[Asked, ...]
    everybody: str


def read(incident: Incident) -> Ladder:
    """As it is now: who is taken off a list is not asked any more."""
    everybody = _("everybody who responds in %(team)s") % {"team": incident.product.team.name}
    contacts = _contacts(incident, everybody)
    return Ladder(tuple(contacts), tuple(_deputies(incident)), tuple(_others(incident)), everybody)


def and_more(names: str, more: int) -> str:
    words = {"names": names, "n": more}
    return ngettext("%(names)s and %(n)d more", "%(names)s and %(n)d more", more) % words


def _contacts(incident: Incident, everybody: str) -> list[Asked]:
    """As incidents/telling/recipients.py's `people`, without asking what each may do."""
    if incident.private:
        people = Participant.objects.filter(incident=incident, user__is_active=True)
        return [_person(one.user, "") for one in people.select_related("user").order_by("pk")]
    contacts = contacts_of(incident)
    found = [_contact(one, everybody) for one in contacts if one.user is None or one.user.is_active]
    by_default = _by_default(incident, contacts)
    return _once([*(found or [Asked(everybody, "", "team")]), *by_default])


def _contact(contact: Contact, everybody: str) -> Asked:
    if contact.whole_team:
        return Asked(everybody, contact.label, "team")
    if contact.user:
        return _person(contact.user, contact.label)
    return Asked(contact.address, contact.label, f"address:{contact.address.lower()}")


def _by_default(incident: Incident, contacts: list[Contact]) -> list[Asked]:
    """The first who is listed for a role that the process wants told and that no contact reaches."""
    wanted, people = _told(incident), holding.listed(incident)
    return [
        _person(people[role.key][0], role.label)
        for role in holding.roles_of(incident)
        if role.key in wanted and people.get(role.key)
        if not any(reaches(contact, role) for contact in contacts)
    ]


def _deputies(incident: Incident) -> list[Asked]:
    """Of each role in the order of the process: who is listed after the first, then who stands in."""
    people = holding.listed(incident)
    return _once(
        _person(user, as_deputy(role))
        for role in holding.roles_of(incident)
        for user in (*people.get(role.key, [])[1:], *holding.stand_ins(role, people))
    )


def _others(incident: Incident) -> list[Asked]:
    """Whoever is listed for a role: first those of the roles that the process wants told, in its order."""
    people, roles = holding.listed(incident), {role.key: role for role in holding.roles_of(incident)}
    order = dict.fromkeys([*_told(incident), *roles])
    return _once(
        _person(user, roles[key].label) for key in order if key in roles for user in people.get(key, [])
    )


def _told(incident: Incident) -> list[str]:
    contacts = incident.process_version.document.get("contacts") or {}
    return [str(one["role"]) for one in contacts.get("tell") or [] if one.get("role")]


def _person(user: User, why: str) -> Asked:
    return Asked(str(user), why, f"user:{user.pk}", user)


def _once(rung: Iterable[Asked]) -> list[Asked]:
    found: dict[str, Asked] = {}
    for one in rung:
        found.setdefault(one.key, one)
    return list(found.values())
