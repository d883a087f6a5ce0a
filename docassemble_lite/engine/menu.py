"""What an interview adds to the menu: the list `menu_items` among its answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from docassemble_lite.engine.typed import target_acts


def menu_of(answers: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """(label, address) of each entry that has both; an address that would run code is left out."""
    items = answers.get("menu_items")
    if not isinstance(items, Iterable) or isinstance(items, (str, Mapping)):
        return ()
    found = [(str(item["label"]), str(item["url"])) for item in items if _is_entry(item)]
    return tuple((label, url) for label, url in found if not target_acts(url))


def _is_entry(item: Any) -> bool:
    return isinstance(item, Mapping) and "label" in item and "url" in item
