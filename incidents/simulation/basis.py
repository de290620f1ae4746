"""What is played: a stored version of a process, or the text of a draft that nobody has published yet."""

from dataclasses import dataclass
from typing import Any, Self

from products.models import ProcessVersion, Severity
from products.process import load
from products.sources.import_process import severities


@dataclass(frozen=True)
class Basis:
    """`document` as ProcessVersion keeps it; `severities` are copies that belong to no version yet, in its order."""

    key: str
    document: dict[str, Any]
    severities: tuple[Severity, ...]

    @classmethod
    def of(cls, version: ProcessVersion) -> Self:
        rows = []
        for row in version.severities.order_by("position"):
            row.pk = None
            row._state.adding = True
            rows.append(row)
        return cls(version.process.key, dict(version.document), tuple(rows))

    @classmethod
    def of_text(cls, text: bytes, *, name: str) -> Self:
        """Of a draft. Raises ProcessError where it is no whole process yet."""
        document = load(text, name=name)
        return cls(document.key, document.as_json(), tuple(severities(ProcessVersion(), document)))

    def severity(self, key: str) -> Severity | None:
        """The one of that key, in any case."""
        return next((one for one in self.severities if one.key.lower() == key.lower()), None)
