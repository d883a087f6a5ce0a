"""Answers as plain data."""

from __future__ import annotations

import datetime
import json
from decimal import Decimal

from docassemble_lite.objects import DAList, DAObject, Individual, Name, Thing, serializable


class Secretive(DAObject):
    def to_json(self) -> str:
        return "nothing to see here"


def test_an_object_becomes_a_dictionary_with_its_class_and_name() -> None:
    assert Name("rock.name", text="Rocky").as_serializable() == {
        "_class": "docassemble.base.util.Name",
        "instanceName": "rock.name",
        "text": "Rocky",
    }


def test_a_list_shows_its_elements_and_of_what_they_are_made() -> None:
    rocks = DAList("rocks", object_type=Thing)
    rocks.appendObject(name="Rocky")
    plain = json.loads(json.dumps(rocks.as_serializable()))
    assert plain["elements"][0]["name"]["text"] == "Rocky"
    assert plain["object_type"] == {"_class": "type", "name": "docassemble.base.util.Thing"}
    assert (plain["auto_gather"], plain["minimum_number"], plain["object_type_parameters"]) == (True, None, {})


def test_dates_sets_and_decimals_become_plain() -> None:
    born = datetime.date(2000, 4, 1)
    assert serializable({"born": born, 3: {"x"}, "share": Decimal("0.5")}) == {"born": "2000-04-01", "3": ["x"], "share": 0.5}


def test_what_has_no_plain_form_becomes_none() -> None:
    assert serializable([print, object()]) == [None, None]


def test_an_object_that_contains_itself_appears_inside_by_name_only() -> None:
    alice = Individual("alice")
    alice.friends = [alice]
    assert alice.as_serializable()["friends"] == [{"_class": "docassemble.base.util.Individual", "instanceName": "alice"}]


def test_a_list_that_contains_itself_ends() -> None:
    loop: list[object] = []
    loop.append(loop)
    assert serializable(loop) == [None]


def test_a_class_can_say_how_it_becomes_plain() -> None:
    assert serializable([Secretive("s")]) == ["nothing to see here"]


def test_a_class_of_an_interview_is_known_by_its_own_module() -> None:
    class Own(DAObject):
        pass

    assert Own("own").as_serializable()["_class"].endswith("Own")
    assert not Own("own").as_serializable()["_class"].startswith("docassemble.base")
