"""`DAObject`: an object of an interview. It knows the name of its variable, so what it lacks can be asked for."""

from __future__ import annotations

import copy
import secrets
import string
from collections.abc import Iterator
from functools import reduce
from typing import Any, NoReturn, Self

from docassemble_lite.language.numbers import ordinal
from docassemble_lite.language.phrases import a_in_the_b
from docassemble_lite.language.words import word
from docassemble_lite.objects.missing import DAAttributeError
from docassemble_lite.objects.paths import Segment, segments_of
from docassemble_lite.objects.phrasing import Phrasing, finished
from docassemble_lite.objects.renaming import carry_out, renamings_of_belongings, renamings_of_everything
from docassemble_lite.objects.serializable import serializable
from docassemble_lite.objects.using import Using

# what Python and its tools ask every object for; never a variable of an interview
_PROBES = ("__", "_ipython_", "_repr_", "_pytest")


class DAObject(Phrasing):
    """An object whose attributes an interview can ask for.

    `DAObject('client')` is the object of the variable `client`; without a name it gets a random one until it is
    assigned to a variable or an attribute. A missing attribute raises `DAAttributeError` with the object's own name,
    whatever other variables refer to it. Subclasses set themselves up in `init()`.
    """

    instanceName: str
    attrList: list[str]
    has_nonrandom_instance_name: bool

    def __init__(self, instanceName: str | None = None, *positional: Any, **attributes: Any) -> None:
        self.__dict__["instanceName"] = _random_name() if instanceName is None else str(instanceName)
        self.__dict__["has_nonrandom_instance_name"] = instanceName is not None
        self.__dict__["attrList"] = []
        self.init(*positional, **attributes)

    def init(self, *positional: Any, **attributes: Any) -> None:
        """Set up a new object. A subclass that overrides this calls `super().init(*positional, **attributes)`."""
        for name, value in attributes.items():
            setattr(self, name, value)

    @classmethod
    def using(cls, **attributes: Any) -> Using:
        """This class together with attributes that each new object begins with."""
        return Using(cls, attributes)

    # --- attributes ------------------------------------------------------------------------------------------------

    def __getattr__(self, name: str) -> Any:
        if name == "instanceName" or name.startswith(_PROBES) or "instanceName" not in self.__dict__:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        if hasattr(type(self), name):
            # a property that needs something missing: raise what it raised, not that the property is missing
            return object.__getattribute__(self, name)
        raise DAAttributeError(self.attr_name(name))

    def __setattr__(self, name: str, value: Any) -> None:
        self._adopt(value, f"{self.instanceName}.{name}")
        super().__setattr__(name, value)
        if name == "instanceName":
            self.__dict__["has_nonrandom_instance_name"] = True

    def initializeAttribute(self, name: str, kind: Any, **attributes: Any) -> Any:
        """Make `kind`, a class or what `using()` gives, the attribute `name` unless it is there already; the attribute."""
        if name in self.__dict__:
            return self.__dict__[name]
        return self.reInitializeAttribute(name, kind, **attributes)

    def reInitializeAttribute(self, name: str, kind: Any, **attributes: Any) -> Any:
        """Make `kind` the attribute `name`, in place of what is there; the new attribute."""
        value = self._made(self.attr_name(name), kind, attributes)
        setattr(self, name, value)
        if name not in self.attrList:
            self.attrList.append(name)
        return value

    def attribute_defined(self, name: str) -> bool:
        """Whether the attribute has a value; nothing is asked."""
        return hasattr(self, name)

    def attr(self, name: str) -> Any:
        """The attribute's value, or None if it has none; nothing is asked."""
        return getattr(self, name, None)

    def attr_name(self, name: str) -> str:
        """The name of the attribute as a variable, e.g. `people[3].birthdate`."""
        return f"{self.instanceName}.{name}"

    def delattr(self, *names: str) -> None:
        """Remove attributes; those that aren't there are passed over."""
        for name in names:
            self.__dict__.pop(name, None)

    def raise_undefined_attribute_error(self, name: str) -> NoReturn:
        """Say that an attribute has no value: for properties of subclasses."""
        raise DAAttributeError(self.attr_name(name))

    # --- names -----------------------------------------------------------------------------------------------------

    def _set_instance_name_recursively(self, name: str, matching: str | None = None) -> None:
        """Call this object, and what is named after it, by another name.

        With `matching`, only if its present name is that or begins with it and a dot or bracket.
        """
        if matching is None or self.instanceName == matching or self.instanceName.startswith((matching + ".", matching + "[")):
            carry_out(renamings_of_belongings(self, name, True))

    def _adopt(self, value: Any, name: str) -> None:
        """Name an object that is assigned to a part of this one, if it has no name of its own yet."""
        if isinstance(value, DAObject) and not value.has_nonrandom_instance_name and value is not self:
            carry_out(renamings_of_belongings(value, name, self.has_nonrandom_instance_name))

    def _parts(self) -> Iterator[tuple[DAObject, str]]:
        """The objects that this one refers to, each with how its name would go on after the name of this one."""
        for name, value in self.__dict__.items():
            if isinstance(value, DAObject):
                yield value, "." + name

    def _made(self, name: str, kind: Any, attributes: dict[str, Any]) -> Any:
        if not callable(kind):
            raise TypeError(f"{name} can't be made of {kind!r}: it must be a class, or what its using() gives.")
        return kind(name, **attributes)

    # --- copies ----------------------------------------------------------------------------------------------------

    def copy_shallow(self, name: str) -> Self:
        """A copy under another name that shares its parts with this one."""
        copied = copy.copy(self)
        copied.instanceName = name
        copied.__dict__["attrList"] = list(self.attrList)
        return copied

    def copy_deep(self, name: str) -> Self:
        """A copy under another name, with copies of all parts, each named after it."""
        copied = copy.deepcopy(self)
        carry_out(renamings_of_everything(copied, name))
        return copied

    def as_serializable(self) -> Any:
        """The object as plain data that can become JSON: dictionaries with a `_class` and an `instanceName`."""
        return serializable(self)

    # --- text ------------------------------------------------------------------------------------------------------

    def object_name(self, **options: Any) -> str:
        """What the variable is called, in words: `park.front_gate` is "front gate in the park"."""
        words = [_in_words(segment) for segment in reversed(segments_of(self.instanceName))]
        return finished(reduce(a_in_the_b, words), options)

    def __str__(self) -> str:
        return self.object_name()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.__dict__.get('instanceName')!r})"

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)

    # objects are sorted by their texts, so that lists of people can be

    def __lt__(self, other: object) -> bool:
        return str(self) < str(other)

    def __le__(self, other: object) -> bool:
        return str(self) <= str(other)

    def __gt__(self, other: object) -> bool:
        return str(self) > str(other)

    def __ge__(self, other: object) -> bool:
        return str(self) >= str(other)


def _random_name() -> str:
    return "".join(secrets.choice(string.ascii_letters) for _ in range(12))


def _in_words(segment: Segment) -> str:
    """ "second first child" for `child[0][1]`."""
    phrase = word(segment.word.replace("_", " "))
    for index in segment.indices:
        phrase = f"{ordinal(index) if isinstance(index, int) else index} {phrase}"
    return phrase
