"""What each row of the two written processes is in a process: where to look. What is expected there, the tests say."""

from collections.abc import Callable, Mapping
from typing import Any

from products.process import ProcessDocument

type Look = Callable[[ProcessDocument], Any]


def _severity(number: int) -> Look:
    def look(process: ProcessDocument) -> Any:
        one = process.severities[number]
        return one.key, one.rank, one.targets["response"].target().text()

    return look


def _step(words: str) -> Look:
    """The first step whose title has one of the words."""
    return lambda process: any(words in step.title.lower() for step in process.steps)


def _run(part: str) -> Look:
    return lambda process: any(part in command.run for step in process.steps for command in step.commands)


def _clock(key: str) -> Look:
    def look(process: ProcessDocument) -> Any:
        clock = next(clock for clock in process.clocks if clock.key == key)
        return clock.from_, clock.target.within if clock.target else None

    return look


def _mark(number: int) -> Look:
    return lambda process: (process.marks[number].at, [what.events[0] for what in process.marks[number].what])


def _box(number: int) -> Look:
    return lambda process: process.checklist.items[number].check  # type: ignore[union-attr]


def _body(number: int) -> Look:
    return lambda process: [(line.text, line.claim) for line in process.messages[number].body]


def _monitor(number: int) -> Look:
    def look(process: ProcessDocument) -> Any:
        one = process.setup.monitors[number]
        return one.kind, one.target

    return look


TABLE: Mapping[str, Look] = {
    "A1": lambda p: (
        p.origin.repo,
        p.origin.path,
        p.origin.author,
        p.origin.commit,
        p.origin.work_item,
        p.origin.lines,
        p.origin.size,
    ),
    "A2": lambda p: p.setup.monitors[0].every,
    "A3": lambda p: p.setup.monitors[1].lasts,
    "A6": lambda p: p.setup.first_release,
    "A7": lambda p: [one.key for one in p.severities],
    "A8": _severity(0),
    "A9": lambda p: p.severities[0].examples,
    "A10": _severity(1),
    "A11": lambda p: p.severities[1].examples,
    "A12": _severity(2),
    "A13": lambda p: p.severities[2].examples,
    "A14": _severity(3),
    "A15": lambda p: p.severities[3].examples,
    "A16": lambda p: list(dict.fromkeys(step.phase for step in p.steps)),
    "A17": lambda p: (p.steps[0].checks, p.setup.environments[0].hosts),
    "A18": lambda p: p.steps[1].checks,
    "A19": lambda p: [one.proceed.value for one in p.severities[:2]],
    "A20": lambda p: [(one.proceed.value, one.defer_to) for one in p.severities[2:]],
    "A21": lambda p: p.policy.branch if p.policy else None,
    "A22": lambda p: bool(p.policy and p.policy.minimal),
    "A23": lambda p: [(c.run, c.workdir) for s in p.steps if "tests_passed" in s.checks for c in s.commands],
    "A24": lambda p: [c.run for s in p.steps if "dev server" in s.title for c in s.commands],
    "A25": lambda p: any("verified_live" in s.checks for s in p.steps),
    "A26": lambda p: any("merged" in s.checks or "merged" in s.done_on for s in p.steps),
    "A27": lambda p: (p.policy.tag, p.policy.bump) if p.policy else None,
    "A28": lambda p: [(c.run, s.title) for s in p.steps if s.if_needed for c in s.commands],
    "A29": lambda p: any("manifest_version" in s.checks for s in p.steps),
    "A30": lambda p: any("artifact_stored" in s.checks for s in p.steps),
    "A31": lambda p: p.policy.release_notes.path if p.policy and p.policy.release_notes else None,
    "A32": lambda p: p.policy.changelog.path if p.policy and p.policy.changelog else None,
    "A33": _monitor(0),
    "A34": _monitor(1),
    "A35": _monitor(2),
    "A37": lambda p: bool(p.rollback and p.rollback.when),
    "A38": lambda p: p.rollback.options[0].kind if p.rollback else None,
    "A39": lambda p: (
        (p.rollback.options[1].kind, bool(p.rollback.options[1].user_action)) if p.rollback else None
    ),
    "A40": lambda p: [option.data_preserved for option in p.rollback.options] if p.rollback else None,
    "A41": lambda p: (
        (p.rollback.options[2].kind, p.rollback.options[2].steps[0].text) if p.rollback else None
    ),
    "A42": lambda p: len(p.rollback.options) if p.rollback else None,
    "A44": lambda p: [(place.label, place.hosts) for place in p.setup.environments],
    "K1": lambda p: (
        p.origin.repo,
        p.origin.path,
        p.origin.author,
        p.origin.commit,
        str(p.origin.date),
        p.origin.size,
    ),
    "K2–K4": lambda p: len(p.origin.related),
    "K5": lambda p: p.purpose.text if p.purpose else None,
    **{f"K{row}": (lambda n: lambda p: p.eligibility.use[n].text)(row - 6) for row in range(6, 10)},
    **{f"K{row}": (lambda n: lambda p: p.eligibility.not_[n].text)(row - 10) for row in range(10, 14)},
    "K14": lambda p: "title" in p.steps[0].fields,
    "K15": lambda p: ("severity" in p.steps[0].fields, [one.key for one in p.severities]),
    "K16": lambda p: [product.name for product in p.setup.products],
    "K17": lambda p: [(place.key, place.kind.value) for place in p.setup.environments],
    "K18": lambda p: "impact" in p.steps[0].fields,
    "K19": lambda p: bool(p.start),
    "K20": lambda p: (
        (p.policy.cut_from, p.policy.base_tag, "{branch}" in p.steps[1].commands[0].run) if p.policy else None
    ),
    "K21": _run("git log -1 --oneline"),
    "K22": lambda p: (p.policy.branch, p.policy.branch_written) if p.policy else None,
    "K24": lambda p: p.policy.commit.subject if p.policy and p.policy.commit else None,
    "K25–K28": lambda p: (
        [part.label for part in p.policy.commit.parts] if p.policy and p.policy.commit else None
    ),
    "K29–K31": lambda p: (
        len(p.steps[2].text) >= 3,
        p.policy.minimal.no_features if p.policy and p.policy.minimal else None,
    ),
    "K32": lambda p: p.policy.bump if p.policy else None,
    "K33": lambda p: (
        [(file.path, file.kind) for file in p.policy.version_files if file.kind == "pubspec"]
        + [p.policy.build]
        if p.policy
        else None
    ),
    "K34–K35": lambda p: (
        [(file.path, file.key) for file in p.policy.version_files if file.kind == "npm"] if p.policy else None
    ),
    "K36–K37": lambda p: (
        (p.policy.changelog.style, p.policy.changelog.text) if p.policy and p.policy.changelog else None
    ),
    "K38": lambda p: any("below" in line.text for line in p.steps[4].text),
    "K39": _run("git push origin {branch}"),
    "K40": lambda p: p.policy.review.label if p.policy and p.policy.review else None,
    "K41": lambda p: p.policy.review.title if p.policy and p.policy.review else None,
    "K42": lambda p: p.policy.review.opening if p.policy and p.policy.review else None,
    "K43–K46": lambda p: (
        [part.label for part in p.policy.review.parts] if p.policy and p.policy.review else None
    ),
    "K47": _clock("approval"),
    "K48": _run("git pull origin main"),
    "K49": lambda p: p.policy.merge if p.policy else None,
    "K50": _run("git push origin main"),
    "K51": lambda p: (p.policy.tag, p.policy.annotated, p.policy.tag_on) if p.policy else None,
    "K52": lambda p: p.policy.tag_message if p.policy else None,
    "K53": _run("git push origin {tag}"),
    "K54": lambda p: bool(p.steps[8].text or p.steps[8].commands[0].about),
    "K56": lambda p: p.steps[8].commands[0].run,
    "K57": _clock("deploy"),
    **{f"K{row}": (lambda n: lambda p: p.smoke[n].title)(row - 58) for row in range(58, 61)},
    "K61": _clock("watch"),
    "K62–K64": lambda p: [item.check for item in p.watch.look_at] if p.watch else None,
    "K65": lambda p: (p.messages[0].when.event, p.messages[0].when.not_before, p.messages[0].audience),
    "K66–K72": _body(0),
    "K73": lambda p: (p.messages[1].when.event, p.messages[1].when.delay),
    "K74–K77": _body(1),
    **{f"K{row}": _mark(row - 78) for row in range(78, 86)},
    "K86": lambda p: next(
        (c.target.within, c.target.earliest) for c in p.clocks if c.key == "total" and c.target
    ),
    **{f"K{row}": (lambda n: lambda p: p.mistakes.dont[n].text)(row - 87) for row in range(87, 93)},
    **{f"K{row}": (lambda n: lambda p: p.mistakes.do[n].text)(row - 93) for row in range(93, 99)},
    "K99": lambda p: p.checklist.header if p.checklist else None,
    **{f"K{row}": _box(row - 100) for row in range(100, 117)},
    "K117": lambda p: p.checklist.footer if p.checklist else None,
    "K118–K120": lambda p: [question.key for question in p.postmortem.questions] if p.postmortem else None,
    "K121": _clock("postmortem"),
    "K122–K124": lambda p: len(p.postmortem.agenda) if p.postmortem else None,
    "K125–K130": lambda p: (
        ([action.kind for action in p.postmortem.actions], len(p.postmortem.share)) if p.postmortem else None
    ),
    **{
        f"K{row}": (lambda n: lambda p: (p.contacts.tell[n].label, p.contacts.tell[n].role))(row - 132)
        for row in range(132, 136)
    },
    "K136": lambda p: p.contacts.channel,
    "K137": lambda p: bool(p.contacts.urgent),
    "K138": lambda p: [role.label for role in p.roles if role.decides],
    "K139": lambda p: [role.label for role in p.roles if role.executes],
    "K140": lambda p: [role.label for role in p.roles if role.watches],
    "K141": lambda p: str(p.origin.last_updated),
    "K142": lambda p: (_severity(0)(p), p.severities[0].examples),
    "K143": lambda p: (_severity(1)(p), p.severities[1].examples),
    "K144": lambda p: (_severity(2)(p), p.severities[2].examples),
    "K145": lambda p: [len(p.steps), bool(p.steps[0].title)],
}


def wrong(process: ProcessDocument, expected: Mapping[str, Any]) -> dict[str, Any]:
    """The rows that are not as expected, with what is there instead."""
    found: dict[str, Any] = {}
    for row, value in expected.items():
        try:
            there = TABLE[row](process)
        except (IndexError, KeyError, AttributeError, StopIteration) as error:
            there = repr(error)
        if there != value:
            found[row] = there
    return found
