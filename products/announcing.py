"""Open pages of a product, and lists of products, fetch themselves anew. Events of their own, so that neither fetches
more often than it must: a product's page hears of no other one, and what happens to incidents tells it nothing.
"""

from collections.abc import Iterable

from accounts.access import teams_of
from accounts.models import User
from live import bus
from products.models import Product

OF_ONE, LISTED = "product", "products"


def topic(product: Product) -> str:
    """Of the pages of one product, for who may see it."""
    return f"product:{product.pk}"


def topics(user: User, *products: Product) -> list[str]:
    """What a page of products listens to; by those of the teams the number of decisions that wait follows too."""
    boards = (f"board:{team.pk}" for team in teams_of(user))
    return [f"user:{user.pk}", *boards, *map(topic, products)]


def shown_anew(product: Product) -> None:
    """In the transaction of whoever changes what these pages say: what runs, what waits, what it is called."""
    with bus.gathered():
        bus.publish(topic(product), event=OF_ONE)
        bus.publish(f"board:{product.team_id}", event=LISTED)


def shown_anew_to(users: Iterable[int]) -> None:
    """As `shown_anew`, of what only these people may know."""
    for user in users:
        bus.publish(f"user:{user}", event=OF_ONE)
