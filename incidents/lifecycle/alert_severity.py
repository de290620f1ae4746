"""How bad an alert is, in the words of the product's process."""

from collections.abc import Sequence

from monitoring.models import Alert
from products.models import Severity


def severity_of(alert: Alert, severities: Sequence[Severity]) -> Severity | None:
    """What its source makes of its word, else the one that is called or drawn so (`high`: P1 High), else the source's
    own; None where a person decides, and for what the process does not have. `severities`: the worst first.
    """
    known: dict[str, Severity] = {}
    # A key says more than a label, and that more than how loud several of them may be drawn.
    for part in ("mark", "label", "key"):
        known |= {getattr(one, part).casefold(): one for one in reversed(severities)}
    word, source = alert.severity.casefold(), alert.source
    names = (source.severities.get(word, ""), word, source.severity)
    return next((known[name.casefold()] for name in names if name.casefold() in known), None)
