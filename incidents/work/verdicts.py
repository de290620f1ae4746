"""What is known of each check of an incident's remedies, as the app above tells it: shown beside boxes and steps here.

That app registers one reader in its AppConfig.ready(), and offers the verbs `look_again` and `attest_check` (see
incidents/page/actions.py); this one knows words, commands and addresses, and no hotfix.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.core.exceptions import ImproperlyConfigured

from incidents import glance
from incidents.models import Incident
from incidents.work.action import Action
from products.vocabulary import Verdict

_KEPT = "_verdicts"


@dataclass(frozen=True)
class Shown:
    """One check as a reader sees it. `ref` and `about`: the remedy and its product; `url`: its place on that page.

    `seen`: what shows it, such as "seen in git". `watched`: a look can change it, nobody has to say anything.
    `waived` and `attested`: who goes on without it, and who says that it is so; `waive` and `attest`: the addresses of
    their forms, empty where there is nothing to say.
    """

    key: str
    title: str
    verdict: str
    summary: str
    ref: str = ""
    about: str = ""
    url: str = ""
    proof: tuple[str, ...] = ()
    next_text: str = ""
    commands: tuple[str, ...] = ()
    seen: str = ""
    watched: bool = False
    waived: str = ""
    attested: str = ""
    waive: str = ""
    attest: str = ""
    since: datetime | None = None

    @property
    def label(self) -> str:
        return str(Verdict(self.verdict).label)

    @property
    def good(self) -> bool:
        """Nothing is asked of anybody."""
        return self.verdict in (Verdict.PASS, Verdict.NOT_APPLICABLE)


@dataclass(frozen=True)
class Asked:
    """A question that waits; `to`: the user's key, None for nobody by name."""

    to: int | None
    action: Action


@dataclass(frozen=True)
class Known:
    """`next`: what comes first of all that is not as it should be. `names`: placeholders that the remedy fills in."""

    shown: tuple[Shown, ...] = ()
    next: Shown | None = None
    names: Mapping[str, str] = field(default_factory=dict)
    # How many remedies there are: with several, each line says of which it speaks.
    count: int = 0
    # What a rollback that is under way asks for; None without one.
    rollback: Action | None = None
    # What somebody wants to know before they decide.
    asked: tuple[Asked, ...] = ()

    def asked_of(self, reader: int, lead: int | None) -> Action | None:
        """The first question to `reader` (a user's key); what is asked of nobody by name the lead answers."""
        return next((one.action for one in self.asked if (one.to or lead) == reader), None)

    def about(self, key: str) -> list[Shown]:
        """What is known of one check, a line per remedy."""
        return [one for one in self.shown if key and one.key == key]


type Read = Callable[[Sequence[Incident]], Mapping[int, Known]]

_readers: list[Read] = []
NOTHING = Known()


def register(read: Read) -> None:
    """`read` answers by the incident's primary key, with a handful of queries for any number of them."""
    if _readers and _readers != [read]:
        raise ImproperlyConfigured("two readers of verdicts")
    _readers[:] = [read]


def of(incident: Incident) -> Known:
    """Asked once per page."""
    if _KEPT in incident.__dict__:
        kept: Known = incident.__dict__[_KEPT]
        return kept
    return glance.once(incident, "verdicts", lambda: _read([incident]).get(incident.pk, NOTHING))


def read_all(incidents: Sequence[Incident]) -> None:
    """For a page of many: `of` then asks nothing for these rows."""
    found = _read(incidents)
    for incident in incidents:
        incident.__dict__[_KEPT] = found.get(incident.pk, NOTHING)


def _read(incidents: Sequence[Incident]) -> Mapping[int, Known]:
    return _readers[0](incidents) if _readers and incidents else {}
