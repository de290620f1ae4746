"""Who hears of what, when and by which way: recipients, reminders, escalation; and what comes back from a room."""
