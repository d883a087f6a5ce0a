"""DOCX templates: what stands in the document, what is asked for, and what a template can't do."""

from __future__ import annotations

import io
import zipfile

import docx
import pytest
from docxtpl import DocxTemplate
from PIL import Image

from docassemble_lite.documents import office
from docassemble_lite.errors import AuthorError, EvaluationError, SourceError
from docassemble_lite.formats.office import MOST_ENTRIES
from tests.unit.engine.interviewing import Interview
from tests.unit.engine.templates import LETTER, drawing, latest, letter, lines, saved, session, word_template

ASKED = (
    LETTER
    + """
    ---
    question: Name?
    fields:
      - N: name
"""
)
UPLOADED = """
    objects:
      - given: DAFile
    ---
    mandatory: True
    code: |
      given.initialize(filename='given.docx', content=bytes.fromhex('KEPT'))
    ---
    mandatory: True
    question: Here you are
    attachment:
      name: Letter
      docx template file:
        code: given
      valid formats: docx
"""


def error_of(*template: str, answers: str = "", **files: bytes) -> AuthorError:
    with pytest.raises(AuthorError) as caught:
        letter(*template, answers=answers, **files)
    return caught.value


# --- names -----------------------------------------------------------------------------------------------------------------


def test_a_name_that_is_missing_is_asked_for() -> None:
    found = session(ASKED, letter_docx=word_template("Dear {{ name }},"))
    assert found.question == "Name?"
    found.answer(name="Ann")
    assert lines(latest(found, "docx")) == ["Dear Ann,"]


def test_a_name_behind_a_false_condition_is_not_asked_for() -> None:
    assert letter("{% if False %}{{ name }}{% endif %}Text") == ["Text"]


def test_an_attribute_of_an_object_is_asked_for_under_its_own_name() -> None:
    text = (
        LETTER.replace("mandatory", "objects:\n      - client: Individual\n    ---\n    mandatory", 1)
        + """
    ---
    question: Name of ${ x.instanceName }?
    generic object: Individual
    fields:
      - First: x.name.first
      - Last: x.name.last
"""
    )
    found = session(text, letter_docx=word_template("{% set c = client %}Dear {{ c }} {{ c.name.first }},"))
    assert found.question == "Name of client?"
    found.answer({"client.name.first": "Ann", "client.name.last": "Bee"})
    assert lines(latest(found, "docx")) == ["Dear Ann Bee Ann,"]


def test_what_is_defined_can_be_asked_without_seeking_it() -> None:
    template = "{% if name is defined %}Dear {{ name }}{% else %}Hello{% endif %} {{ other | default('you') }}"
    assert letter(template) == ["Hello you"]


def test_skip_undefined_leaves_gaps() -> None:
    text = LETTER + "      skip undefined: True\n"
    template = word_template("Dear {{ name.first }}, {{ some[3] }}{{ f(x) }} and {{ 1 + 1 }}")
    assert lines(latest(session(text, letter_docx=template), "docx")) == ["Dear ,  and 2"]


def test_functions_and_filters_of_the_language_are_there() -> None:
    assert letter(
        "{{ currency(5) }} {{ 5 | currency }} {{ fruit | comma_and_list }} {{ title_case('of mice') }} {{ 2 | ordinal }}",
        "{{ nice_number(3) }} {{ fruit | length }} {{ 0 | alpha }} {{ [[1], [2]] | chain | join('+') }} {{ len(fruit) }}",
        "{{ word('yes') }}, {{ fruit[0] | capitalize }}{{ 'end' | fix_punctuation }}",
        answers="fruit = ['apple', 'pear']",
    ) == [
        "$5.00 $5.00 apple and pear Of Mice third",
        "three 2 A 1+2 2",
        "yes, Appleend.",
    ]


def test_loops_repeat_paragraphs_and_rows() -> None:
    rows = [["Name", "Age"], ["{%tr for name, age in people.items() %}", ""], ["{{ name }}", "{{ age }}"], ["{%tr endfor %}", ""]]
    template = word_template("{%p for name in people %}", "* {{ name }}", "{%p endfor %}", table=rows, header="{{ title }}")
    code = "    mandatory: True\n    code: |\n      people, title = {'Ann': 3, 'Bob': 4}, 'A & B'\n    ---\n"
    content = latest(session(code + LETTER.lstrip("\n"), letter_docx=template), "docx")
    assert lines(content) == ["* Ann", "* Bob", "Name", "Age", "Ann", "3", "Bob", "4"]
    assert docx.Document(io.BytesIO(content)).sections[0].header.paragraphs[0].text == "A & B"


def test_macros_and_curly_quotes_work() -> None:
    template = ("{% macro greet(who) %}Dear {{ who }}!{% endmacro %}{{ greet(“Ann”) }}", "{{ d[‘a’] }}")
    assert letter(*template, answers="d = {'a': 'b'}") == ["Dear Ann!", "b"]


# --- typed texts -----------------------------------------------------------------------------------------------------------


def test_what_was_typed_stays_what_it_is() -> None:
    found = session(ASKED, letter_docx=word_template("{{ name }}|", "{{r name | RichText }}|", "{{r name | inline_markdown }}|"))
    found.answer(name="x < y & {{ 7*7 }} {% raw %} {_{ [BR] *z* é漢 ${ 1 }")
    expected = "x < y & {{ 7*7 }} {% raw %} {_{ [BR] *z* é漢 ${ 1 }|"
    assert lines(latest(found, "docx")) == [expected] * 3


def test_typed_line_breaks_are_line_breaks() -> None:
    text = ASKED.replace("- N: name", "- N: name\n        datatype: area")
    found = session(
        text, letter_docx=word_template("{{ name }}", "{{ name | manual_line_breaks }}", "{{p name | paragraphs | markdown }}")
    )
    found.answer(name="one *1*\ntwo < b")
    assert lines(latest(found, "docx")) == ["one *1*\ntwo < b"] * 2 + ["one *1*", "two < b"]


def test_tags_of_an_authors_text_are_carried_out() -> None:
    assert letter("{{ block }}", answers="block = 'A [NEWLINE] B[BR]C[TAB]D'") == ["A\nB\nC\tD"]


def test_markdown_becomes_paragraphs_and_formats() -> None:
    template = word_template("Before", "{{p text | markdown }}", "A {{r line | inline_markdown }} Z")
    code = (
        "    mandatory: True\n    code: |\n"
        "      text = 'One **two** [three](https://example.com)\\n\\n* a\\n* b\\n\\n1. c'\n      line = 'x *y*'\n    ---\n"
    )
    content = latest(session(code + LETTER.lstrip("\n"), letter_docx=template), "docx")
    assert lines(content) == ["Before", "One two three", "•\ta", "•\tb", "1.\tc", "A x y Z"]
    document = docx.Document(io.BytesIO(content))
    assert [run.text for line in document.paragraphs for run in line.runs if run.bold] == ["two"]
    assert [run.text for line in document.paragraphs for run in line.runs if run.italic] == ["y"]
    assert "https://example.com" in [relation.target_ref for relation in document.part.rels.values() if relation.is_external]


def test_plain_text_where_a_paragraph_or_a_run_belongs_is_shown_all_the_same() -> None:
    assert letter("{{p text }}", "A {{r text }} Z", answers="text = 'Hello'") == ["Hello", "A Hello Z"]


def test_paragraphs_in_the_middle_of_a_line_are_a_mistake() -> None:
    assert "paragraphs need {{p" in error_of("A {{ 'x' | markdown }} Z").message


# --- pictures and other files ----------------------------------------------------------------------------------------------


def with_picture(*template: str) -> docx.document.Document:
    text = f"""
    objects:
      - pic: DAFile
    ---
    mandatory: True
    code: |
      pic.initialize(filename='pic.png', content=bytes.fromhex('{drawing().hex()}'))
      pic.set_alt_text('A "line"')
    ---
{LETTER}"""
    content = latest(session(text, letter_docx=word_template(*template)), "docx")
    return docx.Document(io.BytesIO(content))


def test_a_file_becomes_a_picture_with_a_description() -> None:
    document = with_picture("Look: {{ pic }}")
    (shape,) = document.inline_shapes
    assert (shape.width, shape._inline.docPr.get("descr")) == (round(400 / 72 * 914400), 'A "line"')


def test_a_picture_that_is_none_is_told() -> None:
    text = (
        """
    objects:
      - pic: DAFile
    ---
    mandatory: True
    code: |
      pic.initialize(filename='pic.png', content=b'nothing')
    ---
"""
        + LETTER
    )
    with pytest.raises(EvaluationError, match=r"A picture in it can't be read"):
        session(text, letter_docx=word_template("{{ pic }}"))


def test_another_template_can_be_included_with_values_of_its_own() -> None:
    inner = word_template("Dear {{ who }} of {{ planet }},", "{{ who }}{% if True %}!{% endif %}")
    template = "{{p include_docx_template('inner.docx', who=first) }}", "{{p include_docx_template('inner.docx', who='<B>') }}"
    assert letter(*template, "{{ planet }}", answers="first, planet = '{{ planet }}', 'Mars'", inner_docx=inner) == [
        "Dear {{ planet }} of Mars,",
        "{{ planet }}!",
        "Dear <B> of Mars,",
        "<B>!",
        "Mars",
    ]


def test_an_included_file_can_stand_in_a_line_or_as_it_is() -> None:
    inner = word_template("{{ 1 + 1 }}")
    template = (
        "A {{r include_docx_template('inner.docx', _inline=True) }} Z",
        "{{p include_docx_template('inner.docx', _use_jinja2=False) }}",
    )
    assert letter(*template, inner_docx=inner) == ["A 2 Z", "{{ 1 + 1 }}"]


def test_files_that_include_each_other_are_told() -> None:
    circle = word_template("{{p include_docx_template('inner.docx') }}")
    assert "more than 10 deep" in error_of("{{p include_docx_template('inner.docx') }}", inner_docx=circle).message


def test_several_templates_follow_on_each_other() -> None:
    text = LETTER.replace("letter.docx", "[letter.docx, more.docx]")
    found = session(text, letter_docx=word_template("{{ 1 + 1 }}"), more_docx=word_template("{{ 2 + 2 }}"))
    assert lines(latest(found, "docx")) == ["2", "4"]


# --- fields ----------------------------------------------------------------------------------------------------------------


def test_fields_come_before_the_answers() -> None:
    text = (
        LETTER
        + """      fields:
        - title: ${ 'A' } & B
        - parts:
            - one
            - ${ two }
      field code:
        third: 1 / 4
      field variables:
        - fruit
      raw field variables: numbers
      code: |
        {'fifth': raw([5, 6])}
      decimal places: 2
    ---
    code: |
      two, fruit, numbers, title, other = '2', ['a', 'b'], [3, 4], 'answer', 'rest'
"""
    )
    template = word_template(
        "{{ title }} {% for part in parts %}{{ part }},{% endfor %} {{ third }} {{ fruit }} "
        "{{ numbers | sum }} {{ fifth[1] }} {{ other }}"
    )
    (line,) = lines(latest(session(text, letter_docx=template), "docx"))
    assert line.startswith("A & B one,2, 0.25 ")
    assert line.endswith(" 7 6 rest")


# --- formats ---------------------------------------------------------------------------------------------------------------


def test_without_libreoffice_the_screen_offers_a_docx_and_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office, "is_installed", lambda: False)
    found = session(LETTER.replace("valid formats: docx", "description: x"), letter_docx=word_template("Text"))
    assert found.screen.documents
    (view,) = found.screen.documents.views
    assert [file.extension for file in view.files] == ["docx"]
    assert "LibreOffice isn't installed" in view.problem


def test_without_libreoffice_all_documents_are_downloaded_and_sent_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office, "is_installed", lambda: False)
    found = session(
        """
        mandatory: True
        question: x
        attachments:
          - filename: letter
            docx template file: letter.docx
          - filename: receipt
            valid formats: [pdf]
            content: x
        allow downloading: True
        """,
        letter_docx=word_template("Text"),
    )
    assert found.screen.documents
    assert found.screen.documents.emailing
    names = [found.host.file_info(number).name for number in found.screen.documents.emailing.letter.numbers]
    assert names == ["letter.docx", "receipt.pdf"]
    (archive,) = found.screen.documents.archives
    assert archive.url.count("file=") == 2


@pytest.mark.skipif(not office.is_installed(), reason="LibreOffice isn't installed")
def test_a_template_becomes_a_pdf_too() -> None:
    found = session(LETTER.replace("valid formats: docx", "description: x"), letter_docx=word_template("Dear {{ 'Ann' }}"))
    assert found.screen.documents
    (view,) = found.screen.documents.views
    assert [file.extension for file in view.files] == ["pdf", "docx"]
    import pypdf

    assert "Dear Ann" in pypdf.PdfReader(io.BytesIO(latest(found, "pdf"))).pages[0].extract_text()


def test_a_document_is_made_anew_only_when_it_changes() -> None:
    text = (
        LETTER
        + """
    ---
    event: later
    code: |
      name = 'Bob'
    ---
    code: |
      name = 'Ann'
"""
    )
    found = session(text, letter_docx=word_template("Dear {{ name }}"))
    assert len(found.host.files) == 1
    found.show()
    assert len(found.host.files) == 1
    found.act("later")
    assert lines(latest(found, "docx")) == ["Dear Bob"]
    assert len(found.host.files) == 2
    program_folder = found.program.source.path.parent
    (program_folder / "letter.docx").write_bytes(word_template("Good-bye {{ name }}"))
    found.show()
    assert lines(latest(found, "docx")) == ["Good-bye Bob"]


# --- mistakes and hostile files ----------------------------------------------------------------------------------------------


def test_a_template_that_is_not_there_or_of_another_kind_is_a_mistake() -> None:
    with pytest.raises(SourceError, match=r"There is no file “letter\.docx” among the templates"):
        session(LETTER)
    with pytest.raises(SourceError, match=r"“letter\.txt” is no DOCX file"):
        session(LETTER.replace("letter.docx", "letter.txt"), letter_txt="x")


def test_a_mistake_in_a_template_says_where_it_stands() -> None:
    error = error_of("Good", "{% if x %}never closed")
    assert "letter.docx" in error.message
    assert "endif" in error.message
    assert "never closed" in error.message
    assert error.line == 4


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 nothing", b"%PDF-1.4", b"x" * 1000])
def test_a_broken_template_is_told(content: bytes) -> None:
    with pytest.raises(EvaluationError, match=r"It isn.t a DOCX file"):
        session(LETTER, letter_docx=content)


def packed(entries: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in entries.items():
            package.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize(
    "bomb",
    [
        {"word/document.xml": b"0" * 30_000_000},
        {"word/document.xml": b"<x/>", **{f"word/{number}.xml": b"" for number in range(MOST_ENTRIES)}},
    ],
)
def test_a_bomb_is_not_opened(bomb: dict[str, bytes]) -> None:
    with pytest.raises(EvaluationError, match="far too large"):
        session(LETTER, letter_docx=packed(bomb))


@pytest.mark.parametrize("part", [b"<w:document", b"<x/>", b"\x00\xff"])
def test_a_package_with_broken_parts_is_told(part: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(word_template("x"))) as good:
        entries = {name: good.read(name) for name in good.namelist()}
    with pytest.raises(EvaluationError, match="can't be made"):
        session(LETTER, letter_docx=packed({**entries, "word/document.xml": part}))


HARMFUL = [
    "{{ ''.__class__ }}",
    "{{ client.__init__.__globals__ }}",
    "{{ client._parts() }}",
    "{{ _internal }}",
    "{{ url_args.__class__.__mro__ }}",
    "{{ [client] | map(attribute='__class__') | first }}",
    "{{ client | attr('__class__') }}",
    "{{ '{0.__class__}'.format(client) }}",
    "{{ json.codecs }}",
    "{{ re }}",
    "{{ (client.name.first.format)._x }}",
    "{{ str.format('{0.__class__}', client) }}",
]


@pytest.mark.parametrize("harmful", [*HARMFUL, "{{ open('/etc/passwd') }}", "{{ eval('1') }}", "{{ getattr(client, 'x') }}"])
def test_no_template_gets_at_what_is_inside(harmful: str) -> None:
    answers = "client = Individual('client')\nclient.name.first = 'Ann'"
    with pytest.raises(AuthorError):
        print(letter(harmful, answers=answers))


UNTRUSTED = [
    "{{ given.copy_into('/etc/passwd') }}",
    "{{ given.path() }}",
    "{{ given.convert_to('md') }}",
    "{{ given.page_path(1) }}",
    "{{ define('a', 1) }}",
    "{{ all_variables() }}",
    "{{ background_action('x') }}",
    "{{ numbers.append(1) }}",
    "{{ Individual('x') }}",
    "{{ update_language_function('*', 'a', 'b') }}",
    "{{ pdf_concatenate('/etc/passwd') }}",
    "{{ secret() }}",
]


def uploaded(template: str) -> list[str]:
    code = "    code: |\n      numbers = [1]\n      def secret():\n        return 'x'\n    ---\n"
    found = session(code + UPLOADED.lstrip("\n").replace("KEPT", word_template(template).hex()))
    return lines(latest(found, "docx"))


@pytest.mark.parametrize("harmful", UNTRUSTED)
def test_an_uploaded_template_can_only_show(harmful: str) -> None:
    with pytest.raises(AuthorError):
        print(uploaded(harmful))


def test_an_uploaded_template_is_filled_in() -> None:
    template = "{% for n in numbers %}{{ n + 1 }}{{ loop.cycle('a') }}{% endfor %} {{ currency(3) }} {{ given.filename }} "
    template += "{{ 'a {}'.format(3) }}"
    assert uploaded(template) == ["2a $3.00 given.docx a 3"]


def test_an_address_is_not_fetched() -> None:
    text = LETTER.replace(
        "docx template file: letter.docx", "docx template file:\n        code: |\n          'http://127.0.0.1/x.docx'"
    )
    with pytest.raises(EvaluationError, match="can't be fetched"):
        session(text)


def test_a_hyperlink_has_the_style_that_is_asked_for() -> None:
    made = docx.Document()
    made.styles.add_style("My Link", docx.enum.style.WD_STYLE_TYPE.CHARACTER)
    made.add_paragraph("{{r '[a](https://example.com)' | inline_markdown }}")
    content = latest(session(LETTER + "      hyperlink style: My Link\n", letter_docx=saved(made)), "docx")
    assert docx.Document(io.BytesIO(content)).paragraphs[0].hyperlinks[0].runs[0].style.name == "My Link"


# --- when a document is made anew --------------------------------------------------------------------------------------------

INGREDIENTS = """
    mandatory: True
    code: |
      link, word, logo = '[a](https://one.example)', 'one', '[FILE logo.png]'
    ---
"""


def coloured(color: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), color).save(out, "PNG")
    return out.getvalue()


def with_ingredients() -> Interview:
    """A letter with a picture, a link, another document, and a header and properties with words of their own."""
    made = docx.Document()
    for line in (
        "{{ logo }}",
        "{{r link | inline_markdown }}",
        "{{p include_docx_template('part.docx', change_numbering=False) }}",
    ):
        made.add_paragraph(line)
    made.sections[0].header.paragraphs[0].text = "{{ word }}"
    made.core_properties.title = "{{ word }}"
    text = INGREDIENTS.lstrip("\n") + LETTER.lstrip("\n")
    return session(text, letter_docx=saved(made), part_docx=word_template("Part"), logo_png=coloured("red"))


@pytest.mark.parametrize(
    ("answers", "files"),
    [
        ({"link": "[a](https://two.example)"}, {}),
        ({"word": "two"}, {}),
        ({}, {"logo.png": coloured("blue")}),
        ({}, {"part.docx": word_template("Part", header="Its own")}),
    ],
)
def test_whatever_goes_into_a_document_makes_it_anew(answers: dict[str, str], files: dict[str, bytes]) -> None:
    found = with_ingredients()
    for name, content in files.items():
        (found.program.source.path.parent / name).write_bytes(content)
    found.act("_da_set", variables=[answers]).show()
    assert len(found.host.files) == 2


def test_a_document_that_is_there_is_not_put_together_at_each_look(monkeypatch: pytest.MonkeyPatch) -> None:
    found = with_ingredients()
    monkeypatch.setattr(DocxTemplate, "save", None)
    assert found.show().show().screen
    assert len(found.host.files) == 1
