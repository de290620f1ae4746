"""Invented entries of a timeline, as different from each other as real ones are: what compresses well in a
benchmark must not do so only because it is one sentence two hundred times."""

WHO = ("the on-call", "support", "the shop floor in Kiel", "a driver", "the night shift", "QA", "two testers")
WHAT = (
    "sees a white page after the splash screen", "is signed out when the shift starts", "gets error 502 from sign-in",
    "waits more than forty seconds for the roster", "cannot scan a badge", "finds last week's plan instead of today's",
    "is asked for a password that was never set", "reports that push messages come twice",
)  # fmt: skip
DONE = (
    "Restarted `auth-2`, no change.", "Rolled the gateway back to the build of Tuesday.", "The pool is exhausted.",
    "Certificates are fine until March.", "Disk on the primary is at 91 %.", "Replica lags by nine minutes.",
    "Cleared the cache of the edge in Frankfurt.", "Asked the provider; ticket is open.", "Doubled the workers.",
    "Blocked the importer until the queue is empty.", "Dump taken before touching anything.",
)  # fmt: skip
NEXT = (
    "Look again in ten minutes.", "Next: compare the tokens.", "I stay on it.", "Somebody please check billing.",
    "Waiting for the graph to settle.",
)  # fmt: skip


def sentence(number: int) -> str:
    """The entry with this number: one to three sentences with figures of their own, some with a list or code."""
    who, what = WHO[number % len(WHO)], WHAT[number * 3 % len(WHAT)]
    done, following = DONE[number * 5 % len(DONE)], NEXT[number * 2 % len(NEXT)]
    failures, share = number * 7919 % 997, number * 31 % 97
    if number % 5 == 0:
        return f"{done}\n\n- errors a minute: {failures}\n- share of sign-ins: {share} %\n\n{following}"
    if number % 3 == 0:
        return f"{done} {failures} errors in the last minute."
    return f"{who.capitalize()} {what} ({share} of {share + failures}). {done} {following}"
