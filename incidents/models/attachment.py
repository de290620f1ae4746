"""The bytes of a file that came with an event. Its name, size and digest are the event's own words, so in the chain.

A redaction destroys them (the trigger `timeline_destroy`); nobody is given a blob by its own id.
"""

from django.db import models

from foundation.models import Blob
from incidents.models.timeline import TimelineEvent


class Attachment(models.Model):
    event = models.OneToOneField(
        TimelineEvent, on_delete=models.PROTECT, primary_key=True, related_name="attachment"
    )
    blob = models.OneToOneField(Blob, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"{self.event_id}: {self.blob_id}"
