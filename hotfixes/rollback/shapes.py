"""What is known of a way back, as plain JSON: moments are RFC 3339 in UTC."""

from typing import Any, TypedDict

from hotfixes.rollback.history import Drill, Ran, Took


class Precondition(TypedDict):
    """`verdict`: PASS, FAIL or UNKNOWN; `shown_by`: what sees it, "" where only a person can say."""

    text: str
    house: bool
    shown_by: str
    verdict: str
    summary: str
    looked_at: str | None
    facts: dict[str, Any]


class Remark(TypedDict):
    """`key`: precondition, migrations, store, target; security, secrets, config, hotfixes, maybe, user_action …"""

    key: str
    text: str


class Undoes(TypedDict):
    """What the preview found; `known` false: `why` says why nobody can tell. `ref`: of the preview's whole answer."""

    known: bool
    why: str
    commits: int
    more: bool
    hotfixes: list[str]
    security: list[str]
    migrations: str
    secrets: list[str]
    config: list[str]
    digest: str
    made_at: str | None


class Way(TypedDict):
    """One option of the process with what is known of it now. The first eleven are as the process says them
    (decision/options.py). `blocked` empty: nothing is known that stands against it. `percent`: how many have the
    version that runs (stores), null where nobody told. `takes_back`: fixes of other incidents, in words. `button`: what
    its button says.
    """

    rank: int
    fits: bool
    key: str
    kind: str
    title: str
    house: bool
    components: list[str]
    data_preserved: str
    data_note: str
    user_action: str
    steps: list[dict[str, Any]]
    preconditions: list[Precondition]
    from_version: str
    from_ref: str
    target_version: str
    target_ref: str
    target_source: str
    target_since: str | None
    ran: Ran | None
    took: Took | None
    drill: Drill | None
    undoes: Undoes
    takes_back: list[str]
    blocked: list[Remark]
    warnings: list[Remark]
    unknown: list[str]
    percent: int | None
    artifact: str
    button: str
