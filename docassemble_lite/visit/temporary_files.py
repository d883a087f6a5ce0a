"""Addresses that open one file of a session to whoever has them, for a while.

What opens the file stands in the address, sealed by the server for this file and this end. So nobody can make such an address,
have it open another file or hold for longer, and neither the address nor the server alone opens anything of a private session.
That is the file's own key, so the address also holds when the session has gone but the file hasn't.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil
from urllib.parse import quote, urlencode

from docassemble_lite import clock
from docassemble_lite.errors import AnswersTampered, ServerKeyMissing
from docassemble_lite.settings import Secret
from docassemble_lite.store.vault import Vault
from docassemble_lite.visit.addresses import from_address, in_address

#: Seconds that an address may hold at most: ten years.
LONGEST = 10 * 365 * 24 * 3600
_DIGITS = 12


class AddressRefused(Exception):
    """This server didn't make the address, or not for that file."""


class AddressOver(Exception):
    """The address doesn't hold any more."""


def temporary_address(
    vault: Vault, opener: bytes, number: int, extension: str, seconds: float, *, attachment: bool = False
) -> str:
    """The path of the file of that number, which `opener` opens, for so many seconds from now."""
    until = str(ceil(clock.now().timestamp() + min(seconds, LONGEST)))
    sealed = vault.seal(opener, "file", _identifier(number, until))
    given = {"until": until, "key": in_address(sealed)}
    query = urlencode({**given, **({"attachment": 1} if attachment else {})})
    return f"/temporary-file/{number}.{quote(extension, safe='')}?{query}"


def opener_of(vault: Vault, number: int, arguments: Mapping[str, str]) -> Secret:
    """What opens the file, from the arguments of its address. Raises `AddressRefused` and `AddressOver`."""
    key, until = arguments.get("key", ""), arguments.get("until", "")
    if not (until.isascii() and until.isdigit() and len(until) <= _DIGITS):
        raise AddressRefused
    try:
        opener = vault.unseal(from_address(key), "file", _identifier(number, until))
    except (ValueError, AnswersTampered, ServerKeyMissing) as error:
        raise AddressRefused from error
    if clock.now().timestamp() > int(until):
        raise AddressOver
    return opener


def _identifier(number: int, until: str) -> str:
    return f"{number} until {until}"
