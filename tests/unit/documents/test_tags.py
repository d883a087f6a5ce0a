"""Square-bracket tags in documents."""

from __future__ import annotations

import pytest

from docassemble_lite.documents.tags import Tag, marked, split, unmarked
from docassemble_lite.errors import DocumentError
from tests.unit.documents.reopened import html, made, pages, part, pdf, squeezed, texts, word

# --- reading ----------------------------------------------------------------------------------------------------------


def test_tags_are_told_from_texts() -> None:
    assert split(marked("a[BR]b [NBSP]")) == ["a", Tag("BR"), "b ", Tag("NBSP")]


def test_what_only_looks_like_a_tag_is_text() -> None:
    for text in ("[BRX]", "[br]", "[ BR]", "[FILE x.png]", "[INDENTBY]", "[INDENTBY wide]", "\\[x]"):
        assert split(marked(text)) == [text]


@pytest.mark.parametrize(
    ("text", "left", "right"),
    [("[INDENTBY 1in]", 72, 0), ("[INDENTBY 1in 0.5in]", 72, 36), ("[INDENTBY 10pt 2cm]", 10, 56.6929)],
)
def test_indentby_has_one_length_or_two(text: str, left: float, right: float) -> None:
    (tag,) = split(marked(text))
    assert isinstance(tag, Tag)
    assert (tag.name, tag.left, tag.right) == ("INDENTBY", left, right)


def test_a_length_that_is_none_is_a_mistake() -> None:
    with pytest.raises(DocumentError, match="INDENTBY"):
        marked("[INDENTBY 1.2.3in]")


def test_tags_of_the_page_stand_in_paragraphs_of_their_own() -> None:
    assert unmarked(marked("a [PAGEBREAK] b")) == "a\n\n[PAGEBREAK]\n\nb"
    assert unmarked(marked("a [TAB] b")) == "a [TAB] b"


# --- pieces of a line -------------------------------------------------------------------------------------------------


def test_signs_stand_for_characters() -> None:
    for found in texts(made("a[NBSP]b [ENDASH] c[EMDASH]d[HYPHEN]e [BLANK] f", ("pdf", "docx", "html", "md"))).values():
        assert "–c—d-e" in squeezed(found).replace("\u00a0", "")
        assert "_" * 19 in found


@pytest.mark.parametrize("tag", ["BR", "NEWLINE", "NEWPAR", "SKIPLINE"])
def test_some_tags_end_the_line(tag: str) -> None:
    files = made(f"one [{tag}] two", ("pdf", "html"))
    assert "one\ntwo" in pages(files["pdf"])[0]
    assert "<br" in files["html"].decode()


def test_a_line_that_is_skipped_is_one() -> None:
    content = made("one\n\n[SKIPLINE]\n\ntwo", ("docx",))["docx"]
    assert [paragraph.text for paragraph in word(content).paragraphs] == ["one", "\u00a0", "two"]


def test_tags_for_numbers_of_pages_are_counted_in_a_pdf() -> None:
    text = "Page [PAGENUM] of [TOTALPAGES].\n\n[PAGEBREAK]\n\nPage [PAGENUM](of course)."
    assert [squeezed(page).rstrip("12") for page in pages(made(text, ("pdf",))["pdf"])] == ["Page1of2.", "Page2(ofcourse)."]


def test_tags_for_numbers_of_pages_are_fields_elsewhere() -> None:
    files = made("Page [PAGENUM] of [TOTALPAGES].", ("docx", "rtf"))
    assert 'w:instr=" NUMPAGES "' in part(files["docx"], "word/document.xml")
    assert b"\\chpgn" in files["rtf"]
    assert b"NUMPAGES" in files["rtf"]


def test_no_tag_is_left_in_any_format() -> None:
    inline = "BR NEWLINE NEWPAR SKIPLINE TAB NBSP ENDASH EMDASH HYPHEN BLANK BLANKFILL PAGENUM TOTALPAGES SECTIONNUM NO_EMOJIS"
    text = "".join(f"x [{tag}] y\n\n" for tag in inline.split())
    text += "".join(f"[{tag}] z\n\n" for tag in ("CENTER", "BOLDCENTER", "FLUSHLEFT", "FLUSHRIGHT", "NOINDENT", "BORDER"))
    text += "[BEGIN_TWOCOL] l [BREAK] r [END_TWOCOL]\n\n[BEGIN_CAPTION] l [VERTICAL_LINE] r [END_CAPTION]\n\n[TARGET x]"
    for found in texts(made(text)).values():
        assert "[" not in found
        assert not any(ord(char) >= 0x10F000 for char in found)


# --- paragraphs -------------------------------------------------------------------------------------------------------


def test_paragraphs_are_aligned() -> None:
    files = made("[CENTER] middle\n\n[BOLDCENTER] strong\n\n[FLUSHRIGHT] right\n\n[FLUSHLEFT] left", ("docx", "rtf", "html"))
    aligned = {p.text: str(p.alignment).partition(" ")[0] for p in word(files["docx"]).paragraphs}
    assert aligned == {"middle": "CENTER", "strong": "CENTER", "right": "RIGHT", "left": "None"}
    assert word(files["docx"]).paragraphs[1].runs[0].bold
    assert files["rtf"].count(b"\\pard\\qc") == 2
    assert files["rtf"].count(b"\\pard\\qr") == 1
    assert files["html"].count(b'<div style="text-align: center">') == 2


def test_paragraphs_are_indented_on_both_sides() -> None:
    files = made("[INDENTBY 1in 0.5in] text", ("docx", "rtf"))
    layout = word(files["docx"]).paragraphs[0].paragraph_format
    assert (layout.left_indent.inches, layout.right_indent.inches) == (1.0, 0.5)
    assert b"\\li1440\\ri720" in files["rtf"]


def test_two_tags_hold_for_one_paragraph() -> None:
    content = made("[BORDER] [INDENTBY 1in] text", ("docx",))["docx"]
    (paragraph,) = word(content).paragraphs
    assert paragraph.text == "text"
    assert paragraph.paragraph_format.left_indent.inches == 1.0
    assert "<w:pBdr>" in paragraph._p.xml


def test_a_tag_in_a_list_holds_for_its_item() -> None:
    files = made("- [CENTER] item\n- other\n\n> [FLUSHRIGHT] quoted\n", ("docx", "pdf"))
    aligned = {p.text: p.alignment is not None for p in word(files["docx"]).paragraphs}
    assert aligned == {"item": True, "other": False, "quoted": True}
    assert "item" in pages(files["pdf"])[0]


def test_a_heading_can_be_aligned_without_breaking() -> None:
    for found in texts(made("# [CENTER] Heading\n\ntext")).values():
        assert squeezed(found).endswith("Headingtext")


# --- pages and columns ------------------------------------------------------------------------------------------------


def test_a_page_break_begins_a_page() -> None:
    files = made("one\n[PAGEBREAK]\ntwo [PAGEBREAK] three", ("pdf", "docx", "rtf"))
    assert [page.split()[0] for page in pages(files["pdf"])] == ["one", "two", "three"]
    assert part(files["docx"], "word/document.xml").count('<w:br w:type="page"/>') == 2
    assert files["rtf"].count(b"\\page ") == 2


@pytest.mark.parametrize("tags", [("BEGIN_TWOCOL", "BREAK", "END_TWOCOL"), ("BEGIN_CAPTION", "VERTICAL_LINE", "END_CAPTION")])
def test_columns_stand_side_by_side(tags: tuple[str, str, str]) -> None:
    begin, middle, end = tags
    files = made(f"before\n\n[{begin}]\n\nleft one\n\nleft two\n\n[{middle}] right\n\n[{end}]\n\nafter", ("pdf", "docx", "md"))
    table = word(files["docx"]).tables[0]
    assert [[p.text for p in cell.paragraphs] for cell in table.rows[0].cells] == [["left one", "left two"], ["right"]]
    assert squeezed(texts(files)["md"]) == "beforeleftonelefttworightafter"
    assert {"before", "after"} <= set(pages(files["pdf"])[0].split())


@pytest.mark.parametrize(
    "text", ["[BEGIN_TWOCOL] a", "[BREAK] a", "a [END_TWOCOL]", "[BEGIN_CAPTION] [END_CAPTION] a", "[VERTICAL_LINE] a"]
)
def test_columns_that_are_not_closed_lose_nothing(text: str) -> None:
    for found in texts(made(text)).values():
        # the reader of RTF shows cells by lines
        assert squeezed(found).strip("|") == "a"


# --- from here on -----------------------------------------------------------------------------------------------------


def test_spacing_holds_from_where_it_is_set() -> None:
    text = "one\n\n[SINGLESPACING]\n\ntwo\n\n[TRIPLESPACING]\n\nthree\n\n[TIGHTSPACING] four"
    files = made(text, ("docx", "rtf"), metadata={})
    document = word(files["docx"])
    assert [paragraph.paragraph_format.line_spacing for paragraph in document.paragraphs] == [None, 1.0, 3.0, 1.0]
    assert document.styles["Body Text"].paragraph_format.line_spacing == 2.0
    assert [files["rtf"].count(b"\\sl%d\\slmult1" % (240 * number)) for number in (1, 2, 3)] == [2, 1, 1]


def test_spacing_changes_the_pages_of_a_pdf() -> None:
    text = "\n\n".join(["Lorem ipsum dolor sit amet. " * 20] * 12)
    count = {tag: len(pdf(made(f"[{tag}]\n\n{text}", ("pdf",))["pdf"]).pages) for tag in ("SINGLESPACING", "TRIPLESPACING")}
    assert count["TRIPLESPACING"] > 2 * count["SINGLESPACING"]


def test_first_lines_are_indented_from_where_that_is_said() -> None:
    text = "one\n\n[STOP_INDENTATION]\n\ntwo\n\n[START_INDENTATION]\n\nthree\n\n[NOINDENT] four"
    document = word(made(text, ("docx",), metadata={})["docx"])
    assert document.styles["Body Text"].paragraph_format.first_line_indent.inches == 0.5
    indents = [paragraph.paragraph_format.first_line_indent for paragraph in document.paragraphs]
    assert [indent if indent is None else indent.inches for indent in indents] == [None, 0.0, None, 0.0]


def test_tags_in_code_are_shown() -> None:
    for found in texts(made("`[TAB]` and\n\n    [BR]\n", ("pdf", "html", "docx"))).values():
        assert "[TAB]" in found
        assert "[BR]" in found


def test_html_of_a_document_with_tags_is_well_formed() -> None:
    content = made("[CENTER] x\n\n[PAGEBREAK]\n\n[BORDER] y", ("html",))["html"].decode()
    assert html(content).tags.count("div") == content.count("</div>")
