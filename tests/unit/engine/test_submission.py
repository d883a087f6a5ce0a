"""What comes back from a screen: what is refused, what has to be mended, and what is cleaned."""

from __future__ import annotations

import contextlib

import pytest

from docassemble_lite.engine.fields.control_name import control_name
from docassemble_lite.engine.submission import LONGEST, NotAsked
from docassemble_lite.errors import EvaluationError
from tests.unit.engine.interviewing import interview

ASK = """
    mandatory: True
    question: Q
    fields:
      - A: a
      - N: n
        datatype: integer
        required: False
    ---
    mandatory: True
    question: The end
"""


def validating(code: str, *, key: str = "validation code"):
    body = "\n      ".join(code.splitlines())
    return interview(ASK.replace("    ---\n", f"    {key}: |\n      {body}\n    ---\n", 1))


# --- what is refused -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["b", "a.b", "_internal", "user_is_admin", "a[__import__('os').abort()]", "__builtins__"])
def test_a_post_that_names_what_was_not_asked_is_refused(name):
    session = interview(ASK)
    with pytest.raises(NotAsked):
        session.post({control_name("a"): ["x"], control_name(name): ["y"]})
    assert "a" not in session.answers


@pytest.mark.parametrize("name", ["a", "n", "_multiple_choice", "_list_add", "x\x00", "", control_name("a") + "="])
def test_a_control_that_is_not_on_the_screen_is_refused(name):
    with pytest.raises(NotAsked):
        interview(ASK).post({control_name("a"): ["x"], name: ["y"]})


@pytest.mark.parametrize(
    "name", ["csrf_token", "_question_name", "_datatypes", "_varnames", "_visible", "_tracker", "ajax", "json"]
)
def test_hidden_controls_decide_nothing(name):
    session = interview(ASK).post({control_name("a"): ["x"], name: ["eyJiIjogInRleHQifQ=="]})
    assert session.answers["a"] == "x"
    assert set(session.answers) == {"a", "n"}


def test_a_disabled_field_can_not_be_posted():
    session = interview(
        """
    mandatory: True
    question: Q
    fields:
      - A: a
        disabled: True
      - B: b
    ---
    mandatory: True
    question: End
    """
    )
    with pytest.raises(NotAsked):
        session.post({control_name("a"): ["x"], control_name("b"): ["y"]})


def test_a_field_of_another_screen_is_refused():
    session = interview(
        """
    mandatory: True
    question: One
    fields:
      - A: a
    ---
    mandatory: True
    question: Two
    fields:
      - B: b
    """
    )
    session.answer(a="x")
    with pytest.raises(NotAsked):
        session.post({control_name("a"): ["changed"], control_name("b"): ["y"]})
    assert session.answers["a"] == "x"


def test_an_answer_that_is_too_long_is_refused():
    with pytest.raises(NotAsked):
        interview(ASK).post({control_name("a"): ["x" * (LONGEST + 1)]})


def test_the_datatype_is_that_of_the_screen_and_not_of_the_post():
    session = interview(ASK).post({control_name("a"): ["5"], "_datatypes": ["eyJZUSI6ICJpbnRlZ2VyIn0"]})
    assert session.answers["a"] == "5"


# --- what has to be mended -----------------------------------------------------------------------------------------------


def test_a_required_field_that_is_empty_has_a_message():
    session = interview(ASK).answer(n="5")
    assert session.question == "Q"
    assert session.field("a").error


def test_nothing_is_saved_of_a_form_with_a_mistake():
    session = interview(ASK).answer(a="x", n="five")
    assert session.field("n").error
    assert session.answers == {}


def test_everything_that_was_typed_is_shown_again():
    session = interview(ASK).answer(a="typed", n="five")
    assert (session.field("a").value, session.field("n").value) == ("typed", "five")


def test_a_mended_form_goes_on():
    assert interview(ASK).answer(a="typed", n="five").answer(n="5").question == "The end"


@pytest.mark.parametrize("rule", ["required", "min", "max"])
def test_the_author_can_word_the_messages(rule):
    text = f"""
    mandatory: True
    question: Q
    fields:
      - A: a
        datatype: integer
        min: 3
        max: 5
        validation messages:
          {rule}: Worded ${{ 1 + 1 }}
    ---
    mandatory: True
    question: End
    """
    typed = {"required": "", "min": "1", "max": "9"}[rule]
    assert interview(text).answer(a=typed).field("a").error == "Worded 2"


# --- validate ------------------------------------------------------------------------------------------------------------


def validated(function: str):
    return interview(f"""
    initial: True
    code: |
      def check(value):
        {function}
    ---
    mandatory: True
    question: Q
    fields:
      - A: a
        validate: check
    ---
    mandatory: True
    question: The end
    """)


@pytest.mark.parametrize(
    ("function", "message"),
    [
        ("validation_error('Not that')", "Not that"),
        ("raise ValueError('Wrong value')", "Wrong value"),
        ("assert value == 'x', 'Only x'", "Only x"),
    ],
)
def test_a_field_can_be_checked_by_a_function(function, message):
    session = validated(function).answer(a="y")
    assert session.field("a").error == message
    assert "a" not in session.answers


def test_a_check_that_gives_something_false_is_a_mistake():
    assert validated("return False").answer(a="y").field("a").error


def test_a_check_that_gives_something_true_lets_the_answer_pass():
    assert validated("return True").answer(a="y").question == "The end"


def test_a_check_may_be_a_lambda():
    session = interview(
        """
    mandatory: True
    question: Q
    fields:
      - A: a
        validate: |
          lambda y: len(y) > 2
    ---
    mandatory: True
    question: End
    """
    )
    assert session.answer(a="x").field("a").error
    assert session.answer(a="xyz").question == "End"


def test_an_error_in_a_check_is_an_error_of_the_interview():
    with pytest.raises(EvaluationError, match="ZeroDivisionError"):
        validated("return 1 / 0").answer(a="y")


def test_what_was_checked_and_refused_is_shown_again():
    assert validated("return False").answer(a="typed").field("a").value == "typed"


# --- validation code -------------------------------------------------------------------------------------------------------


def test_validation_code_sees_the_answers():
    session = validating("if a == 'x':\n  validation_error('Not x')")
    assert session.answer(a="x").screen.error == "Not x"
    assert session.answer(a="y").question == "The end"


def test_validation_code_can_blame_a_field():
    session = validating("validation_error('Not that', field='n')").answer(a="x", n="5")
    assert session.field("n").error == "Not that"
    assert session.field("a").error == ""


def test_a_field_that_is_not_there_can_not_be_blamed():
    assert validating("validation_error('Not that', field='other')").answer(a="x").screen.error == "Not that"


@pytest.mark.parametrize("raised", ["raise ValueError('Bad')", "assert False, 'Bad'"])
def test_validation_code_may_raise_or_assert(raised):
    assert validating(raised).answer(a="x").screen.error == "Bad"


def test_validation_code_may_change_the_answers():
    assert validating("a = a.upper()").answer(a="x").answers["a"] == "X"


def test_nothing_that_validation_code_did_is_kept_when_it_refuses():
    session = validating("seen = True\nvalidation_error('No')").answer(a="x")
    assert session.answers == {}


def test_an_error_in_validation_code_has_its_line():
    with pytest.raises(EvaluationError) as caught:
        validating("b = 1\n1 / 0").answer(a="x")
    assert (caught.value.source, caught.value.line) == ("test.yml", 10)


def test_a_variable_that_validation_code_lacks_is_an_error_that_names_it():
    with pytest.raises(EvaluationError, match="nothing_of_the_kind"):
        validating("nothing_of_the_kind").answer(a="x")


def test_the_iterators_are_right_while_a_form_is_checked():
    text = """
    objects:
      - jobs: DAList.using(object_type=DAObject, auto_gather=False)
    ---
    question: Job ${ i }
    fields:
      - P: jobs[i].pay
        datatype: integer
    validation code: |
      if jobs[i].pay < i:
        validation_error('Less than ' + str(i), field='jobs[i].pay')
    ---
    mandatory: True
    question: ${ jobs[2].pay }
    """
    session = interview(text).answer({"jobs[2].pay": "1"})
    assert session.field("jobs[2].pay").error == "Less than 2"
    assert session.answer({"jobs[2].pay": "3"}).question == "3"


def test_validation_error_outside_of_validation_is_an_error():
    with pytest.raises(EvaluationError, match="outside of validation"):
        interview("    mandatory: True\n    code: |\n      validation_error('x')")


# --- what is cleaned, and what an answer never becomes -------------------------------------------------------------------


PAYLOADS = [
    "${ ran() }",
    "${ 7 * 7 }",
    "% if True:\nx\n% endif",
    "<% ran() %>",
    "<%! ran() %>",
    "<%include file='/etc/passwd'/>",
    "## gone",
    "{ran()}",
    "{{ 7 * 7 }}",
    "{0.__class__}",
    "%(a)s %s %n",
    "[TARGET x]",
    "${ '}",
    "\\${ x }",
]
SHOWN_EVERYWHERE = """
    initial: True
    code: |
      def ran():
        global hit
        hit = True
    ---
    question: Q
    fields:
      - A: a
        input type: area
    ---
    mandatory: True
    question: q ${ a }
    subquestion: s ${ a } ${ t } ${ format_date('2026-01-01') }
    under: ${ a }
    help: ${ a }
    fields:
      - note: n ${ a }
      - "label ${ a }": b
        hint: h ${ a }
        default: d ${ a }
        help: ${ a }
      - Choices: c
        code: |
          [[a, a], a + '2']
        required: False
      - code: |
          [{'label': a, 'field': 'made', 'hint': a, 'default': a, 'required': False}]
    continue button label: ${ a }
    ---
    template: t
    subject: ${ a }
    content: c ${ a }
"""


@pytest.mark.parametrize("payload", PAYLOADS)
def test_p28_an_answer_is_never_a_template(payload):
    session = interview(SHOWN_EVERYWHERE).answer(a=payload)
    assert "hit" not in session.answers
    assert "49" not in session.screen.question
    assert "49" not in session.field("b").hint


@pytest.mark.parametrize("payload", [payload for payload in PAYLOADS if not payload.startswith("<")])
def test_p28_an_answer_is_shown_as_it_was_typed(payload):
    session = interview(SHOWN_EVERYWHERE).answer(a=payload)
    kept = session.answers["a"]
    assert session.field("b").value == f"d {kept}"
    assert session.field("made").value == kept
    assert session.field("made").hint.split() == kept.split()


def test_p28_an_answer_is_never_the_name_of_a_variable():
    session = interview("""
    question: Q
    fields:
      - A: a
    ---
    mandatory: True
    question: ${ showifdef(a, 'none') if a.isidentifier() else 'refused' }
    """)
    assert session.answer(a="a[__import__('os').abort()]").question == "refused"


@pytest.mark.parametrize(
    "call",
    [
        "value(a)",
        "defined(a)",
        "undefine(a)",
        "define(a, 1)",
        "showifdef(a)",
        "reconsider(a)",
        "invalidate(a)",
        "force_gather(a)",
        "getattr(b, a)",
        "b[a]",
    ],
)
@pytest.mark.parametrize("name", ["ran()", "b[ran()]", "b[ran()].c", "ran().c", "b.c[ran()]", "c[ran()]"])
def test_p28_a_name_in_an_answer_runs_no_code_even_where_the_author_uses_it(call, name):
    session = interview(f"""
    initial: True
    code: |
      def ran():
        global hit
        hit = True
        return 0
      b = DADict('b')
    ---
    question: Q
    fields:
      - A: a
    ---
    mandatory: True
    code: |
      a
      try:
        {call}
      except Exception:
        refused = True
    ---
    mandatory: True
    question: End
    """)
    with contextlib.suppress(EvaluationError):
        session.answer(a=name)
    assert session.evaluation.answers["a"] == name
    assert "hit" not in session.evaluation.answers


def test_p28_an_attribute_that_a_person_named_runs_no_code():
    session = interview("""
    initial: True
    code: |
      def ran():
        global hit
        hit = True
        return 0
    ---
    objects:
      - b: DAObject
    ---
    question: Item ${ i }
    fields:
      - Z: b.z[i]
    ---
    question: Q
    fields:
      - A: a
    ---
    mandatory: True
    code: |
      getattr(b, a)
    """)
    with contextlib.suppress(EvaluationError):
        session.answer(a="z[ran()]")
    assert session.evaluation.answers["a"] == "z[ran()]"
    assert "hit" not in session.evaluation.answers


@pytest.mark.parametrize(
    "payload",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "**bold**",
        "# heading",
        "![x](http://e.vil)",
    ],
)
def test_an_answer_is_text_wherever_it_is_shown(payload):
    screen = interview(SHOWN_EVERYWHERE).answer(a=payload).screen
    shown = screen.question_html + screen.subquestion_html + screen.under_html + screen.help_html + screen.fields[0].label_html
    for tag in ("<script", "<img", "<a ", "<strong", "<h1", 'javascript:alert(1)"'):
        assert tag not in shown


def test_the_texts_of_a_datatype_raw_are_kept_as_they_are():
    session = interview(
        """
    mandatory: True
    question: Q
    fields:
      - A: a
        datatype: raw
    ---
    mandatory: True
    question: End
    """
    )
    assert session.answer(a="<b>x</b> \\n").answers["a"] == "<b>x</b> \\n"


def test_random_posts_are_no_server_error():
    import random

    source = random.Random(5)
    names = [control_name("a"), control_name("n"), "_multiple_choice", "ajax", control_name("b"), "\x00", "_"]
    session = interview(ASK)
    for _ in range(300):
        posted = {
            source.choice(names): [
                "".join(chr(source.choice([0, 9, 34, 60, 65, 0x2028, 0x1F600])) for _ in range(source.randrange(9)))
            ]
            * source.randrange(3)
            for _ in range(3)
        }
        try:
            session.post(posted)
        except NotAsked:
            continue
        assert set(session.answers) <= {"a", "n"}
        session = interview(ASK) if session.question != "Q" else session
