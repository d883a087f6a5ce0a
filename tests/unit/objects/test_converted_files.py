"""Files that become others: of another kind, some of their pages, with numbers, with text that can be searched."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from docassemble_lite.documents import Document, make
from docassemble_lite.documents.office import is_installed
from docassemble_lite.host import Current, entered
from docassemble_lite.objects import DAFile, DAFileList
from docassemble_lite.objects.opened import close_opened
from tests.unit.documents.reopened import pages, squeezed
from tests.unit.engine.interviewing import HostInMemory
from tests.unit.engine.templates import word_template

needs_office = pytest.mark.skipif(not is_installed(), reason="LibreOffice isn't installed")


@pytest.fixture(autouse=True)
def state() -> Iterator[Current]:
    """An evaluation with a host that keeps files."""
    with entered(Current(host=HostInMemory())) as made:
        yield made
        close_opened(made)


@pytest.fixture(scope="module")
def paper() -> bytes:
    """A PDF of three pages."""
    return make(Document("One\n\n[PAGEBREAK]\n\nTwo\n\n[PAGEBREAK]\n\nThree", metadata={"FooterCenter": "."}), ["pdf"])["pdf"]


def a_file(name: str, content: bytes) -> DAFile:
    file = DAFile("it")
    file.initialize(filename=name, content=content)
    return file


def beginnings(file: DAFile) -> list[str]:
    """The first line of each page."""
    return [page.splitlines()[0] for page in pages(file.slurp())]


def picture(text: str = "") -> bytes:
    drawn = Image.new("RGB", (900, 300), "white")
    ImageDraw.Draw(drawn).text((60, 100), text, fill="black", font_size=72)
    out = io.BytesIO()
    drawn.save(out, "PNG")
    return out.getvalue()


def test_a_picture_becomes_a_pdf_and_a_pdf_a_picture() -> None:
    file = a_file("door.png", picture())
    file.convert_to("pdf")
    assert (file.filename, file.mimetype, file.num_pages()) == ("door.pdf", "application/pdf", 1)
    file.convert_to("jpg")
    assert (file.filename, file.mimetype) == ("door.jpg", "image/jpeg")
    assert Image.open(io.BytesIO(file.slurp(auto_decode=False))).format == "JPEG"


def test_markdown_becomes_a_document_and_another_file_may_be_it() -> None:
    file, made = a_file("a.md", b"Dear *Ann*"), DAFile("made")
    file.convert_to("pdf", output_to=made)
    assert (file.extension, made.filename, made.num_pages()) == ("md", "a.pdf", 1)
    assert pages(made.slurp()) == ["Dear Ann"]


@needs_office
def test_what_a_word_processor_writes_becomes_each_other_and_a_pdf() -> None:
    file = a_file("a.docx", make(Document("Dear **Ann**"), ["docx"])["docx"])
    for wanted in ("odt", "rtf", "pdf"):
        other = DAFile("other")
        file.convert_to(wanted, output_to=other)
        assert other.filename == f"a.{wanted}"
    assert "Dear Ann" in pages(other.slurp())[0]
    file.convert_to("md")
    assert file.slurp().strip() == "Dear **Ann**"


def test_what_can_not_be_converted_stays_what_it_is() -> None:
    for name, wanted in (("a.docx", "png"), ("a.txt", "pdf"), ("a.png", "docx"), ("a.png", "exe")):
        file = a_file(name, b"x")
        with pytest.raises(ValueError, match="can't be converted"):
            file.convert_to(wanted)
        assert (file.filename, file.slurp(auto_decode=False)) == (name, b"x")
    with pytest.raises(ValueError, match="can't be converted"):
        a_file("broken.png", b"x").convert_to("pdf")


def test_pages_are_taken_out_of_a_pdf(paper: bytes) -> None:
    file = a_file("a.pdf", paper)
    assert beginnings(file.extract_pages(2, 3)) == ["Two", "Three"]
    assert beginnings(file.extract_pages(last=1)) == ["One"]
    made = DAFile("made")
    assert file.extract_pages(first=3, output_to=made) is made
    assert (made.num_pages(), file.num_pages()) == (1, 3)
    for first, last in ((0, 1), (2, 4), (3, 2)):
        with pytest.raises(ValueError, match="has no pages"):
            file.extract_pages(first, last)


def test_pages_are_numbered_in_a_corner(paper: bytes) -> None:
    file = a_file("a.pdf", paper)
    file.bates_number(prefix="FRUIT", start=9, digits=4, area="TOP_RIGHT")
    assert [squeezed(page) for page in pages(file.slurp())] == ["One.FRUIT0009", "Two.FRUIT0010", "Three.FRUIT0011"]
    files = DAFileList("files", elements=[a_file("b.pdf", paper), a_file("c.png", picture())])
    made = DAFile("made")
    made.bates_number(files, filename="all.pdf")
    assert (made.filename, made.num_pages()) == ("all.pdf", 4)
    assert pages(made.slurp())[3] == "000004"
    with pytest.raises(ValueError, match="must be one of"):
        file.bates_number(area="MIDDLE")


def test_a_pdf_is_repaired_as_far_as_that_can_be_done(paper: bytes) -> None:
    file = a_file("a.pdf", paper[: paper.rindex(b"xref")])
    file.fix_up()
    assert beginnings(file) == ["One", "Two", "Three"]
    DAFileList("files", elements=[file, a_file("a.txt", b"x")]).fix_up()
    with pytest.raises(ValueError, match="PDF"):
        a_file("a.pdf", b"%PDF-1.4 nothing").fix_up()


def test_a_page_is_a_picture_at_a_path(paper: bytes) -> None:
    file = a_file("a.pdf", paper)
    path = file.page_path(2, "screen")
    assert path
    with Image.open(path) as drawn:
        assert drawn.format == "PNG"
    assert file.pngs_ready()
    assert file.page_path(4) is None
    assert a_file("a.txt", b"x").page_path(1) is None
    assert Path(path).is_file()


def test_the_variables_of_a_template_are_known() -> None:
    template = word_template("Dear {{ whom.name }}, {% for fruit in fruits %}{{ fruit | upper }}{% endfor %}")
    assert a_file("a.docx", template).get_docx_variables() == ["fruits", "whom"]
    with pytest.raises(ValueError, match="can't be read as a DOCX"):
        a_file("a.docx", b"x").get_docx_variables()


@pytest.mark.skipif(shutil.which("tesseract") is None, reason="Tesseract isn't installed")
def test_a_scan_becomes_a_pdf_that_can_be_searched() -> None:
    file = a_file("scan.png", picture("Library card"))
    file.make_ocr_pdf(language="en")
    assert (file.filename, file.num_pages()) == ("scan.pdf", 1)
    assert "Library card" in pages(file.slurp())[0]
