"""Which alerts an incident came from, or was joined by."""

from django.db import models

from incidents.models.incident import Incident


class Alerted(models.Model):
    """`alert` is part of this incident since then, once, however often it fires. `opened`: it was opened for it;
    `handed_on`: it came from one that is a duplicate of this, perhaps of another product.
    """

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="alerted")
    alert = models.ForeignKey("monitoring.Alert", on_delete=models.PROTECT, related_name="incidents")
    since = models.DateTimeField()
    opened = models.BooleanField(default=False)
    handed_on = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["incident", "alert"], name="alert_in_incident_once")]

    def __str__(self) -> str:
        return f"{self.alert_id} in {self.incident_id}"
