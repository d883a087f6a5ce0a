"""`depends on`: what is forgotten when something that it was made of changes, and what is offered again."""

from __future__ import annotations

from tests.unit.engine.interviewing import interview

CHAIN = """
    question: A?
    fields:
      - A: a
    ---
    depends on: a
    question: B?
    fields:
      - B: b
    ---
    depends on:
      - b
    code: |
      c = b * 2
    ---
    mandatory: True
    question: ${ a } ${ b } ${ c }
"""


def finished(text=CHAIN):
    return interview(text).answer(a="1").answer(b="x")


def test_a_change_forgets_what_depends_on_it():
    assert finished().act("a").answer(a="2").question == "B?"


def test_a_value_that_stays_the_same_forgets_nothing():
    assert finished().act("a").answer(a="1").question == "1 x xx"


def test_what_was_forgotten_is_offered_when_it_is_asked_again():
    session = finished().act("a").answer(a="2")
    assert session.field("b").value == "x"


def test_the_offer_is_forgotten_once_it_is_answered():
    session = finished().act("a").answer(a="2").answer(b="y")
    assert session.question == "2 y yy"
    assert session.internal["dirty"].get("b") is None


def test_code_that_depends_on_what_changed_runs_again():
    assert finished().act("b").answer(b="z").question == "1 z zz"


def test_dependents_of_dependents_are_forgotten_too():
    session = finished().act("a").answer(a="2")
    assert "c" not in session.answers


def test_the_same_answer_to_an_invalidated_question_leaves_its_dependents():
    session = finished(
        """
    question: A?
    fields:
      - A: a
    ---
    depends on: a
    question: B?
    fields:
      - B: b
    ---
    mandatory: True
    question: ${ a } ${ b }
    """
    )
    assert session.act("a").answer(a="2").answer(b="x").question == "2 x"


def test_the_first_definition_is_no_change():
    text = """
    mandatory: True
    code: |
      c = 'early'
      a
    ---
    question: A?
    fields:
      - A: a
    ---
    depends on: a
    only sets: c
    code: |
      c = 'late'
    ---
    mandatory: True
    question: ${ c }
    """
    assert interview(text).answer(a="1").question == "early"


def test_a_change_by_code_forgets_what_depends_on_it():
    text = """
    event: more
    code: |
      a = 5
    ---
    code: |
      a = 1
    ---
    depends on: a
    code: |
      b = a * 10
    ---
    mandatory: True
    question: ${ b }
    """
    session = interview(text)
    assert session.question == "10"
    assert session.act("more").question == "50"


def test_an_iterator_stands_for_the_same_item():
    text = """
    objects:
      - jobs: DAList.using(object_type=DAObject, auto_gather=False)
    ---
    question: Period ${ i }
    fields:
      - P: jobs[i].period
    ---
    depends on: jobs[i].period
    question: Income ${ i }
    fields:
      - I: jobs[i].income
    ---
    mandatory: True
    code: |
      for n in range(2):
        jobs[n].period
        jobs[n].income
    ---
    mandatory: True
    question: ${ jobs[0].income } ${ jobs[1].income }
    """
    session = interview(text)
    for n in range(2):
        session.answer({f"jobs[{n}].period": "week"}).answer({f"jobs[{n}].income": f"{n}0"})
    assert session.question == "00 10"
    session.act("jobs[1].period").answer({"jobs[1].period": "month"})
    assert session.answers["jobs"][0].income == "00"
    assert not hasattr(session.answers["jobs"][1], "income")


def test_a_generic_block_is_concerned_for_its_own_object_alone():
    text = """
    objects:
      - p: Individual
      - q: Individual
    ---
    generic object: Individual
    question: Age
    fields:
      - A: x.age
    ---
    generic object: Individual
    depends on: x.age
    code: |
      x.label = 'aged ' + x.age
    ---
    mandatory: True
    question: ${ p.label } ${ q.label }
    """
    session = interview(text).answer({"p.age": "1"}).answer({"q.age": "2"})
    assert session.question == "aged 1 aged 2"
    session.act("q.age").answer({"q.age": "3"})
    assert session.question == "aged 1 aged 3"


def test_invalidate_offers_the_value_again():
    text = """
    mandatory: True
    code: |
      a
      if not defined('once'):
        once = True
        invalidate('a')
        a
    ---
    question: A?
    fields:
      - A: a
    ---
    mandatory: True
    question: End
    """
    session = interview(text).answer(a="x")
    assert session.question == "A?"
    assert session.field("a").value == "x"


def test_undefine_offers_nothing_again():
    text = """
    mandatory: True
    code: |
      a
      if not defined('once'):
        once = True
        undefine('a', 'never_there')
        a
    ---
    question: A?
    fields:
      - A: a
    ---
    mandatory: True
    question: End
    """
    assert interview(text).answer(a="x").field("a").value == ""


def test_what_was_typed_is_offered_after_the_back_button():
    session = interview("""
    question: A?
    fields:
      - A: a
    ---
    mandatory: True
    question: ${ a }
    """)
    session.answer(a="typed").back()
    assert session.question == "A?"
    assert session.field("a").value == "typed"
    assert "a" not in session.answers


def test_mutually_dependent_blocks_are_no_endless_recursion():
    text = """
    question: A?
    fields:
      - A: a
    ---
    depends on: b
    question: A again?
    fields:
      - A: a
    ---
    depends on: a
    question: B?
    fields:
      - B: b
    ---
    mandatory: True
    question: ${ a } ${ b }
    """
    session = interview(text).answer(a="1").answer(b="2")
    assert session.question == "1 2"
    assert session.act("b").answer(b="3").question == "A again?"
