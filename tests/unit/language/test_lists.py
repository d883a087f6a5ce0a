from docassemble_lite.language.choices import name_suffix, period_list
from docassemble_lite.language.conventions import set_language
from docassemble_lite.language.lists import add_separators, comma_and_list, comma_list

ANIMALS = ["lions", "tigers", "bears"]


def test_three_items_have_a_comma_before_the_and() -> None:
    assert comma_and_list(ANIMALS) == "lions, tigers, and bears"


def test_the_comma_before_the_and_can_be_left_out() -> None:
    assert comma_and_list(ANIMALS, oxford=False) == "lions, tigers and bears"


def test_items_may_be_arguments() -> None:
    assert comma_and_list("fish", "toads", "frogs") == "fish, toads, and frogs"


def test_two_items_have_no_comma() -> None:
    assert comma_and_list("fish", "toads") == "fish and toads"


def test_one_item_stands_alone_and_none_is_nothing() -> None:
    assert [comma_and_list("fish"), comma_and_list([])] == ["fish", ""]


def test_items_may_be_of_any_kind_and_come_from_a_generator() -> None:
    assert comma_and_list(number for number in (1, 2, 3)) == "1, 2, and 3"


def test_the_joints_can_be_chosen() -> None:
    assert comma_and_list(ANIMALS, and_string="or") == "lions, tigers, or bears"
    assert comma_and_list(ANIMALS, comma_string="; ") == "lions; tigers; and bears"
    assert comma_and_list(ANIMALS, before_and="---") == "lions, tigers,---and bears"
    assert comma_and_list(ANIMALS, after_and=" (last) ") == "lions, tigers, and (last) bears"


def test_another_language_has_its_own_joint_and_no_comma_before_it() -> None:
    set_language("fr")
    assert comma_and_list("A", "B", "C") == "A, B et C"


def test_a_comma_list_has_no_and() -> None:
    assert [comma_list(ANIMALS), comma_list("a", "b", comma_string="; "), comma_list("a")] == [
        "lions, tigers, bears",
        "a; b",
        "a",
    ]


def test_separators_follow_the_items_of_an_enumeration() -> None:
    assert add_separators(ANIMALS) == ["lions;", "tigers; and", "bears."]
    assert [add_separators(["one"]), add_separators([])] == [["one."], []]


def test_separators_can_be_chosen() -> None:
    assert add_separators(ANIMALS, separator=",", last_separator=", or", end_mark="!") == ["lions,", "tigers, or", "bears!"]


def test_periods_come_with_how_often_they_are_in_a_year() -> None:
    assert period_list()[0] == [12, "Per Month"]
    assert {times for times, _ in period_list()} == {1, 12, 24, 26, 52}


def test_suffixes_of_names_begin_with_junior() -> None:
    assert name_suffix() == ["Jr", "Sr", "II", "III", "IV", "V", "VI"]
