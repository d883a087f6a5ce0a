"""What a document says is the same in every format."""

from __future__ import annotations

import re

import pytest

from docassemble_lite.documents import FORMATS
from tests.unit.documents.reopened import ALL, html, made, pages, part, pdf, rendered, squeezed, texts, word

LETTER = """\
# Dear Ms. Олена Þórsdóttir

This is **bold**, *slanted*, ~~struck~~, H~2~O, x^2^ and `code`. It costs $5 and not $6; write to @ada or a_b_c.

1. one
2. two
   - inner

> quoted

| Fruit  | Price |
|--------|------:|
| Apple  |  2.05 |
| Quince |  3.09 |

Term
:   Its meaning

See the note[^1] and [the site](https://example.com/a?b=1&c=2).

[^1]: At the foot.

***

    verbatim  <text>

“Quotes” – dashes — 漢字 ελληνικά עברית
"""
WORDS = [
    *("Dear Ms. Олена Þórsdóttir", "bold", "slanted", "struck", "code", "It costs $5 and not $6; write to @ada or a_b_c."),
    *("one", "two", "inner", "quoted", "Fruit", "Quince", "3.09", "Term", "Its meaning", "the site", "At the foot."),
    *("verbatim  <text>", "“Quotes” – dashes —", "漢字 ελληνικά"),
]


@pytest.fixture(scope="module")
def letter() -> dict[str, bytes]:
    return made(LETTER, title="Letter to Ms. Þórsdóttir")


# a PDF has the fonts of the machine, which may have no Chinese ones; the reader of RTF passes over footnotes
UNREADABLE = {"pdf": ["漢字 ελληνικά"], "rtf": ["At the foot."]}


@pytest.mark.parametrize("name", ALL)
def test_everything_that_was_written_can_be_read(letter: dict[str, bytes], name: str) -> None:
    text = squeezed(texts(letter)[name])
    assert [word for word in WORDS if squeezed(word) not in text] == UNREADABLE.get(name, [])


def test_the_formats_are_what_they_claim_to_be(letter: dict[str, bytes]) -> None:
    assert letter["pdf"].startswith(b"%PDF-")
    assert letter["rtf"].startswith(b"{\\rtf1")
    assert letter["docx"].startswith(b"PK")
    assert letter["html"].startswith(b"<!DOCTYPE html>")


def test_only_what_is_wanted_is_made() -> None:
    assert list(made("x", ("rtf",))) == ["rtf"]
    assert made("x", ()) == {}
    assert list(made("x", tuple(FORMATS))) == list(FORMATS)


def test_an_empty_document_is_one() -> None:
    files = made("")
    assert len(pdf(files["pdf"]).pages) == 1
    assert {name: squeezed(text) for name, text in texts(files).items()} == dict.fromkeys(ALL, "")


def test_a_long_document_has_many_pages() -> None:
    files = made("\n\n".join(f"Paragraph {number}. " + "Lorem ipsum dolor sit amet. " * 20 for number in range(60)), ("pdf",))
    found = pages(files["pdf"])
    assert len(found) > 5
    assert [number for number in range(60) if f"Paragraph {number}." not in "".join(found)] == []


# --- what programs know of it -----------------------------------------------------------------------------------------


def test_a_pdf_has_a_title_and_a_language_and_is_tagged() -> None:
    content = made("# Überschrift\n\nText", ("pdf",), title='Brief an „Ä" \\ #x', language="de")["pdf"]
    reader = pdf(content)
    assert reader.metadata
    assert reader.metadata.title == 'Brief an „Ä" \\ #x'
    root = reader.trailer["/Root"]
    assert root["/Lang"] == "de"
    assert root["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in root


def test_a_pdf_has_no_tags_where_none_are_wanted() -> None:
    reader = pdf(made("Text", ("pdf",), tagged=False)["pdf"])
    assert "/StructTreeRoot" not in reader.trailer["/Root"]


@pytest.mark.parametrize("language", ["en", "en-GB", "es_MX", "zh-Hans", "x", "nonsense", "", "1"])
def test_any_language_makes_a_pdf(language: str) -> None:
    assert "Hello" in pages(made("Hello", ("pdf",), language=language)["pdf"])[0]


def test_a_docx_has_a_title_and_a_language() -> None:
    content = made("Text", ("docx",), title="A <title> & more", language="fr")["docx"]
    assert word(content).core_properties.title == "A <title> & more"
    assert word(content).core_properties.created.year > 2020
    assert '<w:lang w:val="fr"' in part(content, "word/styles.xml")


def test_headings_lists_and_tables_are_what_they_look_like_in_a_docx(letter: dict[str, bytes]) -> None:
    document = word(letter["docx"])
    headings = [p.text for p in document.paragraphs if p.style.name == "Heading 1"]
    # a name isn't parted from what comes before it
    assert headings == ["Dear Ms.\u00a0Олена Þórsdóttir"]
    assert [[cell.text for cell in row.cells] for row in document.tables[0].rows][1] == ["Apple", "2.05"]
    assert sum("<w:numPr>" in paragraph._p.xml for paragraph in document.paragraphs) == 3


def test_a_page_of_html_knows_its_language_and_title() -> None:
    content = made("Text", ("html",), title="Cats & <dogs>", language="he")["html"].decode()
    assert '<html lang="he" dir="rtl">' in content
    assert "<title>Cats &amp; &lt;dogs&gt;</title>" in content
    assert "script" not in html(content).tags


def test_markdown_is_markdown(letter: dict[str, bytes]) -> None:
    page = rendered(letter["md"])
    assert "<strong>bold</strong>" in page
    assert "<table>" in page
    assert '<a href="https://example.com/a?b=1&amp;c=2">the site</a>' in page


# --- from right to left -----------------------------------------------------------------------------------------------


def test_a_language_is_written_from_right_to_left_where_it_is() -> None:
    files = made("# عنوان\n\nمرحبا بالعالم\n\n[FLUSHRIGHT] يسار", language="ar", title="رسالة")
    assert pdf(files["pdf"]).trailer["/Root"]["/ViewerPreferences"]["/Direction"] == "/R2L"
    assert "<w:bidi" in part(files["docx"], "word/document.xml")
    assert b"\\rtlpar" in files["rtf"]
    assert 'dir="rtl"' in files["html"].decode()
    assert "عنوان" in texts(files)["docx"]


def test_a_language_from_left_to_right_has_nothing_of_that() -> None:
    files = made("Text", ("docx", "rtf"))
    assert "<w:bidi" not in part(files["docx"], "word/document.xml")
    assert b"rtlpar" not in files["rtf"]


# --- links, pictures, HTML --------------------------------------------------------------------------------------------


def test_links_lead_where_they_say(letter: dict[str, bytes]) -> None:
    annotations = [item.get_object() for page in pdf(letter["pdf"]).pages for item in page.get("/Annots", [])]
    assert "https://example.com/a?b=1&c=2" in [item["/A"].get("/URI") for item in annotations if "/A" in item]
    assert b'HYPERLINK "https://example.com/a?b=1&c=2"' in letter["rtf"]


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "file:///etc/passwd", "data:text/html,x", "/interview?i=a.yml", "x.pdf"]
)
def test_a_link_that_acts_or_leads_nowhere_is_only_its_text(address: str) -> None:
    files = made(f"Before [the *text*]({address}) after")
    for name, content in files.items():
        assert squeezed("Before the text after") in squeezed(texts(files)[name])
        assert address.encode() not in content


def test_a_heading_can_be_linked_to() -> None:
    files = made("See [below](#the-end) or [nowhere](#none).\n\n# The end", ("pdf", "html", "docx"))
    content = files["html"].decode()
    target = re.search(r'<a href="#([\w-]+)">below</a>', content)
    assert target
    assert f'<h1 id="{target[1]}">' in content
    assert "nowhere" in content
    assert "#none" not in content
    assert "See below or nowhere" in pages(files["pdf"])[0]


def test_names_of_headings_that_are_there_twice_break_nothing() -> None:
    text = "# Same {#a}\n\n# Same {#a}\n\n# Same\n\n[one](#a) [other](#same)"
    assert "one" in pages(made(text, ("pdf",))["pdf"])[0]


def test_a_picture_is_its_description() -> None:
    files = made("Look: ![a *red* rose](/etc/hostname) and ![](https://example.com/x.png) there.")
    for text in texts(files).values():
        assert squeezed("Look: a red rose and") in squeezed(text)


def test_of_html_only_the_text_and_its_line_breaks_are_kept() -> None:
    files = made(
        'one<br>two <b style="x">three</b>\n\n<div class="x">four</div>\n\n<script>alert(5)</script>\n\n<!-- six -->\n\nend'
    )
    for text in texts(files).values():
        assert squeezed(text) == "onetwothreefourend"
    assert "<br>" in rendered(files["md"]) or "<br />" in rendered(files["md"])


def test_nothing_is_handed_on_to_another_program() -> None:
    raw = '```{=typst}\n#read("/etc/hostname")\n```\n\n`\\input{x}`{=latex}'
    text = raw + " \\textbf{y} $z^2$ [@cite] @cited\n\n---\ntitle: no\n---\n"
    files = made(text)
    for found in texts(files).values():
        assert "\\textbf{y}" in found
        assert "$z^2$" in found
        assert "@cited" in found
    assert (pdf(files["pdf"]).metadata or {}).get("/Title") in (None, "")
