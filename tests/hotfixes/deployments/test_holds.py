"""While a hotfix or a rollback is under way, other releases of the product wait: Now, rooms, API (K55)."""

import shutil
import subprocess
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from foundation import moment
from hotfixes.deployments import holds
from hotfixes.lifecycle.ending import abandon
from hotfixes.models import Hotfix, Rollback
from hotfixes.reported.curl import hold_line
from incidents import alarms
from incidents.alarms import Alarm
from incidents.models import Incident, Mode, Participant
from live.models import Announcement
from notifications.models import Audience, Channel, Delivery
from products.models import Product, Repository
from products.token_products import make_narrow_token
from tests.factories import join, make_product, make_user
from tests.hotfixes.starting import begun
from tests.notifications.conftest import make_channel

pytestmark = pytest.mark.django_db(transaction=True)
SENTENCE = "Hold other releases of {product}: {ref} goes first."


def asks(product: Product, user: User, **asked: str) -> tuple[int, dict[str, Any]]:
    _token, text = make_narrow_token(user, by=None, name="release", scopes=["ingest"])
    path = f"/api/v1/products/{product.slug}/hold"
    answer = Client().get(path, asked, headers={"Authorization": f"Bearer {text}"})
    return answer.status_code, answer.json()


def now_says(user: User) -> str:
    client = Client()
    client.force_login(user)
    return client.get("/").content.decode()


def test_it_is_said_on_now_on_the_product_and_to_scripts(product: Product, ada: User) -> None:
    assert asks(product, ada, refuse="true") == (
        200, {"hold": False, "because": [], "beside": [], "says": f"Releases of {product} are free."},
    )  # fmt: skip
    hotfix = begun(product, ada)
    sentence = SENTENCE.format(product=product.name, ref=hotfix.ref)
    status, told = asks(product, ada)
    assert (status, told["hold"], told["says"]) == (200, True, sentence)
    assert [(one["ref"], one["incident"]) for one in told["because"]] == [(hotfix.ref, hotfix.incident.ref)]
    status, refused = asks(product, ada, refuse="true")
    assert (status, refused["detail"], refused["hold"]) == (409, sentence, True)
    assert sentence in now_says(ada)
    client = Client()
    client.force_login(ada)
    assert sentence in client.get(f"/products/{product.slug}/").content.decode()
    abandon(hotfix, by=ada, reason="Not needed")
    assert asks(product, ada)[1]["hold"] is False
    assert "Hold other releases" not in now_says(ada)


def test_its_rooms_inside_the_house_hear_the_beginning_and_the_end_once(product: Product, ada: User) -> None:
    room = make_channel(product, "slack", ada, url="https://hooks.example.test/x")
    outside = make_channel(product, "slack", ada, url="https://hooks.example.test/y")
    Channel.objects.filter(pk=outside.pk).update(audience=Audience.USERS)
    other = make_channel(product, "slack", ada, url="https://hooks.example.test/z")
    other.products.add(make_product(team=product.team, name="Else", slug="else"))
    hotfix = begun(product, ada)
    assert [holds.keep(), holds.keep()] == [1, 0]
    abandon(hotfix, by=ada, reason="Not needed")
    assert [holds.keep(), holds.keep()] == [1, 0]
    told = Delivery.objects.filter(key__in=["hold", "free"]).order_by("pk")
    assert [(one.channel, one.key) for one in told] == [(room, "hold"), (room, "free")]
    assert SENTENCE.format(product=product.name, ref=hotfix.ref) in told[0].body
    assert told[0].path == f"/hotfixes/{hotfix.ref}/"
    assert f"{hotfix.ref} is over: other releases of {product.name} are free again." in told[1].body


def test_with_two_the_end_of_one_frees_nothing(product: Product, ada: User) -> None:
    make_channel(product, "slack", ada, url="https://hooks.example.test/x")
    first, second = begun(product, ada), begun(product, ada)
    holds.keep()
    abandon(first, by=ada, reason="Not needed")
    holds.keep()
    (free,) = Delivery.objects.filter(key="free")
    assert f"{first.ref} is over. {second.ref} of {product.name} goes first now." in free.body
    assert [one["ref"] for one in asks(product, ada)[1]["because"]] == [second.ref]


def test_it_is_said_once_however_many_are_under_way(product: Product, ada: User) -> None:
    first, second = begun(product, ada), begun(product, ada)
    says = f"Hold other releases of {product.name}: {first.ref}, {second.ref} go first."
    assert asks(product, ada)[1]["says"] == says
    client = Client()
    client.force_login(ada)
    page = client.get(f"/products/{product.slug}/").content.decode()
    assert [page.count(says), page.count("Hold other releases")] == [1, 1]
    (alarm,) = [one for one in alarms.of(ada) if "Hold" in one.sentence]
    assert (alarm.sentence, alarm.label, alarm.url) == (
        says, f"{product.name}: {first.ref}, {second.ref}", f"/products/{product.slug}/",
    )  # fmt: skip
    web = begun(make_product(team=product.team, name="Web", slug="web"), ada)
    (alarm,) = [one for one in alarms.of(ada) if "Hold" in one.sentence]
    assert alarm.sentence == "Hold other releases of 2 products: their emergency releases go first."
    assert alarm.more == ((f"Web: {web.ref}", f"/hotfixes/{web.ref}/"),)
    page = now_says(ada)
    assert [page.count("Hold other releases"), page.count(f'href="/hotfixes/{web.ref}/"')] == [1, 1]


def test_a_rollback_holds_too(product: Product, ada: User) -> None:
    hotfix = begun(product, ada)
    abandon(hotfix, by=ada, reason="Back instead")
    Rollback.objects.create(
        number=1, incident=hotfix.incident, product=product, from_version="0.1.1", to_version="0.1.0",
        started_at=moment.now(),
    )  # fmt: skip
    assert [one["ref"] for one in asks(product, ada)[1]["because"]] == ["RB-1"]
    assert holds.keep() == 1


def test_a_drill_holds_nothing_and_a_private_one_nothing_in_front_of_others(
    product: Product, ada: User
) -> None:
    make_channel(product, "slack", ada, url="https://hooks.example.test/x")
    hotfix = begun(product, ada)
    Incident.objects.update(mode=Mode.DRILL)
    assert holds.keep() == 0
    assert asks(product, ada)[1]["hold"] is False
    Incident.objects.update(mode=Mode.LIVE, private=True)
    join(eve := make_user("eve@example.test"), product.team)
    Participant.objects.get_or_create(incident=hotfix.incident, user=ada)
    Announcement.objects.all().delete()
    assert holds.keep() == 1
    # Not even that something happened: the whole team listens on the board's topic.
    topics = {f"incident:{hotfix.incident.pk}", f"user:{ada.pk}"}
    assert set(Announcement.objects.values_list("topic", flat=True)) == topics
    assert not Delivery.objects.filter(key="hold").exists()
    assert [asks(product, one)[1]["hold"] for one in (ada, eve)] == [True, False]
    assert "Hold other releases" not in now_says(eve)


def test_a_neighbour_in_the_same_repository_is_free_and_told_of_it(product: Product, ada: User) -> None:
    beside = make_product(team=product.team, name="Web", slug="web")
    shared = Repository.objects.create(team=product.team, url="https://git.example.test/app.git")
    Product.objects.update(repository=shared)
    product.refresh_from_db()
    hotfix = begun(product, ada)
    _status, told = asks(beside, ada, refuse="true")
    assert (told["hold"], [one["ref"] for one in told["beside"]]) == (False, [hotfix.ref])
    assert f"{hotfix.ref} of {product.name} is under way in the same repository" in told["says"]


def test_the_product_in_the_api_says_that_it_is_held(product: Product, ada: User) -> None:
    _token, text = make_narrow_token(ada, by=None, name="read", scopes=["read"])
    path, bearer = f"/api/v1/products/{product.slug}", {"Authorization": f"Bearer {text}"}
    assert Client().get(path, headers=bearer).json()["hold"] is False
    begun(product, ada)
    holds.keep()
    assert Client().get(path, headers=bearer).json()["hold"] is True


@pytest.mark.skipif(not shutil.which("curl"), reason="no curl on this machine")
def test_a_release_script_ends_while_it_is_held_and_goes_on_without_nightdesk(
    product: Product, ada: User, live_server: LiveServer, settings: Settings
) -> None:
    _token, text = make_narrow_token(ada, by=None, name="release", scopes=["ingest"])

    def runs(url: str) -> tuple[int, str]:
        settings.NIGHTDESK_URL = url
        script = f"{hold_line(product).command}\necho released"
        env = {"NIGHTDESK_TOKEN": text, "PATH": "/usr/bin:/bin:/usr/local/bin"}
        done = subprocess.run(
            ("sh", "-eu", "-c", script), env=env, capture_output=True, text=True, timeout=60, check=False
        )
        return done.returncode, done.stdout

    assert runs(live_server.url)[1].endswith("\nreleased\n")
    hotfix = begun(product, ada)
    code, said = runs(live_server.url)
    assert (code, "released\n" in said) == (1, False)
    assert SENTENCE.format(product=product.name, ref=hotfix.ref) in said
    assert runs("http://127.0.0.1:9") == (0, "\nreleased\n")
    Hotfix.objects.update(status=Hotfix.Status.RELEASED)
    assert runs(live_server.url)[0] == 0


def test_what_holds_comes_before_what_is_to_be_entered_afterwards(
    ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Now shows five at most: what waits just now is among them."""
    strays = [Alarm(f"Stray {n}", "", "/", later=True) for n in range(6)]
    wrong = [Alarm("Wrong", "", "/")]
    hold = [Alarm("Hold", "", "/", quiet=True)]
    monkeypatch.setattr(
        alarms, "_readers", [lambda user, shown: strays, lambda user, shown: hold, lambda user, shown: wrong]
    )
    assert [one.sentence for one in alarms.of(ada)][:3] == ["Wrong", "Hold", "Stray 0"]
