"""Keys and seals by themselves."""

from __future__ import annotations

import logging

import pytest

from docassemble_lite.errors import AnswersTampered
from docassemble_lite.store import vault as module
from docassemble_lite.store.vault import Vault

SERVER_KEY = bytes(range(32))


@pytest.fixture
def vault() -> Vault:
    return Vault(SERVER_KEY)


def test_a_server_key_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Vault(b"short")


def test_the_name_of_a_holder_is_stable_and_belongs_to_one_secret(vault: Vault) -> None:
    assert vault.holder_of(b"alice") == Vault(bytes(32)).holder_of(b"alice")
    assert vault.holder_of(b"alice") != vault.holder_of(b"bob")
    assert len(vault.holder_of(b"alice")) == 64


def test_data_keys_are_random(vault: Vault) -> None:
    keys = {bytes(vault.new_data_key()) for _ in range(100)}
    assert len(keys) == 100
    assert {len(key) for key in keys} == {32}


def test_only_the_secret_unwraps_and_only_in_its_session(vault: Vault) -> None:
    key = vault.new_data_key()
    wrapped = vault.wrap(key, b"alice", "s")
    assert vault.unwrap(wrapped, b"alice", "s") == key
    for secret, session in ((b"bob", "s"), (b"alice", "t")):
        with pytest.raises(AnswersTampered):
            vault.unwrap(wrapped, secret, session)


def test_only_this_server_unseals_and_only_for_the_same_purpose(vault: Vault) -> None:
    key = vault.new_data_key()
    sealed = vault.seal(key, "task", "t1")
    assert vault.unseal(sealed, "task", "t1") == key
    for opener, purpose, identifier in ((vault, "session", "t1"), (vault, "task", "t2"), (Vault(bytes(32)), "task", "t1")):
        with pytest.raises(AnswersTampered):
            opener.unseal(sealed, purpose, identifier)


def test_the_places_of_two_rows_never_look_alike(vault: Vault) -> None:
    """P24: names that run together ("ab"+"c", "a"+"bc") don't make one place of two."""
    key = vault.new_data_key()
    with pytest.raises(AnswersTampered):
        vault.decrypt(key, vault.encrypt(key, b"x", session="ab", part="c"), session="a", part="bc")
    with pytest.raises(AnswersTampered):
        vault.verify(vault.sign(b"x", session="ab", part="c"), session="a", part="bc")


def test_the_same_content_is_never_encrypted_alike(vault: Vault) -> None:
    key = vault.new_data_key()
    assert vault.encrypt(key, b"x", session="s", part="p") != vault.encrypt(key, b"x", session="s", part="p")


def test_plain_rows_can_be_read_and_encrypted_ones_cannot(vault: Vault) -> None:
    assert b"readable" in vault.sign(b"readable", session="s", part="p")
    assert b"readable" not in vault.encrypt(vault.new_data_key(), b"readable", session="s", part="p")


def test_remembered_keys_are_as_good_as_fresh_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_REMEMBERED_SECRETS", 2)
    vault = Vault(SERVER_KEY)
    names = [vault.holder_of(bytes([number])) for number in range(5)]
    assert [vault.holder_of(bytes([number])) for number in range(5)] == names


def test_no_key_is_shown_or_logged(vault: Vault, caplog: pytest.LogCaptureFixture) -> None:
    """P36: neither repr nor an error nor a log shows a key or a secret."""
    caplog.set_level(logging.DEBUG)
    key = vault.new_data_key()
    with pytest.raises(AnswersTampered) as caught:
        vault.unwrap(vault.wrap(key, b"canary secret", "s"), b"other", "s")
    shown = repr(vault) + repr(vault.__dict__) + repr(key) + str(caught.value) + caplog.text
    for secret in (SERVER_KEY, key, b"canary secret"):
        assert bytes(secret).hex() not in shown
        assert repr(bytes(secret))[2:-1] not in shown
