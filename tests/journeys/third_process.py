"""A process that nobody but a test works by, unlike both that ship: other severities, roles, clocks, steps, words."""

# `{holiday}` is the Friday after the incident; the laboratory's office is closed then.
LAB = """\
schema: 1
key: lab-devices
name: What we do when an analyser lies
purpose: Results that doctors act on must be right.
severities:
  - {{key: RED, label: Red, mark: critical, rank: 1, examples: [Wrong results went out], proceed: immediately,
      wake: yes, targets: {{contain: {{within: 20 min}}, authority: {{within: 2 h, calendar: office}}}}}}
  - {{key: AMBER, label: Amber, mark: medium, rank: 3, examples: [Results are late], proceed: immediately,
      wake: no, targets: {{contain: {{within: 6 h}}, authority: {{within: 16 h, calendar: office}}}}}}
  - {{key: WHITE, label: White, mark: low, rank: 4, proceed: defer, defer_to: quarterly service, wake: no,
      targets: {{contain: {{milestone: quarterly service}}, authority: {{none: true}}}}}}
roles:
  - {{key: shift_lead, label: Shift lead, executes: true, responsibilities: [Keeps samples away from the device]}}
  - {{key: physician, label: Head of laboratory, decides: true, responsibilities: [Says which results are withdrawn]}}
  - {{key: courier, label: Courier, needed: false}}
calendars:
  - {{key: office, time_zone: Europe/Vienna, holidays: ["{holiday}"],
      hours: {{mon: "09:00-17:00", tue: "09:00-17:00", wed: "09:00-17:00", thu: "09:00-17:00", fri: "09:00-15:00"}}}}
clocks:
  - {{key: contain, label: Take it off the line, kind: commitment, from: detected_at, to: [mitigated, resolved]}}
  - {{key: authority, label: Tell the authority, kind: commitment, from: detected_at, to: ["message_sent:authority"]}}
  - {{key: rest, label: Run beside the old one, kind: target, from: deployed, to: [watch_met], at_least: true,
      holds: [close], per: remedy, target: {{within: 30 min}}}}
marks:
  - {{at: "0", what: [{{label: Noticed, events: [detected_at]}}]}}
  - {{at: 10 min, what: [{{label: Off the line, events: [mitigated]}}]}}
  - {{at: 90 min, what: [{{label: New firmware runs, events: [deployed]}}]}}
policy: {{bump: minor}}
steps:
  - {{key: isolate, title: Take the device off the line, role: shift_lead, done_on: [mitigated],
      text: ["Hang the sign on {{product_name}}."]}}
  - {{key: recall, title: Fetch the samples back, role: courier, if_needed: Were any samples sent on?}}
  - {{key: mend, title: Load the firmware, role: shift_lead, done_on: [fix_pushed],
      commands: [{{run: "flash --from {{old}} --to {{new}} --case {{incident}}"}}]}}
  - {{key: second_pair, title: Have somebody look at it, role: physician, done_on: [approved]}}
  - {{key: return, title: Put it back, role: shift_lead, done_on: [deployed]}}
  - {{key: tell, title: Tell the wards, role: physician, done_on: ["message_sent:wards"]}}
checklist:
  header: "Case {{incident}}: {{product_name}}, {{old}} to {{new}}"
  footer: "{{minutes}} minutes in all"
  items:
    - {{title: Sign hung, step: isolate, done_on: [mitigated]}}
    - {{title: Control serum measured, step: second_pair}}
    - {{title: Logbook signed}}
messages:
  - {{key: authority, title: Report to the authority, when: {{event: decided}}, role: physician,
      body: ["Device: {{product_name}}", "Case {{incident}}: {{issue}}"]}}
  - {{key: wards, title: Word to the wards, when: {{event: deployed}}, audience: users, role: physician,
      body: ["{{product_name}} measures again.", {{text: "All is well.", claim: restored}}]}}
rollback:
  when: The new firmware measures worse than the old one.
  approved_by: physician
  executed_by: shift_lead
  options:
    - {{key: spare, kind: other, title: Use the spare device, data_preserved: "yes"}}
    - {{key: old_firmware, kind: reflash, title: Load the old firmware, data_preserved: "no",
        data_note: The calibration is lost.}}
contacts:
  tell: [{{role: physician, label: Head of laboratory}}]
"""
