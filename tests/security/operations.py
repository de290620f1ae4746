"""Which token may do what: one row per operation of the API. An operation without a row fails the suite, and a row
without an operation.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from accounts.models import Role, Scope
from tests.security.pages import ADMINISTRATOR, SIGNED_IN, Gate

READ, INCIDENTS, MONITORING, ADMIN = Scope.READ, Scope.INCIDENTS, Scope.MONITORING, Scope.ADMIN
ANY = frozenset(Scope)
LOOKING = {READ, INCIDENTS, Scope.HOTFIXES, MONITORING, ADMIN}
# What a token gets that is for some other product only.
MISSING, FORBIDDEN, OPEN, UNKNOWN = "missing", "forbidden", "open", "unknown there"


@dataclass(frozen=True)
class Operation:
    """`scopes`: one of them is needed. `least`: of its person, in the team of the thing (`on`), as in pages.py.

    `narrow`: what a token of another product gets. `names`: the body names a product or team, whose absence is 422.
    """

    call: str
    scopes: set[Scope] | frozenset[Scope]
    least: Gate
    on: tuple[str, ...] = ()
    sent: dict[str, Any] = field(default_factory=dict)
    narrow: str = MISSING
    names: bool = False

    @property
    def method(self) -> str:
        return self.call.split(" ")[0]

    @property
    def path(self) -> str:
        return self.call.split(" ")[1]


V, R, M, A = Role.VIEWER, Role.RESPONDER, Role.MANAGER, Role.ADMIN
RECORDS = ("incident", "private incident")
NEW_MONITOR = {"name": "Queue", "product": "zebra-mobile", "kind": "http", "target": "https://example.test/"}
NEW_MAINTENANCE = {"product": "zebra-mobile", "lasts_s": 1800}
OTHER_END = {"ends_at": "2100-01-01T00:00:00Z"}
NEW_CHANNEL = {"name": "Room", "kind": "slack", "team": "zebra-team", "url": "https://hooks.example.test/x"}
NEW_PERSON = {"name": "Zoe", "email": "zoe@example.test", "team": "zebra-team", "role": "viewer"}
NEW_DEPLOYMENT = {
    "product": "zebra-mobile",
    "environment": "production",
    "version": "0.1.1",
    "status": "started",
}
NEW_PRODUCT = {"name": "Quagga", "process": "krow", "team": "zebra-team"}
CLOCK = {"clock": "response", "reason": "The provider is down"}
VERBS: dict[str, dict[str, Any]] = {
    "acknowledge": {},
    "describe": {"impact": "All"},
    "update": {"text": "Half of them can sign in again"},
    "snooze_update": {},
    "stop_updates": {},
    "confirm_severity": {},
    "change_severity": {"severity": "HIGH", "reason": "Fewer people"},
    "assign": {"user": "responder@example.test"},
    "claim": {},
    "hand_over": {"role": "devops", "user": "responder@example.test", "note": "The rollout is halted"},
    "give_up": {"role": "devops"},
    "note": {"text": "Looking"},
    "mitigate": {},
    "resolve": {},
    "decline": {"reason": "A false alarm"},
    "defer": {"reason": "Nobody is stopped"},
    "mark_duplicate": {"of": "INC-999999"},
    "close": {},
    "reopen": {"reason": "Again"},
    "correct": {"seq": 2, "reason": "Typing error", "text": "Better"},
    "redact": {"seq": 2, "reason": "A name"},
    "pause_clock": CLOCK,
    "resume_clock": CLOCK,
}
REPORT: dict[str, dict[str, Any]] = {
    "schedule_postmortem": {"meets_at": "2026-12-01T10:00:00Z"},
    "postmortem/review": {},
    "postmortem/process": {"reason": "It asks for it already"},
    "postmortem/share": {"where": "Slack #releases"},
    "postmortem/reopen": {"reason": "Not all"},
    "postmortem/actions": {
        "text": "A test",
        "kind": "test",
        "owner": "responder@example.test",
        "due": "2027-01-01",
    },
}
FIXES = ("hotfix", "private hotfix")
BACK = ("rollback", "private rollback")
FIX: dict[str, dict[str, Any]] = {
    "recheck": {},
    "merge_policy": {"merge": "merge", "reason": "Main has gone on"},
    "versions": {"old": "1.2.0"},
    "abandon": {"reason": "We roll back"},
    "regressed": {"reason": "Twice as slow"},
}
SAID: dict[str, dict[str, Any]] = {
    "attest": {"text": "By hand"},
    "override": {"reason": "No time"},
    "override/confirm": {},
    "withdraw": {"what": "override"},
}
WORK: dict[str, dict[str, Any]] = {
    "report": {"kind": "merged"},
    "send_message": {"message": "resolved", "text": "status page"},
}

OPERATIONS = [
    Operation("GET /incidents", {READ, INCIDENTS}, SIGNED_IN, narrow=OPEN),
    Operation("POST /incidents", {INCIDENTS}, V, sent={"title": "Slow", "product": "zebra-mobile"}, narrow=UNKNOWN,
              names=True),
    Operation("GET /incidents/{}", {READ, INCIDENTS}, V, on=RECORDS),
    Operation("GET /incidents/{}/timeline", {READ, INCIDENTS}, V, on=RECORDS),
    Operation("GET /incidents/{}/clocks", {READ, INCIDENTS}, V, on=RECORDS),
    Operation("GET /incidents/{}/deliveries", {READ, INCIDENTS}, V, on=RECORDS),
    *(Operation(f"GET /incidents/{{}}/{part}", {READ, INCIDENTS}, V, on=RECORDS) for part in
      ("steps", "checklist", "checklist.md", "messages")),
    *(Operation(f"POST /incidents/{{}}/{path}", {INCIDENTS}, R, on=RECORDS, sent=body) for path, body in WORK.items()),
    Operation("GET /incidents/{}/messages/{}/preview", {READ, INCIDENTS}, V,
              on=("incident's message", "private incident's message")),
    Operation("POST /incidents/{}/messages/{}/vouch", {INCIDENTS}, R,
              on=("incident's message", "private incident's message"),
              sent={"claim": "restored", "reason": "Seen by hand"}),
    Operation("POST /incidents/{}/checklist/{}/{}", {INCIDENTS}, R, on=("incident's box", "private incident's box")),
    Operation("POST /incidents/{}/steps/{}/{}", {INCIDENTS}, R, on=("incident's step", "private incident's step")),
    Operation("POST /incidents/{}/decision", {Scope.DECIDE}, A, on=RECORDS,
              sent={"choice": "hotfix", "reason": "A line"}),
    *(Operation(f"GET /incidents/{{}}/{path}", {READ, INCIDENTS}, V, on=RECORDS) for path in
      ("postmortem", "postmortem.md", "postmortem.json")),
    *(Operation(f"POST /incidents/{{}}/{path}", {INCIDENTS}, R, on=RECORDS, sent=body) for path, body in
      REPORT.items()),
    Operation("POST /incidents/{}/postmortem/answers/{}", {INCIDENTS}, R,
              on=("incident's question", "private incident's question"), sent={"text": "Because"}),
    Operation("PATCH /incidents/{}/postmortem/actions/{}", {INCIDENTS}, R,
              on=("incident's action item", "private incident's action item"), sent={"text": "Other"}),
    Operation("POST /incidents/{}/postmortem/actions/{}/{}", {INCIDENTS}, R,
              on=("incident's settled action item", "private incident's settled action item")),
    Operation("GET /postmortems", {READ, INCIDENTS}, SIGNED_IN, narrow=OPEN),
    Operation("GET /insights", {READ, INCIDENTS}, SIGNED_IN, narrow=OPEN),
    Operation("POST /deployments", {Scope.INGEST, Scope.HOTFIXES}, R, sent=NEW_DEPLOYMENT, narrow=UNKNOWN, names=True),
    Operation("GET /deployments", {READ, Scope.HOTFIXES, Scope.INGEST}, SIGNED_IN, narrow=OPEN),
    Operation("GET /hotfixes/{}/checks.txt", {READ, Scope.HOTFIXES, Scope.INGEST}, V, on=("hotfix", "private hotfix")),
    Operation("POST /incidents/{}/hotfixes", {Scope.HOTFIXES}, R, on=RECORDS, sent={}),
    Operation("GET /hotfixes", {READ, Scope.HOTFIXES, INCIDENTS}, SIGNED_IN, narrow=OPEN),
    *(Operation(f"GET /hotfixes/{{}}{part}", {READ, Scope.HOTFIXES, INCIDENTS}, V, on=FIXES)
      for part in ("", "/checks")),
    *(Operation(f"POST /hotfixes/{{}}/{path}", {Scope.HOTFIXES}, R, on=FIXES, sent=body) for path, body in FIX.items()),
    *(Operation(f"POST /hotfixes/{{}}/checks/{{}}/{path}", {Scope.HOTFIXES}, R, sent=body,
                on=("hotfix's check", "private hotfix's check")) for path, body in SAID.items()),
    Operation("GET /rollbacks", {READ, Scope.HOTFIXES, INCIDENTS}, SIGNED_IN, narrow=OPEN),
    Operation("GET /rollbacks/{}", {READ, Scope.HOTFIXES, INCIDENTS}, V, on=BACK),
    Operation("POST /rollbacks/{}/steps/{}", {Scope.HOTFIXES}, R, sent={"state": "done"},
              on=("rollback's step", "private rollback's step")),
    Operation("POST /rollbacks/{}/back", {Scope.HOTFIXES}, R, on=BACK, sent={"text": "It answers"}),
    Operation("POST /rollbacks/{}/done", {Scope.HOTFIXES}, R, on=BACK, sent={"text": "It has run for an hour"}),
    Operation("POST /rollbacks/{}/abandon", {Scope.HOTFIXES}, R, on=BACK, sent={"reason": "Gone"}),
    Operation("POST /evidence", {Scope.INGEST, Scope.HOTFIXES}, R, sent={"hotfix": "HF-1", "kind": "note"},
              narrow=UNKNOWN, names=True),
    *(Operation(f"GET /incidents/{{}}/{path}", {READ, INCIDENTS, Scope.DECIDE}, V, on=RECORDS)
      for path in ("decision", "questions")),
    Operation("POST /incidents/{}/decision/revisit", {INCIDENTS, Scope.DECIDE}, R, on=RECORDS, sent={"stands": True}),
    Operation("POST /incidents/{}/propose", {INCIDENTS, Scope.DECIDE}, R, on=RECORDS,
              sent={"choice": "hotfix", "text": "One line"}),
    Operation("POST /incidents/{}/questions", {INCIDENTS, Scope.DECIDE}, R, on=RECORDS, sent={"text": "Sure?"}),
    Operation("POST /incidents/{}/questions/{}/answer", {INCIDENTS, Scope.DECIDE}, R,
              on=("incident's asked", "private incident's asked"), sent={"text": "Yes"}),
    Operation("GET /hotfixes/{}/approval", {READ, Scope.HOTFIXES, INCIDENTS}, V, on=FIXES),
    Operation("POST /hotfixes/{}/approval", {Scope.HOTFIXES}, R, on=FIXES, sent={"head": "0" * 40}),
    Operation("POST /hotfixes/{}/approval/withdraw", {Scope.HOTFIXES}, R, on=FIXES, sent={"reason": "No"}),
    Operation("GET /incidents/{}/decisions", {READ, INCIDENTS, Scope.DECIDE}, V, on=RECORDS),
    Operation("GET /incidents/{}/ruler", {READ, INCIDENTS}, V, on=RECORDS),
    Operation("GET /incidents/{}/watch", {READ, INCIDENTS, Scope.HOTFIXES}, V, on=RECORDS),
    Operation("POST /incidents/{}/try_smoke", {INCIDENTS, Scope.HOTFIXES}, R, on=RECORDS,
              sent={"results": {"launches": True}}),
    Operation("POST /tallies", {Scope.INGEST, Scope.HOTFIXES}, R, narrow=UNKNOWN, names=True,
              sent={"hotfix": "HF-1", "kind": "errors", "count": 0, "since": "2026-01-01T00:00:00Z",
                    "until": "2026-01-02T00:00:00Z"}),
    Operation("GET /incidents/{}/timeline/{}/file", {READ, INCIDENTS}, V,
              on=("incident's entry", "private incident's entry")),
    *(Operation(f"POST /incidents/{{}}/{verb}", {INCIDENTS}, R, on=RECORDS, sent=body) for verb, body in VERBS.items()),
    Operation("POST /incidents/{}/waive_clock", {INCIDENTS}, M, on=RECORDS, sent=CLOCK),
    Operation("GET /audits", {READ, Scope.HOTFIXES}, SIGNED_IN, narrow=FORBIDDEN),
    Operation("POST /audits", {Scope.HOTFIXES}, R, narrow=FORBIDDEN,
              sent={"url": "https://git.example.test/a.git", "process": "krow"}),
    Operation("GET /audits/{}", {READ, Scope.HOTFIXES}, V, on=("audit",), narrow=FORBIDDEN),
    Operation("POST /audits/{}/cancel", {Scope.HOTFIXES}, M, on=("audit",), narrow=FORBIDDEN),
    Operation("GET /monitors", {READ, MONITORING, ADMIN}, SIGNED_IN, narrow=OPEN),
    Operation("POST /monitors", {MONITORING, ADMIN}, M, sent=NEW_MONITOR, narrow=UNKNOWN, names=True),
    Operation("GET /monitors/{}", {READ, MONITORING, ADMIN}, V, on=("monitor",)),
    Operation("PATCH /monitors/{}", {MONITORING, ADMIN}, M, on=("monitor",), sent={"interval_s": 90}),
    Operation("GET /monitors/{}/uptime", {READ, MONITORING, ADMIN}, V, on=("monitor",)),
    Operation("POST /monitors/{}/rotate_key", {MONITORING, ADMIN}, M, on=("monitor",)),
    Operation("POST /monitors/{}/check", {MONITORING, ADMIN}, R, on=("monitor",)),
    Operation("POST /monitors/{}/enable", {MONITORING, ADMIN}, M, on=("monitor",)),
    Operation("POST /monitors/{}/disable", {MONITORING, ADMIN}, M, on=("monitor",)),
    Operation("POST /monitors/{}/archive", {MONITORING, ADMIN}, M, on=("monitor",)),
    Operation("GET /alerts", {READ, MONITORING, ADMIN}, SIGNED_IN, narrow=OPEN),
    Operation("POST /alerts/{}/end", {MONITORING, ADMIN}, R, on=("alert",)),
    Operation("GET /alert_sources", {READ, MONITORING, ADMIN}, SIGNED_IN, narrow=OPEN),
    Operation("POST /alert_sources", {MONITORING, ADMIN}, M, narrow=UNKNOWN, names=True,
              sent={"tool": "grafana", "product": "zebra-mobile"}),
    Operation("GET /alert_sources/{}", {READ, MONITORING, ADMIN}, V, on=("alert source",)),
    Operation("PATCH /alert_sources/{}", {MONITORING, ADMIN}, M, on=("alert source",), sent={"name": "Prom"}),
    *(Operation(f"POST /alert_sources/{{}}/{verb}", {MONITORING, ADMIN}, M, on=("alert source",))
      for verb in ("rotate_key", "enable", "disable", "archive")),
    Operation("GET /maintenance", {READ, MONITORING, ADMIN}, SIGNED_IN, narrow=OPEN),
    Operation("POST /maintenance", {MONITORING, ADMIN}, M, sent=NEW_MAINTENANCE, narrow=UNKNOWN, names=True),
    Operation("GET /maintenance/{}", {READ, MONITORING, ADMIN}, V, on=("maintenance",)),
    Operation("PATCH /maintenance/{}", {MONITORING, ADMIN}, M, on=("maintenance",), sent=OTHER_END),
    Operation("POST /maintenance/{}/end", {MONITORING, ADMIN}, M, on=("maintenance",)),
    Operation("GET /channels", {READ, ADMIN}, SIGNED_IN, narrow=OPEN),
    Operation("POST /channels", {ADMIN}, M, sent=NEW_CHANNEL, narrow=FORBIDDEN, names=True),
    Operation("GET /channels/{}", {READ, ADMIN}, V, on=("channel", "own channel")),
    Operation("PATCH /channels/{}", {ADMIN}, M, on=("channel", "own channel"), sent={"name": "Hall"}),
    Operation("POST /channels/{}/test", {ADMIN}, M, on=("channel", "own channel")),
    Operation("POST /channels/{}/archive", {ADMIN}, M, on=("channel", "own channel")),
    Operation("POST /channels/{}/restore", {ADMIN}, M, on=("channel", "own channel")),
    Operation("GET /deliveries", {READ, INCIDENTS}, SIGNED_IN, narrow=FORBIDDEN),
    Operation("POST /deliveries/{}/retry", {INCIDENTS}, R, on=("delivery", "private delivery"), narrow=FORBIDDEN),
    Operation("POST /deliveries/{}/note", {INCIDENTS}, R, on=("delivery", "private delivery"), narrow=FORBIDDEN),
    Operation("POST /deliveries/{}/release", {INCIDENTS}, A, on=("delivery", "private delivery"), narrow=FORBIDDEN),
    Operation("POST /deliveries/{}/drop", {INCIDENTS}, A, on=("delivery", "private delivery"), narrow=FORBIDDEN),
    Operation("GET /messages", {READ, INCIDENTS}, SIGNED_IN, narrow=FORBIDDEN),
    Operation("GET /products", LOOKING, SIGNED_IN, narrow=OPEN),
    Operation("POST /products", {ADMIN}, M, sent=NEW_PRODUCT, narrow=FORBIDDEN, names=True),
    Operation("GET /products/{}", LOOKING, V, on=("product",)),
    Operation("PATCH /products/{}", {ADMIN}, M, on=("product",), sent={"version": "2.0"}),
    Operation("POST /products/{}/environments", {ADMIN}, M, on=("product",), sent={"name": "Beta", "kind": "staging"}),
    Operation("DELETE /products/{}/environments/{}", {ADMIN}, M, on=("environment",)),
    Operation("POST /products/{}/archive", {ADMIN}, M, on=("product",)),
    Operation("POST /products/{}/restore", {ADMIN}, M, on=("product",)),
    Operation("GET /products/{}/contacts", LOOKING, V, on=("product",)),
    Operation("POST /products/{}/contacts", {ADMIN}, M, on=("product",), sent={"label": "All", "whole_team": True}),
    Operation("DELETE /products/{}/contacts/{}", {ADMIN}, M, on=("contact",)),
    Operation("POST /products/{}/contacts/{}/move", {ADMIN}, M, on=("contact",)),
    Operation("GET /products/{}/repository", LOOKING, V, on=("product",)),
    Operation("POST /products/{}/repository/look", {ADMIN}, M, on=("product",)),
    Operation("POST /products/{}/repository/secret", {ADMIN}, M, on=("product",), sent={"secret": ""}),
    Operation("POST /products/{}/repository/secret/end", {ADMIN}, M, on=("product",)),
    Operation("GET /products/{}/release_addresses", LOOKING, V, on=("product",)),
    Operation("PATCH /products/{}/release_addresses", {ADMIN}, M, on=("product",), sent={"addresses": {}}),
    Operation("GET /products/{}/hold", {READ, Scope.HOTFIXES, Scope.INGEST}, V, on=("product",)),
    Operation("GET /products/{}/roles", LOOKING, V, on=("product",)),
    Operation("POST /products/{}/roles", {ADMIN}, M, on=("product",),
              sent={"role": "devops", "user": "viewer@example.test"}),
    Operation("DELETE /products/{}/roles/{}", {ADMIN}, M, on=("role holder",)),
    Operation("POST /products/{}/roles/{}/move", {ADMIN}, M, on=("role holder",)),
    Operation("GET /processes", LOOKING, SIGNED_IN, narrow=OPEN),
    Operation("GET /processes/krow", LOOKING, SIGNED_IN, narrow=OPEN),
    Operation("POST /processes/krow", {ADMIN}, ADMINISTRATOR, narrow=FORBIDDEN),
    Operation("POST /processes/krow/simulate", {READ, INCIDENTS}, SIGNED_IN, narrow=OPEN),
    Operation("GET /processes/krow/document", LOOKING, SIGNED_IN, narrow=OPEN),
    Operation("GET /processes/krow/versions", LOOKING, SIGNED_IN, narrow=OPEN),
    Operation("GET /processes/krow/diff", LOOKING, SIGNED_IN, narrow=OPEN),
    Operation("GET /processes/krow/lint", LOOKING, SIGNED_IN, narrow=OPEN),
    Operation("POST /processes/krow/check", LOOKING, SIGNED_IN, narrow=OPEN),
    Operation("GET /processes/krow/draft", LOOKING, M, narrow=OPEN),
    Operation("GET /processes/krow/draft/document", LOOKING, M, narrow=OPEN),
    Operation("POST /processes/krow/draft", {ADMIN}, M, narrow=FORBIDDEN),
    Operation("PUT /processes/krow/draft", {ADMIN}, M, narrow=FORBIDDEN),
    Operation("POST /processes/krow/draft/guesses", {ADMIN}, M, narrow=FORBIDDEN),
    Operation("POST /processes/krow/draft/go_on", {ADMIN}, M, narrow=FORBIDDEN),
    Operation("POST /processes/krow/draft/publish", {ADMIN}, ADMINISTRATOR, narrow=FORBIDDEN),
    Operation("DELETE /processes/krow/draft", {ADMIN}, M, narrow=FORBIDDEN),
    Operation("GET /tokens", {ADMIN}, SIGNED_IN, narrow=OPEN),
    Operation("POST /tokens", {ADMIN}, SIGNED_IN, sent={"name": "x", "scopes": ["admin"]}, narrow=FORBIDDEN),
    Operation("POST /tokens/{}/revoke", {ADMIN}, V, on=("token",)),
    Operation("GET /me", ANY, SIGNED_IN, narrow=OPEN),
    Operation("GET /people", {READ, ADMIN}, A, narrow=FORBIDDEN),
    Operation("POST /people", {ADMIN}, A, sent=NEW_PERSON, narrow=FORBIDDEN, names=True),
    Operation("GET /people/{}", {READ, ADMIN}, V, on=("person",), narrow=FORBIDDEN),
    Operation("POST /people/{}/deactivate", {ADMIN}, ADMINISTRATOR, on=("person",), narrow=FORBIDDEN),
    Operation("POST /people/{}/end_second_step", {ADMIN}, ADMINISTRATOR, on=("person",), narrow=FORBIDDEN),
    Operation("POST /people/{}/reactivate", {ADMIN}, ADMINISTRATOR, on=("person",), narrow=FORBIDDEN),
    Operation("GET /teams", {READ, ADMIN}, SIGNED_IN, narrow=FORBIDDEN),
    Operation("POST /teams", {ADMIN}, ADMINISTRATOR, sent={"name": "Night"}, narrow=FORBIDDEN),
    Operation("GET /teams/{}", {READ, ADMIN}, V, on=("team",), narrow=FORBIDDEN),
    Operation("PATCH /teams/{}", {ADMIN}, A, on=("team",), sent={"time_zone": "UTC"}, narrow=FORBIDDEN),
    Operation("POST /teams/{}/members", {ADMIN}, A, on=("team",), narrow=FORBIDDEN,
              sent={"user": "teamless@example.test", "role": "viewer"}),
    Operation("PATCH /teams/{}/members/{}", {ADMIN}, A, on=("member",), sent={"role": "manager"}, narrow=FORBIDDEN),
    Operation("DELETE /teams/{}/members/{}", {ADMIN}, A, on=("member",), narrow=FORBIDDEN),
]  # fmt: skip

AREAS: dict[str, list[Operation]] = {}
for _row in OPERATIONS:
    AREAS.setdefault(_row.path.split("/")[1], []).append(_row)

# Kept out of the description; named in test_rules.py.
UNDESCRIBED = {"/incidents/{ref}/{verb}"}


def without(row: Operation) -> str:
    """The name of the token that has every scope but those which open it."""
    return f"manager without {' '.join(sorted(row.scopes))}"
