"""Answers to bytes and back."""

from __future__ import annotations

import io
import pickle
import types
import zlib
from collections.abc import Mapping
from typing import Any

from docassemble_lite.errors import AnswersNotStorable, LiteError
from docassemble_lite.store.missing import get_attribute, missing_class

# the first byte says how the rest is to be read
_PICKLED = 1
_PICKLED_AND_COMPRESSED = 2
_PROTOCOL = 5
_COMPRESSED_ABOVE = 1024
#: What isn't stored among the answers, as it belongs to the process: code, and files that were opened.
LEFT_OUT = (types.ModuleType, types.FunctionType, types.BuiltinFunctionType, type, io.IOBase)
_CANNOT_PICKLE = (pickle.PicklingError, TypeError, AttributeError, ValueError, NotImplementedError, RecursionError)


class UnknownFormat(LiteError):
    """The answers were stored by a newer version of the server."""


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("builtins", "getattr"):
            return get_attribute
        try:
            return super().find_class(module, name)
        except (ImportError, AttributeError, SyntaxError):
            return missing_class(module, name)


def freeze(answers: Mapping[str, Any], extra: Any = None) -> bytes:
    """The answers, and whatever goes with them, as bytes.

    Modules, functions, classes, open files and `__builtins__` among the answers are left out. Raises `AnswersNotStorable`,
    with the name of the variable, when a value can't be stored.
    """
    kept = {name: value for name, value in answers.items() if name != "__builtins__" and not isinstance(value, LEFT_OUT)}
    try:
        pickled = pickle.dumps((kept, extra), _PROTOCOL)
    except _CANNOT_PICKLE as error:
        raise _not_storable(kept, error) from error
    if len(pickled) > _COMPRESSED_ABOVE:
        return bytes([_PICKLED_AND_COMPRESSED]) + zlib.compress(pickled, 1)
    return bytes([_PICKLED]) + pickled


def thaw(frozen: bytes) -> tuple[dict[str, Any], Any]:
    """The answers and what went with them, from the bytes that `freeze` made.

    Reading these bytes can run code: the caller must have made sure (`Vault.decrypt`, `Vault.verify`) that this server
    wrote them. An object whose class can't be found comes back as a `MissingClass`.
    """
    if frozen[:1] == bytes([_PICKLED_AND_COMPRESSED]):
        pickled = zlib.decompress(frozen[1:])
    elif frozen[:1] == bytes([_PICKLED]):
        pickled = frozen[1:]
    else:
        raise UnknownFormat
    answers, extra = _Unpickler(io.BytesIO(pickled)).load()
    return answers, extra


def _not_storable(answers: Mapping[str, Any], error: Exception) -> AnswersNotStorable:
    for name, value in answers.items():
        try:
            pickle.dumps(value, _PROTOCOL)
        except _CANNOT_PICKLE as reason:
            return AnswersNotStorable(
                f"The variable {name}, of the type {_type_name(value)}, can't be stored: {reason}. "
                f"Keep the data that you need from it (text, numbers, lists, objects of classes in a module) in a variable, "
                f"and delete {name} (“del {name}”) or make it anew whenever it is needed."
            )
    return AnswersNotStorable(f"The state of the session can't be stored: {error}.")


def _type_name(value: Any) -> str:
    kind = type(value)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
