"""The stepper, the checklist and the messages on the incident page, and the verbs behind their buttons."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from accounts.access import allowed, signed_in
from accounts.models import User
from incidents import glance, panels
from incidents.forms import work as forms
from incidents.messages import letters, messages, placeholders, sending
from incidents.models import Box, ChecklistItem, Incident, TimelineEvent
from incidents.page.actions import OFFERS, Offer
from incidents.timeline.attachments import FileShown
from incidents.work import checklist as boxes
from incidents.work import report, shell, steps, verdicts, work
from incidents.work.steps import StepView
from incidents.work.work import Work, role_label
from products.vocabulary import EventKind, Verdict

PAGE = "incidents/work_act.html"
# With the current one, as many open steps as are shown at once; the others are one fold away.
AHEAD = 2


@dataclass(frozen=True)
class Command:
    """A line to copy, filled in; `id` is its element on the page."""

    id: str
    run: str
    about: str
    workdir: str


@dataclass(frozen=True)
class Shown:
    """A step with everything filled in that a reader needs to do it."""

    step: StepView
    role: str
    holder: str
    text: list[str]
    commands: list[Command]
    look: list[str]
    file: FileShown | None
    at: datetime | None
    checks: list[verdicts.Shown]
    boxes: list["BoxShown"]


@dataclass(frozen=True)
class BoxShown:
    """`checks`: what is known of it, a line per hotfix; `seen`: what showed a check that ticked it."""

    box: ChecklistItem
    said: str
    url: str
    file: FileShown | None
    at: datetime | None
    checks: list[verdicts.Shown]

    @property
    def seen(self) -> str:
        event = self.box.done_by_event
        by_check = event is not None and event.kind == EventKind.CHECK_CHANGED
        return (
            next((one.seen for one in self.checks if one.seen), str(_("seen by Nightdesk")))
            if by_check
            else ""
        )

    @property
    def telling(self) -> list[verdicts.Shown]:
        """What stands beside it: of a ticked one only what does not say the same."""
        return [one for one in self.checks if self.box.is_open or not one.good]


def _has(section: str) -> Any:
    def applies(incident: Incident, user: User) -> bool:
        return bool(incident.process_version.document.get(section))

    return applies


def _steps(request: HttpRequest, incident: Incident) -> str:
    known = work.of(incident)
    found = [_shown(step, known, _values(incident)) for step in steps.steps(incident, known)]
    ahead = [one for one in found if one.step.is_open and not (one.step.current or one.step.afterwards)]
    context = {
        "done": [one for one in found if not one.step.is_open],
        "current": next((one for one in found if one.step.current), None),
        "next": ahead[:AHEAD],
        "later": ahead[AHEAD:],
        "afterwards": [one for one in found if one.step.afterwards],
        "count": len(found),
        "rollback": known.remedy == EventKind.ROLLBACK_STARTED,
        "word": sum(_by_word(one) for one in found),
        "boxes_open": sum(box.is_open for box in known.boxes),
    }
    return _render("steps", request, incident, known, context)


def _by_word(one: Shown) -> bool:
    """Done, and none of the checks that look at the same could tell: what people say is all there is."""
    alone = all(check.verdict in (Verdict.UNKNOWN, Verdict.STATED) for check in one.checks)
    return one.step.state == Box.DONE and bool(one.checks) and alone


def _checklist(request: HttpRequest, incident: Incident) -> str:
    known = work.of(incident)
    if not known.boxes:
        return ""
    context = {
        "boxes": [_box(known, box) for box in known.boxes],
        "settled": sum(not box.is_open for box in known.boxes),
        "open": steps.next_step(incident, known) is None and any(box.is_open for box in known.boxes),
        **frame(incident, glance.now(incident)),
        "markdown": markdown(incident, known, glance.now(incident)),
    }
    return _render("checklist", request, incident, known, context)


def _box(known: Work, box: ChecklistItem) -> BoxShown:
    event = box.done_by_event
    checks = verdicts.of(known.incident).about(box.check_key)
    return BoxShown(box, known.said(box), known.url(box), known.file(event), _at(known, event), checks)


def _values(incident: Incident) -> dict[str, str]:
    """What the blanks of the process stand for; a hotfix knows its own names better."""
    return {**placeholders.values(incident, glance.now(incident)), **verdicts.of(incident).names}


def _messages(request: HttpRequest, incident: Incident) -> str:
    known = work.of(incident)
    found = messages.messages(incident, known)
    standing = sending.standings(incident, found)
    context = {
        "now_due": [m for m in found if m.state in ("due", "waits")],
        "later": [m for m in found if m.state in ("planned", "later")],
        "sent": [(m, standing.get(m.key)) for m in found if m.state == "sent"],
        "shut": letters.shut(incident),
    }
    return _render("messages", request, incident, known, context)


def _render(name: str, request: HttpRequest, incident: Incident, known: Work, context: dict[str, Any]) -> str:
    user = signed_in(request)
    more = {
        "incident": incident,
        "zone": user.time_zone or incident.product.team.time_zone,
        "may": allowed(user, "attest", incident) and incident.status in report.REPORTED_IN,
        "may_send": allowed(user, "send_message", incident) and incident.status in messages.SENT_IN,
    }
    return render_to_string(f"incidents/{name}.html", {**context, **more}, request)


def _shown(step: StepView, known: Work, values: dict[str, str]) -> Shown:
    commands = [
        Command(
            f"command-{step.key}-{number}",
            shell.fill(command["run"].rstrip(), values),
            command.get("about") or "",
            command.get("workdir") or "",
        )
        for number, command in enumerate(step.spec.get("commands") or [], start=1)
    ]
    return Shown(
        step,
        role_label(known, step.spec.get("role") or ""),
        known.holders.get(step.spec.get("role") or "", ""),
        [placeholders.put(line["text"], values) for line in step.spec.get("text") or []],
        commands,
        _look(step, known.document),
        known.file(step.event),
        _at(known, step.event),
        _checks(step, known),
        [_box(known, box) for box in step.open_boxes],
    )


def _checks(step: StepView, known: Work) -> list[verdicts.Shown]:
    """What is known of the checks that the step names."""
    about = verdicts.of(known.incident)
    return [one for key in step.spec.get("checks") or [] for one in about.about(key)]


def _at(known: Work, event: TimelineEvent | None) -> datetime | None:
    return known.at(event) if event else None


def _look(step: StepView, document: dict[str, Any]) -> list[str]:
    """What the process says elsewhere of this step: how to deploy, what to try, what to watch (K54–K63)."""
    checks = step.spec.get("checks") or []
    found: list[str] = []
    if "deployed" in checks:
        deploy = document.get("deploy") or {}
        found += [deploy["procedure"]] if deploy.get("procedure") else []
        found += [deploy["first"]["text"]] if deploy.get("first") else []
    if "smoke" in checks:
        found += [item["title"] for item in document.get("smoke") or []]
    if "healthy_window" in checks:
        found += [item["title"] for item in (document.get("watch") or {}).get("look_at") or []]
    return found


def frame(incident: Incident, now: datetime) -> dict[str, str]:
    """The line above the boxes and the one below them (K99, K117)."""
    spec = incident.process_version.document.get("checklist") or {}
    values = {**placeholders.values(incident, now), **verdicts.of(incident).names}
    parts = {"header": spec.get("header") or "", "footer": spec.get("footer") or ""}
    return {name: placeholders.put(text, values) for name, text in parts.items()}


_SIGN = {Box.DONE: "x", Box.OPEN: " ", Box.NOT_NEEDED: "-"}


def markdown(incident: Incident, known: Work, now: datetime) -> str:
    """The checklist as the source writes it, with what is ticked; to copy for an emergency elsewhere (K99–K117)."""
    lines = [f"- [{_SIGN[Box(box.state)]}] {box.title}{_why(known, box)}" for box in known.boxes]
    around = frame(incident, now)
    return "\n\n".join(part for part in (around["header"], "\n".join(lines), around["footer"]) if part) + "\n"


def _why(known: Work, box: ChecklistItem) -> str:
    if box.state != Box.NOT_NEEDED:
        file = known.file(box.done_by_event)
        return f" ({file.line})" if file else ""
    return f" ({_('not needed')}: {' '.join(known.said(box).split())})"


panels.register(panels.Panel("steps", panels.STEPS, _has("steps"), _steps))
panels.register(panels.Panel("checklist", panels.CHECKLIST, _has("checklist"), _checklist))
panels.register(panels.Panel("messages", panels.PEOPLE + 1, _has("messages"), _messages, "people", "beside"))

OFFERS.update(
    (offer.verb, offer)
    for offer in (
        Offer(
            "report",
            _("State a fact"),
            report.report,
            forms.ReportForm,
            _("Say what has happened to the fix. Clocks, steps and the checklist follow."),
            statuses=report.REPORTED_IN,
            prefill=("kind",),
        ),
        # The panels offer these where they belong; the menu does not.
        Offer("finish_step", _("Done"), steps.finish, forms.FinishForm, statuses=(), template=PAGE, prefill=("step",)),
        Offer(
            "skip_step", _("Not needed"), steps.skip, forms.SkipForm,
            action="finish_step", statuses=(), template=PAGE, prefill=("step",),
        ),
        Offer(
            "reopen_step", _("Open again"), steps.reopen, forms.ReopenStepForm,
            action="finish_step", statuses=(), template=PAGE, prefill=("step",),
        ),
        Offer("attest", _("Done"), boxes.attest, forms.AttestForm, statuses=(), template=PAGE, prefill=("box",)),
        Offer(
            "not_needed", _("Not needed"), boxes.not_needed, forms.NotNeededForm,
            action="attest", statuses=(), template=PAGE, prefill=("box",),
        ),
        Offer(
            "untick", _("Open again"), boxes.untick, forms.UntickForm,
            action="attest", statuses=(), template=PAGE, prefill=("box",),
        ),
        Offer(
            "send_message", _("I told them elsewhere"), messages.send_message, forms.SendForm,
            _("Tell them first, by the way your team uses. The timeline keeps what it said and where it went."),
            statuses=(), template=PAGE, prefill=("message",),
        ),
        Offer(
            "vouch", _("Vouch for it"), messages.vouch, forms.VouchForm,
            _("Nightdesk cannot show that this is true. With your reason it stays in the message, in your name."),
            action="send_message", statuses=(), template=PAGE, prefill=("message", "claim"),
        ),
    )
)  # fmt: skip
