"""Answers as plain data that can become JSON: objects are dictionaries with a `_class`."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from docassemble_lite.objects.missing import MissingVariable

if TYPE_CHECKING:
    from docassemble_lite.objects.base import DAObject

# under this module interviews and programs that exchange answers know the classes of the library
PUBLIC_MODULE = "docassemble.base.util"
_NOT_SHOWN = {"has_nonrandom_instance_name", "attrList"}


def serializable(value: Any) -> Any:
    """The value as numbers, texts, booleans, None, lists and dictionaries. What has no such form becomes None.

    Dates and times become texts in ISO format. Where an object contains itself, only its class and name appear.
    """
    return _plain(value, ())


def public_name(cls: type) -> str:
    """The full name under which a class is known outside."""
    own = cls.__module__.startswith("docassemble_lite.")
    return f"{PUBLIC_MODULE if own else cls.__module__}.{cls.__qualname__}"


def _plain(value: Any, within: tuple[int, ...]) -> Any:
    from docassemble_lite.objects.base import DAObject

    if isinstance(value, DAObject):
        return _plain_object(value, within)
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, type):
        return {"_class": "type", "name": public_name(value)}
    if id(value) in within:
        return None
    if isinstance(value, Mapping):
        return {_key(key): _plain(item, (*within, id(value))) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_plain(item, (*within, id(value))) for item in value]
    return None


def _plain_object(value: DAObject, within: tuple[int, ...]) -> Any:
    to_json = getattr(type(value), "to_json", None)
    if to_json is not None:
        return to_json(value)
    plain: dict[str, Any] = {"_class": public_name(type(value)), "instanceName": value.instanceName}
    if id(value) not in within:
        for name, item in vars(value).items():
            if name not in _NOT_SHOWN:
                plain[name] = _plain(item, (*within, id(value)))
    return plain


def _key(key: Any) -> str:
    try:
        return str(key)
    except MissingVariable:
        return repr(key)
