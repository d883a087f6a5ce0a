"""What stands for an object whose class is gone, so that nothing of it is lost until the class is back."""

from __future__ import annotations

import copyreg
import importlib
from typing import Any, NoReturn, cast

from docassemble_lite.errors import LiteError


class ClassIsMissing(LiteError):
    """A stored answer belongs to a class that can't be found."""


class _MissingType(type):
    """The type of the classes that stand for missing ones. Calling such a class remembers the call."""

    missing_module: str
    missing_name: str
    # a function that exists, when only what it was to be called with is missing
    missing_function: Any

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        instance: MissingClass = MissingClass.__new__(cls, *args, **kwargs)  # type: ignore[arg-type]
        object.__setattr__(instance, "_called", True)
        return instance

    def __repr__(cls) -> str:
        return f"<missing class {cls.missing_module}.{cls.missing_name}>"


class MissingClass(metaclass=_MissingType):
    """An object of a class that can't be found: it keeps all that was stored of the object, and is stored as that again.

    Whoever wants something of it meets `ClassIsMissing`, which names the class.
    """

    missing_module = ""
    missing_name = ""
    missing_function: Any = None

    def __new__(cls, *args: Any, **kwargs: Any) -> MissingClass:
        instance = object.__new__(cls)
        kept = {
            "_called": False,
            "_args": args,
            "_kwargs": kwargs,
            "_has_state": False,
            "_state": None,
            "_items": [],
            "_pairs": [],
        }
        for name, value in kept.items():
            object.__setattr__(instance, name, value)
        return instance

    def __setstate__(self, state: Any) -> None:
        object.__setattr__(self, "_state", state)
        object.__setattr__(self, "_has_state", True)

    # these three are how pickle fills an object that was a list, a set or a dictionary

    def extend(self, items: Any) -> None:
        self._kept("_items").extend(items)

    def append(self, item: Any) -> None:
        self._kept("_items").append(item)

    def add(self, item: Any) -> None:
        self._kept("_items").append(item)

    def __setitem__(self, key: Any, value: Any) -> None:
        self._kept("_pairs").append((key, value))

    def __reduce_ex__(self, protocol: Any) -> tuple[Any, ...]:
        state = self._kept("_state") if self._kept("_has_state") else None
        items, pairs = self._kept("_items"), self._kept("_pairs")
        return (*self._construction(), state, iter(items) if items else None, iter(pairs) if pairs else None)

    def _construction(self) -> tuple[Any, tuple[Any, ...]]:
        args, kwargs = self._kept("_args"), self._kept("_kwargs")
        if self._kept("_called"):
            return type(self).missing_function or type(self), args
        if kwargs:
            return copyreg.__newobj_ex__, (type(self), args, kwargs)  # type: ignore[attr-defined]
        return copyreg.__newobj__, (type(self), *args)  # type: ignore[attr-defined]

    def _kept(self, name: str) -> Any:
        return object.__getattribute__(self, name)

    def __getattr__(self, name: str) -> NoReturn:
        if name.startswith("__"):
            raise AttributeError(name)
        self._refuse()

    def __setattr__(self, name: str, value: Any) -> None:
        self._refuse()

    def __delattr__(self, name: str) -> None:
        self._refuse()

    def __getitem__(self, key: Any) -> NoReturn:
        self._refuse()

    def __iter__(self) -> NoReturn:
        self._refuse()

    def __call__(self, *args: Any, **kwargs: Any) -> NoReturn:
        self._refuse()

    def __repr__(self) -> str:
        return f"<object of the missing class {self.missing_module}.{self.missing_name}>"

    __hash__ = object.__hash__

    def _refuse(self) -> NoReturn:
        raise ClassIsMissing(
            f"A stored answer is of the class {self.missing_name} of the module {self.missing_module}, which can't be found. "
            "The answer is kept as it was stored; bring the class back, under this name, to use it."
        )


def refer(module: str, name: str) -> Any:
    """The class `name` of `module`, or a class that stands for it.

    Stored rows call this function by its name and module, so both must stay.
    """
    try:
        found: Any = importlib.import_module(module)
        for part in name.split("."):
            found = getattr(found, part)
    except (ImportError, AttributeError, SyntaxError):
        return missing_class(module, name)
    return found


def missing_class(module: str, name: str) -> type[MissingClass]:
    """A class that stands for the class `name` of `module`."""
    attributes = {"missing_module": module, "missing_name": name}
    return cast("type[MissingClass]", _MissingType(name, (MissingClass,), attributes))


def get_attribute(owner: Any, name: str) -> Any:
    """`getattr`, by which pickle finds methods, for owners that may be missing."""
    if not isinstance(owner, (MissingClass, _MissingType)):
        return getattr(owner, name)
    cls = owner if isinstance(owner, _MissingType) else type(owner)
    attributes = {"missing_module": cls.missing_module, "missing_name": cls.missing_name, "missing_function": getattr}
    return _MissingType(cls.__name__, (MissingClass,), attributes)(owner, name)


def _reduce_missing_class(cls: _MissingType) -> Any:
    if cls is MissingClass:
        return "MissingClass"
    return refer, (cls.missing_module, cls.missing_name)


copyreg.pickle(_MissingType, _reduce_missing_class)
