"""What upper apps show on the page of a product, unknown to the page: each registers in its AppConfig.ready()."""

from collections.abc import Callable
from dataclasses import dataclass

from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest
from django.utils.safestring import SafeString, mark_safe

from products.models import Product


@dataclass(frozen=True)
class Panel:
    """`render` answers safe HTML, a card of its own, empty for nothing. Who asks may view the product."""

    key: str
    order: int
    render: Callable[[HttpRequest, Product], str]


_panels: dict[str, Panel] = {}


def register(panel: Panel) -> None:
    """Puts `panel` on every product's page. A second one of that key stops the start."""
    if _panels.get(panel.key, panel) != panel:
        raise ImproperlyConfigured(f"two product panels called {panel.key}")
    _panels[panel.key] = panel


def rendered(request: HttpRequest, product: Product) -> list[SafeString]:
    """Those that have something to show, in order."""
    panels = sorted(_panels.values(), key=lambda panel: panel.order)
    found = [panel.render(request, product) for panel in panels]
    return [mark_safe(html) for html in found if html.strip()]  # noqa: S308 - templates of ours
