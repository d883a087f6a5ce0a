"""How metadata changes what pages look like."""

from __future__ import annotations

from typing import Any

import pytest

from docassemble_lite.documents.style import SPACINGS, Style, length, near_key, style_of
from docassemble_lite.errors import DocumentError
from tests.unit.documents.reopened import made, pages, pdf, squeezed, texts, word


@pytest.mark.parametrize(
    ("text", "points"), [("1in", 72), ("12pt", 12), ("2.54cm", 72), ("25.4mm", 72), (" 0.5 in ", 36), ("0pt", 0)]
)
def test_lengths_are_in_points(text: str, points: float) -> None:
    assert length("x", text) == pytest.approx(points)


@pytest.mark.parametrize("text", ["", "12", "1 inch", "-1in", "1in; x", "99999in", "#x", None, 12])
def test_a_length_that_is_none_is_told(text: Any) -> None:
    with pytest.raises(DocumentError, match="TopMargin"):
        length("TopMargin", text)


@pytest.mark.parametrize(
    ("metadata", "spacing"),
    [
        ({}, "double"),
        ({"SingleSpacing": True}, "single"),
        ({"OneAndAHalfSpacing": "True"}, "one and a half"),
        ({"TripleSpacing": True, "DoubleSpacing": False}, "triple"),
        ({"SingleSpacing": "False"}, "double"),
        ({"SingleSpacing": None}, "double"),
    ],
)
def test_metadata_says_how_lines_follow_each_other(metadata: dict[str, Any], spacing: str) -> None:
    assert style_of(metadata, "US").spacing == SPACINGS[spacing]


def test_indentation_can_be_asked_for_and_measured() -> None:
    style = style_of({"SingleSpacing": True, "Indentation": True, "IndentationAmount": "1in"}, "US")
    assert (style.spacing.indented, style.indentation) == (True, 72)


@pytest.mark.parametrize(
    ("metadata", "country", "paper"),
    [
        ({}, "US", "letter"),
        ({}, "CA", "letter"),
        ({}, "DE", "a4"),
        ({}, "", "a4"),
        ({"papersize": "a4paper"}, "US", "a4"),
        ({"papersize": "letterpaper"}, "DE", "letter"),
        ({"papersize": "Legal"}, "DE", "legal"),
    ],
)
def test_the_paper_follows_the_metadata_and_then_the_country(metadata: dict[str, Any], country: str, paper: str) -> None:
    assert style_of(metadata, country).paper == paper


@pytest.mark.parametrize("metadata", [{"papersize": "napkin"}, {"fontsize": "1pt"}, {"fontsize": "big"}, {"TopMargin": "wide"}])
def test_what_can_not_be_is_told(metadata: dict[str, Any]) -> None:
    with pytest.raises(DocumentError) as caught:
        style_of(metadata, "US")
    assert "“" in str(caught.value)


def test_a_misspelt_key_is_told_from_others() -> None:
    assert near_key("SingleSpaceing") == "SingleSpacing"
    assert near_key("completely different") == ""


def test_the_default_is_what_courts_are_used_to() -> None:
    assert style_of({}, "US") == Style(spacing=SPACINGS["double"], numbered_sections=True, font_size=12)


@pytest.mark.parametrize(("country", "size"), [("US", (612, 792)), ("FR", (595, 842))])
def test_pages_have_the_size_of_the_paper(country: str, size: tuple[int, int]) -> None:
    files = made("x", ("pdf", "docx", "rtf"), country=country)
    box = pdf(files["pdf"]).pages[0].mediabox
    assert (round(box.width), round(box.height)) == size
    section = word(files["docx"]).sections[0]
    assert (round(section.page_width.pt), round(section.page_height.pt)) == size
    assert b"\\paperw%d" % round((612 if size[0] == 612 else 595.28) * 20) in files["rtf"]


def test_sections_of_a_pdf_are_numbered_unless_that_is_not_wanted() -> None:
    text = "# One\n\n## Part\n\n# Two"
    assert pages(made(text, ("pdf",), metadata={})["pdf"])[0].split() == ["I.", "One", "A.", "Part", "II.", "Two"]
    assert pages(made(text, ("pdf",), metadata={"numbersections": False})["pdf"])[0].split() == ["One", "Part", "Two"]


def test_a_title_with_authors_and_a_date_stands_above_the_text() -> None:
    files = made("Text", metadata={"title": "My *own* title", "author": ["Ann", "Bob"], "date": "Today"})
    for name, found in texts(files).items():
        assert squeezed(found).startswith("Myowntitle"), name
    assert squeezed(texts(files)["pdf"]) == "MyowntitleAnnBobTodayText"


def test_a_table_of_contents_names_the_pages_of_sections() -> None:
    text = "# First\n\nx\n\n[PAGEBREAK]\n\n# Second\n\ny"
    files = made(text, ("pdf", "html"), metadata={"toc": True, "numbersections": False})
    assert "Second" in pages(files["pdf"])[0]
    assert files["html"].count(b"Second") == 2


# --- tops and bottoms of pages ----------------------------------------------------------------------------------------


TWO_PAGES = "one\n\n[PAGEBREAK]\n\ntwo"


def test_pages_are_numbered_when_there_are_several() -> None:
    assert [page.split() for page in pages(made(TWO_PAGES, ("pdf",))["pdf"])] == [["one", "1"], ["two", "2"]]
    assert [page.split() for page in pages(made("only", ("pdf",))["pdf"])] == [["only"]]


def test_headers_and_footers_are_on_every_page() -> None:
    metadata = {"HeaderLeft": "*Left*", "HeaderRight": "one [BR] two", "FooterCenter": "Page [PAGENUM] of [TOTALPAGES]"}
    files = made(TWO_PAGES, ("pdf", "rtf"), metadata=metadata)
    for number, page in enumerate(pages(files["pdf"]), 1):
        assert {"Left", "one", "two", "of"} <= set(page.split())
        assert squeezed(page).endswith(f"Page{number}of2")
    assert b"{\\header " in files["rtf"]
    assert b"{\\footer " in files["rtf"]


def test_the_first_page_can_have_its_own() -> None:
    metadata = {"FirstHeaderLeft": "Letterhead", "HeaderLeft": "Continued", "FooterCenter": "foot"}
    files = made(TWO_PAGES, ("pdf", "rtf"), metadata=metadata)
    first, second = pages(files["pdf"])
    assert "Letterhead" in first
    assert "Continued" not in first
    assert "Continued" in second
    assert "foot" in first
    assert "foot" in second
    assert b"{\\headerf " in files["rtf"]
    assert b"\\titlepg" in files["rtf"]


def test_a_footer_may_begin_like_a_list() -> None:
    page = pages(made("x", ("pdf",), metadata={"FooterCenter": "[HYPHEN] [PAGENUM] [HYPHEN]"})["pdf"])[0]
    assert page.split() == ["x", "-", "1", "-"]


def test_the_size_of_the_font_changes_the_pages() -> None:
    text = "Lorem ipsum dolor sit amet. " * 600
    count = {size: len(pdf(made(text, ("pdf",), metadata={"fontsize": size})["pdf"]).pages) for size in ("10pt", "20pt")}
    assert count["20pt"] > 2 * count["10pt"]
