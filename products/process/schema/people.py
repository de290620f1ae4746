"""Who does what, who is told, and what people get wrong."""

from typing import Annotated

from pydantic import Field

from products.process.schema.base import Element, Key, Label, Line, Section, Sentence


class RoleSpec(Element):
    """Who does what; a role that decides is held only by those listed for the product.

    `deputies` are roles asked, in this order, when nobody holds this one. `needed: false` is never nagged about.
    """

    key: Key
    label: Label
    decides: bool = False
    executes: bool = False
    watches: bool = False
    needed: bool = True
    responsibilities: Annotated[list[Sentence], Field(max_length=20)] = []
    deputies: Annotated[list[Key], Field(max_length=10)] = []


class ContactSpec(Element):
    """Somebody to tell when an incident is detected (K132–K135): a role of this process, or a group in words."""

    role: Key | None = None
    label: Label


class ContactsSpec(Section):
    """Who is told, where they talk, and how what cannot wait is settled (K136, K137)."""

    tell: Annotated[list[ContactSpec], Field(max_length=20)] = []
    channel: Line | None = None
    urgent: Sentence | None = None


class MistakesSpec(Section):
    """What to do and what not to do (K87–K98)."""

    do: Annotated[list[Sentence], Field(max_length=30)] = []
    dont: Annotated[list[Sentence], Field(max_length=30)] = []
