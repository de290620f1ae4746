"""What open pages are told of a repository: how far a first copy is, trouble and its end."""

from hotfixes.models import Mirror
from live import bus
from products.models import Product


def progress(mirror: Mirror) -> None:
    """The pages of its team's products fetch themselves anew."""
    for team in (
        Product.objects.filter(repository=mirror.repository_id).values_list("team", flat=True).distinct()
    ):
        bus.publish(f"board:{team}", event="refresh")


def changed(mirror: Mirror, *, was: str, now: str, moved: bool) -> None:
    """Only what a reader would notice: a look that found nothing new tells nobody."""
    if was != now or moved:
        progress(mirror)
