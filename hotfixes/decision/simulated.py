"""Decisions in a simulation: made by who decides by the process, with the verb that the card calls."""

from django.utils.translation import gettext as _

from hotfixes.decision.decide import decide, standing
from hotfixes.decision.options import options
from hotfixes.models import Choice
from incidents.lifecycle import exits
from incidents.models import Incident
from incidents.simulation.moves import REASON, Offered, register
from incidents.simulation.world import World
from incidents.work.work import Work


def _decide(incident: Incident, of: str, world: World) -> object:
    """`of`: the choice, and for a rollback its option: `rollback.redeploy_previous_tag`."""
    choice, _dot, option = of.partition(".")
    before = standing(incident)
    return decide(
        incident, by=world.decider, choice=choice, option=option, reason=REASON,
        instead_of=before.number if before else 0,
    )  # fmt: skip


def _offers(incident: Incident, known: Work) -> list[Offered]:
    """The choices in the order of the card. One that stands is not offered again."""
    if not incident.is_open:
        return []
    before = standing(incident)
    ways = [(f"rollback.{way['key']}", way["title"]) for way in options(incident)]
    choices = [(str(Choice.HOTFIX), _("Decide: hotfix"))]
    choices += [(of, _("Decide: roll back, %(title)s") % {"title": title}) for of, title in ways]
    choices += [] if ways else [(str(Choice.ROLLBACK), _("Decide: roll back"))]
    choices += [(str(Choice.MITIGATE), _("Decide: contain the damage first"))]
    if exits.release_of(incident):
        words = _("Decide: wait for %(release)s") % {"release": exits.release_of(incident)}
        choices.append((str(Choice.DEFER), words))
    stands = f"{before.choice}.{before.option}".rstrip(".") if before else ""
    return [Offered("decide", of, label, "decide") for of, label in choices if of != stands]


register("decide", _decide, _offers)
