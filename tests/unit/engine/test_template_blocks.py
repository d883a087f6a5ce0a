"""`template` blocks: texts that are evaluated each time they are used."""

from __future__ import annotations

import pytest

from tests.unit.engine.interviewing import interview, source_mistake

LETTER = """
    mandatory: True
    question: ${ letter.subject }
    subquestion: ${ letter }
    ---
    template: letter
    subject: To ${ name }
    content: |
      Dear *${ name }*
    ---
    question: Name?
    fields:
      - N: name
"""


def test_a_template_seeks_what_its_texts_need():
    session = interview(LETTER)
    assert session.question == "Name?"
    assert session.answer(name="Ann").question == "To Ann"


def test_a_template_is_markdown_where_it_is_shown():
    assert "Dear <em>Ann</em>" in interview(LETTER).answer(name="Ann").screen.subquestion_html


def test_a_template_changes_with_what_it_is_about():
    session = interview(LETTER).answer(name="Ann")
    assert session.act("name").answer(name="Bob").question == "To Bob"


def test_a_template_that_was_stored_finds_its_text_again():
    session = interview(LETTER).answer(name="Ann")
    assert session.show().question == "To Ann"


@pytest.mark.parametrize(
    ("expression", "shown"),
    [
        ("letter.content", "Dear *Ann*"),
        ("str(letter)", "Dear *Ann*"),
        ("letter.show()", "Dear *Ann*"),
        ("letter.subject", "To Ann"),
    ],
)
def test_code_can_use_the_text_of_a_template(expression, shown):
    session = interview(f"""
    mandatory: True
    code: |
      name = 'Ann'
      found = {expression}
    ---
    template: letter
    subject: To ${{ name }}
    content: |
      Dear *${{ name }}*
    ---
    mandatory: True
    question: End
    """)
    assert session.answers["found"].strip() == shown


def test_a_template_can_give_html():
    session = interview("""
    mandatory: True
    question: ${ 'yes' if '<em>x</em>' in letter.content_as_html() else 'no' }
    ---
    template: letter
    content: "*x*"
    """)
    assert session.question == "yes"


def test_a_generic_template_speaks_of_its_object():
    session = interview("""
    objects:
      - ann: Individual
    ---
    mandatory: True
    code: |
      ann.name.first = 'Ann'
      other = x if defined('x') else None
    ---
    generic object: Individual
    template: x.intro
    content: I am ${ x.name.first }
    ---
    mandatory: True
    question: ${ ann.intro }
    """)
    assert session.question == "I am Ann"


def test_templates_of_two_objects_are_two():
    session = interview("""
    objects:
      - ann: DAObject.using(label='Ann')
      - bob: DAObject.using(label='Bob')
    ---
    generic object: DAObject
    template: x.intro
    content: I am ${ x.label }
    ---
    mandatory: True
    question: ${ ann.intro }, ${ bob.intro }, ${ ann.intro }
    """)
    assert session.question == "I am Ann, I am Bob, I am Ann"


def test_a_template_of_an_item_knows_its_iterator():
    session = interview("""
    objects:
      - items: DAList.using(object_type=DAObject, auto_gather=False)
    ---
    template: items[i].intro
    content: Number ${ i }
    ---
    mandatory: True
    question: ${ items[0].intro }, ${ items[2].intro }
    """)
    assert session.question == "Number 0, Number 2"


def test_one_template_can_bring_in_another():
    session = interview("""
    mandatory: True
    question: ${ outer }
    ---
    template: outer
    content: a ${ inner } c
    ---
    template: inner
    content: b
    """)
    assert session.question == "a b c"


def test_the_later_template_is_the_one_that_is_used():
    session = interview("""
    mandatory: True
    question: ${ t }
    ---
    template: t
    content: early
    ---
    template: t
    content: late
    """)
    assert session.question == "late"


def test_a_template_without_a_text_is_a_mistake():
    assert source_mistake("    template: t\n    subject: s").line == 1


def test_a_template_that_needs_itself_is_an_error_and_not_a_crash():
    from docassemble_lite.errors import EvaluationError

    with pytest.raises(EvaluationError):
        interview("    mandatory: True\n    question: ${ t }\n    ---\n    template: t\n    content: again ${ t }")


def test_a_mandatory_template_is_made_at_once():
    session = interview(
        "    mandatory: True\n    template: t\n    content: x\n    ---\n    mandatory: True\n    question: ${ defined('t') }"
    )
    assert session.question == "True"


def test_the_text_of_a_template_may_stand_in_files():
    session = interview(
        "mandatory: True\nquestion: Hi\nsubquestion: ${ about }\n---\n"
        "template: about\ncontent file:\n  - templates/one.md\n  - two.md\n---\ncode: name = 'Ann'",
        **{"templates/one.md": "Dear ${ name }\n", "two.md": "Good *bye*\n"},
    )
    assert session.screen.subquestion_html == "<p>Dear Ann</p>\n<p>Good <em>bye</em></p>\n"


def test_code_can_choose_the_file_of_a_template():
    text = (
        "mandatory: True\nquestion: ${ about }\n---\ntemplate: about\ncontent file:\n  code: chosen\n---\ncode: chosen = 'one.md'"
    )
    assert interview(text, **{"one.md": "First"}).question == "First"


def test_a_template_whose_file_is_missing_is_a_mistake():
    mistake = source_mistake("template: about\ncontent file: none.md")
    assert "There is no file “none.md”" in mistake.message
    assert mistake.line == 2
