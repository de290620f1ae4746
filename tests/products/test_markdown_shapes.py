"""Runbooks of other shapes, English and German: what a team would call wrong at a glance is right."""

from tests.products.guessing import clocks, guessed, times


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
