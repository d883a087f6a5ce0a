"""Who may see the files of a field besides its session: what the field says of it, and what its files are told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from docassemble_lite.engine.document import Items, Section
from docassemble_lite.engine.expressions import Expression
from docassemble_lite.engine.screen import AskedField
from docassemble_lite.objects import DAFileList
from docassemble_lite.objects.base import DAObject

_WHETHER = ("private", "persistent")
_WHO = ("allow users", "allow privileges")


def access_flags(section: Section) -> dict[str, Any]:
    """The modifiers of a field that say who may see its files. Raises `SourceError`."""
    flags = {key: _whether(section, key) for key in _WHETHER if section.get(key) is not None}
    return flags | {key: _who(section, key) for key in _WHO if section.get(key) is not None}


def _whether(section: Section, key: str) -> Any:
    value = section[key]
    if isinstance(value, str):
        return Expression(value, section.value_place(key))
    if not isinstance(value, bool):
        raise section.mistake(key, f"“{key}” must be True, False, or Python code that gives one of them.")
    return value


def _who(section: Section, key: str) -> Any:
    value = section[key]
    if isinstance(value, Section):
        if list(value) != ["code"] or not isinstance(value["code"], str):
            raise section.mistake(key, f"“{key}” must be a list, or “code: …” alone.")
        return Expression(value["code"], value.value_place("code"))
    listed = list(value) if isinstance(value, (Items, list)) else [value]
    kinds = (str, int) if key == "allow users" else (str,)
    if any(isinstance(item, bool) or not isinstance(item, kinds) for item in listed):
        whom = "e-mail addresses and ids of users" if key == "allow users" else "names of privileges"
        raise section.mistake(key, f"“{key}” must consist of {whom}.", "Python code goes below it, as “code: …”.")
    return listed


def asked_access(keys: Mapping[str, Any]) -> dict[str, Any]:
    """What is kept with the step of what a field says, evaluated; empty for a field that says nothing."""
    attributes = {key: bool(keys[key]) for key in _WHETHER if key in keys}
    who = {key: _plain(keys[key]) for key in _WHO if keys.get(key) is not None}
    found = {"attributes": attributes} if attributes else {}
    return found | who


def _plain(given: Any) -> list[Any]:
    """Texts and numbers, for objects their e-mail addresses."""
    if isinstance(given, Iterable) and not isinstance(given, str):
        return [text for item in given for text in _plain(item)]
    return [given.email if isinstance(given, DAObject) else given]


def give_access(asked: AskedField, files: DAFileList) -> None:
    """Have those see the files of a field whom it names."""
    access = asked.options.get("access", {})
    if "attributes" in access:
        files.set_attributes(**access["attributes"])
    if "allow users" in access:
        files.user_access(*access["allow users"])
    if "allow privileges" in access:
        files.privilege_access(*access["allow privileges"])
