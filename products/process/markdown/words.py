"""The words by which a runbook is understood, English and German. Adding one is one line here."""

import re
from collections.abc import Mapping

from products.vocabulary import EventKind, Moment


def _any(*words: str) -> re.Pattern[str]:
    return re.compile(r"(?<!\w)(?:" + "|".join(words) + ")", re.I)


# What a heading or the line above a list speaks of; the first that fits counts.
TOPICS: Mapping[str, re.Pattern[str]] = {
    "not": _any(
        r"(do not|don['’]?t|never) (use|hotfix)|when not|not (a |for )?hotfix|out of scope|"
        r"wann nicht|kein(e|en)? (hotfix|notfall)|when (you )?(should(n['’]t| not)|do not|"
        r"don['’]t)|not an? (incident|emergency)|does not (count|qualify)"
    ),
    "mistakes": _any(
        r"(common )?mistakes|pitfalls?|do['’]?s\b.*don['’]?t|dos (and|&) don|anti-?patterns?|"
        r"fehler|things to avoid|gotchas?|rules of thumb|golden rules"
    ),
    "dont": _any(r"(do not|don['’]?ts?|never|avoid|nicht|niemals|vermeiden|bitte nicht)\b\s*:?$"),
    "do": _any(r"(do['’]?s?|always|immer|bitte)\b\s*:?$"),
    "severity": _any(r"severit|priorit|schwere|dringlichkeit|incident levels?|impact levels?|stufen"),
    "use": _any(
        r"when (to|should|do)|use (this|hotfix|a hotfix|it)|criteria|eligib|qualif|wann|"
        r"applies to|einsatz"
    ),
    "checklist": _any(r"check ?-?list|checkliste|abhakliste|sign-?off"),
    "rollback": _any(
        r"roll(ing)? ?-?back|revert|back ?-?out|zurückrollen|rückfall|way back|undo|"
        r"zurücknehmen"
    ),
    "postmortem": _any(
        r"post-?mortem|post-?incident|retrospective|lessons|after (the )?(incident|emergency|"
        r"event)|nachbereitung|nachbesprechung|blameless|aftermath|follow-?up review|"
        r"root cause"
    ),
    "contacts": _any(
        r"contacts?|who to (call|tell|notify)|escalation|on-?call|ansprechpartner|kontakte?|"
        r"eskalation|phone (list|numbers)|telefon|reach"
    ),
    "roles": _any(r"roles?|responsib|who does what|rollen|zuständig|verantwort|raci|team"),
    "timeline": _any(r"time ?-?lines?|zeitplan|zeitlicher ablauf|schedule|t\+|clock"),
    "monitors": _any(r"monitor|dashboards?|health|observability|überwachung|alerts?|links|probes?"),
    "messages": _any(
        r"communicat|templates?|messages?|announce|status (page|update)|kommunikation|"
        r"vorlagen?|nachrichten?|meldung|stakeholder"
    ),
    "background": _any(
        r"overview|purpose|introduction|glossary|references?|scope|about|background|überblick|"
        r"zweck|einleitung|glossar|table of contents|contents|changelog|related|appendix"
    ),
    "environments": _any(r"environments?|umgebungen|systems?|components?|services?|komponenten"),
    "steps": _any(
        r"process|work ?flow|procedure|steps?|phases?|run ?book|playbook|response|ablauf|"
        r"vorgehen|schritte?|triage|mitigat|diagnos|resol|what to do|instructions|investigat|"
        r"fix|deploy|release|recover|contain|remediat|verif|first .*minutes|actions?|"
        r"maßnahmen|beheb"
    ),
}

# What happens at a mark or ends a step, by what a line says of it. The first that fits counts.
EVENTS: tuple[tuple[re.Pattern[str], tuple[str, ...]], ...] = (
    (_any(r"follow-?up|nachfass"), ("message_sent:follow_up",)),
    (_any(r"post-?mortem|retrospective|nachbesprech"), (EventKind.POSTMORTEM_SCHEDULED,)),
    (_any(r"smoke|health ?checks? (pass|green)|rauchtest"), (EventKind.SMOKE_PASSED,)),
    (
        _any(r"(roll(ed|ing)? ?-?back|revert|zurückgerollt)"),
        (EventKind.ROLLED_BACK, EventKind.ROLLBACK_STARTED),
    ),
    (_any(r"monitor|watch|observ|überwach|beobacht"), (EventKind.WATCH_OPENED,)),
    (_any(r"approv|freigegeben|freigabe|sign(ed)?-?off"), (EventKind.APPROVED,)),
    (_any(r"(code )?review|pull request|prs?\b|merge request"), (EventKind.REVIEW_REQUESTED,)),
    (_any(r"merg|zusammengeführt"), (EventKind.MERGED,)),
    (_any(r"tagg?(ed|s)?\b|release tag"), (EventKind.TAGGED,)),
    (_any(r"deploy|ship|roll(ed)? ?out|live\b|ausgeliefert|ausgerollt|auslieferung"), (EventKind.DEPLOYED,)),
    (_any(r"branch|zweig"), (EventKind.BRANCH_SEEN, EventKind.HOTFIX_STARTED)),
    (_any(r"severity|assess|triag|classif|einstuf|schwere|priorit"), (EventKind.SEVERITY_CONFIRMED,)),
    (_any(r"fix(ed)?\b|patch|implement|behoben"), (EventKind.FIX_PUSHED,)),
    (_any(r"mitigat|contain|workaround|eingedämmt"), (EventKind.MITIGATED,)),
    (_any(r"resolv|all[- ]clear|over\b|gelöst|entwarnung|closed?"), (EventKind.RESOLVED,)),
    (_any(r"detect|alert|page\b|paged|erkannt|alarm"), (Moment.DETECTED_AT,)),
    (_any(r"report|gemeldet|declar|open(ed)?\b"), (Moment.REPORTED_AT, EventKind.DECLARED)),
    (_any(r"acknowledg|bestätigt|on it"), (EventKind.ACKNOWLEDGED,)),
    (
        _any(r"communicat|notif|told|tell|inform|announce|message|status page|kommuniz|update"),
        (EventKind.MESSAGE_SENT,),
    ),
)

# Which check of ours a line of a list means.
CHECKS: tuple[tuple[re.Pattern[str], str], ...] = (
    (_any(r"reproduc"), "reproduced"),
    (_any(r"severit|classif|priorit|schwere"), "severity_assessed"),
    (_any(r"smoke|health ?check"), "smoke"),
    (_any(r"release notes?|release-notes?"), "release_notes"),
    (_any(r"change ?log"), "changelog_entry"),
    (_any(r"manifest"), "manifest_version"),
    (_any(r"tag\b.*push|push.*\btags?\b"), "tag_pushed"),
    (_any(r"branch.*\btag\b|\btag\b.*branch"), "cut_from_tag"),
    (_any(r"commit message|commit.*(clear|text)"), "commit_message"),
    (_any(r"branch|zweig"), "branch_name"),
    (_any(r"merg"), "merged"),
    (_any(r"approv|freigabe|sign-?off"), "approval"),
    (_any(r"review"), "review_requested"),
    (
        _any(
            r"github release|gitlab release|release (was )?(created|published|drafted)|"
            r"publish.*release"
        ),
        "release_published",
    ),
    (_any(r"post-?mortem|retrospective"), "postmortem_scheduled"),
    (_any(r"tag(ged)?\b"), "tag_commit"),
    (_any(r"(logs?|errors?).*(watch|monitor|hours?)|(watch|monitor).*(hours?|minutes)"), "healthy_window"),
    (_any(r"errors?\b|error logs?|fehler"), "errors"),
    (
        _any(
            r"users?.*(told|notif|inform)|(notify|tell|inform).*(users?|customers?|kunden)|"
            r"customers?.*(told|notif|inform)|communicat"
        ),
        "users_notified",
    ),
    (_any(r"user reports?|tickets|complaints"), "user_reports"),
    (_any(r"version"), "version_bump"),
    (_any(r"deploy.*(prod|live)|(prod|live).*deploy|deployed|ausgeliefert"), "deployed"),
    (_any(r"verif.*(live|prod)|(live|prod).*verif"), "verified_live"),
    (_any(r"fix.*(work|verif|held)|verif.*fix"), "fix_verified"),
    (_any(r"minimal|as small as|smallest"), "minimal_diff"),
    (_any(r"test"), "tests_passed"),
    (_any(r"document|written down|write-?up|dokument"), "documented"),
    (
        _any(
            r"(iso|artifact|artefact|image|build).*(copied|copy|stored|upload)|(copy|"
            r"upload).*(iso|artifact|image|build)"
        ),
        "artifact_stored",
    ),
    (_any(r"build (the )?(iso|image|artifact|installer)|(iso|image|artifact) built"), "artifact_built"),
)


def topic(title: str) -> str:
    """The key of TOPICS that `title` speaks of, or ""."""
    return next((name for name, words in TOPICS.items() if words.search(title[:300])), "")


def events(text: str) -> list[str]:
    found = next((kinds for words, kinds in EVENTS if words.search(text[:300])), ())
    return [str(kind.value) if isinstance(kind, EventKind | Moment) else kind for kind in found]


def check(text: str) -> str | None:
    return next((key for words, key in CHECKS if words.search(text[:300])), None)
