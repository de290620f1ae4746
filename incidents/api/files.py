"""The file of an entry of the timeline, for whoever may read the incident."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import Http404, HttpRequest, HttpResponse
from ninja import Path

from foundation import blobs
from foundation.shapes import address
from incidents.api.reading import incident_of, router
from incidents.timeline.attachments import FileShown, content_of, file_of

Seq = Annotated[int, Path(ge=1, le=2**31 - 1)]
_BYTES = {"schema": {"type": "string", "format": "binary"}}
FILE = {
    "responses": {
        200: {
            "description": "The bytes, as an attachment.",
            "content": dict.fromkeys((blobs.UNKNOWN, *blobs.IMAGES), _BYTES),
        }
    }
}


@router.get("/incidents/{ref}/timeline/{seq}/file", openapi_extra=FILE)
def read_file(request: HttpRequest, ref: str, seq: Seq) -> HttpResponse:
    """The bytes that came with an entry, as an attachment. 404 for an entry without, and once they are redacted."""
    found = incident_of(request, ref)
    event = found.events.select_related("payload").filter(seq=seq).first()
    file = file_of(event, found.ref)
    content = content_of(event) if event and file else None
    if file is None or content is None:
        raise Http404
    return blobs.download(file.name, content)


def file_shape(file: FileShown | None) -> dict[str, Any] | None:
    """What a record says of its file; its address is this one, for a token."""
    if file is None:
        return None
    place = file.address.removesuffix("/file").replace("/events/", "/timeline/")
    return {
        "name": file.name, "size": file.size, "sha256": file.sha256, "type": file.type,
        "url": address(f"/api/v1{place}/file"),
    }  # fmt: skip
