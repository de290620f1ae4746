"""Which stories the demo tells, in which order, and how one signs in to see them."""

from django.db import connections, transaction

from accounts.models import User
from config.demo import alerts, archy, krow, others, stage
from config.demo.environment import DEMO_EMAIL, DEMO_PASSWORD
from products.models import Product


def fill(address: str) -> str:
    """Everything, once; returns what `up` prints. `address` is where this demo serves: it watches itself."""
    tell(address)
    said = _welcome()
    connections.close_all()
    return said


def _welcome() -> str:
    """How to sign in: the demo's own password, unless NIGHTDESK_ADMIN_PASSWORD or somebody here chose another one."""
    admin = User.objects.filter(is_administrator=True, is_active=True).order_by("pk").first()
    if admin is None or not admin.check_password(DEMO_PASSWORD):
        return f"Demo: sign in as {admin.email if admin else DEMO_EMAIL} with the password you chose"
    return f"Demo: sign in as {admin.email} with the password {DEMO_PASSWORD}"


@transaction.atomic
def tell(address: str) -> None:
    """The stories, oldest first, so that the numbers follow the days; nothing where there is a product already."""
    if Product.objects.exists():
        return
    cast = stage.build(address)
    archy.finished(cast)
    others.private(cast)
    others.deferred(cast)
    krow.finished(cast)
    others.declined(cast)
    others.drill(cast)
    archy.watching(cast)
    krow.deciding(cast)
    alerts.told(cast)
