"""P27: what a person typed is text, in every format and at every place of a document."""

from __future__ import annotations

import os
import random
import re

import pytest

from docassemble_lite.documents.literal import settled
from tests.unit.documents.reopened import ALL, WITHOUT_NUMBERS, html, literal, made, pages, part, pdf, rendered, squeezed, texts

HOSTILE = [
    '# x *y* #read("/etc/passwd") \\input <script>alert(1)</script>',
    '#import "@preview/x:1.0.0": *',
    "#let x = 1; #x",
    "- a",
    "+ a",
    "= a",
    "/ a: b",
    "1. a",
    "01) a",
    "> a",
    "***",
    "---",
    "```\na\n```",
    "``` x ```",
    "| a | b |\n|---|---|",
    "a\n===",
    "[PAGEBREAK] [CENTER] [BEGIN_TWOCOL]",
    "[x](javascript:alert(1))",
    "![x](/etc/passwd)",
    "<a href='javascript:alert(1)'>x</a>",
    "<!-- x -->",
    "&lt;b&gt; &#42; &amp;",
    "$x$ $$y$$ \\(z\\)",
    "{\\rtf1 \\field{\\*\\fldinst x}} \\u1234? \\'41",
    "}}{{}} $[ ]$ #[ ]",
    "<w:t>x</w:t>]]>",
    "@cite [@cite] ^[note] [^1]",
    "~x~ ^x^ ~~x~~ __x__",
    "... -- --- \"q\" 'q'",
    ":::\nx\n:::",
    "https://example.com/?a=b&c=d www.example.com",
    "    indented",
    "\\",
    "\\\\ \\# a\\",
    "% if x: ${ y } <%def>",
    "${7*7} {{7*7}}",
]
PLACES = """\
{0}

**{0}** *x{0}* ~~{0}~~

- {0}
- item

  {0}

3. {0}

> {0}

| {0} | b |
|-----|---|
| {0} | y |

# {0}

{0}
:   {0}

foot[^1] [{0}](https://example.com)

[^1]: {0}

[CENTER] {0}

[BORDER] {0}

x {0} y
"""
# how often the text can be read in a document like that; the reader of RTF passes over footnotes
TIMES = {"pdf": 18, "docx": 18, "rtf": 17, "html": 18, "md": 18}
ONE_PAGE_EACH = {**WITHOUT_NUMBERS, "fontsize": "6pt"}
BEGIN, END = "Beginofone", "Endofone"


@pytest.fixture(scope="module")
def hostile() -> dict[str, bytes]:
    """One document with all the texts at all places."""
    parts = (PLACES.replace("[^1]", f"[^{n}]").format(literal(text)) for n, text in enumerate(HOSTILE))
    return made("".join(f"{BEGIN}\n\n{part}\n\n{END}\n\n[PAGEBREAK]\n\n" for part in parts), metadata=ONE_PAGE_EACH)


@pytest.mark.parametrize("name", ALL)
def test_a_typed_text_comes_out_as_it_was_typed_at_every_place(hostile: dict[str, bytes], name: str) -> None:
    found = squeezed(texts(hostile)[name])
    # footnotes stand at the foot of the page, or at the end
    parts = [squeezed(page) for page in pages(hostile["pdf"])] if name == "pdf" else re.findall(f"{BEGIN}(.*?){END}", found)
    times = TIMES[name] if name == "pdf" else 17
    assert [text for text, part in zip(HOSTILE, parts, strict=True) if part.count(squeezed(text)) != times] == []
    assert [text for text in HOSTILE if found.count(squeezed(text)) < TIMES[name]] == []


def test_a_typed_text_is_no_markup_in_html(hostile: dict[str, bytes]) -> None:
    usual = made(PLACES.format("typed"), ("html", "md"))
    assert set(html(hostile["html"].decode()).tags) <= {*html(usual["html"].decode()).tags, "br"}
    assert set(html(rendered(hostile["md"])).tags) <= {*html(rendered(usual["md"])).tags, "br"}


@pytest.mark.parametrize("text", HOSTILE[::4])
def test_a_typed_text_in_the_metadata_is_text(text: str) -> None:
    metadata = {"title": literal(text), "author": [literal(text)], "HeaderLeft": literal(text), "FooterRight": literal(text)}
    files = made("body", ("pdf", "docx", "rtf"), metadata=metadata, title=text.replace("\n", " "))
    assert squeezed(texts(files)["pdf"]).count(squeezed(text)) == 4
    assert squeezed(text) in squeezed(texts(files)["docx"])
    assert squeezed(text) in squeezed(texts(files)["rtf"])
    assert pdf(files["pdf"]).metadata["/Title"] == text.replace("\n", " ")  # type: ignore[index]


# what would go on with something, if it were code of Typst or Markdown
GOING_ON = [
    *(".where(a)", ".at(1)", "(y)", "[y]", ";", ";y", "{y}", ":y", "<y>", "#y", "(javascript:alert(1))"),
    *("^y", "_y_", "`", "!", "-y"),
]


@pytest.mark.parametrize("text", GOING_ON)
def test_a_typed_text_is_no_part_of_what_it_follows(text: str) -> None:
    before = ["*x*", "**x**", "[x](https://e.org)", "x[^1]", "`x`", "H~2~", "~~x~~", "[PAGENUM]"]
    files = made(" ".join(f"{item}{literal(text)}" for item in before) + "\n\n[^1]: n")
    for name, found in texts(files).items():
        assert squeezed(found).count(squeezed(text)) == len(before), name
    tags = [tag for tag in html(rendered(files["md"])).tags if tag in ("em", "strong", "code", "s")]
    assert tags == ["em", "strong", "code", "s"]


def test_random_texts_come_out_as_they_were_typed() -> None:
    """`DAL_FORGERIES` says how many documents, of eight texts each."""
    pieces = [*"#*_`<>[](){}\\$&@~^|!+-=/:;\"'.,%? \n\t0123ab", *HOSTILE, "ä", "я", "  "]
    chance = random.Random(5)
    for _ in range(max(3, int(os.environ.get("DAL_FORGERIES", "300")) // 100)):
        typed = ["".join(chance.choices(pieces, k=chance.randint(1, 6))).strip() or "x" for _ in range(8)]
        shown = [literal(text) for text in typed]
        document = "[^1]: n\n\n*x*{} [l](https://e.org){} x[^1]{} `c`{} ~~x~~{}\n\n".format(*shown)
        document += "{}\n\n**{}** *x{}*\n\n- {}\n\n> {}\n\n| h | {} |\n|---|---|\n| 1 | 2 |\n\n# {}\n\n{}\n".format(*shown)
        for name, found in texts(made(document)).items():
            assert [text for text in typed if squeezed(text) not in squeezed(found)] == [], name


def test_lines_that_were_typed_are_lines() -> None:
    files = made("Address: " + literal("Main Street 1\n12345 Town"), ("pdf", "docx", "html"))
    assert "Main Street 1\n12345 Town" in texts(files)["pdf"]
    assert "<w:br" in part(files["docx"], "word/document.xml")
    assert re.search(r"1<br ?/?>\s*12345", files["html"].decode())


def test_a_typed_text_in_code_is_as_it_was_typed() -> None:
    files = made("`{}`\n\n    {}\n".format(literal("a`b *c*"), literal("<d> `e`")))
    for found in texts(files).values():
        assert squeezed("a`b*c*<d>`e`") == squeezed(found)


@pytest.mark.parametrize(
    "text", ['```\n#read("/etc/passwd") *x*\n```', "````", "`", "``a``", "~~~~~\nx", "typ\n#x", "\\", "    x"]
)
def test_a_typed_text_in_blocks_of_code_ends_none(text: str) -> None:
    typed = literal(text)
    places = f"~~~~~~\n{typed}\n~~~~~~\n\n> ~~~~~~\n> {typed}\n> ~~~~~~\n\n- a\n\n      {typed}\n\nx `{typed}` y\n"
    for name, found in texts(made(places)).items():
        assert squeezed(found).count(squeezed(text)) >= 4, name


def test_a_typed_address_of_a_link_can_only_be_one_of_the_web() -> None:
    good, bad = literal("https://example.com/a_b?c=d&e"), literal("javascript:alert(1)")
    content = made(f"[one]({good}) [two]({bad})", ("html",))["html"].decode()
    assert '<a href="https://example.com/a_b?c=d&amp;e">one</a>' in content
    assert "javascript" not in content


# texts that would be the words by which paragraphs get their layout
RTF = ["\\ql", "{\\pard \\qr", "\\intbl \\qc", "{\\*\\dalayout0}", "{\\pard \\ql \\f0 \\sa180 \\li0 \\fi0 {\\*\\dalayout0}"]


@pytest.mark.parametrize("text", RTF)
@pytest.mark.parametrize("language", ["en", "ar"])
def test_words_of_rtf_that_were_typed_are_text(text: str, language: str) -> None:
    files = made(f"{literal(text)}\n\n- x {literal(text)}", ("rtf",), language=language)
    assert squeezed(texts(files)["rtf"]).count(squeezed(text)) == 2


def test_a_quotation_mark_in_an_address_ends_no_field() -> None:
    address = literal('https://example.com/"{}\\')
    content = made(f"[x]({address})", ("rtf",))["rtf"]
    assert b'HYPERLINK "https://example.com/%22%7B%7D%5C"' in content


def test_characters_that_no_document_can_hold_are_left_out() -> None:
    text = "a\x00b\x01c\x0bd\x1be\ud800f\uffffg" + "".join(chr(0x10F000 + code) for code in range(32))
    files = made(text)
    assert set(files) == set(ALL)
    for found in texts(files).values():
        assert squeezed(re.sub("[^a-z]", "", found)) == "abcdefg"


def test_characters_that_stand_for_tags_can_not_be_typed() -> None:
    files = made("one" + "".join(chr(0x10F100 + code) for code in range(256)) + "two", ("pdf",))
    assert len(pdf(files["pdf"]).pages) == 1


def test_settled_gives_each_character_back() -> None:
    text = "".join(map(chr, range(32, 127))) + "\n\täö漢"
    assert settled(literal(text)) == text
