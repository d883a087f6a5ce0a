"""What the person's browser is, and where it is."""

from __future__ import annotations

from typing import Any

from docassemble_lite.engine.device import Device, device_of
from docassemble_lite.host import current

__all__ = ["device", "location_known", "location_returned", "user_lat_lon"]


def device(ip: bool = False) -> Device | str | None:
    """The browser and what it runs on, with `ip` its address; None where there is no browser."""
    request = current().request
    if ip:
        return request.address or None
    return device_of(request.user_agent) if request.user_agent else None


def location_returned() -> bool:
    """Whether the browser has been asked where it is, and has answered."""
    return bool(_location())


def location_known() -> bool:
    """Whether the browser has said where it is."""
    return "latitude" in _location()


def user_lat_lon() -> tuple[Any, Any]:
    """Where the browser is, latitude and longitude in degrees; twice None if it hasn't said so, and twice why if it can't."""
    location = _location()
    if "error" in location:
        return location["error"], location["error"]
    return location.get("latitude"), location.get("longitude")


def _location() -> dict[str, Any]:
    found: dict[str, Any] = current().answers.get("_internal", {}).get("location") or {}
    return found
