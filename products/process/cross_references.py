"""What each section of a process allows and the sections together do not: names that nobody has, keys used twice."""

from collections.abc import Collection, Iterator, Sequence

from products.process.problems import Path
from products.process.schema.base import TargetSpec, one_of
from products.process.schema.document import ProcessDocument

# /processes/new/ is where one is made.
RESERVED = frozenset({"new"})

type Found = Iterator[tuple[Path, str]]


def disagreements(process: ProcessDocument) -> Found:
    """The path of each disagreement, and a sentence that says what was expected there."""
    if process.key in RESERVED:
        yield ("key",), f"expected another key: {process.key!r} is an address of Nightdesk's own"
    yield from _repetitions(process)
    yield from _targets(process)
    yield from _roles(process)
    yield from _events(process)
    yield from _clocks(process)
    yield from _steps(process)
    yield from _components(process)
    for name in process.policy.options() if process.policy else ():
        yield (
            ("policy", name),
            "expected a name that does not begin with a dash: programs read it as an option",
        )


def _repetitions(process: ProcessDocument) -> Found:
    keyed: dict[Path, Sequence[str]] = {
        ("severities",): [severity.key for severity in process.severities],
        ("roles",): [role.key for role in process.roles],
        ("calendars",): [calendar.key for calendar in process.calendars],
        ("clocks",): [clock.key for clock in process.clocks],
        ("steps",): [step.key for step in process.steps],
        ("smoke",): [item.key for item in process.smoke],
        ("messages",): [message.key for message in process.messages],
        ("rollback", "options"): [option.key for option in process.rollback.options]
        if process.rollback
        else [],
        ("postmortem", "questions"): (
            [question.key for question in process.postmortem.questions] if process.postmortem else []
        ),
        ("setup", "components"): [component.key for component in process.setup.components],
        ("setup", "environments"): [place.key for place in process.setup.environments],
        ("setup", "monitors"): [monitor.key for monitor in process.setup.monitors],
    }
    for path, keys in keyed.items():
        yield from _repeated(path, keys, "key")
    yield from _repeated(("settles",), [settlement.settles for settlement in process.settles], "settles")


def _repeated(path: Path, keys: Sequence[str], field: str) -> Found:
    """Keys are compared without case: an address or the API may write them either way."""
    first: dict[str, int] = {}
    for number, key in enumerate(keys):
        if first.setdefault(key.casefold(), number) != number:
            where = ".".join(map(str, path))
            yield (*path, number, field), f"{key!r} is used twice, first by {where}[{first[key.casefold()]}]"


def _targets(process: ProcessDocument) -> Found:
    clocks = [clock.key for clock in process.clocks]
    for number, severity in enumerate(process.severities):
        for key, target in severity.targets.items():
            path: Path = ("severities", number, "targets", key)
            yield from _named(path, key, clocks, "a clock of this process")
            yield from _calendar(process, path, target)
    for number, clock in enumerate(process.clocks):
        if clock.target:
            yield from _calendar(process, ("clocks", number, "target"), clock.target)


def _calendar(process: ProcessDocument, path: Path, target: TargetSpec) -> Found:
    calendars = [calendar.key for calendar in process.calendars]
    yield from _named((*path, "calendar"), target.calendar, calendars, "a calendar of this process")


def _roles(process: ProcessDocument) -> Found:
    asked: list[tuple[Path, str | None]] = []
    asked += [
        (("roles", number, "deputies", place), deputy)
        for number, role in enumerate(process.roles)
        for place, deputy in enumerate(role.deputies)
    ]
    asked += [(("steps", number, "role"), step.role) for number, step in enumerate(process.steps)]
    asked += [(("messages", number, "role"), message.role) for number, message in enumerate(process.messages)]
    asked += [
        (("contacts", "tell", number, "role"), contact.role)
        for number, contact in enumerate(process.contacts.tell)
    ]
    if process.watch:
        asked.append((("watch", "role"), process.watch.role))
    if process.updates:
        asked.append((("updates", "role"), process.updates.role))
        severities = [severity.key for severity in process.severities]
        for key in process.updates.every:
            yield from _named(("updates", "every", key), key, severities, "a severity of this process")
    if process.rollback:
        asked.append((("rollback", "executed_by"), process.rollback.executed_by))
        deciding = [role.key for role in process.roles if role.decides]
        role = process.rollback.approved_by
        yield from _named(("rollback", "approved_by"), role, deciding, "a role of this process that decides")
    for path, role in asked:
        yield from _named(path, role, [role.key for role in process.roles], "a role of this process")


def _events(process: ProcessDocument) -> Found:
    """`message_sent:follow_up` names a message of this process; no other kind of event has a key."""
    messages = [message.key for message in process.messages]
    for path, event in _every_event(process):
        kind, _, key = event.partition(":")
        if key and kind != "message_sent":
            yield path, f"expected no key behind {kind!r}; only message_sent has one"
        elif key:
            yield from _named(path, key, messages, "a message of this process")


def _every_event(process: ProcessDocument) -> Iterator[tuple[Path, str]]:
    for number, clock in enumerate(process.clocks):
        yield ("clocks", number, "from"), clock.from_
        yield from ((("clocks", number, "to", place), event) for place, event in enumerate(clock.to))
        yield from ((("clocks", number, "again", place), event) for place, event in enumerate(clock.again))
    for number, mark in enumerate(process.marks):
        for place, what in enumerate(mark.what):
            path = ("marks", number, "what", place, "events")
            yield from (((*path, at), event) for at, event in enumerate(what.events))
    for number, step in enumerate(process.steps):
        yield from ((("steps", number, "done_on", at), event) for at, event in enumerate(step.done_on))
    for number, item in enumerate(process.checklist.items if process.checklist else []):
        yield from (
            (("checklist", "items", number, "done_on", at), event) for at, event in enumerate(item.done_on)
        )
    for number, message in enumerate(process.messages):
        yield ("messages", number, "when", "event"), message.when.event
        if message.when.not_before:
            yield ("messages", number, "when", "not_before"), message.when.not_before
    if process.watch:
        yield ("watch", "from"), process.watch.from_


def _clocks(process: ProcessDocument) -> Found:
    clocks = [clock.key for clock in process.clocks]
    if process.deploy:
        yield from _named(("deploy", "clock"), process.deploy.clock, clocks, "a clock of this process")
    if process.postmortem:
        yield from _named(
            ("postmortem", "clock"), process.postmortem.clock, clocks, "a clock of this process"
        )


def _steps(process: ProcessDocument) -> Found:
    steps = [step.key for step in process.steps]
    for number, item in enumerate(process.checklist.items if process.checklist else []):
        yield from _named(("checklist", "items", number, "step"), item.step, steps, "a step of this process")


def _components(process: ProcessDocument) -> Found:
    components = [component.key for component in process.setup.components]
    places = [place.key for place in process.setup.environments]
    asked: list[tuple[Path, str | None]] = [
        (("setup", "products", number, "components", at), key)
        for number, product in enumerate(process.setup.products)
        for at, key in enumerate(product.components)
    ]
    if process.rollback:
        asked += [
            (("rollback", "options", number, "components", at), key)
            for number, option in enumerate(process.rollback.options)
            for at, key in enumerate(option.components)
        ]
    if process.policy:
        asked += [
            (("policy", "version_files", number, "component"), file.component)
            for number, file in enumerate(process.policy.version_files)
        ]
    for path, key in asked:
        yield from _named(path, key, components, "a component of `setup`")
    for number, monitor in enumerate(process.setup.monitors):
        path = ("setup", "monitors", number, "host")
        yield from _named(path, monitor.host, places, "an environment of `setup`")


def _named(path: Path, key: str | None, known: Collection[str], what: str) -> Found:
    if key is None:
        return
    try:
        one_of(key, known, what)
    except ValueError as error:
        yield path, str(error)
