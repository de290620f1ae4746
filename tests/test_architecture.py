"""What imports do not show: a foreign key by name may point to the own app or to one further down, never up."""

import tomllib
from pathlib import Path

from django.apps import apps
from django.db.models import Field

ROOT = Path(__file__).parent.parent
# Rows of Django's and allauth's own stand below everything of ours.
BELOW = {"auth", "contenttypes", "sessions", "usersessions", "account"}


def heights() -> dict[str, int]:
    """App → its height, from the one list of layers in pyproject.toml."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = reversed(contracts[0]["layers"])
    return {app.strip(): height for height, layer in enumerate(layers) for app in layer.split("|")}


def test_a_foreign_key_points_to_the_own_app_or_further_down() -> None:
    height = heights()
    upward = [
        f"{model._meta.label}.{field.name} → {target._meta.label}"
        for model in apps.get_models()
        if model._meta.app_label in height
        for field in model._meta.get_fields()
        if isinstance(field, Field) and (target := field.related_model) and not isinstance(target, str)
        if (label := target._meta.app_label) != model._meta.app_label and label not in BELOW
        if height[label] >= height[model._meta.app_label]
    ]
    assert upward == []


def test_every_app_of_ours_has_its_place_in_the_order() -> None:
    ours = {app.label for app in apps.get_app_configs() if Path(app.path).parent == ROOT}
    assert ours == set(heights())
