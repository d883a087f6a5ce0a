"""Functions that make files of files, forms that interviews fill in, and files that are there already."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pikepdf
import pypdf
import pytest

from docassemble_lite.documents.forms import fill as filled
from docassemble_lite.documents.joining import page_count, protected
from docassemble_lite.errors import EvaluationError
from docassemble_lite.objects import DALink
from tests.unit.engine.interviewing import Interview, interview
from tests.unit.engine.templates import LETTER, drawing, form, latest, lines, session, word_template

TEXT = {"T": "name", "FT": "/Tx", "Rect": [20, 300, 380, 320]}
BOX = {"T": "box", "FT": "/Btn", "Rect": [20, 200, 40, 220], "states": ["Yes"]}
SIGNATURE = {"T": "sig", "FT": "/Sig", "Rect": [20, 20, 200, 80]}
FORM = """
    mandatory: True
    question: Here you are
    attachment:
      name: Form
      filename: form
      pdf template file: form.pdf
"""
NAME = """
    ---
    question: Name?
    fields:
      - N: name
"""
FILES = """
    attachments:
      - variable name: one
        valid formats: [md, pdf]
        content: One
      - variable name: two
        valid formats: [pdf]
        content: Two
    ---
    mandatory: True
    question: ${ made.filename } ${ made.num_pages() }
"""


def code(statements: str) -> str:
    return "    mandatory: True\n    code: |\n" + "".join(f"      {line}\n" for line in statements.splitlines()) + "    ---\n"


def values(content: bytes) -> dict[str, Any]:
    return {name: field.get("/V") for name, field in (pypdf.PdfReader(io.BytesIO(content)).get_fields() or {}).items()}


def function(call: str) -> Interview:
    """A session in which `made` is what the call gives."""
    return session(FILES + f"    ---\n    code: |\n      made = {call}\n")


# --- forms -----------------------------------------------------------------------------------------------------------------


def test_fields_of_a_form_are_asked_for_and_filled_in() -> None:
    text = FORM + "      fields:\n        - name: |\n            Dear ${ name }\n        - box: ${ True }\n" + NAME
    found = session(text, form_pdf=form(TEXT, BOX))
    assert found.question == "Name?"
    found.answer(name="<b> & é [BR] #x Ж")
    assert values(latest(found, "pdf")) == {"name": "Dear & é [BR] #x Ж", "box": "/Yes"}


def test_code_variables_and_expressions_fill_a_form() -> None:
    text = (
        code("name, things = 'Ann', {'amount': 2.5}")
        + FORM.lstrip("\n")
        + "      field variables: [name]\n      field code:\n        amount: things['amount']\n      decimal places: 2\n"
        "      code: |\n        {'box': True, 'nothing': None}\n"
    )
    amount, nothing = {**TEXT, "T": "amount"}, {**TEXT, "T": "nothing"}
    assert values(latest(session(text, form_pdf=form(TEXT, amount, BOX, nothing)), "pdf")) == {
        "name": "Ann",
        "amount": "2.50",
        "box": "/Yes",
        "nothing": "",
    }


def test_skip_undefined_leaves_fields_empty() -> None:
    text = FORM + "      skip undefined: True\n      fields:\n        name: ${ name }\n        box: ${ True }\n"
    assert values(latest(session(text, form_pdf=form(TEXT, BOX)), "pdf")) == {"name": None, "box": "/Yes"}


def test_a_picture_goes_into_a_field() -> None:
    picture = f"pic.initialize(filename='p.png', content=bytes.fromhex('{drawing().hex()}'))"
    for way in ("fields:\n        sig: ${ pic }", "field variables: [sig]", "field code:\n        sig: pic"):
        text = (
            "    objects:\n      - pic: DAFile\n    ---\n" + code(f"{picture}\nsig = pic") + FORM.lstrip("\n") + f"      {way}\n"
        )
        pdf = pikepdf.open(io.BytesIO(latest(session(text, form_pdf=form(TEXT, SIGNATURE)), "pdf")))
        assert len(pdf.pages[0].Annots) == 1
        assert "/XObject" in pdf.pages[0].Resources


def test_a_form_can_be_locked_and_made_final() -> None:
    text = (
        FORM + "      editable: False\n      password: secret\n      template password: other\n      fields:\n        name: Ann\n"
    )
    found = session(text, form_pdf=protected(form(TEXT), "other"))
    content = latest(found, "pdf")
    with pytest.raises(pikepdf.PasswordError):
        pikepdf.open(io.BytesIO(content))
    pdf = pikepdf.open(io.BytesIO(content), password="secret")
    assert "/AcroForm" not in pdf.Root


def test_a_form_is_filled_in_anew_only_when_something_changes() -> None:
    text = FORM + "      fields:\n        name: Ann\n"
    found = session(text, form_pdf=form(TEXT))
    found.show()
    assert len(found.host.files) == 1
    (found.program.source.path.parent / "form.pdf").write_bytes(form(TEXT, BOX))
    found.show()
    assert values(latest(found, "pdf")) == {"name": "Ann", "box": None}


def test_a_broken_form_is_told() -> None:
    with pytest.raises(EvaluationError, match=r"“Form” can't be made: The PDF is broken"):
        session(FORM, form_pdf=b"%PDF nothing")


# --- files that are there, texts, blackened texts ----------------------------------------------------------------------------


def test_files_that_are_there_already_are_offered() -> None:
    text = (
        "    objects:\n      - pic: DAFile\n    ---\n"
        + code("pic.initialize(filename='p.jpg', content=b'x')")
        + """
    mandatory: True
    question: Here
    attachment:
      name: Report
      valid formats: md
      content: Text
      manual:
        jpg: pic
      manual code: |
        {'md': pic}
"""
    )
    shown = session(text).screen.documents
    assert shown
    assert [file.extension for file in shown.views[0].files] == ["jpg", "md"]


def test_a_text_can_stay_as_it_is() -> None:
    text = (
        """
    mandatory: True
    question: ${ settings.raw.filename } ${ settings.raw.slurp() }
    ---
    attachment:
      variable name: settings
      filename: settings
      raw: True
      content file: settings.ini
"""
        + NAME
    )
    found = session(text, settings_ini="a = *${ name }*\n")
    found.answer(name="# [BR] <x")
    assert latest(found, "ini") == b"a = *# [BR] <x*"
    assert found.question.startswith("settings.ini")


def test_what_is_redacted_is_nowhere_in_the_document() -> None:
    text = LETTER + "      redact: REDACT\n    ---\n    code: |\n      ssn = '123-45-6789'\n"
    template = word_template("SSN {{ redact(ssn) }} {{ ssn | redact }}")
    (black,) = lines(latest(session(text.replace("REDACT", "True"), letter_docx=template), "docx"))
    assert black == f"SSN {'█' * 12} {'█' * 12}"
    (open_text,) = lines(latest(session(text.replace("REDACT", "1 == 2"), letter_docx=template), "docx"))
    assert open_text == "SSN 123-45-6789 123-45-6789"


# --- functions -------------------------------------------------------------------------------------------------------------


def test_documents_are_joined() -> None:
    found = function("pdf_concatenate(one.pdf, [two], filename='all')")
    assert found.question == "all.pdf 2"
    content = latest(found, "pdf")
    assert [page.extract_text().strip() for page in pypdf.PdfReader(io.BytesIO(content)).pages] == ["One", "Two"]
    kept = len(found.host.files)
    found.show()
    assert len(found.host.files) == kept


def test_a_joined_pdf_can_have_a_password() -> None:
    text = (
        FILES.replace(" ${ made.num_pages() }", "")
        + "    ---\n    code: |\n      made = pdf_concatenate(two, password=['owner', 'user'])\n"
    )
    found = session(text)
    assert pypdf.PdfReader(io.BytesIO(latest(found, "pdf"))).is_encrypted


def test_a_page_is_laid_over() -> None:
    found = function("overlay_pdf(one.pdf, two)")
    text = pypdf.PdfReader(io.BytesIO(latest(found, "pdf"))).pages[0].extract_text()
    assert "One" in text
    assert "Two" in text


def test_files_are_packed_with_folders() -> None:
    found = function("zip_file(two, {'more': [one.md, two.pdf], 'x': one.md}, two, filename='f.zip')")
    with zipfile.ZipFile(io.BytesIO(latest(found, "zip"))) as archive:
        assert sorted(archive.namelist()) == [
            "Document-2.pdf",
            "Document.pdf",
            "more/Document.md",
            "more/Document.pdf",
            "x/Document.md",
        ]
        assert archive.read("x/Document.md") == b"One\n"


def test_word_files_are_joined_and_put_into_a_file_that_is_there() -> None:
    text = """
    objects:
      - out: DAFile
    ---
    mandatory: True
    code: |
      docx_concatenate('a.docx', 'b.docx', output_to=out, filename='ab')
    ---
    mandatory: True
    question: ${ out.filename }
"""
    found = session(text, a_docx=word_template("A"), b_docx=word_template("B"))
    assert found.question == "ab.docx"
    assert lines(latest(found, "docx")) == ["A", "B"]


def test_a_template_can_be_filled_in_by_code() -> None:
    text = (
        code("planet = 'Mars'")
        + """
    mandatory: True
    question: |
      ${ assemble_docx('a.docx', fields={'who': '*Ann*'}, output_format='md', return_content=True) }
    subquestion: |
      ${ docx_concatenate(assemble_docx('a.docx', fields={'who': 'Bob'})).filename }
"""
    )
    found = session(text, a_docx=word_template("Dear {{ who }} of {{ planet }}"))
    assert "Dear *Ann* of Mars" in found.question
    assert lines(latest(found, "docx")) == ["Dear Bob of Mars"]


@pytest.mark.parametrize("path", ["/etc/hostname", "../../etc/hostname", "no.pdf", "a\x00b"])
def test_no_other_file_of_the_server_can_be_had(path: str) -> None:
    with pytest.raises(EvaluationError, match="There is no file"):
        function(f"zip_file({path!r})")


def test_a_function_without_files_is_told() -> None:
    with pytest.raises(EvaluationError, match="was given no file"):
        function("pdf_concatenate()")


def test_pictures_become_pages_of_a_pdf() -> None:
    text = (
        "    objects:\n      - pic: DAFile\n    ---\n"
        + code(f"pic.initialize(filename='p.png', content=bytes.fromhex('{drawing().hex()}'))")
        + "    mandatory: True\n    question: ${ pdf_concatenate(pic, 'form.pdf').filename }\n"
    )
    content = latest(session(text, form_pdf=filled(form(TEXT), {})), "pdf")
    assert page_count(content) == 2


# --- codes and links -------------------------------------------------------------------------------------------------------


def test_a_code_is_a_picture_with_words() -> None:
    text = """
    mandatory: True
    question: x
    subquestion: |
      ${ qr_code('https://example.com/a,b', width='3in', alt_text='An "address"') } [QR http://x.org]
"""
    html = session(text).screen.subquestion_html
    assert html.count("<svg") == 2
    assert 'width="3in"' in html
    assert 'aria-label="An &quot;address&quot;"' in html
    assert 'aria-label="QR code"' in html


def test_a_typed_code_is_a_text() -> None:
    found = session("    mandatory: True\n    question: Hello ${ name }\n" + NAME)
    found.answer(name="[QR http://x.org]")
    assert "<svg" not in found.question
    assert "[QR http://x.org]" in found.question


def test_a_document_has_its_codes() -> None:
    text = """
    mandatory: True
    question: x
    attachment:
      valid formats: pdf
      content: |
        Look: ${ qr_code('https://example.com') }
"""
    page = pypdf.PdfReader(io.BytesIO(latest(session(text), "pdf"))).pages[0]
    assert len(page.images) == 1


def test_a_link_is_one_in_a_text_and_in_a_document() -> None:
    link = DALink("link", url="https://example.com/(a)", anchor_text="a [b]")
    assert str(link) == r"[a \[b\]](https://example.com/%28a%29)"
    text = code("link = DALink('link', url='https://example.com', anchor_text='here')") + LETTER.lstrip("\n")
    found = session(text, letter_docx=word_template("See {{ link }}."))
    assert lines(latest(found, "docx")) == ["See here."]


# --- a PDF within others -------------------------------------------------------------------------------------------------------


def test_the_pages_of_a_pdf_are_put_into_other_documents() -> None:
    session = interview("""
        attachment:
          variable name: inner
          valid formats: [pdf]
          content: One [PAGEBREAK] Two
        ---
        mandatory: True
        question: x
        attachment:
          valid formats: [pdf, docx]
          content: |
            Before

            ${ inner.pdf.show(alt_text='Annex') }
    """)
    made = {name: content for name, content, _ in session.host.files.values() if name.startswith("Document")}
    assert len(pypdf.PdfReader(io.BytesIO(made["Document.pdf"])).pages) == 3
    with zipfile.ZipFile(io.BytesIO(made["Document.docx"])) as package:
        assert sum(name.startswith("word/media/") for name in package.namelist()) == 2
        assert "Annex, 2" in package.read("word/document.xml").decode()


# --- archives ----------------------------------------------------------------------------------------------------------------


def is_archive(content: bytes) -> bool:
    """Whether a PDF says that it is PDF/A, and has no fields."""
    with pikepdf.open(io.BytesIO(content)) as pdf, pdf.open_metadata() as metadata:
        return bool(metadata.pdfa_status) and "/AcroForm" not in pdf.Root


@pytest.mark.parametrize(
    ("features", "key", "archive"),
    [
        ("", "", False),
        ("", "pdf/a: True", True),
        ("", "pdf/a: 1 + 1 == 2", True),
        ("pdf/a: True", "", True),
        ("pdf/a: True", "pdf/a: False", False),
    ],
)
def test_a_form_is_an_archive_where_it_or_the_interview_says_so(features: str, key: str, archive: bool) -> None:
    before = f"    features:\n      {features}\n    ---" if features else ""
    made = session(f"{before}{FORM}      {key}\n      fields: {{name: Ann}}\n", form_pdf=form(TEXT, BOX))
    assert is_archive(latest(made, "pdf")) is archive


def test_an_archive_can_not_have_a_password() -> None:
    with pytest.raises(EvaluationError, match="protected by a password can't be PDF/A") as caught:
        session(f"{FORM}      pdf/a: True\n      password: secret\n", form_pdf=form(TEXT))
    assert caught.value.line == 4
    with pytest.raises(EvaluationError, match="protected by a password can't be PDF/A"):
        function("pdf_concatenate(one.pdf, pdfa=True, password='secret')")


def test_files_can_be_joined_to_an_archive() -> None:
    made = function("pdf_concatenate(one.pdf, two, pdfa=True)")
    assert is_archive(latest(made, "pdf"))
    assert not is_archive(latest(function("pdf_concatenate(one.pdf, two)"), "pdf"))
