"""A Slack app of one's own: messages with buttons, one thread per incident, and what people answer there."""
