"""Scripts, styles and files of scripts and styles that an author brings into pages."""

from __future__ import annotations

import pytest

from docassemble_lite.engine.page_code import HELD_TYPE, NONCE_MARK, marked, script_markup, style_markup
from tests.unit.engine.interviewing import interview, program, source_mistake

HELD = f"<script type={HELD_TYPE} nonce={NONCE_MARK}"


@pytest.mark.parametrize(
    ("written", "made"),
    [
        ("<script>x()</script>", f"{HELD}>x()</script>"),
        ("<SCRIPT defer src='/a.js'></SCRIPT>", f"{HELD} defer src='/a.js'></SCRIPT>"),
        ('<script type="module">', f'{HELD} data-type=module type="module">'),
        ("<script type=text/javascript>", f"{HELD} type=text/javascript>"),
        ('<script type="application/json">{}</script>', '<script type="application/json">{}</script>'),
        ("<style>p {}</style>", f"<style nonce={NONCE_MARK}>p {{}}</style>"),
        ("<scripted> <styled> no < s", "<scripted> <styled> no < s"),
    ],
    # the mark of the nonce is another one in each process
    ids=["script", "attributes", "module", "old type", "data", "style", "none"],
)
def test_the_tags_of_an_author_are_marked(written, made):
    assert marked(written) == made


def test_a_script_or_a_style_sheet_needs_no_tags():
    assert script_markup("a < b") == f"{HELD}>a < b</script>"
    assert style_markup("p {}") == f"<style nonce={NONCE_MARK}>p {{}}</style>"
    assert style_markup('<link rel="stylesheet" href="/a.css">') == '<link rel="stylesheet" href="/a.css">'


def test_only_what_the_author_wrote_is_marked_and_not_what_a_variable_brings():
    screen = interview("""
        mandatory: True
        code: |
          made = "<script>a()</script>"
          the_end
        ---
        event: the_end
        question: The end
        subquestion: |
          ${ made } <script>b()</script>
        script: |
          <script>c(${ 1 + 1 })</script>
        css: |
          p { width: ${ 2 }px }
    """).screen
    assert "<script>a()</script>" in screen.subquestion_html
    assert f"{HELD}>b()</script>" in screen.subquestion_html
    assert screen.script_html.strip() == f"{HELD}>c(2)</script>"
    assert screen.css_html.startswith(f"<style nonce={NONCE_MARK}>p {{ width: 2px }}")


def test_a_variable_that_only_a_script_needs_is_asked_first():
    running = interview("""
        mandatory: True
        question: The end
        script: |
          show("${ color }");
        ---
        question: Which color?
        fields:
          - Color: color
    """)
    assert running.question == "Which color?"
    assert 'show("red")' in running.answer(color="red").screen.script_html


FILES = {"static/a.js": "$(document)", "static/b.css": "", "static/c.js": "plain()"}


def test_files_of_several_sections_add_up_in_their_order():
    made = program(
        """
        features:
          javascript: c.js
          css: b.css
        ---
        features:
          javascript:
            - c.js
            - /elsewhere/on/this/server.js
        ---
        mandatory: True
        question: The end
        """,
        **FILES,
    )
    addresses = [address.partition("?")[0] for address in made.page_files.javascript]
    assert addresses == ["/packagestatic/~/c.js", "/elsewhere/on/this/server.js"]
    assert [address.partition("?")[0] for address in made.page_files.css] == ["/packagestatic/~/b.css"]
    assert (made.page_files.uses_jquery, made.warnings) == (False, [])


@pytest.mark.parametrize(
    ("key", "value", "uses"),
    [
        ("script", "$('#a').hide()", True),
        ("script", "$.ajax()", True),
        ("script", "jQuery(f)", True),
        ("script", "f('${ 1 }')", False),
        ("subquestion", "That is $5.", False),
    ],
)
def test_jquery_is_wanted_where_a_text_calls_it(key, value, uses):
    made = program(f"""
        mandatory: True
        question: The end
        {key}: |
          {value}
    """)
    assert made.page_files.uses_jquery is uses


def test_jquery_is_wanted_where_a_file_calls_it():
    made = program("features:\n  javascript: a.js\n---\nmandatory: True\nquestion: The end\n", **FILES)
    assert made.page_files.uses_jquery


@pytest.mark.parametrize(
    ("reference", "said"),
    [
        ("https://example.com/a.js", "is on another server"),
        ("//example.com/a.js", "is on another server"),
        ("missing.js", "There is no static file"),
        ("../test.yml", "There is no static file"),
    ],
)
def test_a_file_that_cannot_be_loaded_is_left_out_with_a_warning(reference, said):
    made = program(f"features:\n  javascript: {reference}\n---\nmandatory: True\nquestion: The end\n")
    assert made.page_files.javascript == []
    (warning,) = made.warnings
    assert said in warning.message
    assert warning.line == 2


def test_a_feature_that_names_no_files_is_a_mistake():
    mistake = source_mistake("features:\n  css:\n    - a: b\n---\nmandatory: True\nquestion: The end\n")
    assert (mistake.line, "must name files" in mistake.message) == (2, True)
