"""What a product that adopts the process is offered at its set-up: names, parts, places, monitors."""

from typing import Annotated, Literal

from pydantic import Field

from products.process.schema.base import Duration, Element, Key, Label, Line, Section
from products.vocabulary import EnvironmentKind


class ProductSpec(Element):
    """A product the source speaks of, with all the names it gives it (C8). `tag_name` is what tags begin with."""

    name: Label
    aliases: Annotated[list[Label], Field(max_length=20)] = []
    tag_name: Label | None = None
    components: Annotated[list[Key], Field(max_length=20)] = []


class ComponentSpec(Element):
    """A part that is built and delivered by itself (A43)."""

    key: Key
    label: Label
    note: Line | None = None


class EnvironmentSpec(Element):
    """A place it runs (A44, K17)."""

    key: Key
    label: Label
    kind: EnvironmentKind = Field(strict=False)
    hosts: Annotated[list[Line], Field(max_length=20)] = []
    note: Line | None = None


class MonitorSpec(Element):
    """Something that watches already (A33–A35); `every` is how often, `lasts` how long a soak test is to run."""

    key: Key
    label: Label
    kind: Literal["http", "summary", "soak", "heartbeat", "file"]
    target: Line
    host: Key | None = None
    every: Duration | None = None
    lasts: Duration | None = None
    note: Line | None = None


class SetupSpec(Section):
    first_release: Label | None = None
    products: Annotated[list[ProductSpec], Field(max_length=40)] = []
    components: Annotated[list[ComponentSpec], Field(max_length=40)] = []
    environments: Annotated[list[EnvironmentSpec], Field(max_length=20)] = []
    monitors: Annotated[list[MonitorSpec], Field(max_length=40)] = []
