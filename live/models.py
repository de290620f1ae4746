"""What open pages were told, kept for a day so that a page which lost its connection can catch up."""

from django.db import models
from django.db.models.functions import Now


class Announcement(models.Model):
    """One message to every open page of a topic, written by `live.bus.publish` in the writer's transaction.

    Either `html` (swapped into the page by htmx) or `event` (its name; becomes a DOM event) is given. Ids
    commit out of order, so "greater than the last id" is not enough to resume: `transaction` is the writer's
    and `running_from` the oldest one which still ran when this row was written (docs/decisions/0001).
    """

    topic = models.TextField()
    html = models.TextField(blank=True)
    event = models.TextField(blank=True)
    at = models.DateTimeField(db_default=Now())
    transaction = models.BigIntegerField()
    running_from = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["topic", "id"], name="live_announcement_topic")]

    def __str__(self) -> str:
        return f"{self.id} {self.topic} {self.event or 'html'}"
