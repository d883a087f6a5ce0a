"""Files that say how documents look: metadata in YAML, and a DOCX that others look like."""

from __future__ import annotations

import io

import docx
import pytest
from docx.shared import Mm, Pt

from docassemble_lite.errors import SourceError
from tests.unit.documents.reopened import html, part, word
from tests.unit.engine.interviewing import program
from tests.unit.engine.templates import latest, saved, session

LETTER = """
    mandatory: True
    question: x
    attachment:
      filename: letter
      valid formats: {formats}
      {keys}
      content: |
        {text}
"""


def letter(keys: str = "", text: str = "Text", formats: str = "md", before: str = "", **files: str | bytes) -> bytes:
    """A letter of an attachment with some keys, and with blocks before it."""
    found = session(before + LETTER.format(keys=keys, text=text.replace("\n", "\n        "), formats=formats), **files)
    return latest(found, formats)


def shown(content: bytes) -> str:
    """The words of a page."""
    return " ".join(html(content.decode()).text.split())


def reference() -> bytes:
    """A file that stands on A5, in a small font, with words above and below the text, and has something to explain."""
    made = docx.Document()
    made.styles["Normal"].font.name = "Courier New"
    made.styles["Normal"].font.size = Pt(9)
    section = made.sections[0]
    section.page_width, section.page_height, section.left_margin = Mm(148), Mm(210), Mm(15)
    section.header.paragraphs[0].text = "Smith & Sons"
    section.footer.paragraphs[0].text = "Since 1871"
    made.add_paragraph("Change the styles of this file.")
    return saved(made)


# --- a DOCX that others look like --------------------------------------------------------------------------------------------


def test_a_docx_has_styles_pages_headers_and_footers_of_its_reference_file() -> None:
    made = word(letter("docx reference file: house.docx", "Dear *Ann*", "docx", house_docx=reference()))
    section = made.sections[0]
    assert [paragraph.text for paragraph in made.paragraphs] == ["Dear Ann"]
    assert (round(section.page_width.mm), round(section.page_height.mm), round(section.left_margin.mm)) == (148, 210, 15)
    assert (section.header.paragraphs[0].text, section.footer.paragraphs[0].text) == ("Smith & Sons", "Since 1871")
    assert (made.styles["Normal"].font.name, made.styles["Normal"].font.size) == ("Courier New", Pt(9))


def test_only_what_tags_ask_for_differs_from_the_reference_file() -> None:
    text = "plain\n\n[CENTER] middle\n\n[INDENTBY 1in] in\n\n[SINGLESPACING]\n\nsingle[^1]\n\n[^1]: note"
    content = letter("docx reference file: house.docx", text, "docx", house_docx=reference())
    plain, middle, indented, single = word(content).paragraphs
    assert plain.paragraph_format.line_spacing is plain.paragraph_format.first_line_indent is plain.alignment is None
    assert (middle.alignment, middle.paragraph_format.line_spacing) == (1, None)
    assert indented.paragraph_format.left_indent.inches == 1
    assert single.paragraph_format.line_spacing == 1
    assert 'w:styleId="FootnoteReference"' in part(content, "word/styles.xml")


def test_attachment_options_have_a_reference_file_for_all_documents() -> None:
    options = "    attachment options:\n      docx reference file: house.docx\n    ---"
    own = docx.Document()
    own.sections[0].header.paragraphs[0].text = "Own"
    files = {"house_docx": reference(), "own_docx": saved(own)}
    default = word(letter("", formats="docx", before=options, **files))
    chosen = word(letter("docx reference file: own.docx", formats="docx", before=options, **files))
    assert default.sections[0].header.paragraphs[0].text == "Smith & Sons"
    assert chosen.sections[0].header.paragraphs[0].text == "Own"


def test_code_can_name_the_reference_file() -> None:
    made = word(letter("docx reference file: {code: \"'house' + '.docx'\"}", formats="docx", house_docx=reference()))
    assert made.sections[0].header.paragraphs[0].text == "Smith & Sons"


def test_another_reference_file_makes_the_document_anew() -> None:
    found = session(LETTER.format(keys="docx reference file: house.docx", text="x", formats="docx"), house_docx=reference())
    before = len(found.host.files)
    path = next(path for path in found.program.files if path.name == "house.docx")
    other = docx.Document(io.BytesIO(reference()))
    other.sections[0].header.paragraphs[0].text = "Other"
    path.write_bytes(saved(other))
    found.show()
    assert len(found.host.files) == before + 1
    assert word(latest(found, "docx")).sections[0].header.paragraphs[0].text == "Other"


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("none.docx", "There is no file “none.docx” among the templates"),
        ("looks.yml", "“looks.yml” is no DOCX file"),
        ("text.docx", "“text.docx” can't be a reference file. It isn't a DOCX file"),
        ("[text.docx]", "“docx reference file” must name one file"),
    ],
)
@pytest.mark.parametrize("key", ["attachment", "attachment options"])
def test_a_reference_file_must_be_a_docx(key: str, value: str, message: str) -> None:
    text = f"question: x\n---\n{key}:\n  docx reference file: {value}\n" + (
        "  content: x\n  variable name: y\n" * (key == "attachment")
    )
    with pytest.raises(SourceError) as caught:
        program(text, **{"text.docx": "a text", "looks.yml": "toc: True"})
    assert message in caught.value.message
    assert (caught.value.source, caught.value.line) == ("test.yml", 4)


# --- metadata in files -------------------------------------------------------------------------------------------------------


def test_metadata_comes_from_files_one_after_the_other_and_then_from_the_attachment() -> None:
    keys = "initial yaml: first.yml\n      additional yaml: [second.yml, third.yml]\n      metadata: {date: today}"
    files = {
        "first_yml": "title: 1\nauthor: [Ann, 'B*o*b']\ndate: once\n",
        "second_yml": "---\ntitle: 2\n...\n",
        "third_yml": "title: Of *three* ${ nothing }\n",
    }
    assert shown(letter(keys, formats="html", **files)) == "Of three ${ nothing } Ann Bob today Text"


def test_an_attachment_names_other_files_than_attachment_options_do() -> None:
    options = """
    attachment options:
      initial yaml: first.yml
      additional yaml: second.yml
      metadata: {author: Ann}
    ---
    attachment options:
      additional yaml: third.yml
    ---"""
    files = {"first_yml": "title: 1\ndate: 1", "second_yml": "title: 2\ndate: 2", "third_yml": "title: 3"}
    assert shown(letter(formats="html", before=options, **files)) == "3 Ann 1 Text"
    assert shown(letter("additional yaml: second.yml", formats="html", before=options, **files)) == "2 Ann 2 Text"


def test_what_means_nothing_in_a_file_of_metadata_is_told_at_its_line() -> None:
    found = program(
        "attachment:\n  variable name: x\n  content: x\n  additional yaml: looks.yml\n",
        **{"looks.yml": "toc: True\nfontsise: 1pt\n"},
    )
    (warning,) = found.warnings
    assert (warning.message, warning.hint) == ("There is no metadata “fontsise” for documents.", "Did you mean “fontsize”?")
    assert (warning.source, warning.line) == ("looks.yml", 2)


@pytest.mark.parametrize(
    ("value", "source", "line", "message"),
    [
        ("[looks.yml, none.yml]", "test.yml", 2, "There is no file “none.yml” among the templates"),
        ("{code: x}", "test.yml", 2, "must be the name of a file"),
        ("list.yml", "list.yml", 1, "must consist of lines of the form “name: value”"),
        ("deep.yml", "deep.yml", 2, "“title” must be a text"),
        ("broken.yml", "broken.yml", 1, "This isn't YAML"),
    ],
)
def test_a_file_of_metadata_must_be_one(value: str, source: str, line: int, message: str) -> None:
    files = {"looks.yml": "toc: True", "list.yml": "- toc", "deep.yml": "toc: True\ntitle:\n  a: b", "broken.yml": "a: [b"}
    with pytest.raises(SourceError) as caught:
        program(f"attachment options:\n  initial yaml: {value}\n", **files)
    assert message in caught.value.message
    assert (caught.value.source, caught.value.line) == (source, line)
