"""Addresses that come from outside and to which somebody is to be sent: only those of this server are."""

from __future__ import annotations

_LONGEST = 2000


def same_origin_path(address: str) -> str:
    """The address, if it is a path of this server with whatever stands behind it; empty for every other one.

    Browsers read more into an address than stands there: they take a backslash for a slash, and leave out line breaks and
    tabs. So what holds any of these is no path, wherever in it they stand.
    """
    is_path = address.startswith("/") and not address.startswith("//")
    is_plain = len(address) <= _LONGEST and address.isprintable() and not set(address) & {" ", "\\"}
    return address if is_path and is_plain else ""
