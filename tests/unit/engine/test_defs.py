"""`def` blocks: functions of Mako that other texts use."""

from __future__ import annotations

import pytest

from tests.unit.engine.interviewing import failure, interview, source_mistake

PRAISE = """
def: praise
mako: |
  <%def name="praise(who)">${ who } is *kind*. </%def>
---
"""


def test_a_question_uses_the_functions_of_a_def_block() -> None:
    session = interview(PRAISE + "mandatory: True\nquestion: Hi\nsubquestion: ${ praise('Ann') }\nusedefs: praise")
    assert "Ann is <em>kind</em>." in session.screen.subquestion_html


def test_fields_use_them_too() -> None:
    session = interview(
        PRAISE + "mandatory: True\nquestion: Hi\nusedefs:\n  - praise\nfields:\n  - Name: name\n    help: ${ praise('Bob') }"
    )
    assert "Bob is <em>kind</em>." in session.screen.fields[0].help_html


def test_templates_and_documents_use_them() -> None:
    text = """
mandatory: True
question: ${ about } ${ letter.slurp() }
---
template: about
usedefs: praise
content: ${ praise('Cy') }
---
attachment:
  variable name: letter
  valid formats: md
  usedefs: praise
  content: ${ praise('Di') }
"""
    question = interview(PRAISE + text).question
    assert "Cy is kind." in question
    assert "Di is" in question


@pytest.mark.parametrize("chosen", ["one.md", "code: \"'one.md'\""])
def test_texts_in_files_use_them(chosen: str) -> None:
    text = f"mandatory: True\nquestion: ${{ about }}\n---\ntemplate: about\nusedefs: praise\ncontent file:\n  {chosen}\n"
    assert interview(PRAISE + text, **{"one.md": "${ praise('Ed') }"}).question.strip() == "Ed is kind."


def test_what_a_function_needs_is_asked_for() -> None:
    text = """
def: greeting
mako: |
  <%def name="greet()">Hello ${ name }!</%def>
---
mandatory: True
question: ${ greet() }
usedefs: greeting
---
question: Name?
fields:
  - N: name
"""
    session = interview(text)
    assert session.question == "Name?"
    assert session.answer(name="Flo").question == "Hello Flo!"


def test_what_was_typed_stays_text_in_a_function() -> None:
    text = "mandatory: True\nquestion: ${ praise(name) }\nusedefs: praise\n---\nquestion: Name?\nfields:\n  - N: name"
    session = interview(PRAISE + text).answer(name="*bold* [l](javascript:x)")
    assert "<em>bold" not in session.screen.question_html
    assert "<a" not in session.screen.question_html


def test_a_block_that_names_no_function_has_none() -> None:
    assert "praise" in failure(PRAISE + "mandatory: True\nquestion: ${ praise('Ann') }").message


def test_a_name_that_no_block_before_defines_is_a_mistake() -> None:
    mistake = source_mistake("mandatory: True\nquestion: Hi\nusedefs: praise\n---\n" + PRAISE)
    assert mistake.message == "There is no “def: praise” before this block."
    assert mistake.line == 3


def test_a_function_that_mako_cannot_read_is_told() -> None:
    mistake = source_mistake('def: broken\nmako: |\n  <%def name="a(">\n  </%def>\n')
    assert mistake.message.startswith("This isn't Python")
    assert mistake.line == 3


@pytest.mark.parametrize(
    ("text", "told"),
    [("def: empty\n", "A “def” block needs “mako”."), ("def: [a]\nmako: x\n", "“def” must be a name.")],
)
def test_a_def_block_has_a_name_and_a_text(text: str, told: str) -> None:
    assert source_mistake(text).message == told
