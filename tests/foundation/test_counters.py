"""Making fields and managers changes no class of Django's, and still numbers them."""

from django.db.models import CharField, Field, Manager
from django.db.models.manager import BaseManager

from incidents.models import Incident


def test_fields_are_numbered_and_their_class_stays_as_it_is() -> None:
    before = Field.creation_counter, Field.auto_creation_counter
    first, second, implied = CharField(), CharField(), CharField(auto_created=True)
    assert (Field.creation_counter, Field.auto_creation_counter) == before
    assert implied.creation_counter < 0 < first.creation_counter < second.creation_counter
    assert first != second
    assert sorted([second, first]) == [first, second]


def test_managers_are_numbered_and_their_class_stays_as_it_is() -> None:
    before = BaseManager.creation_counter
    first, second = Manager[Incident](), Manager[Incident]()
    assert BaseManager.creation_counter == before
    assert first.creation_counter < second.creation_counter


def test_fields_of_our_models_have_numbers_of_their_own() -> None:
    numbers = [field.creation_counter for field in Incident._meta.concrete_fields]
    assert numbers == sorted(set(numbers))
