"""Lists, dictionaries and sets whose items are asked for one by one."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from docassemble_lite.engine.modules import INTERVIEWS
from docassemble_lite.errors import EvaluationError
from tests.unit.engine.interviewing import Interview, failure, interview

FRUIT = """
    mandatory: True
    question: |
      There are ${ fruit.number_as_word() } fruits: ${ fruit }.
    ---
    question: |
      Are there any fruits?
    yesno: fruit.there_are_any
    ---
    question: |
      What is the ${ ordinal(i) } fruit?
    fields:
      - Fruit: fruit[i]
    ---
    question: |
      Are there others than ${ fruit }?
    yesno: fruit.there_is_another
    """


@pytest.fixture
def modules() -> Iterator[None]:
    """Modules that lie beside an interview are forgotten in the end."""
    yield
    for name in [name for name in sys.modules if name.startswith(INTERVIEWS)]:
        del sys.modules[name]


def fruit(attributes: str = "", more: str = "") -> Interview:
    """The list of fruits is a `DAList` that begins with these attributes."""
    made = f"DAList.using({attributes})" if attributes else "DAList"
    blocks = f"\n    ---\n    {more}" if more else ""
    return interview(f"objects:\n      - fruit: {made}\n    ---{FRUIT.rstrip()}{blocks}\n".replace("\n    ", "\n"))


def go(session: Interview, *answers: object) -> list[str]:
    """Answer screen after screen: buttons by their labels, single fields by a tuple; the questions that were seen."""
    seen = [session.question]
    for answer in answers:
        if isinstance(answer, tuple):
            session.answer(dict(zip(session.variables, answer, strict=True)))
        else:
            session.answer(answer)
        seen.append(session.question)
    return seen


# --- lists of values -------------------------------------------------------------------------------------------------


def test_a_list_asks_whether_there_are_any_then_for_each_item_and_for_another() -> None:
    assert go(fruit(), "Yes", ("apple",), "Yes", ("pear",), "No") == [
        "Are there any fruits?",
        "What is the first fruit?",
        "Are there others than apple?",
        "What is the second fruit?",
        "Are there others than apple and pear?",
        "There are two fruits: apple and pear.",
    ]


def test_a_list_of_which_there_are_none_is_gathered_at_once() -> None:
    session = fruit()
    assert go(session, "No")[-1] == "There are zero fruits: ."
    assert session.answers["fruit"].has_been_gathered()


def test_a_gathered_list_has_revisit_and_no_traces_of_the_last_item() -> None:
    session = fruit()
    go(session, "Yes", ("apple",), "No")
    gathered = session.answers["fruit"]
    assert gathered.revisit
    assert gathered.gathered
    assert not gathered.there_is_another
    assert "_number_due" not in gathered.__dict__


def test_with_a_minimum_it_is_not_asked_whether_there_are_any() -> None:
    assert go(fruit("minimum_number=2"), ("apple",), ("pear",), "No") == [
        "What is the first fruit?",
        "What is the second fruit?",
        "Are there others than apple and pear?",
        "There are two fruits: apple and pear.",
    ]


def test_with_a_minimum_of_none_nothing_is_asked() -> None:
    assert fruit("minimum_number=0").question == "There are zero fruits: ."


def test_with_ask_number_the_number_is_asked_and_not_whether_there_are_others() -> None:
    how_many = """
    question: How many?
    fields:
      - Number: fruit.target_number
        datatype: integer
    """
    session = fruit("ask_number=True", how_many.strip())
    assert go(session, (2,), ("apple",), ("pear",)) == [
        "How many?",
        "What is the first fruit?",
        "What is the second fruit?",
        "There are two fruits: apple and pear.",
    ]


def test_while_items_are_asked_for_their_number_is_known_and_one_screen_may_ask_for_all_of_them() -> None:
    session = interview(
        """
    objects:
      - people: DAList.using(object_type=Individual, ask_number=True)
    ---
    question: How many?
    fields:
      - Number: people.target_number
        datatype: integer
    ---
    question: Who are they?
    sets: people[i].name.first
    fields:
      - code: |
          [{'label': ordinal(n), 'field': f'people[{n}].name.first'} for n in range(people.number())]
    ---
    mandatory: True
    question: |
      ${ people }
    """
    )
    assert go(session, (3,), ("Ann", "Bob", "Cleo")) == ["How many?", "Who are they?", "Ann, Bob, and Cleo"]


def test_with_ask_number_of_a_list_without_items_no_number_is_needed() -> None:
    assert fruit("ask_number=True, there_are_any=False").question == "There are zero fruits: ."


def test_items_that_are_there_already_are_kept_and_it_is_asked_whether_there_are_others() -> None:
    session = interview(
        f"""
    objects:
      - fruit: DAList
    ---
    mandatory: True
    code: |
      fruit.append('fig', 'plum')
    ---{FRUIT}"""
    )
    assert go(session, "Yes", ("apple",), "No") == [
        "Are there others than fig and plum?",
        "What is the third fruit?",
        "Are there others than fig, plum, and apple?",
        "There are three fruits: fig, plum, and apple.",
    ]


def test_code_that_says_whether_there_are_any_may_fill_the_list() -> None:
    session = interview(
        f"""
    objects:
      - fruit: DAList
    ---{FRUIT}
    ---
    code: |
      fruit.clear()
      fruit.append('fig')
      fruit.there_are_any = True
    """
    )
    assert go(session, "No") == ["Are there others than fig?", "There are one fruits: fig."]


def test_that_there_is_no_other_may_be_known_beforehand() -> None:
    assert go(fruit("there_are_any=True, there_is_another=False"), ("apple",)) == [
        "What is the first fruit?",
        "There are one fruits: apple.",
    ]


def test_a_question_may_ask_for_an_item_and_whether_there_is_another_at_once() -> None:
    session = fruit(
        "there_are_any=True",
        """question: Fruit number ${ i + 1 }
    fields:
      - Fruit: fruit[i]
      - More: fruit.there_is_another
        datatype: yesnoradio
    """,
    )
    seen = go(session, ("apple", "Yes"), ("pear", "Yes"), ("plum", "No"))
    assert seen == ["Fruit number 1", "Fruit number 2", "Fruit number 3", "There are three fruits: apple, pear, and plum."]


def test_looking_at_the_screen_again_changes_nothing() -> None:
    session = fruit()
    go(session, "Yes", ("apple",), "Yes")
    assert session.show().show().question == "What is the second fruit?"
    assert session.answers["fruit"].elements == ["apple"]


def test_back_leads_to_the_items_in_turn() -> None:
    session = fruit()
    go(session, "Yes", ("apple",), "Yes", ("pear",))
    assert session.back().question == "What is the second fruit?"
    assert session.back().question == "Are there others than apple?"
    assert go(session, "No")[-1] == "There are one fruits: apple."


def test_what_was_typed_into_a_list_stays_text() -> None:
    session = fruit("minimum_number=1")
    session.answer({"fruit[0]": "**<b>x</b>"})
    assert "<b>" not in session.screen.question


@pytest.mark.parametrize(
    "use",
    [
        "len(fruit)",
        "str(fruit)",
        "list(fruit)",
        "bool(fruit)",
        "bool('fig' in fruit)",
        "fruit.number()",
        "fruit.comma_and_list()",
        "fruit.first()",
        "fruit.last()",
        "fruit.item(0)",
        "fruit.sort()",
        "fruit.gather()",
        "fruit.union(['fig'])",
        "found = [name for name in fruit]",
        "fruit == ['fig']",
        "fruit.does_verb('be')",
    ],
)
def test_whatever_needs_the_whole_list_has_it_gathered(use: str) -> None:
    session = interview(f"objects:\n  - fruit: DAList\n---\nmandatory: True\ncode: {use}\n---{FRUIT}".replace("\n    ", "\n"))
    assert session.question == "Are there any fruits?"


@pytest.mark.parametrize(
    "use",
    [
        "fruit.number_gathered()",
        "fruit.has_been_gathered()",
        "fruit.gathering_started()",
        "fruit.elements",
        "fruit.sort_elements()",
    ],
)
def test_other_uses_ask_nothing(use: str) -> None:
    session = interview(
        f"""
    objects:
      - fruit: DAList
    ---
    mandatory: True
    code: |
      {use}
    ---
    mandatory: True
    question: Nothing was asked.
    """
    )
    assert session.question == "Nothing was asked."


def test_a_list_that_nobody_can_ask_for_says_what_is_missing() -> None:
    error = failure("objects:\n  - fruit: DAList\n---\nmandatory: True\nquestion: ${ fruit }")
    assert "a reference to a variable 'fruit.there_are_any' that could not be looked up" in error.message


def test_an_item_that_needs_the_whole_list_to_be_known_is_no_endless_search() -> None:
    session = fruit(
        "minimum_number=1",
        """code: |
      fruit[i] = 'after ' + str(fruit.number())
    """,
    )
    # while the list is being gathered, its number is that of the items so far
    assert session.question == "Are there others than after 0?"


def test_code_that_checks_an_item_sees_the_list_as_it_is() -> None:
    session = fruit(
        "minimum_number=2",
        """question: Fruit ${ i + 1 }
    fields:
      - Fruit: fruit[i]
    validation code: |
      if fruit.number() > len(set(fruit)):
        validation_error("That is there already.")
    """,
    )
    go(session, ("apple",))
    assert session.answer({"fruit[1]": "apple"}).screen.error == "That is there already."
    assert go(session, ("pear",))[-1] == "Are there others than apple and pear?"


# --- explicit gathering ----------------------------------------------------------------------------------------------


def gathering(call: str, attributes: str = "") -> Interview:
    """The list of fruits is gathered by this call."""
    return interview(
        f"""
    objects:
      - fruit: DAList.using({attributes})
    ---
    mandatory: True
    code: |
      {call}
    ---{FRUIT}"""
    )


def test_gather_takes_the_number_of_items() -> None:
    assert go(gathering("fruit.gather(number=2)"), ("apple",), ("pear",)) == [
        "What is the first fruit?",
        "What is the second fruit?",
        "There are two fruits: apple and pear.",
    ]


def test_gather_takes_the_least_number_of_items() -> None:
    assert go(gathering("fruit.gather(minimum=1)"), ("apple",), "No") == [
        "What is the first fruit?",
        "Are there others than apple?",
        "There are one fruits: apple.",
    ]


def test_gather_tells_that_the_list_is_gathered() -> None:
    session = gathering("done = fruit.gather(number=0)")
    assert session.answers["done"] is True


def test_gather_takes_what_items_are_made_of_and_when_they_are_complete() -> None:
    session = interview(
        """
    objects:
      - people: DAList
    ---
    mandatory: True
    code: people.gather(item_object_type=Individual, number=2, complete_attribute='age')
    ---
    question: How old is the ${ ordinal(i) } person?
    fields:
      - Age: people[i].age
        datatype: integer
    ---
    mandatory: True
    question: |
      ${ people[0].age + people[1].age } years
    """
    )
    assert go(session, (3,), (4,)) == ["How old is the first person?", "How old is the second person?", "7 years"]
    assert type(session.answers["people"][1]).__name__ == "Individual"


def test_without_auto_gather_code_says_that_a_list_is_gathered() -> None:
    session = fruit(
        "auto_gather=False",
        """code: |
      fruit[0]
      fruit[1]
      fruit.gathered = True
    """,
    )
    assert go(session, ("apple",), ("pear",)) == [
        "What is the first fruit?",
        "What is the second fruit?",
        "There are two fruits: apple and pear.",
    ]


def test_a_gathered_list_without_items_is_gathered_again_when_there_are_some_after_all() -> None:
    session = interview(
        f"""
    objects:
      - fruit: DAList
    ---
    mandatory: True
    code: |
      fruit.gather()
      fruit.there_are_any = True
    ---{FRUIT}"""
    )
    assert go(session, "No", ("apple",), "No")[1:] == [
        "What is the first fruit?",
        "Are there others than apple?",
        "There are one fruits: apple.",
    ]


def test_after_reset_gathered_it_is_asked_whether_there_are_others() -> None:
    session = interview(
        f"""
    objects:
      - fruit: DAList.using(elements=['fig'])
    ---
    mandatory: True
    code: fruit.reset_gathered()
    ---{FRUIT}"""
    )
    assert go(session, "Yes", ("apple",), "No")[-1] == "There are two fruits: fig and apple."


def test_one_more_item_can_be_due_in_a_gathered_list_and_nobody_is_asked_whether_there_are_others() -> None:
    session = interview(
        f"""
    objects:
      - fruit: DAList.using(there_are_any=True)
    ---{FRUIT}
    ---
    event: add
    code: |
      fruit.there_is_one_other = True
      del fruit.gathered
    """
    )
    go(session, ("apple",), "No")
    session.act("add")
    assert go(session, ("pear",)) == ["What is the second fruit?", "There are two fruits: apple and pear."]


def test_an_action_that_adds_an_item_is_not_what_says_whether_there_is_another() -> None:
    session = friends(
        "object_type=Individual, there_are_any=True, complete_attribute=['name.first', 'food', 'year']",
        """
    ---
    event: add
    code: |
      friend.appendObject()
      friend.reset_gathered()
      friend.there_is_another = False
    """,
    )
    assert go(session, ("Ann",), ("figs",), (1990,), "No")[-2:] == ["Any but Ann?", "Ann (1990): figs."]
    session.act("add")
    assert go(session, ("Bob",), ("kiwis",), (1980,))[-1] == "Ann (1990): figs. Bob (1980): kiwis."


def test_a_gathered_list_can_be_completed_again() -> None:
    session = friends(
        "object_type=Individual, there_are_any=True, complete_attribute='complete'",
        COMPLETE
        + """
    ---
    event: forget
    code: |
      del friend[0].food
      force_gather('ready')
    ---
    code: ready = friend.gathered_and_complete()
    """,
    )
    go(session, ("Ann",), ("figs",), (1990,), "No")
    session.act("forget")
    assert go(session, ("kiwis",)) == ["What does Ann eat?", "Ann (1990): kiwis."]
    assert session.answers["friend"][0].complete
    assert "_completing_again" not in session.answers["friend"].__dict__


# --- lists of objects ------------------------------------------------------------------------------------------------

FRIENDS = """
    question: |
      Have you friends?
    yesno: friend.there_are_any
    ---
    question: |
      Who is the ${ ordinal(i) } friend?
    fields:
      - Name: friend[i].name.first
    ---
    question: |
      What does ${ friend[i] } eat?
    fields:
      - Food: friend[i].food
    ---
    question: |
      When was ${ friend[i] } born?
    fields:
      - Year: friend[i].year
        datatype: integer
    ---
    question: |
      Any but ${ friend }?
    yesno: friend.there_is_another
    ---
    mandatory: True
    question: |
      % for person in friend:
      ${ person } (${ person.year }): ${ person.food }.
      % endfor
    """


def friends(attributes: str, more: str = "") -> Interview:
    return interview(f"objects:\n      - friend: DAList.using({attributes})\n    ---{FRIENDS}{more}".replace("\n    ", "\n"))


def test_objects_are_first_named_and_their_other_attributes_come_when_they_are_needed() -> None:
    session = friends("object_type=Individual")
    assert go(session, "Yes", ("Ann",), "Yes", ("Bob",), "No", (1990,), ("figs",), (1980,), ("kiwis",)) == [
        "Have you friends?",
        "Who is the first friend?",
        "Any but Ann?",
        "Who is the second friend?",
        "Any but Ann and Bob?",
        "When was Ann born?",
        "What does Ann eat?",
        "When was Bob born?",
        "What does Bob eat?",
        "Ann (1990): figs. Bob (1980): kiwis.",
    ]


COMPLETE = """
    ---
    code: |
      friend[i].name.first
      friend[i].food
      friend[i].year
      friend[i].complete = True
    """


@pytest.mark.parametrize("attribute", ["'complete'", "['name.first', 'food', 'year']"])
def test_with_a_complete_attribute_all_of_an_object_is_asked_before_the_next_one(attribute: str) -> None:
    session = friends(f"object_type=Individual, there_are_any=True, complete_attribute={attribute}", COMPLETE)
    assert go(session, ("Ann",), ("figs",), (1990,), "Yes", ("Bob",)) == [
        "Who is the first friend?",
        "What does Ann eat?",
        "When was Ann born?",
        "Any but Ann?",
        "Who is the second friend?",
        "What does Bob eat?",
    ]


def test_a_property_can_say_when_an_object_is_complete(modules: None) -> None:
    session = interview(
        """
    modules:
      - .fish
    ---
    objects:
      - pond: DAList.using(object_type=Fish, complete_attribute='known', minimum_number=1, there_is_another=False)
    ---
    question: Which species?
    fields:
      - Species: pond[i].species
    ---
    question: How many scales?
    fields:
      - Scales: pond[i].scales
        datatype: integer
    ---
    mandatory: True
    question: |
      ${ len(pond) } fish: ${ pond[0].species }, ${ pond[0].scales }
    """,
        **{
            "fish.py": """
            from docassemble.base.util import DAObject

            class Fish(DAObject):
                @property
                def known(self):
                    self.species
                    self.scales
            """
        },
    )
    assert go(session, ("carp",), (12,)) == ["Which species?", "How many scales?", "1 fish: carp, 12"]


def test_plain_objects_need_nothing_to_be_complete() -> None:
    session = interview(
        """
    objects:
      - box: DAList.using(object_type=DAObject, minimum_number=3, there_is_another=False)
    ---
    mandatory: True
    question: |
      ${ box.number() }: ${ box[2].instanceName }
    """
    )
    assert session.question == "3: box[2]"


def test_what_using_gives_is_given_to_each_item() -> None:
    session = interview(
        """
    objects:
      - box: DAList.using(object_type=DAObject.using(color='red'), ask_number=True, target_number=2)
    ---
    mandatory: True
    question: |
      % for one in box:
      ${ one.color }
      % endfor
    """
    )
    assert session.question == "red red"


def test_generic_questions_ask_for_lists_of_whoever_has_them() -> None:
    session = interview(
        """
    objects:
      - ann: Individual.using(name='Ann')
    ---
    generic object: Individual
    objects:
      - x.allergy: DAList
    ---
    generic object: Individual
    question: Has ${ x } allergies?
    yesno: x.allergy.there_are_any
    ---
    generic object: Individual
    question: Allergy ${ i + 1 } of ${ x }?
    fields:
      - Allergy: x.allergy[i]
    ---
    generic object: DAList
    question: More than ${ x }?
    yesno: x.there_is_another
    ---
    mandatory: True
    question: |
      ${ ann.allergy }
    """
    )
    assert go(session, "Yes", ("dust",), "Yes", ("hay",), "No") == [
        "Has Ann allergies?",
        "Allergy 1 of Ann?",
        "More than dust?",
        "Allergy 2 of Ann?",
        "More than dust and hay?",
        "dust and hay",
    ]


def test_items_can_be_asked_for_by_a_question_about_items_of_any_list() -> None:
    session = interview(
        """
    objects:
      - verb: DAList.using(ask_number=True, target_number=1)
      - noun: DAList.using(ask_number=True, target_number=1)
    ---
    generic object: DAList
    question: A ${ x.object_name() }?
    fields:
      - Word: x[i]
    ---
    mandatory: True
    question: |
      ${ verb } ${ noun }
    """
    )
    assert go(session, ("eat",), ("figs",)) == ["A verb?", "A noun?", "eat figs"]


NESTED = """
    objects:
      - person: DAList.using(object_type=Individual, minimum_number=1, complete_attribute='complete')
      - person[i].child: DAList.using(object_type=Individual, complete_attribute='complete')
    ---
    code: |
      person[i].name.first
      person[i].child.gather()
      person[i].complete = True
    ---
    code: |
      person[i].child[j].name.first
      person[i].child[j].age
      person[i].child[j].complete = True
    ---
    question: Person ${ i + 1 }
    fields:
      - Name: person[i].name.first
    ---
    question: |
      Others than ${ person }?
    yesno: person.there_is_another
    ---
    question: |
      Has ${ person[i] } children?
    yesno: person[i].child.there_are_any
    ---
    question: |
      Child ${ j + 1 } of ${ person[i] }
    fields:
      - Name: person[i].child[j].name.first
    ---
    question: |
      How old is ${ person[i].child[j] }?
    fields:
      - Age: person[i].child[j].age
        datatype: integer
    ---
    question: |
      Has ${ person[i] } more than ${ person[i].child }?
    yesno: person[i].child.there_is_another
    ---
    mandatory: True
    question: |
      % for someone in person:
      ${ someone }: ${ someone.child }.
      % endfor
    """


def test_lists_in_lists_are_gathered_with_the_item_that_they_belong_to() -> None:
    session = interview(NESTED)
    answers = [("Ann",), "Yes", ("Cleo",), (5,), "Yes", ("Dora",), (3,), "No", "Yes", ("Bob",), "No", "No"]
    assert go(session, *answers) == [
        "Person 1",
        "Has Ann children?",
        "Child 1 of Ann",
        "How old is Cleo?",
        "Has Ann more than Cleo?",
        "Child 2 of Ann",
        "How old is Dora?",
        "Has Ann more than Cleo and Dora?",
        "Others than Ann?",
        "Person 2",
        "Has Bob children?",
        "Others than Ann and Bob?",
        "Ann: Cleo and Dora. Bob: .",
    ]


def test_lists_of_lists_are_gathered_from_the_inside() -> None:
    session = interview(
        """
    objects:
      - row: DAList.using(object_type=DAList, ask_number=True, target_number=2)
    ---
    question: Numbers in row ${ i + 1 }?
    fields:
      - Number: row[i].target_number
        datatype: integer
    ---
    code: row[i].ask_number = True
    ---
    question: Number ${ j + 1 } of row ${ i + 1 }?
    fields:
      - Number: row[i][j]
        datatype: integer
    ---
    question: Is there something in row ${ i + 1 }?
    yesno: row[i].there_are_any
    ---
    question: More in row ${ i + 1 }?
    yesno: row[i].there_is_another
    ---
    mandatory: True
    question: |
      ${ [list(inner) for inner in row] }
    """
    )
    seen = go(session, "Yes", (1,), "No", "Yes", (2,), "No")
    assert seen == [
        "Is there something in row 1?",
        "Number 1 of row 1?",
        "More in row 1?",
        "Is there something in row 2?",
        "Number 1 of row 2?",
        "More in row 2?",
        "[[1], [2]]",
    ]


def test_each_item_can_be_of_another_kind() -> None:
    session = interview(
        """
    objects:
      - place: DAList.using(there_are_any=True, ask_object_type=True)
    ---
    question: Is the ${ ordinal(place.current_index()) } place a city?
    buttons:
      - Yes:
          code: place.new_object_type = City
      - No:
          code: place.new_object_type = Thing.using(color='red')
    ---
    question: Name of the ${ ordinal(i) } thing
    fields:
      - Name: place[i].name.text
    ---
    question: The ${ ordinal(i) } city
    fields:
      - City: place[i].city
      - State: place[i].state
    ---
    question: Another?
    yesno: place.there_is_another
    ---
    mandatory: True
    question: |
      ${ place }, ${ place[1].color }
    """
    )
    assert go(session, "Yes", ("Springfield", "IL"), "Yes", "No", ("Moon",), "No") == [
        "Is the first place a city?",
        "The first city",
        "Another?",
        "Is the second place a city?",
        "Name of the second thing",
        "Another?",
        "Springfield, IL and Moon, red",
    ]
    assert not hasattr(session.answers["place"], "new_object_type")


def test_objects_that_are_other_variables_are_completed_under_their_own_names() -> None:
    session = interview(
        """
    objects:
      - ann: Individual
      - people: DAList.using(elements=[ann], auto_gather=True)
    ---
    mandatory: True
    code: people.reset_gathered()
    ---
    question: Who is Ann?
    fields:
      - Name: ann.name.first
    ---
    question: More than ${ people }?
    yesno: people.there_is_another
    ---
    mandatory: True
    question: |
      ${ people }
    """
    )
    assert go(session, ("Anna",), "No") == ["Who is Ann?", "More than Anna?", "Anna"]


# --- dictionaries and sets -------------------------------------------------------------------------------------------

SEEDS = """
    question: |
      Are there any?
    yesno: seeds.there_are_any
    ---
    question: |
      Which fruit?
    fields:
      - Fruit: seeds.new_item_name
    ---
    question: |
      How many has ${ i }?
    fields:
      - Number: seeds[i]
        datatype: integer
    ---
    question: |
      More than ${ seeds }?
    yesno: seeds.there_is_another
    ---
    mandatory: True
    question: |
      % for name, number in seeds.items():
      ${ name }=${ number }
      % endfor
    """


def seeds(made: str = "DADict", more: str = "") -> Interview:
    return interview(f"objects:\n      - seeds: {made}\n    ---{SEEDS}{more}".replace("\n    ", "\n"))


def test_a_dictionary_asks_for_a_key_and_then_for_its_value() -> None:
    assert go(seeds(), "Yes", ("plum",), (1,), "Yes", ("apple",), (5,), "No") == [
        "Are there any?",
        "Which fruit?",
        "How many has plum?",
        "More than plum?",
        "Which fruit?",
        "How many has apple?",
        "More than apple and plum?",
        "apple=5 plum=1",
    ]


def test_an_ordered_dictionary_keeps_the_order_in_which_it_was_gathered() -> None:
    session = seeds("DAOrderedDict.using(minimum_number=2, there_is_another=False)")
    assert go(session, ("plum",), (1,), ("apple",), (5,))[-1] == "plum=1 apple=5"


def test_a_dictionary_takes_the_value_that_comes_with_the_key() -> None:
    session = seeds(
        "DADict.using(there_are_any=True)",
        """
    ---
    question: Which fruit, how many?
    fields:
      - Fruit: seeds.new_item_name
      - Number: seeds.new_item_value
        datatype: integer
    """,
    )
    assert go(session, ("plum", 1), "Yes", ("apple", 5), "No") == [
        "Which fruit, how many?",
        "More than plum?",
        "Which fruit, how many?",
        "More than apple and plum?",
        "apple=5 plum=1",
    ]
    assert not hasattr(session.answers["seeds"], "new_item_value")


def test_a_key_that_is_there_already_is_not_asked_for_its_value_again() -> None:
    session = seeds("DADict.using(there_are_any=True)")
    assert go(session, ("plum",), (1,), "Yes", ("plum",))[-1] == "More than plum?"


@pytest.mark.parametrize("key", ["it's", 'a "b"', "x].y", "${ z }", "a\\b", "[i]", "i", "__class__", "'"])
def test_a_key_may_be_any_text(key: str) -> None:
    session = seeds("DADict.using(minimum_number=1, there_is_another=False)")
    go(session, (key,), (7,))
    assert session.answers["seeds"].elements == {key: 7}


def test_a_dictionary_of_objects_makes_them_and_asks_what_they_need() -> None:
    session = interview(
        """
    objects:
      - pet: DADict.using(object_type=Thing, minimum_number=1)
    ---
    question: Which animal?
    fields:
      - Animal: pet.new_item_name
    ---
    question: What is the ${ i } called?
    fields:
      - Name: pet[i].name.text
    ---
    question: Others than ${ pet.values() }?
    yesno: pet.there_is_another
    ---
    mandatory: True
    question: |
      % for kind in pet:
      ${ pet[kind] } is a ${ kind }.
      % endfor
    """
    )
    assert go(session, ("cat",), ("Tom",), "Yes", ("dog",), ("Rex",), "No")[-1] == "Tom is a cat. Rex is a dog."
    assert session.answers["pet"]["dog"].instanceName == "pet['dog']"


def test_keys_given_beforehand_are_completed_before_others_are_asked_for() -> None:
    session = interview(
        """
    objects:
      - pet: DADict.using(object_type=Thing, keys=['cat', 'dog'], there_is_another=False)
    ---
    question: What is the ${ i } called?
    fields:
      - Name: pet[i].name.text
    ---
    mandatory: True
    question: |
      ${ pet.values() }
    """
    )
    assert go(session, ("Tom",))[:2] == ["What is the cat called?", "What is the dog called?"]


BASKET = """
    objects:
      - basket: DASet
    ---
    question: Anything in it?
    yesno: basket.there_are_any
    ---
    question: What?
    fields:
      - Thing: basket.new_item
    ---
    question: More than ${ basket }?
    yesno: basket.there_is_another
    ---
    mandatory: True
    question: |
      ${ basket.number() }: ${ basket }
    """


def test_a_set_asks_for_its_members() -> None:
    assert go(interview(BASKET), "Yes", ("pear",), "Yes", ("apple",), "Yes", ("pear",), "No") == [
        "Anything in it?",
        "What?",
        "More than pear?",
        "What?",
        "More than apple and pear?",
        "What?",
        "More than apple and pear?",
        "2: apple and pear",
    ]


# --- hooks -----------------------------------------------------------------------------------------------------------

INCOME = """
    modules:
      - .incomes
    ---
    objects:
      - income: IncomeList.using(there_are_any=True{more})
    ---
    question: How much?
    fields:
      - Amount: income[i]
        datatype: integer
    ---
    question: More?
    yesno: income.there_is_another
    ---
    question: Why so much?
    fields:
      - Reason: income.reason
    ---
    code: |
      income[0]
      income.gathered = True
    ---
    mandatory: True
    question: |
      % if income.number():
      ${{ income.total }}
      % endif
    """

INCOMES = """
    from docassemble.base.util import DAList

    class IncomeList(DAList):
        def hook_on_gather(self):
            if sum(self.elements) > 100:
                self.reason

        def hook_after_gather(self):
            self.total = sum(self) + len(self.elements) / 10
"""


def test_the_hook_on_gather_may_ask_and_the_one_after_it_sees_everything(modules: None) -> None:
    session = interview(INCOME.format(more=""), **{"incomes.py": INCOMES})
    assert go(session, (70,), "Yes", (50,), "No", ("luck",)) == [
        "How much?",
        "More?",
        "How much?",
        "More?",
        "Why so much?",
        "120.2",
    ]


def test_hooks_run_where_code_says_that_a_list_is_gathered_too(modules: None) -> None:
    session = interview(INCOME.format(more=", auto_gather=False"), **{"incomes.py": INCOMES})
    assert go(session, (70,)) == ["How much?", "70.1"]


# --- what goes wrong -------------------------------------------------------------------------------------------------


def test_a_complete_attribute_that_nobody_defines_is_named_in_the_error() -> None:
    error = failure(
        """
    objects:
      - friend: DAList.using(object_type=DAObject, there_are_any=True, complete_attribute='ready')
    ---
    mandatory: True
    question: ${ friend }
    """
    )
    assert "'friend[0].ready'" in error.message


def test_a_number_of_items_that_is_no_number_is_the_authors_mistake() -> None:
    with pytest.raises(EvaluationError, match="invalid literal"):
        fruit("ask_number=True, target_number='many'")
