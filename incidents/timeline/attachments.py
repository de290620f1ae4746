"""Files on the timeline: what a record says of one, and its bytes for who may read the entry it came with."""

from dataclasses import dataclass

from django.urls import reverse

from foundation import blobs
from incidents.models import Attachment, TimelineEvent
from incidents.timeline.hiding import asked_to_redact


@dataclass(frozen=True)
class FileShown:
    """A file as pages and the API name it; `address` is a path."""

    name: str
    size: int
    sha256: str
    type: str
    address: str

    @property
    def size_words(self) -> str:
        return blobs.in_words(self.size)

    @property
    def is_image(self) -> bool:
        return self.type in blobs.IMAGES

    @property
    def line(self) -> str:
        """For exports: name, size and the beginning of the digest."""
        return f"{self.name}, {self.size_words}, sha256 {self.sha256[:12]}…"


def file_of(event: TimelineEvent | None, ref: str) -> FileShown | None:
    """What `event` of the incident `ref` says of its file; None for one without, or once it is destroyed."""
    said = event.data.get("file") if event else None
    if not event or not isinstance(said, dict):
        return None
    address = reverse("attachment", args=[ref, event.seq])
    return FileShown(str(said["name"]), int(said["size"]), str(said["sha256"]), str(said["type"]), address)


def content_of(event: TimelineEvent) -> bytes | None:
    """The bytes; None when there are none, they were destroyed, or somebody asked to redact them."""
    if event.redacted or asked_to_redact(event):
        return None
    found = Attachment.objects.select_related("blob").filter(event=event).first()
    return bytes(found.blob.bytes) if found else None
