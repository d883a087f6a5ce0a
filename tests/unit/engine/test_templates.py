"""Texts with Mako: what they write, when they look a name up, and where their errors point."""

from __future__ import annotations

import traceback
from typing import Any

import pytest

from docassemble_lite.engine.markup import to_html
from docassemble_lite.engine.templates import compile_text
from docassemble_lite.errors import SourceError
from docassemble_lite.host import Current, entered


def evaluate(text: str, /, defs: str = "", **answers: Any) -> str:
    return compile_text(text, source="a.yml", path=None, line=10, defs=defs).evaluate(answers)


def mistake_in(text: str) -> SourceError:
    with pytest.raises(SourceError) as caught:
        compile_text(text, source="a.yml", path=None, line=10)
    return caught.value


class Evaluation:
    def __init__(self, *typed: str) -> None:
        self.typed = set(typed)


@pytest.fixture
def typed():
    """Makes texts count as typed by a person."""
    state = Current()
    with entered(state):
        yield lambda *texts: setattr(state, "evaluation", Evaluation(*texts))


# --- constants -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["", "Hello", "50 % off\n", "# One\n\n### Three\n", "a \\\nb", "$5 {x}", "a <b> c"])
def test_a_text_without_mako_is_constant_and_unchanged(text):
    assert compile_text(text, source="a.yml", path=None, line=1).constant == text


def test_a_text_with_nothing_but_comments_is_constant():
    text = compile_text("a\n## note\nb <%doc>note</%doc>c", source="a.yml", path=None, line=1)
    assert text.constant == "a\nb c"
    assert text.evaluate({}) == "a\nb c"


def test_a_text_with_an_expression_is_not_constant():
    assert compile_text("${ a }", source="a.yml", path=None, line=1).constant is None


# --- what Mako does --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Hi ${ a }!", "Hi 1!"),
        ("${ a, 2 }", "(1, 2)"),
        ("${ None } ${ True } ${ 1.50 }", "None True 1.5"),
        ("${ {'k': '}'}['k'] }", "}"),
        ("${ [n * a for n in (1, 2)] }", "[1, 2]"),
        ("% if a == 1:\nyes\n% elif a == 2:\ntwo\n% else:\nno\n% endif\n", "yes\n"),
        ("% if a == 2:\nyes\n% elif a == 1:\none\n% else:\nno\n% endif\n", "one\n"),
        ("% if a == 2:\nyes\n% elif a == 3:\none\n% else:\nno\n% endif", "no\n"),
        ("% if a:\n  % if not a:\n  x\n  % endif\n% endif\ny", "y"),
        ("% if a \\\n  and a:\nyes\n% endif\n", "yes\n"),
        ("% for n in (1, 2):\n${ n }\n% endfor\n", "1\n2\n"),
        ("% for n in ():\nx\n% else:\nnone\n% endfor\n", "none\n"),
        ("<% n = [2, 1] %>\\\n% while n:\n${ n.pop() }\n% endwhile\n", "1\n2\n"),
        ("% try:\n${ 1 / 0 }\n% except ZeroDivisionError:\noops\n% endtry\n", "oops\n"),
        ("<% b = a + 1 %>${ b }", "2"),
        ("<%\n  def double(n):\n      return 2 * n\n%>${ double(4) }", "8"),
        ("<%! import math %>${ math.floor(2.5) }", "2"),
        ("<%text>${ a } % if</%text>|${ a }", "${ a } % if|1"),
        ("a\\\nb ${ a }", "ab 1"),
        ("%% ${ a }", "% 1"),
        ("A${ a }\nB<% return STOP_RENDERING %>C", "A1\nB"),
        ("<%block name='x'>in ${ a }</%block>", "in 1"),
        ("${ 'a b' | u }", "a+b"),
        ("${ 5 | trim }", "5"),
        ("${ ' <b> ' | trim, h }", "&lt;b&gt;"),
        ("${ 'x' | str.upper }", "X"),
        ("${ 'x' | lambda s: s * 3 }", "xxx"),
    ],
)
def test_a_text_is_written_as_mako_writes_it(text, written):
    assert evaluate(text, a=1) == written


def test_a_loop_knows_how_far_it_has_got():
    text = "% for x in 'abc':\n${ loop.index }${ loop.first }${ loop.last }\n% endfor\n"
    assert evaluate(text) == "0TrueFalse\n1FalseFalse\n2FalseTrue\n"


def test_an_inner_loop_knows_its_outer_one():
    text = "% for x in 'ab':\n% for y in 'c':\n${ loop.parent.index }${ x }${ y }\n% endfor\n${ loop.index }\n% endfor\n"
    assert evaluate(text) == "0ac\n0\n1bc\n1\n"


def test_a_loop_within_a_def_leaves_the_name_to_the_text_around_it():
    text = "<%def name='f()'>\\\n% for x in 'a':\n${ loop.index }\\\n% endfor\n</%def>${ f() }${ loop }"
    assert evaluate(text, loop="!") == "0!"


def test_a_def_may_be_used_before_it_stands():
    assert evaluate("${ twice('a') }<%def name=\"twice(x, y=2)\">${ x }${ y }${ outer }</%def>", outer="!") == "a2!"


def test_a_def_sees_names_assigned_in_the_text():
    assert evaluate("<% b = 5 %><%def name='f()'>b=${ b }</%def>${ f() }") == "b=5"


def test_defs_from_elsewhere_can_be_used():
    defs = '<%def name="praise(fruit)">\n${ fruit } are good.\\\n</%def>\n'
    assert evaluate('${ praise("Pears") }', defs=defs) == "\nPears are good."


def test_defs_from_elsewhere_keep_the_lines_of_the_text():
    text = compile_text("a\n${ missing }", source="a.yml", path=None, line=10, defs="<%def name='f()'>\n\n\n</%def>")
    with pytest.raises(NameError) as caught:
        text.evaluate({})
    assert traceback.extract_tb(caught.value.__traceback__)[-1].lineno == 11


def test_headings_of_markdown_stay_while_comments_go():
    assert evaluate("### One ${ a }\n## comment ${ b }\n  #### Two\n", a=1) == "### One 1\n  #### Two\n"


def test_a_heading_that_looks_like_a_magic_comment_stays():
    assert evaluate("# Coding: basics\n${ a }", a=1) == "# Coding: basics\n1"


# --- names -----------------------------------------------------------------------------------------------------------


def test_a_name_behind_a_false_condition_is_not_looked_up():
    assert evaluate("% if a:\n${ b }\n% endif\nend", a=False) == "end"


def test_a_missing_name_is_a_plain_name_error_that_carries_it():
    with pytest.raises(NameError) as caught:
        evaluate("${ a }", b=1)
    assert type(caught.value) is NameError
    assert caught.value.name == "a"


def test_what_stands_before_a_missing_name_is_evaluated_first():
    seen: list[int] = []
    with pytest.raises(NameError):
        evaluate("${ seen.append(1) }${ missing }${ seen.append(2) }", seen=seen)
    assert seen == [1]


@pytest.mark.parametrize(
    "text", ["${ a }", "<% x = a %>", "% if a:\n% endif", "${ [a for _ in 'x'] }", "<%def name='f()'>${a}</%def>${f()}"]
)
def test_a_missing_name_is_missed_in_the_answers(text):
    answers: dict[str, Any] = {}
    with pytest.raises(NameError) as caught:
        compile_text(text, source="a.yml", path=None, line=1).evaluate(answers)
    trace = caught.value.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    assert trace is not None
    assert trace.tb_frame.f_globals is answers


def test_evaluating_writes_nothing_into_the_answers():
    answers: dict[str, Any] = {"a": [1], "__builtins__": {"len": len}}
    text = "<% b = 1 %>\n% for x in a:\n${ loop.index } ${ len(a) }\n% endfor\n<%def name='f()'>${ b }</%def>${ f() }"
    compile_text(text, source="a.yml", path=None, line=1).evaluate(answers)
    assert answers == {"a": [1], "__builtins__": {"len": len}}


def test_names_that_interviews_may_use_come_from_the_builtins_of_the_answers():
    assert evaluate("${ greet() }", __builtins__={"greet": lambda: "hello"}) == "hello"


def test_an_answer_hides_a_name_of_the_builtins():
    assert evaluate("${ greet }", greet="mine", __builtins__={"greet": "theirs"}) == "mine"


# --- places ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("${ missing }", 10),
        ("a\nb\n${ missing }", 12),
        ("% if True:\nx\n${ missing }\n% endif", 12),
        ("% if False:\nx\n% elif missing:\ny\n% endif", 12),
        ("<%\n  a = 1\n  b = missing\n%>", 12),
        ("a\n${ (1 +\n missing) }", 12),
        ("% for x in [1]:\n${ loop.index }\n${ missing }\n% endfor", 12),
        ("a\n<%def name='f()'>\n${ missing }</%def>${ f() }", 12),
        ("## comment\n\n${ missing }", 12),
    ],
)
def test_a_traceback_points_at_the_line_of_the_file(text, line):
    with pytest.raises(NameError) as caught:
        evaluate(text)
    frame = traceback.extract_tb(caught.value.__traceback__)[-1]
    assert (frame.filename, frame.lineno) == ("a.yml", line)


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("a\n% if x:\nb", 11, "“% if” is never closed"),
        ("a\n${ x", 11, "never closed"),
        ("a\n\n${ x y }", 12, "This isn't Python"),
        ("a\n% endif\n", 11, "closes nothing"),
        ("% for x in y:\n% endif\n", 11, "where “% endfor” is due"),
        ("% if x:\n% except:\n% endif\n", 11, "can't belong to"),
        ("a\n% else:\nb\n", 11, "belongs to nothing"),
        ("a\n${ }", 11, "nothing between"),
        ("a\n<% x = %>", 11, "This isn't Python"),
        ("a\n<% break %>", 11, "This isn't Python"),
        ("a\n<%\n\n  return = 1\n%>", 13, "This isn't Python"),
        ("a\n<%nothing/>", 11, "no tag"),
        ("a\n% discount\n", 11, "can't read this line"),
        ("% if x = 1:\n% endif\n", 10, "This isn't Python"),
        ("<%def name='f()'>", 10, "never closed"),
        ("${ x | = }", 10, "This isn't Python"),
    ],
)
def test_a_mistake_in_mako_points_at_its_line(text, line, said):
    mistake = mistake_in(text)
    assert (mistake.source, mistake.line) == ("a.yml", line)
    assert said in mistake.message


@pytest.mark.parametrize(
    "text",
    [
        "<%include file='/etc/passwd'/>",
        "<%namespace name='x' file='y'/>",
        "<%inherit file='x'/>",
        "<%page args='x'/>",
        "<%call expr='f()'>x</%call>",
        "<%self:f>x</%self:f>",
        "<%def name='f()' cached='True'>x</%def>",
        "<%text filter='h'>x</%text>",
    ],
)
def test_a_tag_that_would_leave_the_text_is_refused_with_a_hint(text):
    mistake = mistake_in(text)
    assert mistake.line == 10
    assert mistake.hint


# --- what people typed -----------------------------------------------------------------------------------------------


def test_typed_mako_stays_literal(typed):
    """P28: an answer is never a template."""
    answer = "${ 1 + 1 } <% x %>\n% if True:\n"
    typed(answer)
    written = evaluate("You said: ${ a }", a=answer)
    assert to_html(written) == "<p>You said: ${ 1 + 1 } &lt;% x %&gt;<br>\n% if True:<br>\n</p>\n"


def test_typed_mako_that_passes_through_two_texts_stays_literal(typed):
    typed("${ 1 + 1 }")
    inner = compile_text("${ a }", source="a.yml", path=None, line=1)
    written = evaluate("${ inner() }", inner=lambda: inner.evaluate({"a": "${ 1 + 1 }"}))
    assert to_html(written) == "<p>${ 1 + 1 }</p>\n"


def test_the_filter_n_leaves_a_value_as_it_is(typed):
    typed("*bold*")
    assert evaluate("${ a | n }", a="*bold*") == "*bold*"


@pytest.mark.parametrize("name", ["h", "x", "entity"])
def test_filters_that_escape_html_escape_a_typed_text_once(name, typed):
    typed("a & <b>*c*")
    assert to_html(evaluate("${ a | " + name + " }", a="a & <b>*c*")) == "<p>a &amp; &lt;b&gt;*c*</p>\n"


def test_a_filter_of_the_author_cannot_make_a_typed_text_markup(typed):
    typed("*mine*")
    assert to_html(evaluate("${ a | praise }", a="*mine*", praise=lambda text: f"**{text}**")) == (
        "<p><strong>*mine*</strong></p>\n"
    )
