"""How a missing variable is sought: which blocks are tried, in which order, and what happens around them."""

from __future__ import annotations

import pytest

from docassemble_lite.errors import EvaluationError
from tests.unit.engine.interviewing import failure, interview


def wanting(expression: str, blocks: str) -> str:
    """An interview that shows the expression, with these blocks."""
    return f"    mandatory: True\n    question: Got ${{ {expression} }}\n    ---\n{blocks}"


def questions(*texts: str, variable: str = "a", more: str = "") -> str:
    """Blocks that ask for the variable, each with its text."""
    return "\n    ---\n".join(f"    question: {text}\n    {more}\n    fields:\n      - A: {variable}" for text in texts)


# --- order -----------------------------------------------------------------------------------------------------------


def test_the_later_block_is_tried_first():
    assert interview(wanting("a", questions("Early", "Late"))).question == "Late"


def test_an_including_file_overrides_the_included_one():
    session = interview("    include: base.yml\n    ---\n" + wanting("a", questions("Mine")), base_yml=questions("Base"))
    assert session.question == "Mine"


def test_an_include_at_the_end_overrides_what_stands_before_it():
    session = interview(wanting("a", questions("Mine")) + "\n    ---\n    include: base.yml", base_yml=questions("Base"))
    assert session.question == "Base"


def test_a_superseding_block_is_tried_before_the_one_that_it_names():
    session = interview(
        wanting(
            "a",
            """
    id: early
    supersedes: late
    question: Early
    fields:
      - A: a
    ---
    id: late
    question: Late
    fields:
      - A: a
    """,
        )
    )
    assert session.question == "Early"


def test_an_order_block_says_which_block_is_tried_first():
    session = interview(
        wanting(
            "a",
            """
    order:
      - one
      - two
    ---
    id: one
    question: One
    fields:
      - A: a
    ---
    id: two
    question: Two
    fields:
      - A: a
    """,
        )
    )
    assert session.question == "One"


def test_a_block_whose_condition_does_not_hold_is_passed_over():
    session = interview(wanting("a", questions("Early") + "\n    ---\n" + questions("Late", more="if: 1 == 2")))
    assert session.question == "Early"


def test_all_of_several_conditions_must_hold():
    session = interview(
        wanting(
            "a",
            questions("Early")
            + """
    ---
    if:
      - 1 == 1
      - 1 == 2
    question: Late
    fields:
      - A: a
    """,
        )
    )
    assert session.question == "Early"


def test_what_a_condition_needs_is_sought_first():
    session = interview(
        wanting(
            "a",
            questions("Early") + "\n    ---\n" + questions("Late", more="if: b") + "\n    ---\n    question: B?\n    yesno: b",
        )
    )
    assert session.question == "B?"
    assert session.answer("No").question == "Early"


def test_code_that_leaves_the_variable_undefined_gives_way_to_the_next_block():
    session = interview(
        wanting(
            "a",
            questions("Asked")
            + """
    ---
    code: |
      if 1 == 2:
        a = 'never'
    """,
        )
    )
    assert session.question == "Asked"


def test_code_that_defines_the_variable_needs_no_question():
    assert interview(wanting("a", questions("Asked") + "\n    ---\n    code: |\n      a = 5")).question == "Got 5"


def test_blocks_of_the_current_language_are_tried_before_those_of_all():
    first = "    initial: True\n    code: |\n      set_language('es')\n    ---\n"
    blocks = questions("Hola", more="language: es") + "\n    ---\n" + questions("Hello")
    assert interview(first + wanting("a", blocks)).question == "Hola"


def test_blocks_of_another_language_are_not_tried():
    assert (
        interview(wanting("a", questions("Hello") + "\n    ---\n" + questions("Hola", more="language: es"))).question == "Hello"
    )


def test_the_default_language_holds_for_the_blocks_that_follow():
    text = wanting("a", questions("Hello") + "\n    ---\n    default language: es\n    ---\n" + questions("Hola"))
    assert interview(text).question == "Hello"


# --- what defines what -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "block",
    [
        "code: |\n      a = 1",
        "code: |\n      a, b = 1, 2",
        "code: |\n      for a in [0, 1]: pass",
        "code: |\n      define('a', 1)",
        "sets: a\n    code: |\n      globals()['a'] = 1",
        "only sets: a\n    code: |\n      a = 1\n      b = 2",
        "scan for variables: False\n    sets: a\n    code: |\n      a = 1",
        "code: |\n      a = [1][0] if True else b",
        "code: |\n      import math as m\n      a = int(m.sqrt(1))",
    ],
)
def test_code_is_found_by_what_it_assigns(block):
    assert interview(wanting("a", "    " + block)).question == "Got 1"


def test_code_that_is_not_scanned_is_not_found_by_what_it_assigns():
    block = "    scan for variables: False\n    code: |\n      a = 1\n    ---\n"
    assert interview(wanting("a", block + questions("Asked"))).question == "Asked"


def test_only_sets_replaces_what_was_found():
    block = "    only sets: b\n    code: |\n      a = 1\n      b = 2\n    ---\n"
    assert interview(wanting("a", block + questions("Asked"))).question == "Asked"


def test_a_question_is_found_by_the_fields_of_all_its_kinds():
    text = wanting(
        "a and b and c",
        """
    question: All
    fields:
      - A: a
      - no label: b
      - label: C
        field: c
    """,
    )
    assert interview(text).variables == ["a", "b", "c"]


def test_a_question_that_sets_a_variable_by_its_texts_is_found_by_sets():
    session = interview("""
    mandatory: True
    code: |
      the_end
    ---
    sets: the_end
    question: Over
    """)
    assert session.question == "Over"


def test_an_event_screen_ends_the_course_of_the_interview():
    session = interview("""
    mandatory: True
    code: |
      final_screen
    ---
    event: final_screen
    question: Final
    """)
    assert session.question == "Final"
    assert session.screen.button_style == "none"


# --- generic objects and iterators -------------------------------------------------------------------------------------


PERSON = """
    objects:
      - friend: Individual
    ---
    code: |
      friend.name.first = 'Ann'
    ---
"""


def test_a_generic_question_asks_for_an_attribute_of_any_such_object():
    session = interview(
        wanting(
            "friend.fruit",
            PERSON + "    generic object: Individual\n    question: Fruit of ${ x.name.first }?\n    fields:\n      - F: x.fruit",
        )
    )
    assert session.question == "Fruit of Ann?"
    assert session.variables == ["friend.fruit"]
    assert session.answer({"friend.fruit": "fig"}).question == "Got fig"


def test_a_question_for_the_very_object_comes_before_a_generic_one():
    session = interview(
        wanting(
            "friend.fruit",
            PERSON
            + "    question: Mine\n    fields:\n      - F: friend.fruit\n    ---\n"
            + "    generic object: Individual\n    question: Any\n    fields:\n      - F: x.fruit",
        )
    )
    assert session.question == "Mine"


def test_a_block_for_the_class_comes_before_one_for_its_base_class():
    blocks = "".join(
        f"    generic object: {name}\n    question: {name}\n    fields:\n      - F: x.fruit\n    ---\n"
        for name in ("Individual", "Person", "DAObject")
    )
    assert interview(wanting("friend.fruit", PERSON + blocks)).question == "Individual"


def test_a_block_for_a_base_class_serves_its_descendants():
    blocks = "    generic object: DAObject\n    question: Any\n    fields:\n      - F: x.fruit"
    assert interview(wanting("friend.fruit", PERSON + blocks)).question == "Any"


def test_a_block_for_another_class_does_not_serve():
    blocks = "    generic object: Organization\n    question: Any\n    fields:\n      - F: x.fruit"
    with pytest.raises(EvaluationError, match=r"friend\.fruit"):
        interview(wanting("friend.fruit", PERSON + blocks))


def test_generic_code_defines_what_is_needed_of_its_object():
    blocks = "    generic object: Individual\n    code: |\n      x.fruit = x.name.first + ' fig'"
    assert interview(wanting("friend.fruit", PERSON + blocks)).question == "Got Ann fig"


def test_a_generic_objects_block_makes_parts_of_objects():
    blocks = """
    generic object: Individual
    objects:
      - x.pet: DAObject
    ---
    generic object: DAObject
    code: |
      x.sound = 'mew'
    """
    assert interview(wanting("friend.pet.sound", PERSON + blocks)).question == "Got mew"


FRUITS = "    objects:\n      - fruits: DAList.using(object_type=DAObject, auto_gather=False)\n    ---\n"


def test_an_iterator_stands_for_the_index():
    session = interview(
        wanting("fruits[2].name", FRUITS + "    question: Name of number ${ i }?\n    fields:\n      - N: fruits[i].name")
    )
    assert session.question == "Name of number 2?"
    assert session.answer({"fruits[2].name": "fig"}).question == "Got fig"


def test_a_literal_index_comes_before_an_iterator():
    session = interview(
        wanting(
            "fruits[2].name",
            FRUITS
            + """
    question: Literal
    fields:
      - N: fruits[2].name
    ---
    question: Any
    fields:
      - N: fruits[i].name
    """,
        )
    )
    assert session.question == "Literal"


def test_iterators_come_before_generic_objects():
    session = interview(
        wanting(
            "fruits[2].name",
            FRUITS
            + "    question: Iterator\n    fields:\n      - N: fruits[i].name\n    ---\n"
            + "    generic object: DAObject\n    question: Generic\n    fields:\n      - N: x.name",
        )
    )
    assert session.question == "Iterator"


def test_three_iterators_can_be_nested():
    blocks = (
        "    objects:\n      - a: DADict.using(auto_gather=False, object_type=DADict.using(auto_gather=False, "
        "object_type=DADict.using(auto_gather=False)))\n    ---\n"
        "    code: |\n      a[i][j][k] = i + j + k"
    )
    assert interview(wanting("a['p']['q']['r']", blocks)).question == "Got pqr"


def test_code_with_an_iterator_defines_the_item_that_is_wanted():
    blocks = FRUITS + "    code: |\n      fruits[i].name = 'number ' + str(i)"
    assert interview(wanting("fruits[1].name", blocks)).question == "Got number 1"


def test_the_iterator_and_x_stay_among_the_answers():
    blocks = FRUITS + "    code: |\n      fruits[i].name = 'number ' + str(i)"
    assert interview(wanting("fruits[1].name", blocks)).answers["i"] == 1


def test_x_and_an_iterator_go_together():
    blocks = """
    objects:
      - person: Individual
      - person.pets: DAList.using(object_type=DAObject, auto_gather=False)
    ---
    generic object: Individual
    question: Pet ${ i }
    fields:
      - N: x.pets[i].name
    """
    session = interview(wanting("person.pets[1].name", blocks))
    assert session.question == "Pet 1"
    assert session.variables == ["person.pets[1].name"]


def test_two_iterators_go_together():
    blocks = """
    objects:
      - a: DAList.using(object_type=DAList.using(object_type=DAObject, auto_gather=False), auto_gather=False)
    ---
    question: Row ${ i } column ${ j }
    fields:
      - N: a[i][j].name
    """
    assert interview(wanting("a[1][2].name", blocks)).question == "Row 1 column 2"


def test_an_objects_own_name_is_sought_whatever_it_is_called_in_the_code():
    text = """
    objects:
      - friend: Individual
    ---
    mandatory: True
    code: |
      other = friend
      other.fruit
    ---
    question: Asked
    fields:
      - F: friend.fruit
    ---
    mandatory: True
    question: End
    """
    assert interview(text).variables == ["friend.fruit"]


def test_hasattr_asks_nothing():
    text = """
    objects:
      - friend: Individual
    ---
    mandatory: True
    question: ${ hasattr(friend, 'fruit') }
    """
    assert interview(text).question == "False"


def test_a_dictionary_of_objects_is_sought_by_its_keys():
    blocks = (
        "    objects:\n      - pets: DADict.using(object_type=DAObject, auto_gather=False)\n    ---\n"
        "    question: Name of the ${ i }?\n    fields:\n      - N: pets[i].name"
    )
    session = interview(wanting("pets['cat'].name", blocks))
    assert session.question == "Name of the cat?"
    assert session.answer({"pets['cat'].name": "Tom"}).question == "Got Tom"


# --- around a block ------------------------------------------------------------------------------------------------------


def test_what_a_block_needs_is_sought_before_it():
    session = interview(
        wanting(
            "a", "    need: b\n    question: A?\n    fields:\n      - A: a\n    ---\n    question: B?\n    fields:\n      - B: b"
        )
    )
    assert session.question == "B?"
    assert session.answer(b="x").question == "A?"


def test_what_a_code_block_needs_afterwards_is_sought_after_it():
    text = wanting(
        "a",
        """
    need:
      - pre:
          - b
      - post:
          - c
    code: |
      a = b
    ---
    question: B?
    fields:
      - B: b
    ---
    question: C?
    fields:
      - C: c
    """,
    )
    session = interview(text)
    assert session.question == "B?"
    assert session.answer(b="x").question == "C?"
    assert session.answer(c="y").question == "Got x"


def test_a_block_forgets_what_it_says_it_undefines():
    text = """
    mandatory: True
    code: |
      b = 1
      a
    ---
    undefine: b
    question: A? ${ defined('b') }
    fields:
      - A: a
    ---
    mandatory: True
    question: End
    """
    assert interview(text).question == "A? False"


def test_a_question_seeks_anew_what_it_reconsiders():
    text = """
    mandatory: True
    code: |
      n = 1
      double
      n = 2
      a
    ---
    code: |
      double = n * 2
    ---
    reconsider:
      - double
    question: Double is ${ double }
    fields:
      - A: a
    ---
    mandatory: True
    question: End
    """
    assert interview(text).question == "Double is 4"


def test_the_function_reconsider_seeks_anew_once_in_a_request():
    text = """
    mandatory: True
    code: |
      n = 1
      double
      n = 2
      reconsider('double')
      n = 3
      reconsider('double')
    ---
    code: |
      double = n * 2
    ---
    mandatory: True
    question: Double is ${ double }
    """
    assert interview(text).question == "Double is 4"


def test_code_that_does_not_define_its_variable_again_leaves_the_old_value():
    text = """
    code: |
      if not defined('first'):
        first = True
        a = 'old'
    ---
    mandatory: True
    question: Got ${ a }
    """
    session = interview(text).act("a")
    assert session.question == "Got old"


def test_the_old_value_is_not_there_while_code_makes_a_new_one():
    text = """
    code: |
      was_there = defined('a')
      a = 'second' if defined('seen') else 'first'
      seen = True
    ---
    mandatory: True
    question: Got ${ a }
    """
    session = interview(text).act("a")
    assert session.question == "Got second"
    assert session.answers["was_there"] is False


def test_parents_of_the_fields_are_made_before_the_screen_is_shown():
    text = """
    objects:
      - person: Individual
      - person.pet: DAObject
    ---
    mandatory: True
    question: Pet?
    fields:
      - Name: person.pet.name
    ---
    mandatory: True
    question: Got ${ person.pet.name }
    """
    session = interview(text)
    assert session.answers["person"].pet.instanceName == "person.pet"
    assert session.answer({"person.pet.name": "Tom"}).question == "Got Tom"


def test_an_objects_block_gives_an_object_its_name_and_attributes():
    session = interview(wanting("a.b", "    objects:\n      - a: DAObject.using(b=5)"))
    assert session.question == "Got 5"
    assert session.answers["a"].instanceName == "a"


def test_only_the_wanted_entry_of_an_objects_block_is_made():
    session = interview(wanting("a.instanceName", "    objects:\n      - a: DAObject\n      - b: DAObject"))
    assert "b" not in session.answers


# --- what goes wrong -----------------------------------------------------------------------------------------------------


def test_a_variable_that_nothing_defines_is_an_error_that_names_it():
    error = failure("    mandatory: True\n    question: Hi\n    subquestion: |\n      ${ nobody_knows }")
    assert isinstance(error, EvaluationError)
    assert "Interview has an error" in error.message
    assert "nobody_knows" in error.message
    assert error.public


def test_a_misspelt_variable_gets_a_hint():
    error = failure(wanting("favourite_fruit", questions("F?", variable="favorite_fruit")))
    assert "favorite_fruit" in str(error.hint)


def test_the_error_tells_the_chain_of_what_was_sought():
    error = failure(wanting("a", "    code: |\n      a = b\n    ---\n    code: |\n      b = c"))
    assert isinstance(error, EvaluationError)
    assert error.sought == ("c", "b", "a")
    assert "a → b → c" in error.message


def test_two_blocks_that_need_each_other_are_an_infinite_loop():
    error = failure(wanting("a", "    code: |\n      a = b\n    ---\n    code: |\n      b = a"))
    assert error.message.startswith("Infinite loop:")
    assert "a → b" in error.message


def test_a_question_that_needs_its_own_answer_is_an_infinite_loop():
    error = failure(wanting("a", "    question: What is ${ a }?\n    fields:\n      - A: a"))
    assert "Infinite loop: a already looked for" in error.message


def test_an_infinite_loop_is_told_at_the_block_that_needs_itself():
    error = failure(
        "    metadata:\n      title: A letter\n    ---\n" + wanting("letter", "    code: |\n      letter = letter + 1")
    )
    assert error.line == 7


def test_a_loop_is_avoided_when_another_block_can_help():
    session = interview(
        wanting("a", "    code: |\n      a = 1\n    ---\n    code: |\n      a = b\n    ---\n    code: |\n      b = a")
    )
    assert session.question == "Got 1"


def test_a_very_long_chain_ends_with_an_error_and_not_with_a_crash():
    chain = "\n    ---\n".join(f"    code: |\n      v{n} = v{n + 1}" for n in range(400))
    error = failure(wanting("v0", chain))
    assert isinstance(error, EvaluationError)


def test_a_long_chain_is_followed_to_its_end():
    chain = "\n    ---\n".join(f"    code: |\n      v{n} = v{n + 1}" for n in range(100))
    assert interview(wanting("v0", chain + "\n    ---\n    code: |\n      v100 = 7")).question == "Got 7"


def test_a_name_that_is_missing_in_a_module_is_an_error_and_not_sought():
    error = failure("    mandatory: True\n    code: |\n      import json\n      json.loads('{')\n")
    assert isinstance(error, EvaluationError)
    assert error.cause_name == "JSONDecodeError"


def test_a_local_variable_without_a_value_is_an_error_and_not_sought():
    error = failure("""
    mandatory: True
    code: |
      def f():
        if 1 == 2:
          a = 1
        return a
      f()
    ---
    question: A?
    fields:
      - A: a
    """)
    assert isinstance(error, EvaluationError)
    assert error.cause_name == "UnboundLocalError"


def test_a_name_that_a_function_of_the_interview_needs_is_sought():
    session = interview("""
    mandatory: True
    code: |
      def f():
        return a
      f()
    ---
    question: A?
    fields:
      - A: a
    ---
    mandatory: True
    question: End
    """)
    assert session.question == "A?"


@pytest.mark.parametrize(
    ("code", "kind"),
    [("1 / 0", "ZeroDivisionError"), ("{}['a']", "KeyError"), ("[][0]", "IndexError"), ("''.nothing", "AttributeError")],
)
def test_an_ordinary_exception_is_an_error_with_its_line(code, kind):
    error = failure(f"    question: x\n    ---\n    mandatory: True\n    code: |\n      a = 1\n      {code}")
    assert isinstance(error, EvaluationError)
    assert (error.cause_name, error.source, error.line) == (kind, "test.yml", 6)
    assert code in error.trace
