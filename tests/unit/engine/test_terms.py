"""`terms` and `auto terms`: words that can be explained."""

from __future__ import annotations

import re

import pytest

from tests.unit.engine.interviewing import Interview, interview, source_mistake

CREEPER = """
    {before}
    mandatory: True
    question: Met a {{creeper}}?
    subquestion: |
      {text}
    buttons:
      - A {{creeper}}: restart
    {more}
"""
GLOBAL = "terms:\n      creeper: A *green* creature.\n      zombie pigman: It has a sword.\n    ---"


def ask(text: str = "No.", before: str = GLOBAL, more: str = "") -> Interview:
    return interview(CREEPER.format(text=text, before=before, more=more.replace("\n", "\n    ")))


def explained(html: str) -> dict[str, str]:
    """What can be opened in some HTML: the words → the explanation."""
    found = re.findall(r'popovertarget="([^"]*)">(.*?)</button><span class="daterm-text" id="\1"[^>]*>(.*?)</span>', html)
    return {words: text for _, words, text in found}


def test_words_in_braces_are_explained():
    assert explained(ask().screen.question_html) == {"creeper": "A <em>green</em> creature."}
    assert ask().question == "Met a creeper?"


def test_other_words_can_be_shown_for_a_term():
    session = ask("A {Zombie  Pigman|zombified one} is here.")
    assert explained(session.screen.subquestion_html) == {"zombified one": "It has a sword."}


def test_what_isnt_defined_keeps_its_braces():
    assert "A {table} and" in ask("A {table} and {nothing|else}").screen.subquestion_html


def test_a_button_has_only_the_words_of_a_term():
    assert ask().screen.buttons[0].label_html == "A creeper"


def test_every_term_of_a_screen_has_a_place_of_its_own():
    session = ask("{creeper} and {creeper}")
    names = re.findall(r'id="(daterm-\d+)"', session.screen.question_html + session.screen.subquestion_html)
    assert len(set(names)) == len(names) == 3


def test_terms_of_a_question_can_have_mako_and_come_first():
    session = ask(before="", more="terms:\n  creeper: A ${ color } one.\n---\nquestion: C?\nfields:\n  - C: color")
    assert session.question == "C?"
    assert explained(session.answer(color="*red*").screen.question_html) == {"creeper": "A *red* one."}


def test_auto_terms_need_no_braces_and_are_whole_words_outside_of_links():
    before = "auto terms:\n      creeper: A creature.\n      big creeper: A giant.\n    ---"
    html = ask("A big creeper, a Creeper, creepers, [a creeper](https://a.b).", before).screen.subquestion_html
    assert explained(html) == {"big creeper": "A giant.", "Creeper": "A creature."}


def test_several_phrases_can_have_one_definition():
    before = "terms:\n      - phrases:\n          - creeper\n          - monster\n        definition: A creature.\n    ---"
    assert explained(ask("A {monster}.", before).screen.subquestion_html) == {"monster": "A creature."}


def test_code_can_add_terms():
    before = GLOBAL + "\n    mandatory: True\n    code: |\n      update_terms({'nether': 'The underworld'})\n    ---"
    assert explained(ask("In the {nether}.", before).screen.subquestion_html) == {"nether": "The underworld"}


def test_typed_braces_are_no_term():
    session = interview(
        "terms:\n  creeper: A creature.\n---\nmandatory: True\nquestion: ${ name }\n---\nquestion: Name?\nfields:\n  - N: name"
    )
    assert session.answer(name="{creeper}").screen.question_html == "{creeper}"


def test_terms_that_cant_be_read_are_a_mistake():
    assert "must consist of lines" in source_mistake("terms: creeper").message


@pytest.mark.parametrize("key", ["terms", "auto terms"])
def test_a_term_in_its_own_explanation_is_left_alone(key):
    before = f"{key}:\n      creeper: A creeper is a {{creeper}}.\n    ---"
    assert explained(ask(before=before).screen.question_html) == {"creeper": "A creeper is a {creeper}."}
