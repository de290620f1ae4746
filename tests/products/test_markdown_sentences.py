"""What the Markdown import reads from plans, orders, prose and holes; what it does not understand it lists."""

import pytest

from products.process import load
from products.process.document import read
from products.process.markdown import from_markdown
from tests.products.guessing import clocks, guessed


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


def test_a_house_calls_its_roles_as_it_likes() -> None:
    """Under a heading of roles whoever stands before the colon is one; a title does not end at its command."""
    process, _ = guessed("""
# Bakery

## Roles

- **Head baker**: decides whether to roll back
- **Oven hand**: deploys the fix
- **Release manager**: watches the ovens

## Steps

1. Deploy with `./deploy.sh`
2. Look at the ovens: `./ovens.sh`
""")
    assert [(role.label, role.decides) for role in process.roles] == [
        ("Head baker", True),
        ("Oven hand", False),
        ("Release manager", False),
    ]
    assert [step.title for step in process.steps] == ["Deploy with ./deploy.sh", "Look at the ovens"]
    assert [step.commands[0].run for step in process.steps] == ["./deploy.sh", "./ovens.sh"]
