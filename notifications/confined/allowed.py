"""Which of apprise's services are taken, by the first word of their address, and where apprise keeps them. Pure.

Public ones, whose host apprise itself knows, and a few that people run themselves, whose host stands in the address.
Left out: what touches the machine (desktop notices, files, syslog), what has a kind of its own here (mail, ntfy, Slack,
Teams, Matrix, webhooks), and what is no way to tell a team.
"""

PUBLIC = {
    "discord": "discord",
    "tgram": "telegram",
    "gchat": "google_chat",
    "webex": "webexteams",
    "wxteams": "webexteams",
    "flock": "flock",
    "twist": "twist",
    "zulip": "zulip",
    "guilded": "guilded",
    "line": "line",
    "pover": "pushover",
    "pbul": "pushbullet",
    "prowl": "prowl",
    "join": "join",
    "spush": "simplepush",
    "pagerduty": "pagerduty",
    "opsgenie": "opsgenie",
    "splunk": "splunk",
    "victorops": "splunk",
    "squadcast": "squadcast",
    "spike": "spike",
    "pagertree": "pagertree",
    "signl4": "signl4",
    "ilert": "ilert",
    "incidentio": "incidentio",
    "firehydrant": "firehydrant",
    "betterstack": "betterstack",
    "twilio": "twilio",
    "vonage": "vonage",
    "msgbird": "messagebird",
    "plivo": "plivo",
    "sinch": "sinch",
    "clicksend": "clicksend",
    "46elks": "fortysixelks",
    "threema": "threema",
    "whatsapp": "whatsapp",
    "sns": "sns",
}
OWN = {
    "gotify": "gotify",
    "gotifys": "gotify",
    "signal": "signal_api",
    "signals": "signal_api",
    "bark": "bark",
    "barks": "bark",
    "nctalk": "nextcloudtalk",
    "nctalks": "nextcloudtalk",
    "hassio": "home_assistant",
    "hassios": "home_assistant",
}
SERVICES = {**PUBLIC, **OWN}
# What would read a file of this machine, trust anybody, or make one message take minutes.
FORBIDDEN = frozenset(
    {"template", "verify", "redirect", "retry", "wait", "cto", "rto", "overflow", "format", "emojis"}
)


def service_of(url: str) -> str:
    """`discord`; empty for anything that is not taken."""
    scheme, mark, _rest = url.partition("://")
    return scheme.lower() if mark and scheme.lower() in SERVICES else ""
