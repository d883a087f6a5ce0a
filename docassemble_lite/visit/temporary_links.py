"""Addresses that lead to another one for a while, so that whoever finds an old one in a mailbox gets nowhere with it.

Where it leads stands in the address, sealed by the server: nobody can read it there, or make one that leads elsewhere.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from math import ceil
from typing import Any

from docassemble_lite import clock
from docassemble_lite.errors import AnswersTampered, ServerKeyMissing
from docassemble_lite.store.vault import Vault
from docassemble_lite.visit.addresses import from_address, in_address, read_json
from docassemble_lite.visit.temporary_files import LONGEST, AddressOver, AddressRefused

#: Seconds that an address holds: of a session, where its author doesn't say for how long, and any other.
FOR_A_SESSION = 24 * 3600.0
USUAL = 90 * 24 * 3600.0
_HOUR = 3600.0


@dataclass(frozen=True)
class TemporaryLink:
    """An address to which another one leads until a moment, in seconds since 1970; `ticket`: only once, with this one."""

    url: str
    until: int
    ticket: str = ""


def link_address(vault: Vault, url: str, seconds: float, ticket: str = "") -> str:
    """The path that leads to the address for so many seconds from now."""
    link = TemporaryLink(url, ceil(clock.now().timestamp() + min(seconds, LONGEST)), ticket)
    sealed = vault.seal(json.dumps(asdict(link)).encode(), "link", "")
    return f"/goto?c={in_address(sealed)}"


def read_link(vault: Vault, code: str) -> TemporaryLink:
    """What `link_address` was given. Raises `AddressRefused` for what this server didn't make, and `AddressOver`."""
    try:
        link = TemporaryLink(**read_json(bytes(vault.unseal(from_address(code), "link", ""))))
    except (ValueError, AnswersTampered, ServerKeyMissing) as error:
        raise AddressRefused from error
    if clock.now().timestamp() > link.until:
        raise AddressOver
    return link


def seconds_of(hours: Any) -> float:
    """For how long an address of a session holds, from what its author wrote: hours, or anything else for the usual time."""
    is_number = isinstance(hours, (int, float)) and not isinstance(hours, bool)
    return hours * _HOUR if is_number and hours > 0 else FOR_A_SESSION
