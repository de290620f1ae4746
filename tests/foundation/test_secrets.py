"""Secrets in the database: sealed with the first key, opened with any, lost without one."""

from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from config.environment.secret_files import encryption_keys
from foundation.secrets import SecretLost, seal, unseal


def key() -> str:
    return Fernet.generate_key().decode()


def test_a_sealed_secret_opens_and_does_not_show_itself() -> None:
    sealed = seal("https://hooks.example.test/T0/secret-ü")
    assert unseal(sealed) == "https://hooks.example.test/T0/secret-ü"
    assert "secret" not in sealed


def test_an_older_key_still_opens_and_the_first_one_seals(settings: Settings) -> None:
    old, new = key(), key()
    settings.NIGHTDESK_ENCRYPTION_KEYS = [old]
    sealed = seal("topic")
    settings.NIGHTDESK_ENCRYPTION_KEYS = [new, old]
    assert unseal(sealed) == "topic"
    fresh = seal("topic")
    settings.NIGHTDESK_ENCRYPTION_KEYS = [new]
    assert unseal(fresh) == "topic"


@pytest.mark.parametrize("sealed", ["", "no token", "gAAAA"])
def test_what_no_key_opens_is_lost_and_says_so(sealed: str) -> None:
    with pytest.raises(SecretLost, match="enter it again"):
        unseal(sealed)


def test_a_key_that_is_gone_loses_the_secret(settings: Settings) -> None:
    sealed = seal("topic")
    settings.NIGHTDESK_ENCRYPTION_KEYS = [key()]
    with pytest.raises(SecretLost):
        unseal(sealed)


def test_without_the_variable_a_key_is_kept_for_its_owner_alone(tmp_path: Path) -> None:
    kept = tmp_path / "data" / "encryption_keys"
    first = encryption_keys("NIGHTDESK_ENCRYPTION_KEYS", "", kept)
    assert (encryption_keys("NIGHTDESK_ENCRYPTION_KEYS", "", kept), kept.stat().st_mode & 0o777) == (
        first,
        0o600,
    )


def test_a_key_that_is_none_stops_the_start_without_showing_it(tmp_path: Path) -> None:
    with pytest.raises(ImproperlyConfigured, match=r"^NIGHTDESK_ENCRYPTION_KEYS: key 2 is not a key") as told:
        encryption_keys("NIGHTDESK_ENCRYPTION_KEYS", f"{key()},hunter2", tmp_path / "k")
    assert "hunter2" not in str(told.value)
