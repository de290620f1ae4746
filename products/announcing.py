"""Open pages of a product, and lists of products, fetch themselves anew. Two topics, so that neither fetches more often
than it must: a product's own page hears of nothing else, and what happens to incidents tells no list of products.
"""

from live import bus
from products.models import Product

LISTED = "products"


def topic(product: Product) -> str:
    """What pages of one product listen to, for who may see it."""
    return f"product:{product.pk}"


def shown_anew(product: Product) -> None:
    """In the transaction of whoever changes what these pages say: what runs, what waits, what it is called."""
    with bus.gathered():
        bus.publish(topic(product), event="refresh")
        bus.publish(f"board:{product.team_id}", event=LISTED)
