"""Answers to bytes and back, and what happens when a class goes away."""

from __future__ import annotations

import datetime
import importlib
import math
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from docassemble_lite.errors import AnswersNotStorable
from docassemble_lite.store.freezer import UnknownFormat, freeze, thaw
from docassemble_lite.store.missing import ClassIsMissing, MissingClass

PETS = """
import dataclasses, enum

class Pet:
    def __init__(self, name):
        self.name = name
        self.friends = []
    def speak(self):
        return self.name
    class Collar:
        colour = "red"

class Herd(list): pass
class Register(dict): pass
class Names(set): pass

class Size(enum.Enum):
    SMALL = 1
    LARGE = 2

@dataclasses.dataclass(frozen=True, slots=True)
class Visit:
    day: int
    size: Size

class Odd:
    def __new__(cls, *, number):
        self = super().__new__(cls)
        self.number = number
        return self
    def __getnewargs_ex__(self):
        return (), {"number": self.number}

def build(number):
    return Built(number)

class Built:
    def __init__(self, number):
        self.number = number
    def __reduce__(self):
        return build, (self.number,)
"""


@pytest.fixture
def pets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A module with classes, that `leave` and `come_back` take away and bring back."""
    (tmp_path / "pets_of_a_test.py").write_text(PETS)
    monkeypatch.syspath_prepend(tmp_path)
    yield importlib.import_module("pets_of_a_test")
    sys.modules.pop("pets_of_a_test", None)


@pytest.fixture
def leave(pets: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Makes the module of the pets disappear."""
    return lambda: monkeypatch.setitem(sys.modules, "pets_of_a_test", None)  # type: ignore[arg-type]


@pytest.fixture
def come_back(pets: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Brings the module of the pets back."""
    return lambda: monkeypatch.setitem(sys.modules, "pets_of_a_test", pets)


def test_answers_of_all_kinds_come_back() -> None:
    answers = {
        "text": "für",
        "number": 1.5,
        "list": [1, {"a": (2, None)}],
        "day": datetime.date(2026, 5, 4),
        "long": "x" * 100_000,
    }
    assert thaw(freeze(answers, {"extra": 1})) == (answers, {"extra": 1})


def test_objects_that_two_variables_share_stay_one() -> None:
    shared = ["a"]
    answers, extra = thaw(freeze({"x": shared, "y": [shared]}, shared))
    assert answers["x"] is answers["y"][0] is extra


def test_long_answers_are_compressed() -> None:
    assert len(freeze({"x": "word " * 20_000})) < 5_000


def test_modules_functions_classes_files_and_builtins_are_left_out(tmp_path: Path) -> None:
    with (tmp_path / "words").open("w") as file:
        pass
    answers = {"m": math, "f": lambda: 1, "b": len, "c": dict, "file": file, "__builtins__": {"open": open}, "x": 1}
    assert thaw(freeze(answers)) == ({"x": 1}, None)


def test_freezing_changes_nothing_in_the_answers() -> None:
    answers = {"m": math, "__builtins__": {}, "x": [1]}
    freeze(answers)
    assert answers == {"m": math, "__builtins__": {}, "x": [1]}


@pytest.mark.parametrize(
    "value", [threading.Lock(), [lambda: 1], (number for number in [1])], ids=["lock", "lambda", "generator"]
)
def test_what_cannot_be_stored_is_named_with_its_type(value: object) -> None:
    with pytest.raises(AnswersNotStorable) as caught:
        freeze({"fine": 1, "handle": value})
    assert "handle" in str(caught.value)
    assert type(value).__qualname__ in str(caught.value)
    assert "del handle" in str(caught.value)


def test_answers_too_deep_to_store_are_named() -> None:
    deep: list[Any] = []
    for _ in range(200_000):
        deep = [deep]
    with pytest.raises(AnswersNotStorable, match="nest"):
        freeze({"nest": deep})
    while deep:
        deep = deep.pop()


def test_bytes_of_an_unknown_format_are_not_read() -> None:
    for unknown in (b"", b"\x09rest"):
        with pytest.raises(UnknownFormat):
            thaw(unknown)


def test_an_object_whose_class_is_gone_says_so(pets: Any, leave: Callable[[], None]) -> None:
    """P23: the answers open, and whoever uses the object is told the class."""
    frozen = freeze({"pet": pets.Pet("Rex"), "x": 1})
    leave()
    answers, _ = thaw(frozen)
    assert answers["x"] == 1
    assert isinstance(answers["pet"], MissingClass)
    uses: list[Callable[[Any], Any]] = [
        lambda pet: pet.name,
        lambda pet: setattr(pet, "name", "Max"),
        lambda pet: delattr(pet, "name"),
        lambda pet: pet[0],
        lambda pet: list(pet),
        lambda pet: pet(),
        lambda pet: hasattr(pet, "name"),
    ]
    for use in uses:
        with pytest.raises(ClassIsMissing, match=r"Pet of the module pets_of_a_test"):
            use(answers["pet"])


@pytest.mark.parametrize("savings", [1, 2, 3])
def test_an_object_comes_back_with_its_class(
    pets: Any, leave: Callable[[], None], come_back: Callable[[], None], savings: int
) -> None:
    """P23: however often the answers are saved without the class, nothing of them is lost."""
    rex, max_ = pets.Pet("Rex"), pets.Pet("Max")
    rex.friends.append(max_)
    max_.friends.append(rex)
    answers = {
        "pet": rex,
        "herd": pets.Herd([rex, 2]),
        "register": pets.Register(a=rex),
        "names": pets.Names(["x"]),
        "size": [pets.Size.LARGE],
        "visit": pets.Visit(3, pets.Size.SMALL),
        "odd": pets.Odd(number=5),
        "built": pets.Built(6),
        "classes": [pets.Pet, pets.Pet.Collar, pets.build],
        "method": [rex.speak],
    }
    frozen = freeze(answers, [rex])
    leave()
    for _ in range(savings):
        frozen = freeze(*thaw(frozen))
    come_back()
    back, extra = thaw(frozen)
    again = back["pet"]
    assert type(again) is pets.Pet
    assert again.friends[0].friends[0] is again is extra[0] is back["herd"][0] is back["register"]["a"]
    assert (back["herd"][1], type(back["herd"]), type(back["register"])) == (2, pets.Herd, pets.Register)
    assert (back["names"], type(back["names"])) == ({"x"}, pets.Names)
    assert (back["size"], back["visit"]) == ([pets.Size.LARGE], pets.Visit(3, pets.Size.SMALL))
    assert (back["odd"].number, back["built"].number) == (5, 6)
    assert back["classes"] == [pets.Pet, pets.Pet.Collar, pets.build]
    assert back["method"][0]() == "Rex"


def test_a_class_that_was_renamed_in_its_module_is_missing_too(pets: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """P23: a module that is there but lacks the class is no obstacle."""
    frozen = freeze({"pet": pets.Pet("Rex")})
    monkeypatch.delattr(pets, "Pet")
    assert isinstance(thaw(frozen)[0]["pet"], MissingClass)


def test_an_object_of_a_missing_class_can_be_printed_and_compared(pets: Any, leave: Callable[[], None]) -> None:
    frozen = freeze({"pet": pets.Pet("Rex")})
    leave()
    pet = thaw(frozen)[0]["pet"]
    assert "pets_of_a_test.Pet" in repr(pet)
    assert pet == pet
    assert {pet: 1}[pet] == 1
