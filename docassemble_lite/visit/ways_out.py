"""Addresses that lead out of a session: links to them stand in its pages, and nobody else can make one.

What they do can't be asked for by a page of another site, as they hold for one browser and are signed.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from docassemble_lite.errors import AnswersTampered
from docassemble_lite.store.vault import Vault
from docassemble_lite.visit.addresses import from_address, in_address, read_json

_PART = "way out"


@dataclass(frozen=True)
class WayOut:
    """A way out of a session for one browser; `kind` is that of an `Exit`, `url` where it leads in the end."""

    kind: str
    interview: str
    session: str
    browser: str
    url: str = ""


def way_out_address(vault: Vault, way_out: WayOut) -> str:
    """The path of the way out."""
    signed = vault.sign(json.dumps(asdict(way_out)).encode(), session="", part=_PART)
    return f"/way-out?key={in_address(signed)}"


def read_way_out(vault: Vault, key: str, browser: str) -> WayOut | None:
    """What `way_out_address` was given; None unless this server made the address, and for this browser."""
    try:
        found = WayOut(**read_json(vault.verify(from_address(key), session="", part=_PART)))
    except (ValueError, AnswersTampered):
        return None
    return found if found.browser == browser else None
