"""What open pages are told of a repository: how far a first copy is, trouble and its end."""

from hotfixes.models import Mirror
from live import bus
from products.announcing import OF_ONE, topic
from products.models import Product


def progress(mirror: Mirror) -> None:
    """The pages of its products and of what their teams do fetch themselves anew."""
    rows = list(Product.objects.filter(repository=mirror.repository_id))
    with bus.gathered():
        for team in sorted({one.team_id for one in rows}):
            bus.publish(f"board:{team}", event="refresh")
        for one in rows:
            bus.publish(topic(one), event=OF_ONE)


def changed(mirror: Mirror, *, was: str, now: str, moved: bool) -> None:
    """Only what a reader would notice: a look that found nothing new tells nobody."""
    if was != now or moved:
        progress(mirror)
