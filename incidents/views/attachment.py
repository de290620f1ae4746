"""The file that came with an entry of the timeline: only for who may read the incident, never by an id of its own."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from foundation import blobs
from incidents.timeline import attachments
from incidents.views.incident import fetch


@require_safe
def attachment(request: HttpRequest, ref: str, seq: int) -> HttpResponse:
    incident = fetch(request, ref)
    event = incident.events.select_related("payload").filter(seq=seq).first()
    file = attachments.file_of(event, incident.ref)
    content = attachments.content_of(event) if event and file else None
    if file is None or content is None:
        raise Http404
    return blobs.download(file.name, content)
