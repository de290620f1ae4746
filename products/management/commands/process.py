"""`./run process check FILE` / `import FILE` / `export KEY`."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from products.models import Process
from products.process import ProcessDocument, ProcessError, load
from products.process.lint import Finding, lint
from products.process.schema import published
from products.sources.import_process import import_process


class Command(BaseCommand):
    help = "Checks a process document, stores it as a new version, or prints the current one."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        commands = parser.add_subparsers(dest="command", required=True, metavar="check|import|export|schema")
        check = commands.add_parser("check", help="say what is wrong with a file; needs no database")
        check.add_argument("file", type=Path)
        bring = commands.add_parser("import", help="store a file as a new version")
        bring.add_argument("file", type=Path)
        export = commands.add_parser("export", help="print the current version, byte for byte")
        export.add_argument("key")
        commands.add_parser("schema", help="print the JSON Schema of a process")

    def handle(self, *args: Any, command: str, **options: Any) -> None:
        if command == "schema":
            self.stdout.write(published.text(), ending="")
            return
        if command == "export":
            self.export(options["key"])
            return
        file: Path = options["file"]
        try:
            text = file.read_bytes()
            self.examine(file, text) if command == "check" else self.bring(file, text)
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}") from None
        except ProcessError as error:
            raise CommandError(str(error)) from None
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None

    def examine(self, file: Path, text: bytes) -> None:
        document = load(text, name=str(file))
        for finding in lint(document, text, name=str(file)):
            self.stdout.write(_sentence(file, finding))
        self.stdout.write(f"{file}: good. {_summary(document)}")

    def bring(self, file: Path, text: bytes) -> None:
        imported = import_process(text, name=str(file), by=None)
        version = imported.version
        done = "stored" if imported.created else "is this text already, nothing stored"
        self.stdout.write(f"{version.process.key}: version {version.number} {done}.")

    def export(self, key: str) -> None:
        process = Process.objects.exclude(current=None).select_related("current").filter(key=key).first()
        if process is None or process.current is None:
            known = (
                ", ".join(Process.objects.exclude(current=None).values_list("key", flat=True)) or "none yet"
            )
            raise CommandError(f"There is no process {key!r}. Known: {known}.")
        self.stdout.write(process.current.text, ending="")


def _summary(document: ProcessDocument) -> str:
    counts = {
        "severities": len(document.severities),
        "clocks": len(document.clocks),
        "roles": len(document.roles),
        "steps": len(document.steps),
        "boxes": len(document.checklist.items) if document.checklist else 0,
        "messages": len(document.messages),
    }
    return f"{document.key}: " + ", ".join(f"{count} {name}" for name, count in counts.items()) + "."


def _sentence(file: Path, finding: Finding) -> str:
    """One finding for a terminal: where, what, why it bites, and what settles or would settle it."""
    answer = f"Settled: {finding.settled.choice}" if finding.settled else f"To settle it: {finding.cure}"
    place = f"{finding.code} {finding.path}".rstrip()
    return f"{file}:{finding.line}: {place}: {finding.message} {finding.why} {answer}"
