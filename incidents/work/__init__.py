"""Steps, boxes and the one next action: what the process wants done on an incident and how far it is."""
