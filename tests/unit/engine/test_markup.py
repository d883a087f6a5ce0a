"""Texts to HTML: what authors write becomes markup, what people typed never does."""

from __future__ import annotations

import random
import re
from html.parser import HTMLParser

import pytest

from docassemble_lite.engine.markup import shown, to_html, to_inline_html, to_plain, to_raw_html
from docassemble_lite.host import Current, Request, entered


class Evaluation:
    def __init__(self, *typed: str) -> None:
        self.typed = frozenset(typed)


@pytest.fixture
def typed():
    """Makes texts count as typed by a person."""
    state = Current(request=Request(url_root="https://forms.example.org"))
    with entered(state):
        yield lambda *texts: setattr(state, "evaluation", Evaluation(*texts))


# --- Markdown --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("markdown", "made"),
    [
        ("One\ntwo\n\nthree", "<p>One\ntwo</p>\n<p>three</p>\n"),
        ("*a* **b** `c`", "<p><em>a</em> <strong>b</strong> <code>c</code></p>\n"),
        ("### Head", "<h3>Head</h3>\n"),
        ("> quote", "<blockquote>\n<p>quote</p>\n</blockquote>\n"),
        ("a\n* b\n* c", "<p>a</p>\n<ul>\n<li>b</li>\n<li>c</li>\n</ul>\n"),
        ("1. a\n    * b", "<ol>\n<li>a\n<ul>\n<li>b</li>\n</ul>\n</li>\n</ol>\n"),
        ("term\n: meaning", "<dl>\n<dt>term</dt>\n<dd>meaning</dd>\n</dl>\n"),
        ('~~a~~ -- "b"', "<p>~~a~~ -- &quot;b&quot;</p>\n"),
        ("a <b class='x'>b</b> &nbsp;", "<p>a <b class='x'>b</b> \u00a0</p>\n"),
        ("<div>\n*raw*\n</div>", "<div>\n*raw*\n</div>"),
        ("<div class='a' markdown=\"1\">\n*x*\n</div>", "<div class='a'>\n<p><em>x</em></p>\n</div>"),
        ("<span markdown='1'>*x*</span>", "<p><span><em>x</em></span></p>\n"),
    ],
)
def test_markdown_becomes_html(markdown, made):
    assert to_html(markdown) == made


def test_a_table_has_the_classes_of_bootstrap():
    made = to_html("A | B { .text-center }\n--|--:\n1 | 2")
    assert made.startswith('<div class="table-responsive">\n<table class="table table-striped">\n<thead>\n')
    assert made.endswith("</table>\n</div>\n")
    assert '<th class="text-end text-center" scope="col">B</th>' in made
    assert '<td class="text-end">2</td>' in made
    assert "style=" not in made


def test_a_table_takes_the_classes_that_are_asked_for():
    made = to_html("A | B\n--|--\n1 | 2", "table table-bordered, thead-dark")
    assert '<table class="table table-bordered">\n<thead class="thead-dark">' in made


@pytest.mark.parametrize(
    ("markdown", "made"),
    [
        ('[x](/a){:target="_self" .btn #go}', '<p><a href="/a" target="_self" class="btn" id="go">x</a></p>\n'),
        ("![x](/a.png){ width=50 }", '<p><img src="/a.png" alt="x" width="50"></p>\n'),
        ("*a*{.b}", '<p><em class="b">a</em></p>\n'),
        ("a\n{: .lead}", '<p class="lead">a\n</p>\n'),
        ("## a {: #b}", '<h2 id="b">a</h2>\n'),
        ("- a {.b}\n- c", '<ul>\n<li class="b">a</li>\n<li>c</li>\n</ul>\n'),
        ("a {.b} c {term} {x: 1}", "<p>a {.b} c {term} {x: 1}</p>\n"),
    ],
)
def test_an_attribute_list_belongs_to_what_it_follows(markdown, made):
    assert to_html(markdown) == made


# --- links -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        "http://example.com",
        "https://forms.example.org.evil.com/",
        "//example.com/x",
        "/uploadedfile/1.pdf",
        "https://forms.example.org/packagestatic/a/b.pdf",
    ],
)
def test_other_sites_and_documents_open_in_their_own_tab(address, typed):
    assert to_html(f"[x]({address})") == f'<p><a href="{address}" target="_blank" rel="noopener noreferrer">x</a></p>\n'


@pytest.mark.parametrize(
    "address",
    [
        "/interview?i=a.yml",
        "?action=x",
        "#top",
        "mailto:a@b.c",
        "https://forms.example.org/interview",
        "https://forms.example.org",
    ],
)
def test_pages_of_the_server_open_in_the_same_tab(address, typed):
    assert to_html(f"[x]({address})") == f'<p><a href="{address}">x</a></p>\n'


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "JAVASCRIPT:x", "data:image/png;base64,AA", "vbscript:x", "file:///x", "&#106;avascript:x"]
)
@pytest.mark.parametrize("markdown", ["[x]({})", "![x]({})", "[x][y]\n\n[y]: {}", "<{}>"])
def test_an_address_that_acts_makes_no_link(markdown, address):
    made = to_html(markdown.format(address))
    assert "<a" not in made
    assert "<img" not in made


# --- square brackets -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("markdown", "made"),
    [
        ("a[BR]b[NEWLINE]c", "<p>a<br>b<br>c</p>\n"),
        ("[TAB]a[NBSP]b", "<p>&emsp;a&nbsp;b</p>\n"),
        ("a[ENDASH]b[EMDASH]c[HYPHEN]d", "<p>a&ndash;b&mdash;c-d</p>\n"),
        ("[BLANK]", "<p>___________________</p>\n"),
        ("[CENTER] a", '<p class="text-center">a</p>\n'),
        ("[BOLDCENTER] a [BR] b", '<p class="text-center fw-bold">a <br> b</p>\n'),
        ("[FLUSHRIGHT] a\n\n[FLUSHLEFT] b", '<p class="text-end">a</p>\n<p class="text-start">b</p>\n'),
        ("[NOINDENT][PAGEBREAK][INDENTBY 1in 0.5in]a", "<p>a</p>\n"),
        ("[FILE a.png] [YOUTUBER abc] [YAML] [x]", "<p>[FILE a.png] [YOUTUBER abc] [YAML] [x]</p>\n"),
        ("`[BR]`", "<p><code>[BR]</code></p>\n"),
        ("\\[BR]", "<p>[BR]</p>\n"),
        ("a | b\n--|--\nc[BR]d | e", None),
        ("<div>a[BR]b</div>", "<div>a<br>b</div>"),
        ("<script>\nx = [BR]\n</script>", "<script>\nx = [BR]\n</script>"),
    ],
)
def test_square_bracket_tags_are_carried_out(markdown, made):
    if made is None:
        assert "<td>c<br>d</td>" in to_html(markdown)
    else:
        assert to_html(markdown) == made


def test_a_target_is_an_empty_place_with_its_name():
    place = '<span class="datarget datargetfeed_back" aria-live="polite"></span>'
    assert to_html("a [TARGET feed_back]") == f"<p>a {place}</p>\n"
    assert to_html("<div>[TARGET feed_back]</div>") == f"<div>{place}</div>"


def test_two_columns_hold_markdown():
    made = to_html("[BEGIN_TWOCOL] *a* [BREAK] b [END_TWOCOL]")
    assert re.sub(r"\s+", "", made) == (
        '<divclass="row"><divclass="col-md-6"><p><em>a</em></p></div><divclass="col-md-6"><p>b</p></div></div>'
    )


# --- one line --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("markdown", "made"),
    [
        ("What is *your* name?\n", "What is <em>your</em> name?"),
        ("1. First", "1. First"),
        ("> 18", "&gt; 18"),
        ("a\n\nb", "a<br><br>b"),
        ("[CENTER] a", '<span class="d-block text-center">a</span>'),
        ("    a", "a"),
        ("", ""),
    ],
)
def test_a_label_has_no_paragraph(markdown, made):
    assert to_inline_html(markdown) == made


@pytest.mark.parametrize(
    ("markdown", "made"),
    [
        ("What is *your* [name](/x)?\n", "What is your name?"),
        ("a <b>b</b><br>c &amp; d", "a b c & d"),
        ("a\nb\n\nc", "a b c"),
        ("a[BR]b[EMDASH]c[TARGET x] ![pic](/y) `d`", "a b—c pic d"),
        ("1. First", "1. First"),
        ("a &lt; b", "a < b"),
    ],
)
def test_a_plain_text_has_no_markup(markdown, made):
    assert to_plain(markdown) == made


def test_a_typed_text_is_plain_as_it_was_typed(typed):
    typed("*a* <b> &amp; [BR]")
    assert to_plain(f"x {shown('*a* <b> &amp; [BR]')}") == "x *a* <b> &amp; [BR]"


# --- what people typed (P27) -----------------------------------------------------------------------------------------


class Structure(HTMLParser):
    """The tags of a page with their attributes, and its visible text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, tuple[str, ...]]] = []
        self.values: list[str] = []
        self.text = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "br":
            return
        self.tags.append((tag, tuple(sorted(name for name, _ in attrs))))
        self.values += [value or "" for _, value in attrs]

    def handle_data(self, data: str) -> None:
        self.text += data


ATTACKS = (
    *("<script>alert(1)</script>", "<img src=x onerror=alert(1)>", '"><svg onload=alert(1)>', "' onclick='alert(1)"),
    *("</p><h1>x</h1>", "</textarea>", "<a href=x>", "<!--", "-->", "<![CDATA[", "]]>", "');alert(1)//", "red;x:url(y)"),
    *("[x](javascript:alert(1))", "![x](x)", "<javascript:alert(1)>", "<http://a.b>", "http://a.b", "[x]: javascript:x"),
    *("javascript:alert(1)", "data:text/html,<script>alert(1)</script>", "java\tscript:alert(1)", "VBScript:x", "file:///x"),
    *("\n\n# x\n\n", "\n- x\n", "\n1. x\n", "\n    code\n", "\n```\nx\n```\n", "\n---\n", "\n===\n", "\n> x\n", "\n: x\n"),
    *("|a|b|", "\n|-|-|\n", "*x*", "__x__", "`x`", "~~x~~", "{.x onclick=alert(1)}", "{: #y}", "[^1]", "^[x]"),
    *("[BR]", "[TARGET x]", "[CENTER]", "[FILE /etc/passwd]", "[END_TWOCOL]", "<p markdown='1'>"),
    *("&lt;b&gt;", "&#60;b&#62;", "&#0060;b&#0062;", "${ 1+1 }", "% if x:", "<% x %>", "{{ x }}", "\U0010f03cb\U0010f03e"),
)
PIECES = (*ATTACKS, *"&\\()[]{}!`*_<>\"'=/:#+-.|~", "``", "\\*", "é", "plain words", "   ")

# places where a typed text is read by people: it must be there as it was typed, and nothing else may be there
TEXTS = [
    "{}",
    "You said: {}.",
    "You said **{}** and *{}*.",
    "# {}",
    "* {}\n* {}",
    "1. {}\n2. b",
    "> {}",
    "A | B\n--|--\n{} | b",
    "`{}`",
    "```\n{}\n```",
    "[{}](/link)",
    "![a](/b) {} ![c](/d)",
    "a{}b{}c",
    "[CENTER] {}",
    "!{}[x](/y)",
    "term\n: {}",
    "<div>\n{}\n</div>",
    "<p>{}</p>\n\n*after*",
    "a <b>{}</b> c",
    "<div>\n\n{}\n\n</div>",
]

# places where a typed text is an attribute that people read
ATTRIBUTES = [
    '<a title="{}">x</a>',
    "<p title='{}'>x</p>",
    '<input value="{}">',
    'a <b title="{}">x</b>',
    '[x](/y "{}")',
    "![{}](/y)",
]

ADDRESSES = [
    '<a href="{}">x</a>',
    "text <a href='{}'>x</a>",
    "<a href={}>x</a>",
    "<iframe src='{}'></iframe>",
    '<form action="{}"><button formaction="{}">x</button></form>',
]

# code of the author with a typed text in it, and what may become of it
CODE = [
    ("<button onclick=\"f('{}')\">x</button>", r"f\('[^'\"<>\n]*'\)"),
    ("<script>f('{}')</script>", r"f\('[^'\"<>\n]*'\)"),
    ('<p style="color: {}">x</p>', r"color: (?:[^;:()'\"<>\\]|\\[0-9a-f]{6} )*"),
    ("<style>p {{ content: '{}' }}</style>", r"p \{ content: '(?:[^'\"<>\\]|\\[0-9a-f]{6} )*' \}"),
]

LINKS = ["[x]({})", "[x](<{}>)", "![x]({})", "[x](/a/{})", "[x]\n\n[x]: {}"]


def payloads(count: int) -> list[str]:
    chance = random.Random(20260504)
    return [*PIECES, *("".join(chance.choices(PIECES, k=chance.randint(2, 5))) for _ in range(count))]


def filled(place: str, typed_text: str) -> str:
    return place.replace("{{", "\0").replace("}}", "\1").replace("{}", typed_text).replace("\0", "{").replace("\1", "}")


def acts(address: str) -> bool:
    return re.match(r"(javascript|data|vbscript|file):", re.sub(r"[\x00-\x20]", "", address), re.IGNORECASE) is not None


def words(text: str) -> str:
    return re.sub(r"\s+", " ", text.translate({0x10F000 + code: code for code in range(128)})).strip()


PAYLOADS = payloads(250)
INNOCENT = "innocent"


@pytest.mark.parametrize("place", TEXTS)
def test_p27_a_typed_text_is_read_as_it_was_typed_and_changes_no_structure(place, typed):
    """P27: no answer becomes active markup."""
    innocent = Structure(to_html(filled(place, INNOCENT)))
    for payload in PAYLOADS:
        typed(payload)
        page = Structure(to_html(filled(place, shown(payload))))
        assert page.tags == innocent.tags, payload
        assert words(page.text) == words(innocent.text.replace(INNOCENT, payload)), payload


@pytest.mark.parametrize("place", ATTRIBUTES)
def test_p27_a_typed_text_stays_within_its_attribute(place, typed):
    """P27: no answer becomes active markup."""
    innocent = Structure(to_html(filled(place, INNOCENT)))
    for payload in PAYLOADS:
        typed(payload)
        page = Structure(to_html(filled(place, shown(payload))))
        assert page.tags == innocent.tags, payload
        assert words(payload) in [words(value) for value in page.values], payload


@pytest.mark.parametrize("place", ADDRESSES)
def test_p27_a_typed_address_in_html_never_acts(place, typed):
    """P27: no answer becomes active markup."""
    innocent = Structure(to_html(filled(place, INNOCENT)))
    for payload in PAYLOADS:
        if place == "<a href={}>x</a>":
            payload = re.sub(r"\s", "", payload) or INNOCENT
        typed(payload)
        page = Structure(to_html(filled(place, shown(payload))))
        assert page.tags == innocent.tags, payload
        assert not any(acts(value) for value in page.values), payload


@pytest.mark.parametrize(("place", "harmless"), CODE)
def test_p27_a_typed_text_in_code_of_the_author_stays_a_value(place, harmless, typed):
    """P27: no answer becomes active markup."""
    innocent = Structure(to_html(filled(place, INNOCENT)))
    for payload in PAYLOADS:
        typed(payload)
        page = Structure(to_html(filled(place, shown(payload))))
        assert page.tags == innocent.tags, payload
        assert any(re.fullmatch(harmless, text) for text in (*page.values, page.text.strip())), payload


@pytest.mark.parametrize("place", LINKS)
def test_p27_a_typed_address_is_a_harmless_link_or_none(place, typed):
    """P27: links with `javascript:` or `data:` are refused."""
    for payload in PAYLOADS:
        typed(payload)
        page = Structure(to_html(filled(place, shown(payload))))
        assert {tag for tag, _ in page.tags} <= {"p", "a", "img"}, payload
        assert {name for _, names in page.tags for name in names} <= {"href", "src", "alt", "target", "rel"}, payload
        assert not any(acts(value) for value in page.values), payload


def test_p27_a_typed_address_of_a_web_site_becomes_a_link(typed):
    address = "https://example.com/a_b*c?d=(e)&f='g'"
    typed(address)
    assert to_html(f"[x]({shown(address)})").startswith("<p><a href=\"https://example.com/a_b*c?d=(e)&amp;f='g'\" target=")


@pytest.mark.parametrize("place", ["{}", "a *{}* b", "{} [x](/y)", "a\n{}\nb"])
def test_p27_a_typed_text_in_a_label_is_read_as_it_was_typed(place, typed):
    """P27: no answer becomes active markup."""
    innocent = Structure(to_inline_html(filled(place, INNOCENT)))
    for payload in PAYLOADS:
        typed(payload)
        page = Structure(to_inline_html(filled(place, shown(payload))))
        assert page.tags == innocent.tags, payload
        assert words(page.text) == words(innocent.text.replace(INNOCENT, payload)), payload


def test_p27_a_typed_text_within_a_value_made_by_code_is_read_as_it_was_typed(typed):
    """P27: also where code has put it among other words."""
    for payload in PAYLOADS:
        if len(payload) >= 4:
            typed(payload)
            page = Structure(to_html(shown(f"Mr {payload} of **London**")))
            assert page.tags == [("p", ()), ("strong", ())], payload
            assert words(page.text) == words(f"Mr {payload} of London"), payload


def test_a_backslash_with_which_code_escaped_a_typed_text_is_not_shown(typed):
    typed("<b *x")
    assert to_html("[" + shown("\\<b \\*x") + "](/there)") == '<p><a href="/there">&lt;b *x</a></p>\n'
    assert to_plain(shown("\\<b \\*x")) == "<b *x"


def test_a_typed_text_in_json_of_a_script_stays_what_it_is(typed):
    typed("</script><b>")
    made = to_raw_html(f'<script type="application/json">{{"a": "{shown("</script><b>")}"}}</script>')
    assert made == '<script type="application/json">{"a": "\\u003c\\u002fscript\\u003e\\u003cb\\u003e"}</script>'


def test_line_breaks_that_were_typed_are_shown(typed):
    typed("one\ntwo\n\nthree")
    assert to_html(shown("one\ntwo\n\nthree")) == "<p>one<br>\ntwo<br>\n<br>\nthree</p>\n"
