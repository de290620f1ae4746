"""What can be done in a simulation: each move calls the verb that the pages and the API call, with made-up words."""

from collections.abc import Callable
from dataclasses import dataclass

from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.utils.translation import gettext as _

from incidents.clocks import verbs as clock_verbs
from incidents.lifecycle import closing, exits, transitions
from incidents.messages import messages, rhythm, updates
from incidents.models import Incident
from incidents.roles import roles
from incidents.simulation.world import World
from incidents.work import checklist, steps
from incidents.work.report import report
from incidents.work.work import Work

type Do = Callable[[Incident, str, World], object]
type Offers = Callable[[Incident, Work], list["Offered"]]

# What the people say who are asked for a reason.
REASON = "Played in a simulation"


@dataclass(frozen=True)
class Offered:
    """A button: `verb` and `of` are the move, `group` where it stands.

    Groups: next, decide, step, tell, setback, role, severity, end.
    """

    verb: str
    of: str
    label: str
    group: str


@dataclass(frozen=True)
class Verb:
    """`offers` says which buttons it has at a moment; without it the page's own list does."""

    name: str
    do: Do
    offers: Offers | None = None


_verbs: dict[str, Verb] = {}


def register(name: str, do: Do, offers: Offers | None = None) -> None:
    """Lets simulations do `name`. Upper apps register theirs in their AppConfig.ready()."""
    if name in _verbs:
        raise ImproperlyConfigured(f"two moves called {name}")
    _verbs[name] = Verb(name, do, offers)


def known() -> list[Verb]:
    return list(_verbs.values())


def do(incident: Incident, verb: str, of: str, world: World) -> None:
    """Raises whatever the verb raises, and ValidationError for a move that nobody knows."""
    found = _verbs.get(verb)
    if found is None:
        raise ValidationError(
            _("“%(verb)s” is no move of a simulation. There are: %(all)s.")
            % {"verb": verb, "all": ", ".join(_verbs)}
        )
    found.do(incident, of, world)


def _change_severity(incident: Incident, of: str, world: World) -> object:
    severity = world.severity(of)
    if severity is None:
        raise ValidationError(_("The process has no severity “%(key)s”.") % {"key": of})
    return transitions.change_severity(incident, by=world.on_call, severity=severity, reason=REASON)


def _finish_step(incident: Incident, of: str, world: World) -> object:
    return steps.finish(incident, of, by=world.player(_role_of_step(incident, of)))


def _skip_step(incident: Incident, of: str, world: World) -> object:
    return steps.skip(incident, of, by=world.player(_role_of_step(incident, of)), reason=REASON)


def _role_of_step(incident: Incident, key: str) -> str:
    document = incident.process_version.document
    return next((str(one.get("role") or "") for one in document.get("steps") or [] if one["key"] == key), "")


def _send(incident: Incident, of: str, world: World) -> object:
    document = incident.process_version.document
    role = next((one.get("role") for one in document.get("messages") or [] if one["key"] == of), "")
    return messages.send_message(
        incident, of, by=world.player(role), text=_("where your team reads"), again=True
    )


def _update(incident: Incident, of: str, world: World) -> object:
    return updates.update(incident, by=incident.lead or world.on_call, text=rhythm.standing(incident))


def _box(of: str) -> int:
    if not (of.isascii() and of.isdigit() and len(of) < 4):
        raise ValidationError(_("A box goes by its number, such as 3."))
    return int(of)


register("acknowledge", lambda i, _of, w: transitions.acknowledge(i, by=w.on_call))
register("confirm_severity", lambda i, _of, w: transitions.confirm_severity(i, by=w.on_call))
register("change_severity", _change_severity)
register("lead", lambda i, _of, w: roles.claim(i, by=w.on_call))
register("claim", lambda i, of, w: roles.claim(i, of, by=w.player(of)))
register("mitigate", lambda i, _of, w: transitions.mitigate(i, by=w.executor))
register("resolve", lambda i, _of, w: transitions.resolve(i, by=w.executor))
register("reopen", lambda i, _of, w: transitions.reopen(i, by=w.on_call, reason=REASON))
register("close", lambda i, _of, w: closing.close(i, by=w.on_call))
register("decline", lambda i, _of, w: exits.decline(i, by=w.on_call, reason=REASON))
register("defer", lambda i, of, w: exits.defer(i, by=w.decider, reason=REASON, to=of))
register("report", lambda i, of, w: report(i, of, by=w.executor))
register("finish_step", _finish_step)
register("skip_step", _skip_step)
register("attest", lambda i, of, w: checklist.attest(i, _box(of), by=w.executor))
register("not_needed", lambda i, of, w: checklist.not_needed(i, _box(of), by=w.executor, reason=REASON))
register("send_message", _send)
register("update", _update)
register("pause_clock", lambda i, of, w: clock_verbs.pause_clock(i, of, by=w.on_call, reason=REASON))
register("resume_clock", lambda i, of, w: clock_verbs.resume_clock(i, of, by=w.on_call, reason=REASON))
register("waive_clock", lambda i, of, w: clock_verbs.waive_clock(i, of, by=w.on_call, reason=REASON))
