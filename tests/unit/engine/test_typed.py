"""What people typed: how it is cleaned when it is entered, and how it is marked where it is shown."""

from __future__ import annotations

import json
import random
import re

import pytest

from docassemble_lite.engine.typed import escape_typed, needs_escape, settle, shown, strip_html, unescape_typed, veil
from docassemble_lite.host import Current, entered


class Evaluation:
    def __init__(self, *typed: str) -> None:
        self.typed = frozenset(typed)


@pytest.fixture
def typed():
    """Makes texts count as typed by a person."""
    state = Current()
    with entered(state):
        yield lambda *texts: setattr(state, "evaluation", Evaluation(*texts))


# --- entering --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("entered_text", "kept"),
    [
        ("plain", "plain"),
        ("<b>bold</b> text", "bold text"),
        ("a < b and 5 <6", "a < b and 5 <6"),
        ("x <y", "x <y"),
        ("1 < 2 > 0", "1 < 2 > 0"),
        ("<3 you", "<3 you"),
        ("a<br/>b", "ab"),
        ("<script>alert(1)</script>", "alert(1)"),
        ("a<!-- x > y -->b", "ab"),
        ("a<!-->b", "ab"),
        ("a<!-- open <b>b", "ab"),
        ("<?php echo ?>x", "x"),
        ("<img src=x < onerror=alert(1)>x", "x"),
        ("<scr<b>ipt>x</scr</b>ipt>", "ipt>xipt>"),
        ("<<b>script>x", "x"),
        ("<x.y onclick=alert(1)>z", "z"),
        ("Jane <jane@example.com>", "Jane <jane@example.com>"),
        ("<a@b.c onclick=alert(1)>", ""),
        ("<a@b/onclick=alert(1)>", ""),
        ("a\x00b\x08c\x7fd\x85e", "abcde"),
        ("a\tb\r\nc\rd\n", "a\tb\nc\nd\n"),
        ("<\x00script>x", "x"),
        ("\U0010f03cscript\U0010f03e", "script"),
        ("back\\slash", "back\\slash"),
    ],
)
def test_entering_removes_tags_and_control_characters_only(entered_text, kept):
    assert strip_html(entered_text) == kept


def test_stripping_again_changes_nothing():
    chance = random.Random(1)
    pieces = ["<", "<", ">", "b", "/", "!", "--", "-->", "<!--", " ", "<a@b>", "script", "=", '"', "?", "\x00", "\r"]
    for _ in range(5000):
        once = strip_html("".join(chance.choices(pieces, k=chance.randint(1, 14))))
        assert strip_html(once) == once


# --- marking ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["Jane Doe", "jane@example.com", "12.50", "2026-05-04", "-5", "+49 170 1234", "50 %", "Mary-Jane", "Zoë", "a/b, c; d?"],
)
def test_an_ordinary_text_needs_no_escape(text):
    assert not needs_escape(text)


@pytest.mark.parametrize(
    "text",
    [
        *("O'Brien", "a & b", "<b>", "*a*", "_a_", "`a`", "[a]", "(a)", "a\nb", "1. a", "1.", "- a", "--", "+ a", "# a"),
        *("a | b", "    a", "a: b", "a\\", "Hi!", "~a~", "{a}", "a=b", '"a"', "a  b", "a ", ". a"),
    ],
)
def test_a_text_that_could_be_markup_needs_escape(text):
    assert needs_escape(text)


def test_escaping_leaves_no_character_that_means_anything_to_markdown_or_html():
    escaped = escape_typed("".join(map(chr, range(32, 127))) + "\n  x")
    assert set(unescape_typed(escaped)) > set("<>&*\n")
    assert not set(escaped) & set("<>\"'*_`[](){}!|~=:+-.\\\n")


def test_unescaping_gives_back_what_was_escaped():
    text = "".join(map(chr, range(1, 256))) + "&#0060; &#60; &lt;"
    assert unescape_typed(escape_typed(text)) == text


def test_unescaping_leaves_entities_of_the_author():
    assert unescape_typed("&#60; &lt; &amp;#0060;") == "&#60; &lt; &amp;#0060;"


# --- showing ---------------------------------------------------------------------------------------------------------


class Markup:
    def __html__(self) -> str:
        return "<b>*x*</b>"


class Friendly:
    def __str__(self) -> str:
        return "my *big* friend"


@pytest.mark.parametrize(("value", "text"), [("*a*", "*a*"), (None, "None"), (True, "True"), (1.5, "1.5"), (["a"], "['a']")])
def test_what_nobody_typed_is_shown_as_it_is(value, text):
    assert shown(value) == text


def test_what_is_markup_by_type_passes_unchanged(typed):
    typed("<b>*x*</b>")
    assert shown(Markup()) == "<b>*x*</b>"


def test_a_typed_value_is_escaped(typed):
    typed("*a*")
    assert shown("*a*") == "&#0042;a&#0042;"


def test_a_typed_text_is_escaped_within_the_text_of_an_object(typed):
    typed("*big*")
    assert shown(Friendly()) == "my &#0042;big&#0042; friend"


def test_a_short_typed_text_is_escaped_only_as_a_whole(typed):
    typed("*")
    assert shown("*") == "&#0042;"
    assert shown("**author**") == "**author**"


def test_a_piece_of_a_typed_text_is_escaped(typed):
    typed("one, [two](http://example.com)")
    assert shown("[two](http://example.com)") == escape_typed("[two](http://example.com)")


def test_typed_texts_that_overlap_are_escaped_together(typed):
    typed("*abc*", "c*d*")
    assert shown("_*abc*d*_") == "_" + escape_typed("*abc*d*") + "_"


def test_markup_of_the_author_beside_a_typed_text_stays(typed):
    typed("*abc*")
    assert shown("**see** *abc*") == "**see** &#0042;abc&#0042;"


# --- what code made of it ----------------------------------------------------------------------------------------------

EVIL = (
    'Anna \'" onmouseover="alert(1)"><img src=x onerror=alert(1) \';alert(1)// '
    "[in](javascript:alert(1)) {: onclick='alert(1)' } Bert"
)


@pytest.mark.parametrize(
    "change",
    [
        str.upper,
        str.lower,
        str.title,
        lambda text: text[:70] + "…",
        lambda text: "…" + text[10:],
        lambda text: " ".join(text.split()),
        lambda text: text.replace(" ", ""),
        lambda text: "Dear " + text.lower() + "!",
        lambda text: text.lower() + text.upper(),
    ],
)
def test_no_markup_is_left_of_a_typed_text_that_code_changed(typed, change):
    typed(EVIL)
    made = change(EVIL)
    left = unescape_typed(shown(made))
    assert left == made
    assert not set("<>\"'[]({=") & set(re.sub(r"&#0\d{3};", "", shown(made)))


def test_what_an_author_writes_like_a_typed_text_stays(typed):
    typed('They call me "Jim" <3', "It's 5\" wide, {not} (that)", "10:15")
    for text in ('<b class="a">Jim</b>', '{"name": "Jim", "x": 15, "wide": "5"}', "<p title='s'>(x) [a](b)</p>", "<i>3</i>"):
        assert shown(text) == text


def test_the_beginning_of_a_tag_is_escaped_however_short(typed):
    typed("<im", "g src=x onerror=alert(1) ")
    for text in ("<img src=x onerror=alert(1) ", "<IMG SRC=X ONERROR=ALERT(1) ", "Dear <Img Src=x", "<im…"):
        assert "<" not in shown(text)
    assert shown("<b>Ann</b>") == "<b>Ann</b>"


@pytest.mark.parametrize("end", ["…", "", "...", " …"])
def test_a_mark_that_code_cuts_off_is_none(typed, end):
    text = "Anna [FILE 1] and [QR javascript:alert(1)]"
    typed(text)
    assert "[" not in shown(text[:21] + end)
    assert "[" not in shown("Dear " + text[:21].upper() + end)
    assert shown('["Anna", [1]]') == '["Anna", [1]]'


@pytest.mark.parametrize("answers", [("JAVASCRIPT:", "name"), ("javascript", ":NAME"), ("JavaScript:", "name")])
def test_a_scheme_that_code_puts_together_is_refused(typed, answers):
    typed(*(answer for answer in answers if needs_escape(answer)))
    assert settle(veil(f'<a href="{shown("".join(answers).lower())}">')) == '<a href="#">'


def test_a_call_that_code_puts_together_is_none(typed):
    typed("x+alert", "(document)+`a`")
    assert not set("+(`") & set(shown("X+ALERT(DOCUMENT)+`A`"))


def test_a_line_break_in_a_typed_text_that_code_changed_begins_no_markup(typed):
    typed("one: two\n\n- three\n- four")
    assert "\n" not in shown("ONE: TWO\n\n- THREE\n- FOUR")


def test_a_tag_that_a_typed_text_breaks_gets_no_attribute_with_a_value(typed):
    typed('"', "x onfocus=alert(1) y")
    text = shown('Dear "x onfocus=alert(1) y')
    assert "onfocus&#61;alert" in settle(veil(f'<p title="{text}">'))


def test_a_typed_text_that_code_wrote_with_backslashes_keeps_those_of_the_code(typed):
    typed('say "\\x"')
    assert shown(json.dumps('say "\\x"')) == '"say \\&#0034;\\&#0092;x\\&#0034;"'


@pytest.mark.parametrize(
    "write", [json.dumps, lambda value: json.dumps(value, ensure_ascii=False), lambda value: json.dumps([value])]
)
@pytest.mark.parametrize(
    "text",
    [
        "C:\\new\\table",
        'a\\"b\\\\"c',
        "ends with one\\",
        '"</script ><img src=x onerror=alert(1) ',
        "<!--<script>é\n\t\u2028'",
        "\\u003cimg\\u003e",
        '\\"',
        "</s",
        '`"',
    ],
)
def test_a_script_is_given_exactly_what_was_typed(typed, text, write):
    typed(text)
    script = settle(veil(f"<script>x = {shown(write(text))};</script>"))
    code = script.removeprefix("<script>x = ").removesuffix(";</script>")
    assert json.loads(code) == json.loads(write(text))
    assert "<" not in code


def test_a_backslash_at_the_end_of_a_typed_text_takes_no_meaning_from_what_follows(typed):
    typed("\\")
    assert shown("Ann \\") == "Ann &#0092;"
    assert settle(veil(f'<script>x = "{shown("Ann " + chr(92))}";</script>')) == '<script>x = "Ann \\u005c";</script>'
    assert shown(json.dumps("\\")) == json.dumps("\\")


def test_a_script_is_given_backslashes_of_two_answers_as_they_were_typed(typed):
    typed("\\" * 4, '\\"')
    script = settle(veil(f"<script>x = {shown(json.dumps(chr(92) * 5 + chr(34)))};</script>"))
    assert json.loads(script.removeprefix("<script>x = ").removesuffix(";</script>")) == "\\" * 5 + '"'


def test_a_short_text_takes_no_quotation_mark_of_the_code(typed):
    typed('`"', 'x="y`')
    made = json.dumps([chr(96) + chr(34), 'x="y`'])
    script = settle(veil(f"<script>x = {shown(made)};</script>"))
    assert json.loads(script.removeprefix("<script>x = ").removesuffix(";</script>")) == json.loads(made)


def test_a_backslash_that_an_author_wrote_out_stays_before_a_typed_text(typed):
    typed("(x)")
    script = settle(veil(f"<script>x = 'C:\\\\{shown('(x)')}';</script>"))
    assert script == "<script>x = 'C:\\\\\\u0028x\\u0029';</script>"


def test_what_was_typed_later_is_known_as_well():
    state = Current()
    with entered(state):
        state.evaluation = Evaluation()
        state.evaluation.typed = {"*a*"}
        assert "(" in shown("JAVA:(ALERT)")
        state.evaluation.typed.add("java:(alert)")
        assert "(" not in shown("JAVA:(ALERT)")


# --- settling --------------------------------------------------------------------------------------------------------

ATTACK = "');alert(1)//<\""


@pytest.mark.parametrize(
    ("template", "settled"),
    [
        ("<p>%s</p>", "<p>&#x27;);alert(1)//&lt;&quot;</p>"),
        ('<p title="%s">', '<p title="&#39;&#41;&#59;alert&#40;1&#41;&#47;&#47;&#60;&#34;">'),
        ("<p title=%s>", "<p title=&#39;&#41;&#59;alert&#40;1&#41;&#47;&#47;&#60;&#34;>"),
        ("<textarea>%s</textarea>", "<textarea>&#x27;);alert(1)//&lt;&quot;</textarea>"),
        (
            "<script>f('%s')</script>",
            "<script>f('\\u0027\\u0029\\u003balert\\u00281\\u0029\\u002f\\u002f\\u003c\\u0022')</script>",
        ),
        (
            "<p onclick=\"f('%s')\">",
            "<p onclick=\"f('\\u0027\\u0029\\u003balert\\u00281\\u0029\\u002f\\u002f\\u003c\\u0022')\">",
        ),
        (
            '<iframe srcdoc="%s">',
            '<iframe srcdoc="' + "".join(f"&amp;#{ord(c)};" if not c.isalnum() else c for c in ATTACK) + '">',
        ),
    ],
)
def test_a_typed_text_is_written_as_its_place_in_the_html_asks_for(template, settled):
    assert settle(veil(template % escape_typed(ATTACK))) == settled


def test_a_typed_text_in_a_style_can_add_no_declaration():
    settled = settle(veil(f'<p style="color: {escape_typed("red; x:url(y)")}">'))
    assert settled == '<p style="color: red\\00003b  x\\00003a url\\000028 y\\000029 ">'


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", " JavaScript:x", "java\nscript:x", "data:text/html,x", "vbscript:x", "file:///etc"]
)
@pytest.mark.parametrize("attribute", ["href", "src", "action", "formaction", "xlink:href"])
def test_a_typed_address_that_acts_is_replaced(attribute, address):
    assert settle(veil(f'<a {attribute}="{escape_typed(address)}">')) == f'<a {attribute}="#">'


def test_words_that_look_like_an_address_stay_in_an_attribute_for_people():
    assert settle(veil(f'<input value="{escape_typed("data: all")}">')) == '<input value="data&#58; all">'


def test_what_the_author_wrote_is_untouched():
    page = "<a href=\"javascript:f()\" onclick='g()'>x</a><script>if (a < b && c > d) {}</script><!-- & -->"
    assert settle(page) == page
    assert settle(veil(page + escape_typed("<"))) == page + "&lt;"


def test_a_typed_line_break_is_shown_as_one_except_where_lines_are_kept():
    assert settle(veil("a" + escape_typed("\n") + "b")) == "a<br>\nb"
    assert settle(veil("<pre>a" + escape_typed("\n") + "b</pre>" + escape_typed("\n"))) == "<pre>a\nb</pre><br>\n"
