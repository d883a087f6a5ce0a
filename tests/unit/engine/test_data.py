"""`data`, `data from code`, `objects from file`, and `objects_from_file()`."""

from __future__ import annotations

import pytest

from docassemble_lite.objects import DAContext, DADict, DAList, Individual, IndividualName
from tests.unit.engine.interviewing import failure, interview, source_mistake

ASK = """
    ---
    mandatory: True
    question: ${ fruits }
    ---
    question: Planet?
    fields:
      - P: planet
"""
KINDS = ASK.replace("fruits", "kinds")
PEOPLE = """
    object: Individual
    module: docassemble.base.util
    items:
      - name:
          object: IndividualName
          item:
            first: Fred
            last: Smith
        email: fred@example.com
        allergies:
          - peanuts
      - name:
          object: IndividualName
          item:
            first: Larry
            last: Jones
"""


def test_data_is_what_stands_in_the_block():
    session = interview("    variable name: fruits\n    data:\n      - Apple\n      - seeds: 5\n        ripe: True" + ASK)
    assert session.answers["fruits"] == ["Apple", {"seeds": 5, "ripe": True}]


def test_texts_of_data_are_evaluated_once_when_the_variable_is_defined():
    session = interview("    variable name: fruits\n    data:\n      Apple: Loved on ${ planet }." + ASK)
    assert session.question == "Planet?"
    session.answer(planet="Mars")
    assert session.answers["fruits"] == {"Apple": "Loved on Mars."}
    session.act("_da_set", variables=[{"planet": "Venus"}])
    assert session.answers["fruits"] == {"Apple": "Loved on Mars."}


def test_what_was_typed_stays_text_in_data():
    session = interview("    variable name: fruits\n    data:\n      - On ${ planet }." + ASK).answer(planet="*a* & b")
    assert session.answers["fruits"] == ["On *a* & b."]
    assert "*a* &amp; b" in session.screen.question_html


def test_data_from_code_is_made_of_expressions():
    session = interview(
        "    variable name: fruits\n    data from code:\n      - planet.upper()\n      - a: 1 + 1\n        b: 7" + ASK
    )
    assert session.answer(planet="Mars").answers["fruits"] == ["MARS", {"a": 2, "b": 7}]


def test_a_mistake_in_data_says_its_line():
    mistake = source_mistake("variable name: x\ndata from code:\n  - 1\n  - 1 +")
    assert mistake.line == 4


def test_data_can_become_groups():
    session = interview(
        "    variable name: fruits\n    use objects: True\n    data:\n      - {a: 1, b: 2}\n      - {question: Q, document: D}"
        + ASK
    )
    fruits = session.answers["fruits"]
    assert isinstance(fruits, DAList)
    assert isinstance(fruits[0], DADict)
    assert isinstance(fruits[1], DAContext)
    assert (fruits.gathered, fruits[0].instanceName, fruits[0]["b"]) == (True, "fruits[0]", 2)


def test_data_can_become_objects():
    text = """
    variable name: fruits
    use objects: objects
    data:
      object: Individual
      items:
        - name:
            object: IndividualName
            item:
              first: Ann
    """
    people = interview(text + ASK).answers["fruits"]
    assert isinstance(people[0], Individual)
    assert people[0].name.first == "Ann"
    assert people[0].name.instanceName == "fruits[0].name"


def test_groups_of_data_can_be_left_to_be_gathered():
    text = """
    mandatory: True
    question: ${ fruits.gathered_already }
    ---
    code: |
      fruits.gathered_already = fruits.has_been_gathered()
    ---
    variable name: fruits
    use objects: True
    gathered: False
    data:
      - Apple
    """
    assert interview(text).question == "False"


@pytest.mark.parametrize(
    "block",
    [
        "    objects from file:\n      - people: people.yml",
        "    code: |\n      people = objects_from_file('people.yml', name='people')",
    ],
)
def test_a_file_describes_objects(block):
    session = interview(block + "\n    ---\n    mandatory: True\n    question: ${ people }", **{"sources/people.yml": PEOPLE})
    assert session.question == "Fred Smith and Larry Jones"
    people = session.answers["people"]
    assert isinstance(people[0], Individual)
    assert isinstance(people[0].name, IndividualName)
    assert people[0].allergies == ["peanuts"]
    assert people[1].name.instanceName == "people[1].name"


def test_a_file_can_be_json_and_its_lists_groups():
    block = "    use objects: True\n    objects from file:\n      - kinds: kinds.json" + KINDS
    session = interview(block, **{"sources/kinds.json": '{"a": [1, 2]}'})
    assert isinstance(session.answers["kinds"], DADict)
    assert isinstance(session.answers["kinds"]["a"], DAList)


def test_several_documents_of_a_file_are_a_list():
    block = "    objects from file:\n      - kinds: kinds.yml" + KINDS
    session = interview(block, **{"sources/kinds.yml": "apple\n---\npear"})
    assert session.question == "apple and pear"


def test_a_context_is_another_text_in_a_document():
    session = interview("""
        objects:
          - fruit: DAContext.using(question='apple', document='Malus')
        ---
        mandatory: True
        question: ${ fruit }
        attachment:
          content: It is ${ fruit }.
          valid formats: [html]
    """)
    assert session.question == "apple"
    assert any("It is Malus." in content.decode() for _, content, _ in session.host.files.values())


@pytest.mark.parametrize(
    ("block", "message"),
    [
        ("data:\n  - a", "needs the name of a variable"),
        ("variable name: x\ndata: a\nuse objects: maybe", "must be True, False or objects"),
        ("variable name: x\ndata: a\ngathered: maybe", "must be True or False"),
        ("objects from file:\n  - people", "must be of the form"),
        ("objects from file:\n  - people: nowhere.yml", "There is no file “nowhere.yml”"),
    ],
)
def test_data_that_cant_be_read_is_a_mistake(block, message):
    assert message in source_mistake(block).message


def test_a_class_that_isnt_there_is_a_mistake():
    text = "variable name: x\nuse objects: objects\ndata: {object: Nothing, item: {a: 1}}\n---\nmandatory: True\nquestion: ${ x }"
    assert "There is no class “Nothing”" in str(failure(text))
