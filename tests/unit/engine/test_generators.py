"""`object labeler`, `help generator` and `image generator`: what is shown of objects that can be chosen."""

from __future__ import annotations

import pytest

from docassemble_lite.errors import EvaluationError
from tests.unit.engine.interviewing import interview, source_mistake

ASK = """
    objects:
      - dog: Thing
      - cat: Thing
    ---
    mandatory: True
    code: |
      dog.name.text = '<b>Rex</b>'
      dog.kind = 'the *dog*'
      cat.name.text = 'Tom'
    ---
    mandatory: True
    question: Which animal?
    fields:
      - Animal: animal
        datatype: object_radio
        GENERATOR
        choices:
          - dog
          - cat
    ---
    code: cat.kind = 'the cat'
    ---
    mandatory: True
    question: ${ animal.kind }
"""


def choices_with(generator):
    return interview(ASK.replace("GENERATOR", generator)).field("animal").choices


def test_an_object_is_labelled_by_its_text():
    assert [choice.label for choice in choices_with("hint: x")] == ["Rex", "Tom"]


def test_a_labeler_says_what_an_object_is_called_and_what_it_needs_is_sought():
    assert [choice.label for choice in choices_with("object labeler: 'lambda y: y.kind'")] == ["the dog", "the cat"]


def test_where_there_is_a_labeler_the_text_of_an_object_is_not_asked_for():
    text = ASK.replace("cat.name.text = 'Tom'", "pass").replace("GENERATOR", "object labeler: 'lambda y: y.kind'")
    assert interview(text).variables == ["animal"]


def test_a_method_is_a_labeler_too():
    assert [choice.label for choice in choices_with("object labeler: Thing.object_name")] == ["dog", "cat"]


def test_help_is_made_for_each_object():
    assert [choice.help_html for choice in choices_with("help generator: 'lambda y: y.kind'")] == ["the <em>dog</em>", "the cat"]


def test_a_picture_is_an_address():
    found = choices_with("image generator: |\n          lambda y: '/img/dog.png' if y is dog else None")
    assert [choice.image_url for choice in found] == ["/img/dog.png", ""]


@pytest.mark.parametrize("made", ["'javascript:alert(1)'", "'data:text/html,x'", "'dog.png'", "7"])
def test_anything_else_is_no_picture(made):
    with pytest.raises(EvaluationError, match="no picture"):
        choices_with(f'image generator: "lambda y: {made}"')


def test_what_is_no_function_is_a_mistake():
    with pytest.raises(EvaluationError, match="no function"):
        choices_with("object labeler: dog.kind")
    assert "must be a function" in source_mistake(ASK.replace("GENERATOR", "object labeler: 7")).message


def test_what_was_chosen_by_another_label_is_the_object():
    session = interview(ASK.replace("GENERATOR", "object labeler: 'lambda y: y.kind'")).answer("the cat")
    assert session.question == "the cat"
