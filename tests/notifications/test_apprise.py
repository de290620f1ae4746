"""Other services through apprise: who may set one, what arrives, and that its process reaches nothing else."""

import json
import subprocess
import sys
import time

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from notifications import send
from notifications.confined import allowed, running
from notifications.models import Channel, Delivery, Kind
from notifications.ways import add_channel, send_test
from products.models import Product
from tests.notifications.conftest import make_channel, member, opened
from tests.notifications.receiving import hanging, receiver, saying

pytestmark = pytest.mark.django_db
TOKEN = "AcanaryToken123"


def gotify(url: str) -> str:
    return f"gotify://{url.removeprefix('http://')}/{TOKEN}"


@pytest.fixture
def root(product: Product) -> User:
    return member(product, "root", "admin")


def channel_to(product: Product, root: User, url: str) -> Channel:
    return add_channel(
        kind=Kind.APPRISE, name="Gotify", config={"url": gotify(url)}, by=root, team=product.team
    )


def test_a_message_arrives_and_mentions_nobody(product: Product, root: User) -> None:
    with receiver() as server:
        channel_to(product, root, server.url)
        incident = opened(product)
        Delivery.objects.update(body="@everyone see <@123> & [x](http://evil.test)")
        send.drain()
    (got,) = server.got
    said, delivery = json.loads(got.body), Delivery.objects.get(channel__kind="apprise")
    assert (delivery.state, delivery.reason) == ("sent", "The service took it.")
    assert said["title"].startswith(f"CRITICAL {incident.ref}")
    assert f"http://localhost:8000/incidents/{incident.ref}/" in said["message"]
    assert not any(bad in said["message"] for bad in ("@everyone", "<@1", "]("))


def test_where_messages_may_not_go_apprise_does_not_go_either(
    product: Product, root: User, settings: Settings
) -> None:
    with receiver(host="127.0.0.1") as server:
        port = server.url.rpartition(":")[2]
        for name in (f"127.0.0.1:{port}", f"localhost:{port}", "169.254.169.254"):
            outcome = send_test(channel_to(product, root, f"http://{name}"), by=root)
            assert (outcome.result, "may not reach" in outcome.detail or "does not go to" in outcome.detail) == (
                "dead", True,
            )  # fmt: skip
    assert server.got == []


def test_a_redirect_leads_nowhere(product: Product, root: User) -> None:
    with (
        receiver(host="127.0.0.1") as victim,
        receiver(saying(307, Location=f"{victim.url}/x")) as server,
    ):
        outcome = send_test(channel_to(product, root, server.url), by=root)
    assert (outcome.result != "sent", victim.got) == (True, [])


@pytest.mark.parametrize(("status", "result"), [(401, "dead"), (503, "retry"), (429, "retry")])
def test_a_failed_test_says_what_apprise_says_and_no_key(
    product: Product, root: User, status: int, result: str
) -> None:
    with receiver(saying(status)) as server:
        outcome = send_test(channel_to(product, root, server.url), by=root)
    assert (outcome.result, str(status) in outcome.detail, TOKEN in outcome.detail) == (result, True, False)


def test_a_service_that_hangs_is_left_and_delays_no_other(
    product: Product, root: User, mia: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "WHOLE_S", 3.0)
    with receiver(hanging) as dead, receiver() as good:
        channel_to(product, root, dead.url)
        make_channel(product, "slack", mia, url=f"{good.url}/x")
        opened(product)
        begun = time.monotonic()
        send.drain(f"apprise:{Channel.objects.get(kind='apprise').pk}")
        assert time.monotonic() - begun < 8
    delivery = Delivery.objects.get(channel__kind="apprise")
    assert (delivery.state, delivery.reason) == ("pending", "The service did not answer in time.")


def test_only_an_administrator_sets_one_and_only_for_a_team(
    client: Client, product: Product, root: User, mia: User
) -> None:
    address, data = (
        f"/settings/channels/add/apprise/?team={product.team.slug}",
        {"name": "x", "url": "discord://1/2"},
    )
    client.force_login(mia)
    assert "Add Another service" not in client.get("/settings/channels/").text
    assert (client.get(address).status_code, client.post(address, data).status_code) == (403, 403)
    assert client.post("/settings/channels/add/apprise/", data).status_code == 403
    client.force_login(root)
    assert f'{address}"' in client.get("/settings/channels/").text
    assert client.post("/settings/channels/add/apprise/", data).status_code == 403
    channel = channel_to(product, root, "http://push.example.test")
    client.force_login(mia)
    page = f"/settings/channels/{channel.pk}/"
    assert (client.get(page).status_code, client.post(page, {"name": "y"}).status_code) == (403, 403)
    assert channel.shown == "gotify://push.example.test/…"


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("mailto://a:b@example.test", "Nightdesk sends by apprise to:"),
        ("file:///etc/passwd", "Nightdesk sends by apprise to:"),
        ("syslog://", "Nightdesk sends by apprise to:"),
        ("json://localhost", "Nightdesk sends by apprise to:"),
        ("discord://1/2?template=/etc/passwd", "Leave out “template”"),
        ("gotify://h/t?verify=no", "Leave out “verify”"),
        ("gotify://h/t?+verify=no&VERIFY=no", "Leave out “verify”"),
        ("gotify://[::1", "does not understand"),
        ("pover://only-half", "does not understand this address"),
    ],
)
def test_what_is_not_taken_is_said_beside_its_field(
    client: Client, product: Product, root: User, url: str, said: str
) -> None:
    client.force_login(root)
    address = f"/settings/channels/add/apprise/?team={product.team.slug}"
    answer = client.post(address, {"name": "x", "url": url})
    assert (answer.status_code, said in answer.text, Channel.objects.count()) == (422, True, 0)


def test_what_apprise_understands_is_added(client: Client, product: Product, root: User) -> None:
    client.force_login(root)
    data = {"name": "Phones", "url": f"pover://{'u' * 30}@{'t' * 30}"}
    assert client.post(f"/settings/channels/add/apprise/?team={product.team.slug}", data).status_code == 302
    assert (Channel.objects.get().shown, "uuuu" in client.get("/settings/channels/").text) == (
        "pover://…",
        False,
    )


def test_every_service_that_is_offered_is_there() -> None:
    """Apprise renames its plugins now and then: an update that does is noticed here, not at night."""
    code = (
        "import json, sys; sys.path.insert(0, sys.argv[1]); from child import _plugin\n"
        "print(json.dumps([s for s, m in json.loads(sys.argv[2]).items() if not _plugin(m, s)]))"
    )
    arguments = [sys.executable, "-c", code, str(running.CHILD.parent), json.dumps(allowed.SERVICES)]
    done = subprocess.run(arguments, capture_output=True, check=True, text=True)
    assert json.loads(done.stdout) == []


ACTS = """
open('/etc/passwd').read()
open('/proc/self/environ').read()
open('/tmp/apprise_was_here', 'w')
subprocess.run(['true'])
os.system('true')
os.fork()
ctypes.CDLL(None)
socket.create_connection(('127.0.0.1', 1))
socket.socket(socket.AF_UNIX).connect('/tmp/x')
socket.socket(2, 2).sendto(b'x', ('10.0.0.1', 53))
socket.socket().bind(('127.0.0.2', 0))
"""


def test_the_walls_hold() -> None:
    """What a plugin could do at worst, done where it would do it: each ends in PermissionError."""
    code = (
        "import sys, os, ctypes, subprocess, socket; sys.path[:0] = sys.argv[1:3]\n"
        "from django.conf import settings; settings.configure(USE_I18N=False)\n"
        "from network.egress import Policy; from child import Walls, _readable\n"
        "sys.addaudithook(Walls(Policy(), _readable('')))\n"
        "for act in sys.argv[3].split(chr(10)):\n"
        "    try:\n        exec(act)\n        print(act)\n"
        "    except PermissionError:\n        pass\n"
    )
    here = [str(running.CHILD.parent), str(running.CHILD.parents[2])]
    done = subprocess.run([sys.executable, "-c", code, *here, ACTS.strip()], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("", "")


def test_a_server_that_is_not_there_is_tried_again(product: Product, root: User) -> None:
    outcome = send_test(channel_to(product, root, "http://127.0.0.2:9"), by=root)
    assert (outcome.result, "onnection" in outcome.detail) == ("retry", True)
