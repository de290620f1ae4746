"""Teams: who answers for which products. A team keeps its slug for ever, because addresses carry it."""

from __future__ import annotations

from collections.abc import Callable

import structlog
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.models import Team, User
from foundation.turns import wait_for_turn

_log = structlog.get_logger(__name__)
_in_another_zone: list[Callable[[Team], object]] = []


def when_zone_changes(listener: Callable[[Team], object]) -> None:
    """`listener` is told of each team whose clocks were set to another zone, in the transaction that does it."""
    if listener not in _in_another_zone:
        _in_another_zone.append(listener)


def add_team(*, name: str, time_zone: str = "UTC", by: User | None) -> Team:
    """A new team; its slug comes from the name. ValidationError on `name` when a team has it (in any case)."""
    with transaction.atomic():
        _refuse_taken(name)
        team = Team.objects.create(name=name, slug=_free_slug(name), time_zone=time_zone)
    _log.info("accounts.team_added", team=team.slug, by=by.pk if by else None)
    return team


@transaction.atomic
def change_team(team: Team, *, name: str, time_zone: str, by: User) -> None:
    """Another name, another zone in which the team's pages print times. ValidationError on `name` as above."""
    _refuse_taken(name, but=team)
    was = Team.objects.select_for_update().values_list("time_zone", flat=True).get(pk=team.pk)
    team.name, team.time_zone = name, time_zone
    team.save(update_fields=["name", "time_zone"])
    for listener in _in_another_zone if time_zone != was else ():
        listener(team)
    _log.info("accounts.team_changed", team=team.slug, by=by.pk)


def _refuse_taken(name: str, but: Team | None = None) -> None:
    """Whoever asks has the turn until the name is stored: of two at once the second is told, too."""
    wait_for_turn("team_names")
    rows = Team.objects.filter(name__iexact=name)
    if (rows.exclude(pk=but.pk) if but else rows).exists():
        raise ValidationError({"name": _("A team has this name already.")})


def _free_slug(name: str) -> str:
    """`name` as a slug, with a number behind it when that one is taken: "Zahlungen (EU)" → "zahlungen-eu"."""
    base = slugify(name)[:50] or "team"
    taken = set(Team.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    return next(
        slug for slug in (base, *(f"{base}-{n}" for n in range(2, len(taken) + 3))) if slug not in taken
    )
