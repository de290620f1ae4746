"""Import a process document: a text that differs becomes a new version, and the version new incidents start with."""

import hashlib
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Max

from accounts.models import User
from products.models import Process, ProcessVersion, Severity, VersionSource
from products.process import ProcessDocument, load
from products.process.schema.base import TargetSpec, seconds
from products.process.schema.severities import SeveritySpec
from products.sources.governed import check_free


@dataclass(frozen=True)
class Imported:
    """`created` is False when the text was the current one already."""

    version: ProcessVersion
    created: bool


def import_process(
    text: bytes, *, name: str, by: User | None, source: VersionSource = VersionSource.IMPORTED
) -> Imported:
    """Store `text` (the file `name`) as the current version of the process it names, byte for byte.

    Raises ValidationError where a file decides what the process says (governed.py), ProcessError for a broken document;
    then nothing was stored and the last good version stays. Incidents that run keep the version they pinned.
    """
    document = load(text, name=name)
    if source == VersionSource.IMPORTED:
        check_free(document.key)
    with transaction.atomic():
        Process.objects.get_or_create(key=document.key, defaults={"name": document.name})
        # Locked before `current` is read: a join would show who waited here the version from before.
        process = Process.objects.select_for_update().get(key=document.key)
        if process.current and process.current.text.encode() == text:
            return Imported(process.current, created=False)
        version = _store(process, document, text, by=by, source=source)
        process.name, process.current = document.name, version
        process.save(update_fields=["name", "current"])
    return Imported(version, created=True)


def _store(
    process: Process, document: ProcessDocument, text: bytes, *, by: User | None, source: VersionSource
) -> ProcessVersion:
    last = process.versions.aggregate(last=Max("number"))["last"] or 0
    version = ProcessVersion.objects.create(
        process=process,
        number=last + 1,
        text=text.decode(),
        sha256=hashlib.sha256(text).hexdigest(),
        document=document.as_json(),
        source=source,
        by=by,
    )
    Severity.objects.bulk_create(severities(version, document))
    return version


def severities(version: ProcessVersion, document: ProcessDocument) -> list[Severity]:
    return [
        Severity(
            version=version,
            position=position,
            key=spec.key,
            label=spec.label,
            mark=spec.mark,
            rank=spec.rank,
            examples=spec.examples,
            proceed=spec.proceed,
            defer_to=spec.defer_to or "",
            wake=spec.wakes(),
            targets={key: _stored(target) for key, target in _targets(document, spec).items()},
        )
        for position, spec in enumerate(document.severities, start=1)
    ]


def _targets(document: ProcessDocument, severity: SeveritySpec) -> dict[str, TargetSpec]:
    """What the severity says, and for the clocks it is silent about what the clock says for all of them."""
    general = {clock.key: clock.target for clock in document.clocks if clock.target}
    return general | severity.targets


def _stored(target: TargetSpec) -> dict[str, Any]:
    """One entry of Severity.targets: the Target and where it comes from, by which calendar it counts."""
    stored = {**target.target().as_json(), "origin": target.origin}
    if target.calendar:
        stored["calendar"] = target.calendar
    if target.earliest:
        stored["earliest"] = seconds(target.earliest)
    return stored
