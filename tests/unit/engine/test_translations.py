"""`translations`: spreadsheets that have the texts of an interview in other languages."""

from __future__ import annotations

import csv
import io

import pytest

from docassemble_lite.engine.program import build
from docassemble_lite.engine.source import Sources
from tests.unit.engine.interviewing import interview, programs, source_mistake
from tests.unit.formats.spreadsheet import spreadsheet

HEADER = ["interview", "question_id", "index_num", "hash", "orig_lang", "tr_lang", "orig_text", "tr_text"]
SPANISH = "initial: True\ncode: set_language('es')\n---\n"
QUESTION = """
translations: words.csv
---
mandatory: True
question: Good day, ${ name }
subquestion: |
  How *are* you?

  Fine?
fields:
  - Fruit: fruit
    help: Any fruit
    choices:
      - Apple: apple
---
code: name = 'Ann'
"""
PAIRS = {
    "Good day, ${ name }": "Buenos días, ${ name }",
    "How *are* you?\n\nFine?\n": "¿Cómo *estás*?\n\n¿Bien?",
    "Fruit": "Fruta",
    "Any fruit": "Cualquier fruta",
    "Apple": "Manzana",
}


def words(pairs: dict[str, str], language: str = "es") -> str:
    """A spreadsheet as CSV: text → translation."""
    out = io.StringIO()
    csv.writer(out).writerows([HEADER, *(["", "", "0", "", "en", language, text, said] for text, said in pairs.items())])
    return out.getvalue()


def test_texts_are_shown_as_they_are_translated() -> None:
    screen = interview(SPANISH + QUESTION, **{"words.csv": words(PAIRS)}).screen
    assert screen.question == "Buenos días, Ann"
    assert screen.subquestion_html == "<p>¿Cómo <em>estás</em>?</p>\n<p>¿Bien?</p>\n"
    field = screen.fields[0]
    assert (field.label, field.choices[-1].label) == ("Fruta", "Manzana")
    assert "Cualquier fruta" in field.help_html


def test_in_another_language_texts_are_as_they_were_written() -> None:
    screen = interview(QUESTION, **{"words.csv": words(PAIRS)}).screen
    assert (screen.question, screen.fields[0].label) == ("Good day, Ann", "Fruit")


def test_a_screen_changes_with_the_language() -> None:
    text = "initial: True\ncode: set_language(spoken)\n---\nmandatory: True\ncode: spoken = 'en'\n---\n"
    text += "event: switch\ncode: spoken = 'es'\n---\n" + QUESTION
    session = interview(text, **{"words.csv": words(PAIRS)})
    assert session.question == "Good day, Ann"
    assert session.act("switch").show().question == "Buenos días, Ann"


def test_what_lacks_a_translation_stays() -> None:
    screen = interview(SPANISH + QUESTION, **{"words.csv": words({"Fruit": "Fruta", "Apple": ""})}).screen
    assert (screen.question, screen.fields[0].label, screen.fields[0].choices[-1].label) == ("Good day, Ann", "Fruta", "Apple")


def test_blocks_before_the_translations_stay_as_they_are() -> None:
    text = SPANISH + "mandatory: True\nquestion: Fruit\n---\ntranslations:\n  - words.csv"
    assert interview(text, **{"words.csv": words(PAIRS)}).question == "Fruit"


def test_what_was_typed_is_text_in_a_translation() -> None:
    text = SPANISH + QUESTION.replace("code: name = 'Ann'", "question: Who\nfields:\n  - N: name")
    screen = interview(text, **{"words.csv": words(PAIRS)}).answer(name="*x*").screen
    assert "*x*" in screen.question_html


def test_spreadsheets_of_office_programs_are_read() -> None:
    known, folder = programs(test_yml="mandatory: True\nquestion: x")
    assert known.get("test.yml")
    (folder / "sources").mkdir()
    (folder / "sources" / "words.xlsx").write_bytes(spreadsheet([HEADER, ["", "", 0, "", "en", "es", "Fruit", "Fruta"]]))
    (folder / "other.yml").write_text("translations: words.xlsx\n---\nmandatory: True\nquestion: Fruit")
    program = build("other.yml", Sources(folder))
    assert program.translations["Fruit"]["es"].text == "Fruta"
    assert folder / "sources" / "words.xlsx" in program.files


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("none.csv", "", "There is no file “words.csv” among the sources."),
        ("words.csv", "a,b\n", "“words.csv” has no translations."),
        ("words.csv", "", "“words.csv” has no translations."),
        ("words.csv", words({"Fruit": "Fruta ${ x"}), "“${” or “<%” is never closed."),
    ],
)
def test_a_file_without_translations_is_a_mistake(name: str, content: str, told: str) -> None:
    assert source_mistake("translations: words.csv\n---\nquestion: Fruit\n", **{name: content}).message == told
