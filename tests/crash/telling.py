"""Deaths while people are told: a message that is sent, an update, and the reminders of what is owed (K65, K73)."""

from collections import Counter
from datetime import timedelta

from foundation import moment
from incidents.models import Incident, Obligation
from notifications.models import Audience, Channel, Delivery, State
from tests.crash.scenes import Scene, story, told
from tests.incidents.telling_people import deployed, view


class Tell(Scene):
    """The event and the rows are one transaction: whoever died in it has sent nothing, and it is sent once after."""

    act = "tell"

    def prepare(self) -> None:
        incident = self.opened()
        deployed(incident, self.world.ada)
        Channel.objects.update(audience=Audience.USERS)
        self.facts = {
            "incident": incident.pk,
            "user": self.world.ada.pk,
            "channel": Channel.objects.get().pk,
            "seen": view(incident).digest,
        }

    def go_on(self) -> None:
        assert not Delivery.objects.filter(key="message").exists()
        assert self.again() == "done"
        assert self.again() == "too late"
        before = Counter(self.world.received)
        self.again("send")
        row = Delivery.objects.get(key="message")
        assert row.state == State.SENT
        assert (Counter(self.world.received) - before)[str(row.uid)] == 1

    def check(self) -> None:
        assert story().count("message_sent") == 1
        assert told("message") == {"webhook": 1}


class Update(Scene):
    act = "update"

    def prepare(self) -> None:
        incident = self.opened()
        channel = Channel.objects.get()
        self.facts = {"incident": incident.pk, "user": self.world.ada.pk, "channel": channel.pk}

    def go_on(self) -> None:
        assert not Delivery.objects.filter(key="update").exists()
        self.again()

    def check(self) -> None:
        assert story() == ["declared", "updated"]
        assert told("update") == {"webhook": 1}


class Owe(Scene):
    """Whoever owes a message is reminded once, whenever a ticker dies."""

    act = "owe"

    def prepare(self) -> None:
        deployed(self.opened(), self.world.ada)

    def check(self) -> None:
        assert told("owed")["email"] == 1
        row = Obligation.objects.get(message="deployed")
        assert row.told_due_at is not None
        assert row.look_at == row.late_at


class Rhythm(Scene):
    act = "rhythm"

    def prepare(self) -> None:
        at = moment.now() - timedelta(minutes=1)
        self.opened()
        Incident.objects.update(update_due_at=at, remind_at=at)

    def check(self) -> None:
        assert told("update_due")["email"] == 1
        assert Incident.objects.get().remind_at is None


SWEPT: dict[str, tuple[type[Scene], ...]] = {
    "verb.message": (Tell,),
    "verb.update": (Update,),
    **dict.fromkeys(("sweep.obligation_claimed", "sweep.obligation_told"), (Owe,)),
    **dict.fromkeys(("sweep.update_claimed", "sweep.update_told"), (Rhythm,)),
}
