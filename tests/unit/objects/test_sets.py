"""Sets."""

from __future__ import annotations

import pytest

from docassemble_lite.objects import DAAttributeError, DASet, Individual


@pytest.fixture
def colors() -> DASet:
    return DASet("colors", elements=["red", "blue", "green"])


def test_members_come_in_alphabetical_order(colors: DASet) -> None:
    assert list(colors) == ["blue", "green", "red"]
    assert str(colors) == "blue, green, and red"


def test_a_member_is_in_once(colors: DASet) -> None:
    colors.add("blue", "pink")
    assert colors.number_as_word() == "four"


def test_discard_passes_over_what_is_not_in(colors: DASet) -> None:
    colors.discard("red", "black")
    assert colors == {"blue", "green"}


def test_removing_what_is_not_in_is_an_error(colors: DASet) -> None:
    with pytest.raises(KeyError):
        colors.remove("black")


def test_pop_takes_out_a_member(colors: DASet) -> None:
    assert colors.pop() not in colors.elements
    assert len(colors) == 2


def test_operators_give_plain_sets(colors: DASet) -> None:
    assert colors | {"pink"} == {"red", "blue", "green", "pink"}
    assert colors & {"red", "pink"} == {"red"}
    assert colors - DASet("others", elements=["red"]) == {"blue", "green"}


def test_members_that_cannot_be_shown_yet_can_be_compared() -> None:
    unknown = Individual("client")
    assert DASet("people", elements=[unknown]).intersection([unknown]) == {unknown}


def test_without_auto_gather_whatever_needs_the_whole_set_wants_gathered() -> None:
    with pytest.raises(DAAttributeError, match=r"colors\.gathered"):
        len(DASet("colors", auto_gather=False))
