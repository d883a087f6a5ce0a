"""Addresses that open one file to whoever has them, for a while."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest

from docassemble_lite import clock
from docassemble_lite.store.vault import Vault
from docassemble_lite.visit.temporary_files import AddressOver, AddressRefused, opener_of, temporary_address

VAULT = Vault(bytes(32))
KEY = os.urandom(32)


def arguments(address: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(address).query))


def made(number: int = 7, seconds: float = 60, *, attachment: bool = False) -> str:
    return temporary_address(VAULT, KEY, number, "pdf", seconds, attachment=attachment)


def test_an_address_holds_what_opens_its_file() -> None:
    address = made()
    assert address.startswith("/temporary-file/7.pdf?until=")
    assert bytes(opener_of(VAULT, 7, arguments(address))) == KEY
    assert arguments(made(attachment=True))["attachment"] == "1"


def test_an_address_is_for_one_file_and_one_end() -> None:
    given = arguments(made())
    later = {**given, "until": str(int(given["until"]) + 1)}
    for number, changed in (
        (8, given),
        (7, later),
        (7, {**given, "key": given["key"][:-2]}),
        (7, {"until": given["until"]}),
        (7, {}),
    ):
        with pytest.raises(AddressRefused):
            opener_of(VAULT, number, changed)


@pytest.mark.parametrize("until", ["", "x", "-1", "١", "9" * 400])
def test_an_end_that_is_no_number_is_refused(until: str) -> None:
    with pytest.raises(AddressRefused):
        opener_of(VAULT, 7, {**arguments(made()), "until": until})


def test_another_server_opens_nothing() -> None:
    with pytest.raises(AddressRefused):
        opener_of(Vault(bytes([1]) * 32), 7, arguments(made()))


def test_an_address_holds_for_so_many_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    begun = clock.now()
    given = arguments(made(seconds=60))

    def at(seconds: float) -> datetime:
        return begun + timedelta(seconds=seconds)

    monkeypatch.setattr(clock, "now", lambda: at(59))
    assert opener_of(VAULT, 7, given)
    monkeypatch.setattr(clock, "now", lambda: at(62))
    with pytest.raises(AddressOver):
        opener_of(VAULT, 7, given)
