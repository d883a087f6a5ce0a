"""Objects are stored with the answers and come back."""

from __future__ import annotations

import pickle
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from docassemble_lite.objects import (
    DADict,
    DAEmpty,
    DAIndexError,
    DAList,
    DAObject,
    DAOrderedDict,
    DASet,
    Individual,
    Organization,
)


def restored(value: Any) -> Any:
    return pickle.loads(pickle.dumps(value))


def test_objects_are_restored_with_their_attributes(alice: Individual) -> None:
    assert str(restored(alice)) == "Alice Archer"


def test_objects_that_two_variables_share_are_still_shared(alice: Individual) -> None:
    answers = restored({"client": alice, "people": DAList("people", elements=[alice])})
    assert answers["people"][0] is answers["client"]


def test_objects_that_refer_to_each_other_are_restored() -> None:
    park = DAObject("park")
    park.gate = DAObject(park=park)
    again = restored(park)
    assert again.gate.park is again


@pytest.mark.parametrize("kind", [DAList, DADict, DAOrderedDict, DASet, Organization])
def test_every_kind_of_object_is_restored_outside_of_an_evaluation(kind: type[DAObject]) -> None:
    # in a thread of its own, where nothing is being evaluated
    with ThreadPoolExecutor(1) as outside:
        again = outside.submit(restored, kind("thing")).result()
    assert again.instanceName == "thing"


def test_a_list_keeps_of_what_its_items_are_made() -> None:
    people = restored(DAList("people", object_type=Individual.using(gender="female")))
    assert people.appendObject().gender == "female"


def test_a_set_of_objects_is_restored(alice: Individual) -> None:
    assert [str(member) for member in restored(DASet("people", elements=[alice]))] == ["Alice Archer"]


def test_nothing_is_restored_with_its_text() -> None:
    assert str(restored(DAEmpty(str="n/a"))) == "n/a"


def test_what_was_missing_is_still_known_after_an_error_was_stored() -> None:
    assert restored(DAIndexError("people[3]")).wanted == "people[3]"
