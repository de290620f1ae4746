"""Krow's story twice: whole from detection to closed, and at the moment when the Product Owner is asked."""

from datetime import timedelta

from config.demo import repository
from config.demo.stage import At, Stage, detected
from config.demo.written import Written, write
from hotfixes.decision.decide import decide
from incidents.lifecycle import transitions as do
from incidents.lifecycle.closing import close
from incidents.lifecycle.declare import declare
from incidents.messages.messages import send_message
from incidents.models import Incident
from incidents.roles import roles
from incidents.work.checklist import attest
from incidents.work.report import report
from incidents.work.steps import finish
from products.edit_product import edit_product
from products.models import Deployment

PULL_REQUEST = "https://git.example.org/krow/workspace/pull/412"
ROOM = "#emergency-releases"


def _begin(stage: Stage, at: At, title: str, impact: str, users: int, confirmed: float = 4.5) -> Incident:
    """Step 1: told, seen, described, each role taken (K132–K134), its severity confirmed after so many minutes."""
    incident = declare(stage.staff, by=stage.kim, title=title, detected_at=at(0), at=at(0.4))
    do.acknowledge(incident, by=stage.sam, at=at(2))
    roles.assign(incident, by=stage.sam, user=stage.sam, at=at(2.2))
    do.describe(incident, by=stage.kim, impact=impact, users_affected=users, at=at(3))
    roles.claim(incident, "release_engineer", by=stage.sam, at=at(3.5))
    roles.claim(incident, "devops", by=stage.noor, at=at(4))
    do.confirm_severity(incident, by=stage.sam, at=at(confirmed))
    return incident


def finished(stage: Stage) -> None:
    """CRITICAL, as the plan of the source has it: T+5, T+15, T+30, T+45, T+60, T+120, T+1day."""
    at = detected(days=repository.STORY.days, minutes=repository.STORY.seconds / 60)
    incident = _begin(
        stage,
        at,
        "Nobody can sign in after the token change",
        "Staff cannot start a shift. Who is signed in goes on.",
        1240,
    )
    roles.claim(incident, "product_owner", by=stage.paula, at=at(4.8))
    decide(
        incident, by=stage.paula, choice="hotfix", at=at(5),
        reason="A store version cannot be called back, and the cause is one line.",
    )  # fmt: skip
    _fix(stage, incident, at)
    _deploy(stage, incident, at)
    _afterwards(stage, incident, at)


def _fix(stage: Stage, incident: Incident, at: At) -> None:
    sam = stage.sam
    report(incident, "branch_seen", by=sam, text="hotfix/krow-withus-worker-mobile-v0.1.1", at=at(6))
    do.note(
        incident, by=sam, text="The refresh reads `exp` as milliseconds. Every token looks expired.", at=at(9)
    )
    report(
        incident,
        "fix_pushed",
        by=sam,
        text="Reads `exp` as seconds; test with an old and a new token.",
        at=at(13),
    )
    finish(incident, "version", by=sam, text="0.1.0+5 → 0.1.1+6", at=at(13.5))
    finish(
        incident, "changelog", by=sam, text="| 0.1.1 | HOTFIX: sign-in after the token change |", at=at(14)
    )
    report(incident, "review_requested", by=sam, url=PULL_REQUEST, at=at(15))
    report(incident, "approved", by=stage.kim, url=PULL_REQUEST, at=at(27))
    report(incident, "merged", by=sam, at=at(28))
    report(incident, "tagged", by=sam, text="krow-withus-worker-mobile/prod-v0.1.1", at=at(30))


def _deploy(stage: Stage, incident: Incident, at: At) -> None:
    sam, noor, paula = stage.sam, stage.noor, stage.paula
    report(incident, "deployed", by=sam, text="0.1.1 is in both stores, for all users at once.", at=at(44))
    report(
        incident, "smoke_passed", by=noor, text="Starts, signs in, opens a shift. No new errors.", at=at(57)
    )
    send_message(incident, "deployed", by=paula, text=ROOM, at=at(60))
    do.note(incident, by=noor, text="Sign-ins are back at the level of last week.", at=at(90))
    do.resolve(incident, by=sam, text="0.1.1 is out and everybody signs in again.", at=at(118))
    send_message(incident, "resolved", by=paula, text=ROOM, at=at(120))
    report(incident, "watch_met", by=noor, text="Two hours, no new errors, no user reports.", at=at(178))
    report(incident, "released", by=sam, text="GitHub Release v0.1.1", at=at(185))


def _afterwards(stage: Stage, incident: Incident, at: At) -> None:
    sam, noor, kim, paula = stage.sam, stage.noor, stage.kim, stage.paula
    attest(
        incident,
        2,
        by=sam,
        text="git log shows the commit of krow-withus-worker-mobile/prod-v0.1.0.",
        at=at(189),
    )
    attest(incident, 11, by=sam, text="git ls-remote shows the tag.", at=at(189.5))
    attest(incident, 3, by=sam, text="Old and new tokens, on a phone of each kind.", at=at(190))
    attest(incident, 6, by=sam, text="Issue, solution and how it was tested.", at=at(190.5))
    send_message(incident, "follow_up", by=paula, text=ROOM, at=at(44 + 24 * 60 + 2))
    write(incident, at, Written(
        answers=(
            ("root_cause", kim, "The sign-in service began to send `exp` in seconds, as its standard says. "
             "The app divided by 1,000 as before, so each token had run out in 1970."),
            ("why_not_caught", sam, "Staging still ran the old sign-in service. Nothing there sent the new form."),
            ("missed_testing", sam, "No test read a token that a newer service had made."),
        ),
        actions=(
            ("Read tokens of the last three releases in one test", "test", sam, timedelta(days=7)),
            ("Keep staging’s sign-in service at the version of production", "ci", noor, timedelta(days=14)),
            ("Watch the share of refused tokens, not only the sign-in page", "monitoring", noor, timedelta(days=10)),
            ("Write down which fields of a token we rely on", "docs", kim, timedelta(days=21)),
        ),
        by=sam, reviewer=paula, attendees="Kim, Sam, Noor, Paula", meets=26 * 60, scheduled=125, written=27 * 60,
    ))  # fmt: skip
    close(incident, by=sam, text="Watched, told, written down.", at=at(29 * 60))


def deciding(stage: Stage) -> None:
    """Fourteen minutes in: everything is known that can be, and whoever decides is asked. The code is there as well."""
    staff = stage.staff
    edit_product(
        staff,
        by=stage.visitor,
        name=staff.name,
        process=staff.process,
        aliases=staff.aliases,
        version="0.1.1",
    )
    _ran(stage)
    at = detected(minutes=14)
    incident = _begin(
        stage,
        at,
        "Sign-in fails for all staff",
        "Nobody can start a shift; those signed in go on working.",
        1240,
        confirmed=13.5,
    )
    do.note(
        incident,
        by=stage.noor,
        text="Began with the import at the full hour. The service itself is up.",
        at=at(8),
    )
    do.note(
        incident, by=stage.sam, at=at(11),
        text="A shift without a site stops the list. The guard is one line; the import can also be switched off.",
    )  # fmt: skip
    if repository.folder().exists():
        do.note(incident, by=stage.sam, at=at(12), text=f"The code: git clone {repository.folder()}")


def _ran(stage: Stage) -> None:
    """What is in the stores, and what was before: what a decision is made on."""
    production = stage.staff.environments.get(kind="production")
    for version, days in (("0.1.0", 71), ("0.1.1", 9)):
        Deployment.objects.create(
            product=stage.staff, environment=production, version=version, status="succeeded", stage="released",
            percent=100, git_ref=f"krow-withus-worker-mobile/prod-v{version}", source=Deployment.Source.PERSON,
            by=stage.sam, at=detected(days=days)(24),
        )  # fmt: skip
