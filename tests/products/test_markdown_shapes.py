"""Runbooks of other shapes, English and German: what a team would call wrong at a glance is right."""

import pytest

from products.process import ProcessDocument, load
from products.process.document import read
from products.process.lint import lint_text
from products.process.markdown import Guessed, from_markdown


def guessed(text: str) -> tuple[ProcessDocument, Guessed]:
    found = from_markdown(text, name="Runbook.md")
    lint_text(found.text.encode(), name="x")
    return load(found.text.encode(), name="runbook.yaml"), found


def times(process: ProcessDocument, clock: str = "response") -> list[tuple[str, str]]:
    return [
        (one.key, one.targets[clock].target().text()) for one in process.severities if clock in one.targets
    ]


def clocks(process: ProcessDocument) -> dict[str, str | None]:
    return {one.key: one.target.within for one in process.clocks if one.target}


def test_columns_in_any_order_and_several_times() -> None:
    process, _ = guessed("""
# Incident response

## Severity levels

| What it means | Update every | Acknowledge | Resolve within | Severity |
|---|---|---|---|---|
| Nobody can pay | 30 minutes | 5 min | 4 hours | SEV1 |
| Paying is slow | 1 hour | 15 min | 1 day | SEV2 |
| A typo | - | next business day | next release | SEV3 |
""")
    assert [one.key for one in process.severities] == ["SEV1", "SEV2", "SEV3"]
    assert times(process, "acknowledged") == [("SEV1", "< 5 min"), ("SEV2", "< 15 min")]
    assert times(process, "update") == [("SEV1", "< 30 min"), ("SEV2", "< 1 h")]
    assert times(process, "total") == [("SEV1", "< 4 h"), ("SEV2", "< 24 h"), ("SEV3", "next release")]
    assert [one.examples for one in process.severities] == [
        ["Nobody can pay"],
        ["Paying is slow"],
        ["A typo"],
    ]
    assert [one.key for one in process.clocks] == ["acknowledged", "update", "total"]


def test_numbers_alone_are_severities_where_the_table_says_so() -> None:
    process, _ = guessed("""
# Severity

| Priority | Name | Reaction |
|---|---|---|
| 1 | Blocker | 15m |
| 2 | Urgent | 2h |
| 3 | Normal | 2 days |
""")
    assert [(one.key, one.label) for one in process.severities] == [
        ("SEV1", "1 Blocker"),
        ("SEV2", "2 Urgent"),
        ("SEV3", "3 Normal"),
    ]
    assert times(process) == [("SEV1", "< 15 min"), ("SEV2", "< 2 h"), ("SEV3", "< 48 h")]


def test_severities_that_are_headings() -> None:
    process, _ = guessed("""
# On-call guide

## Severities

### SEV-1 – Critical
Everything is down.
- Respond within 10 minutes
- Data of customers is exposed

### SEV-2 – Major
One region is down.
- Respond within 1 hour

### SEV-3 – Minor
Cosmetic faults. Wait for the next release.
""")
    assert times(process) == [("SEV1", "< 10 min"), ("SEV2", "< 1 h"), ("SEV3", "next release")]
    assert process.severities[0].examples == ["Everything is down.", "Data of customers is exposed"]
    assert [one.proceed.value for one in process.severities] == ["immediately", "immediately", "defer"]


def test_a_german_runbook() -> None:
    process, _ = guessed("""
# Ablauf bei Störungen

## Schweregrade

| Stufe | Reaktionszeit | Beispiele |
|---|---|---|
| Kritisch | 30 Minuten | Kasse steht, Daten verloren |
| Hoch | 4 Stunden | Drucker steht |
| Niedrig | nächstes Release | Tippfehler |

## Wann nicht

- Wünsche
- Schönheitsfehler

## Ablauf

1. Störung einstufen
2. Zweig anlegen: `git checkout -b hotfix/kasse-v1.4.2 kasse/v1.4.1`
3. Freigabe innerhalb von 20 Minuten einholen
4. Ausliefern: `./deploy.sh kasse`

## Checkliste

- [ ] Schweregrad festgelegt
- [ ] Kunden informiert

## Ansprechpartner

| Rolle | Name | Telefon |
|---|---|---|
| Bereitschaft | Anna Beispiel | +49 170 0000000 |
| Teamleiter | Bernd Beispiel | +49 171 0000000 |

Kanal: #stoerung

## Rückfall

Wenn es schlimmer wird:

1. Vorige Version ausliefern: `./deploy.sh kasse v1.4.1`

## Nachbereitung

Nachbesprechung innerhalb von 3 Tagen.

- Warum hat es keiner bemerkt?
- Was ist die Ursache?
""")
    assert times(process) == [("Kritisch", "< 30 min"), ("Hoch", "< 4 h"), ("Niedrig", "next release")]
    assert [one.rank for one in process.severities] == [1, 2, 4]
    assert [line.text for line in process.eligibility.not_] == ["Wünsche", "Schönheitsfehler"]
    assert [step.title for step in process.steps] == [
        "Störung einstufen",
        "Zweig anlegen",
        "Freigabe innerhalb von 20 Minuten einholen",
        "Ausliefern",
    ]
    assert process.policy is not None
    assert (process.policy.branch, process.policy.base_tag) == ("hotfix/{product}-v{new}", "{product}/v{old}")
    assert clocks(process)["approval"] == "20 min"
    assert clocks(process)["postmortem"] == "72 h"
    assert process.checklist is not None
    assert [item.title for item in process.checklist.items] == ["Schweregrad festgelegt", "Kunden informiert"]
    assert [role.label for role in process.roles] == ["Bereitschaft", "Teamleiter"]
    assert process.contacts.tell[0].label == "Bereitschaft, Anna Beispiel, +49 170 0000000"
    assert process.contacts.channel == "Kanal: #stoerung"
    assert process.rollback is not None
    assert process.rollback.when is not None
    assert process.postmortem is not None
    assert [question.text for question in process.postmortem.questions] == [
        "Warum hat es keiner bemerkt?",
        "Was ist die Ursache?",
    ]


def test_numbered_headings_with_commands_are_steps() -> None:
    process, _ = guessed("""
# Database failover

## 1. Check that the primary is gone

```sh
# Ask it
psql -h db1 -c 'select 1'
```

## 2. Promote the standby

Take a breath first.

```sh
ssh db2 sudo -u postgres pg_ctl promote
```

## 3. Point the apps to it

```sh
kubectl set env deploy/api DB_HOST=db2
kubectl rollout status deploy/api
```
""")
    assert [step.title for step in process.steps] == [
        "Check that the primary is gone",
        "Promote the standby",
        "Point the apps to it",
    ]
    assert [[command.run for command in step.commands] for step in process.steps] == [
        ["psql -h db1 -c 'select 1'"],
        ["ssh db2 sudo -u postgres pg_ctl promote"],
        ["kubectl set env deploy/api DB_HOST=db2", "kubectl rollout status deploy/api"],
    ]
    assert process.steps[0].commands[0].about == "Ask it"
    assert [line.text for line in process.steps[1].text] == ["Take a breath first."]


def test_numbered_lists_below_headings_are_phases() -> None:
    process, _ = guessed("""
# Payments runbook

## Triage
1. Look at the dashboard
2. Decide on the severity

## Mitigation
1. Switch the traffic to the other region
   ```
   ./traffic.sh <region>
   ```
2. Tell support
""")
    assert [(step.phase, step.title) for step in process.steps] == [
        ("Triage", "Look at the dashboard"),
        ("Triage", "Decide on the severity"),
        ("Mitigation", "Switch the traffic to the other region"),
        ("Mitigation", "Tell support"),
    ]
    assert process.steps[2].commands[0].run == "./traffic.sh <region>"


def test_roles_with_duties_and_who_decides() -> None:
    process, _ = guessed("""
# Major incidents

## Roles

- **Incident Commander**: decides and coordinates
- **Communications Lead**: writes to customers every 30 minutes
- **Operations Engineer**: makes the change, deploys the fix
- **Scribe** – keeps the notes
""")
    assert [(role.label, role.decides, role.executes) for role in process.roles] == [
        ("Incident Commander", True, False),
        ("Communications Lead", False, False),
        ("Operations Engineer", False, True),
        ("Scribe", False, False),
    ]
    assert process.roles[0].responsibilities[0].text == "Decides and coordinates"
    assert clocks(process)["update"] == "30 min"


def test_contacts_in_a_table_and_a_list() -> None:
    process, _ = guessed("""
# Escalation

## Contacts

| Who | Phone | Mail |
|---|---|---|
| On-call engineer | +1 555 0100 | oncall@example.test |
| Database expert | +1 555 0101 | dba@example.test |

- Slack: #war-room
- Bridge: call https://meet.example.test/fire
""")
    assert [contact.label for contact in process.contacts.tell] == [
        "On-call engineer, +1 555 0100, oncall@example.test",
        "Database expert, +1 555 0101, dba@example.test",
    ]
    assert process.contacts.channel == "Slack: #war-room"
    assert process.contacts.urgent is not None


def test_messages_in_quotes_and_fences() -> None:
    process, _ = guessed("""
# Outage communication

## Message templates

### First notice

> We are looking into problems with [service].
> Impact: [impact]

### Resolved

```
[service] works again. Service restored.
No action needed from you.
```
""")
    assert [
        (message.title, message.when.event, [line.text for line in message.body])
        for message in process.messages
    ] == [
        (
            "First notice",
            "declared",
            ["We are looking into problems with {product_name}.", "Impact: {impact}"],
        ),
        (
            "Resolved",
            "resolved",
            ["{product_name} works again. Service restored.", "No action needed from you."],
        ),
    ]
    assert [line.claim for line in process.messages[1].body] == ["restored", "no_user_action"]


def test_a_plan_in_a_table_and_in_a_list() -> None:
    text = "# Drill\n\n## Timeline\n\n{}\n"
    table = text.format(
        "| When | What |\n|---|---|\n| T+0 | Alert fires |\n| T+10 | Severity set |\n| T+2h | Resolved |"
    )
    listed = text.format("- T+0: Alert fires\n- T+10 min: Severity set\n- T+2h — Resolved")
    for written in (table, listed):
        process, _ = guessed(written)
        assert [(mark.at, mark.what[0].events[0]) for mark in process.marks] == [
            ("0", "detected_at"),
            ("10 min", "severity_confirmed"),
            ("2 h", "resolved"),
        ]


def test_do_and_do_not_in_one_list() -> None:
    process, _ = guessed("""
# Night shift

## Dos and don'ts

- Do write everything down
- Don't restart the database alone
- Never work on two servers at once
- Always ask for a second pair of eyes
""")
    assert [line.text for line in process.mistakes.do] == [
        "Do write everything down",
        "Always ask for a second pair of eyes",
    ]
    assert [line.text for line in process.mistakes.dont] == [
        "Don't restart the database alone",
        "Never work on two servers at once",
    ]


def test_a_rollback_that_is_a_list_of_orders_is_one_way_with_steps() -> None:
    process, _ = guessed("""
# Deploys

## Rollback

If errors rise after the deploy:

1. Stop the pipeline
2. `kubectl rollout undo deploy/api`
3. Wait until the pods are ready
""")
    assert process.rollback is not None
    (option,) = process.rollback.options
    assert [line.text for line in option.steps] == [
        "Stop the pipeline",
        "kubectl rollout undo deploy/api",
        "Wait until the pods are ready",
    ]
    assert [command.run for command in option.commands] == ["kubectl rollout undo deploy/api"]


def test_business_hours_make_a_calendar_that_is_marked_as_ours() -> None:
    process, found = guessed(
        "# S\n\n| Priority | Response time |\n|---|---|\n| P1 | 1 hour |\n| P2 | 8 business hours |\n"
    )
    assert process.severities[1].targets["response"].calendar == "office"
    assert [calendar.origin.value for calendar in process.calendars] == ["house"]
    assert "calendars[0]" in [guess.path for guess in found.guesses]


def test_times_in_prose_become_clocks() -> None:
    process, _ = guessed("""
# Release incidents

## Process

### Step 1: Take it
Acknowledge the page within 5 minutes.

### Step 2: Stop the bleeding
Mitigate within half an hour.

### Step 3: Watch
Monitor the dashboards for at least 90 minutes after the deploy.

### Step 4: Learn
Schedule the postmortem within 2 days.
""")
    assert clocks(process) == {
        "acknowledged": "5 min",
        "mitigate": "30 min",
        "watch": "90 min",
        "postmortem": "48 h",
    }
    assert [step.title for step in process.steps] == ["Take it", "Stop the bleeding", "Watch", "Learn"]


@pytest.mark.parametrize(
    ("hole", "name"),
    [
        ("<new-version>", "{new}"),
        ("[version]", "{new}"),
        ("$NEW_VERSION", "{new}"),
        ("{{ version }}", "{new}"),
        ("<branch>", "{branch}"),
        ("[what went wrong and where exactly it did]", "[what went wrong and where exactly it did]"),
        ("${HOME}", "${{HOME}}"),
    ],
)
def test_holes_in_commands_are_recognised(hole: str, name: str) -> None:
    process, _ = guessed(f"# R\n\n## Steps\n\n1. Ship it: `git push origin {hole}`\n2. Done\n")
    assert process.steps[0].commands[0].run == f"git push origin {name}"


def test_what_is_not_understood_is_listed_with_its_lines() -> None:
    text = "# Shop\n\nFor the shop.\n\n## Our cat\n\nThe cat is called Mia.\nShe sleeps a lot.\n\n"
    text += "## Steps\n\n1. Look\n2. Mend\n"
    _, found = guessed(text)
    unused = [(guess.source_line, guess.said) for guess in found.guesses if not guess.path]
    assert unused == [(5, "## Our cat / The cat is called Mia. / She sleeps a lot.")]
    assert "# not used, line 5: ## Our cat / The cat is called Mia. / She sleeps a lot." in found.text
    line = next(guess.line for guess in found.guesses if not guess.path)
    assert found.text.split("\n")[line - 1].startswith("# not used, line 5")


def test_a_column_that_fits_nowhere_is_named() -> None:
    _, found = guessed(
        "# S\n\n| Sev | Response | Colour of the lamp |\n|---|---|---|\n| S1 | 1 h | red |\n| S2 | 2 h | blue |\n"
    )
    assert [guess.said for guess in found.guesses if not guess.path] == [
        "The column 'Colour of the lamp' of the severities: red · blue"
    ]


def test_every_guess_is_marked_at_the_line_it_is_about() -> None:
    _, found = guessed(
        "# S\n\n| Sev | Response |\n|---|---|\n| S1 | 1 h |\n| S2 | 2 h |\n\n## Steps\n\n1. Look\n2. Mend\n"
    )
    lines = found.text.split("\n")
    known = read(found.text.encode(), name="x").lines
    for guess in found.guesses:
        said = " ".join(guess.said.split())
        above = [text.strip() for text in lines[max(0, guess.line - 4) : guess.line]]
        assert any(text.startswith("# ") and text.endswith(said) for text in above), guess
    assert all(guess.line in known.values() for guess in found.guesses if guess.path)


@pytest.mark.parametrize("name", ["", "!!!", "3 shops", "Ünïcode.md", "a" * 300, "null", "../../etc/passwd"])
def test_any_name_makes_a_key(name: str) -> None:
    process = load(from_markdown("Hello", name=name).text.encode(), name="x")
    assert process.name


def test_an_alert_runbook_with_an_escalation_in_levels() -> None:
    process, _ = guessed("""
# Checkout is down

**Owner**: payments team

## Diagnosis

1. Look at the logs:
   ```
   kubectl logs -l app=checkout --since=10m
   ```
2. Was there a deploy? If so, go to Rollback.

## Mitigation

1. Scale up: `kubectl scale deploy/checkout --replicas=10`

## Rollback

```
kubectl rollout undo deploy/checkout
```

## Escalation

| Level | Who | Contact | After |
|---|---|---|---|
| 1 | On-call engineer | pager | 0 min |
| 2 | Team lead | @lena, +43 660 0000000 | 15 min |

## After the incident

- [ ] Write the timeline
- [ ] Schedule a post-mortem within 5 days
""")
    assert [one.origin.value for one in process.severities] == ["house", "house"]
    assert process.purpose is None
    assert [step.title for step in process.steps] == [
        "Look at the logs",
        "Was there a deploy? If so, go to Rollback.",
        "Scale up",
    ]
    assert [command.run for command in process.steps[0].commands] == [
        "kubectl logs -l app=checkout --since=10m"
    ]
    assert process.rollback is not None
    assert [command.run for command in process.rollback.options[0].commands] == [
        "kubectl rollout undo deploy/checkout"
    ]
    assert [role.label for role in process.roles] == ["On-call engineer", "Team lead"]
    assert process.contacts.tell[1].label == "Team lead, 2, @lena, +43 660 0000000, 15 min"
    assert clocks(process) == {"postmortem": "120 h"}
    assert process.checklist is not None
    assert [item.title for item in process.checklist.items] == [
        "Write the timeline",
        "Schedule a post-mortem within 5 days",
    ]
