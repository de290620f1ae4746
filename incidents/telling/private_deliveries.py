"""Who was told of a private incident is nobody's business but its participants' and the recipient's own."""

from __future__ import annotations

from django.db.models import F, Func, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast, Concat

from accounts.models import User
from incidents.models import Incident, Participant
from notifications.models import Delivery
from notifications.sight import filtered


@filtered
def without_private(user: User, rows: QuerySet[Delivery]) -> QuerySet[Delivery]:
    own = Participant.objects.filter(user=user).values("incident")
    hidden = Incident.objects.filter(private=True).exclude(pk__in=own)
    refs = hidden.annotate(
        name=Concat(Value("INC-", output_field=TextField()), Cast("number", TextField()))
    ).values("name")
    told_of = Func(F("about"), Value("/"), Value(1), function="split_part", output_field=TextField())
    return rows.annotate(told_of=told_of).filter(Q(user=user) | ~Q(told_of__in=refs))
