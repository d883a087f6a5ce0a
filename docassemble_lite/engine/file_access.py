"""Who may see the files of a field, or of a document, besides their session: what authors say, and what the files are told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from docassemble_lite.engine.document import Items, Section
from docassemble_lite.engine.expressions import Expression, constant_or_expression
from docassemble_lite.objects import DAFileCollection, DAFileList
from docassemble_lite.objects.base import DAObject

_WHETHER = ("private", "persistent")
_WHO = ("allow users", "allow privileges")
#: What says who may see files.
ACCESS_KEYS = frozenset({*_WHETHER, *_WHO})


def access_flags(section: Section) -> dict[str, Any]:
    """What a section says of who may see files: values, and expressions that give them. Raises `SourceError`."""
    flags = {key: _whether(section, key) for key in _WHETHER if section.get(key) is not None}
    return flags | {key: _who(section, key) for key in _WHO if section.get(key) is not None}


def _whether(section: Section, key: str) -> Any:
    value = section[key]
    if not isinstance(value, (bool, str)):
        raise section.mistake(key, f"“{key}” must be True, False, or Python code that gives one of them.")
    return constant_or_expression(value, section.value_place(key))


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


def evaluated(flags: Mapping[str, Any], answers: dict[str, Any]) -> dict[str, Any]:
    """What `access_flags` gave, as it is now, for `give_access`; empty if it says nothing."""
    return asked_access({key: flag.evaluate(answers) if isinstance(flag, Expression) else flag for key, flag in flags.items()})


def asked_access(keys: Mapping[str, Any]) -> dict[str, Any]:
    """The same as plain data, once all expressions have been evaluated."""
    attributes = {key: bool(keys[key]) for key in _WHETHER if key in keys}
    who = {key: _plain(keys[key]) for key in _WHO if keys.get(key) is not None}
    found = {"attributes": attributes} if attributes else {}
    return found | who


def _plain(given: Any) -> list[Any]:
    """Texts and numbers, for objects their e-mail addresses."""
    if isinstance(given, Iterable) and not isinstance(given, str):
        return [text for item in given for text in _plain(item)]
    return [given.email if isinstance(given, DAObject) else given]


def give_access(access: Mapping[str, Any], files: DAFileList | DAFileCollection) -> None:
    """Have those see the files who are named."""
    if "attributes" in access:
        files.set_attributes(**access["attributes"])
    if "allow users" in access:
        files.user_access(*access["allow users"])
    if "allow privileges" in access:
        files.privilege_access(*access["allow privileges"])
