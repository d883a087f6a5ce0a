"""Fields that depend on others: who judges what, and what becomes of the fields that aren't there."""

from __future__ import annotations

import base64
import json
from random import Random

import pytest

from docassemble_lite.engine.fields.control_name import control_name
from docassemble_lite.engine.submission import NotAsked
from tests.unit.engine.interviewing import interview, program, source_mistake

END = "\n    ---\n    mandatory: True\n    question: The end\n"
FIRST = "    mandatory: True\n    question: Q\n    fields:\n"


def screen(fields: str, *, before: str = "", after: str = ""):
    """An interview at a screen with these fields."""
    lines = "".join(f"      {line}\n" for line in fields.strip("\n").splitlines())
    return interview(f"{before}{FIRST}{lines}    ---\n    mandatory: True\n    question: The end\n{after}")


def posted(session, **texts):
    """Post just these controls, as a browser does that leaves out what is hidden."""
    return session.post({control_name(name): text if isinstance(text, list) else [text] for name, text in texts.items()})


def visible(*names: str) -> list[str]:
    """What a page says in `_visible`."""
    return [base64.b64encode(json.dumps([control_name(name) for name in names]).encode()).decode()]


def reached_the_end(session) -> bool:
    return session.question == "The end"


# --- conditions on a variable of the screen ------------------------------------------------------------------------------

FRUIT = """
- Do you like fruit?: likes
  datatype: yesnoradio
- Which?: which
  show if: likes
"""


def test_a_hidden_field_is_not_required_and_its_variable_is_not_set():
    session = posted(screen(FRUIT), likes="False")
    assert reached_the_end(session)
    assert "which" not in session.answers


def test_a_field_that_is_shown_is_required():
    session = posted(screen(FRUIT), likes="True")
    assert session.field("which").error
    assert posted(session, likes="True", which="apple").answers["which"] == "apple"


def test_what_is_posted_for_a_hidden_field_is_ignored():
    session = posted(screen(FRUIT), likes="False", which="apple")
    assert reached_the_end(session)
    assert "which" not in session.answers


def test_a_hidden_field_keeps_the_value_that_its_variable_has():
    session = screen(FRUIT, before="    initial: True\n    code: |\n      which = 'pear'\n    ---\n")
    assert posted(session, likes="False").answers["which"] == "pear"


@pytest.mark.parametrize(
    ("parent", "condition", "text", "shown"),
    [
        ("datatype: yesno", "show if: a", "True", True),
        ("datatype: yesno", "show if: a", None, False),
        ("datatype: yesno", "show if:\n    variable: a", "True", True),
        ("datatype: yesno", "show if:\n    variable: a\n    is: False", None, True),
        ("datatype: yesno", "show if:\n    variable: a\n    is: False", "True", False),
        ("datatype: noyes", "show if: a", None, True),
        ("datatype: noyes", "show if: a", "False", False),
        ("datatype: yesno", "hide if: a", None, True),
        ("datatype: yesno", "hide if: a", "True", False),
        ("datatype: yesno", "enable if: a", None, False),
        ("datatype: yesno", "enable if: a", "True", True),
        ("datatype: yesno", "disable if: a", "True", False),
        ("datatype: yesnomaybe", "show if:\n    variable: a\n    is: null", "None", True),
        ("datatype: yesnomaybe", "show if:\n    variable: a\n    is: None", "None", True),
        ("datatype: yesnomaybe", "show if:\n    variable: a\n    is: null", "False", False),
        ("datatype: noyesradio", "show if: a", "True", True),
        ("required: False", "show if:\n    variable: a\n    is: x", " x ", True),
        ("required: False", "show if:\n    variable: a\n    is: x", "y", False),
        ("required: False", "show if:\n    variable: a\n    is: ''", "", True),
        ("datatype: integer", "show if:\n    variable: a\n    is: 5", "5", True),
        ("datatype: integer", "show if:\n    variable: a\n    is: 5", "6", False),
        ("datatype: date", "show if:\n    variable: a\n    is: 2026-05-04", "2026-05-04", True),
        ("choices:\n    - Red: r\n    - Blue: b", "show if:\n    variable: a\n    is: r", "r", True),
        ("choices:\n    - Red: r\n    - Blue: b", "show if:\n    variable: a\n    is: r", "b", False),
        ("datatype: radio\n  choices:\n    - 1\n    - 2", "show if:\n    variable: a\n    is: 2", "2", True),
        ("datatype: combobox\n  choices:\n    - Red: r\n    - Blue: b", "show if:\n    variable: a\n    is: r", "Red", True),
        ("datatype: combobox\n  choices:\n    - Red: r", "show if:\n    variable: a\n    is: green", "green", True),
        ("datatype: checkboxes\n  choices:\n    - r\n    - b", "show if: a['r']", ["r", "b"], True),
        ("datatype: checkboxes\n  choices:\n    - r\n    - b", "show if: a['r']", ["b"], False),
        ("datatype: checkboxes\n  choices:\n    - r\n    - b", "show if: a[nota]", ["_none"], True),
        ("datatype: checkboxes\n  choices:\n    - r\n    - b", "hide if:\n    variable: a['r']\n    is: False", ["b"], False),
        ("datatype: multiselect\n  choices:\n    - r\n    - b", "show if:\n    variable: a\n    is: b", ["r", "b"], True),
    ],
)
def test_the_server_judges_by_what_is_posted(parent, condition, text, shown):
    session = screen(f"- A: a\n  {parent}\n- B: b\n  {condition}")
    posted(session, **({} if text is None else {"a": text}))
    assert reached_the_end(session) is not shown


def test_a_condition_may_stand_before_what_it_depends_on():
    session = screen("- B: b\n  show if: a\n- A: a\n  datatype: yesno")
    assert reached_the_end(posted(session))
    assert not reached_the_end(posted(screen("- B: b\n  show if: a\n- A: a\n  datatype: yesno"), a="True"))


def test_mako_may_say_what_is_compared_with():
    before = "    initial: True\n    code: |\n      best = 'plum'\n    ---\n"
    session = screen("- A: a\n- B: b\n  show if:\n    variable: a\n    is: ${ best }", before=before)
    assert not reached_the_end(posted(session, a="plum"))


NESTED = """
- A: a
  datatype: yesno
- B: b
  datatype: yesno
  show if: a
- C: c
  show if: b
- D: d
  hide if: b
  required: False
"""


def test_what_depends_on_a_hidden_field_is_hidden():
    session = posted(screen(NESTED), b="True", c="typed", d="shown")
    assert reached_the_end(session)
    assert {"b", "c"} & set(session.answers) == set()
    # the condition counts as false, so what it would hide is there
    assert session.answers["d"] == "shown"


def test_what_depends_on_a_field_that_is_shown_is_judged_by_it():
    assert not reached_the_end(posted(screen(NESTED), a="True", b="True"))
    assert posted(screen(NESTED), a="True", b="True", c="x").answers["c"] == "x"


@pytest.mark.parametrize("effect", ["show", "hide", "enable", "disable"])
def test_fields_that_depend_on_each_other_do_no_harm(effect):
    fields = f"- A: a\n  datatype: yesno\n  {effect} if: b\n- B: b\n  datatype: yesno\n  {effect} if: a"
    assert reached_the_end(posted(screen(fields)))
    assert reached_the_end(posted(screen(fields), a="True", b="True"))


def test_of_two_boxes_that_disable_each_other_the_checked_one_counts():
    session = screen("- A: a\n  datatype: yesno\n  disable if: b\n- B: b\n  datatype: yesno\n  disable if: a")
    answers = posted(session, a="True").answers
    assert answers["a"] is True
    assert "b" not in answers


def test_a_long_chain_of_conditions_is_judged():
    fields = "- A: a0\n  datatype: yesno\n" + "".join(
        f"- A{n}: a{n}\n  datatype: yesno\n  show if: a{n - 1}\n" for n in range(1, 400)
    )
    session = posted(screen(fields), **{f"a{n}": "True" for n in range(400) if n != 300})
    assert session.answers["a300"] is False
    assert "a301" not in session.answers


def test_a_condition_on_what_was_not_selected_among_objects():
    before = "    objects:\n      - hero: DAObject\n      - villain: DAObject\n    ---\n"
    fields = """
- Who?: villain
  datatype: object_radio
  none of the above: Someone else
  choices:
    - hero
- Name: villain.title
  show if:
    variable: villain
    is: null
"""
    session = screen(fields, before=before)
    assert reached_the_end(posted(session, villain=session.field("villain").choices[0].key))
    session = screen(fields, before=before)
    session.post({control_name("villain"): ["_none"], control_name("villain.title"): ["Count"]})
    assert session.answers["villain"].title == "Count"


def test_a_condition_within_a_list_is_about_the_same_item():
    session = interview("""
    objects:
      - income: DAList
    ---
    initial: True
    code: |
      if not income.elements:
        income.appendObject(DAObject)
    ---
    question: Q
    fields:
      - Receives: income[i].receives
        datatype: yesno
      - Amount: income[i].amount
        show if: income[i].receives
    ---
    mandatory: True
    question: The end
    subquestion: ${ income[0].receives }
    """)
    assert session.field("income[0].amount").condition.control == control_name("income[0].receives")
    assert reached_the_end(session.post({}))


def test_validation_of_a_hidden_field_is_not_run():
    fields = FRUIT.rstrip() + "\n  validate: |\n    lambda value: validation_error('never')\n"
    assert reached_the_end(posted(screen(fields), likes="False"))


def test_two_fields_may_ask_for_one_variable_in_turn():
    fields = """
- Kind: kind
  choices:
    - fruit
    - other
- Which?: which
  choices:
    - apple
    - pear
  show if:
    variable: kind
    is: fruit
- What else?: which
  hide if:
    variable: kind
    is: fruit
"""
    session = screen(fields)
    first, second = [view.name for view in session.screen.fields if view.variable == "which"]
    assert first == control_name("which") != second
    assert posted(session, kind="other", _field_2="bread").answers["which"] == "bread"
    session = screen(fields)
    session.post({control_name("kind"): ["fruit"], first: ["pear"], second: ["bread"]})
    assert session.answers["which"] == "pear"


# --- what is on the screen at first -----------------------------------------------------------------------------------------


def test_a_field_is_absent_at_first_if_its_condition_is_not_met():
    session = screen(NESTED)
    assert [view.absent for view in session.screen.fields] == [False, True, True, False]


def test_a_field_is_there_at_first_if_its_condition_is_met_already():
    before = "    initial: True\n    code: |\n      likes = True\n    ---\n"
    assert screen(FRUIT, before=before).field("which").absent is False


def test_a_field_is_there_after_a_mistake_if_what_was_typed_meets_its_condition():
    assert posted(screen(FRUIT), likes="True").field("which").absent is False


def test_a_field_that_is_disabled_by_its_condition_stays_in_sight():
    session = screen(FRUIT.replace("show if", "enable if"))
    assert session.field("which").absent is False
    assert session.field("which").disabled is False


def test_notes_and_html_depend_on_variables_too():
    session = screen("- A: a\n  datatype: yesno\n- note: Well.\n  show if: a\n- html: <b>!</b>\n  js hide if: val('a')")
    _, note, html = session.screen.fields
    assert note.condition.texts == ("True",)
    assert note.absent
    assert html.script == "val('a')"


# --- variables that aren't on the screen -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("effect", "there"), [("show", False), ("hide", True), ("enable", True), ("disable", True)])
def test_a_condition_on_what_the_screen_does_not_ask_for_is_never_met(effect, there):
    session = screen(f"- A: a\n- B: b\n  {effect} if: c", before="    initial: True\n    code: |\n      c = True\n    ---\n")
    assert ("b" in [view.variable for view in session.screen.fields]) is there
    assert ("b" in session.variables) is (there and effect != "enable")


def test_a_condition_on_a_field_that_code_left_out_is_not_met():
    session = screen("- A: a\n  show if:\n    code: False\n- B: b\n  show if: a\n- C: c")
    assert session.variables == ["c"]


@pytest.mark.parametrize(
    ("script", "missing"),
    [
        ("val('a') && val(\"c\")", ["c"]),
        ("val('boxes[nota]') || val(\"boxes['one']\") || val('boxes')", []),
        ("val('${ c }') === val(name)", []),
        ("1 > 0", []),
    ],
)
def test_a_script_that_looks_at_what_the_screen_does_not_ask_for_is_reported(script, missing):
    boxes = "      - X: boxes\n        datatype: checkboxes\n        choices:\n          - one\n"
    found = program(f"{FIRST}      - A: a\n{boxes}      - B: b\n        js show if: |\n          {script}{END}").warnings
    assert [str(mistake).count(f"asks for “{name}”") for mistake, name in zip(found, missing, strict=True)] == [1] * len(missing)


def test_a_condition_on_what_the_screen_does_not_ask_for_is_reported():
    found = program(f"{FIRST}      - A: a\n      - B: b\n        show if: c{END}").warnings
    assert ["No field of this screen asks for “c”" in str(mistake) for mistake in found] == [True]


# --- code ---------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("modifier", "there"),
    [("show if", True), ("hide if", False)],
)
def test_code_decides_once_whether_a_field_is_on_the_screen(modifier, there):
    before = "    initial: True\n    code: |\n      adult = True\n    ---\n"
    session = screen(f"- A: a\n- B: b\n  {modifier}:\n    code: adult", before=before)
    assert ("b" in session.variables) is there
    if not there:
        with pytest.raises(NotAsked):
            posted(session, a="x", b="y")


@pytest.mark.parametrize(("modifier", "enabled"), [("enable if", True), ("disable if", False)])
def test_code_can_disable_a_field(modifier, enabled):
    session = screen(f"- A: a\n- B: b\n  {modifier}:\n    code: 1 == 1")
    assert session.field("b").disabled is not enabled
    assert ("b" in session.variables) is enabled


def test_what_the_code_needs_is_asked_first():
    session = interview("""
    mandatory: True
    question: Q
    fields:
      - A: a
      - B: b
        show if:
          code: adult
    ---
    question: Are you of age?
    yesno: adult
    """)
    assert session.question == "Are you of age?"
    assert session.answer("No").variables == ["a"]


def test_a_question_that_leaves_out_what_is_sought_is_passed_over():
    session = interview("""
    mandatory: True
    question: The end
    subquestion: ${ b }
    ---
    question: Another question
    fields:
      - B: b
    ---
    question: Q
    fields:
      - A: a
      - B: b
        show if:
          code: False
    """)
    assert session.question == "Another question"


def test_code_and_another_condition_can_be_combined():
    session = screen("- A: a\n  datatype: yesno\n- B: b\n  show if:\n    code: True\n  hide if: a")
    assert reached_the_end(posted(session, a="True"))


def test_fields_that_code_makes_can_have_conditions():
    code = "[{'A': 'a', 'datatype': 'yesno'}, {'B': 'b', 'show if': {'variable': 'a', 'is': False}}]"
    session = screen(f"- code: |\n    {code}")
    assert session.field("b").condition.negated
    assert reached_the_end(posted(session, a="True"))


# --- JavaScript ---------------------------------------------------------------------------------------------------------------

SCRIPT = """
- A: a
- B: b
  js show if: |
    val("a") === "x" && val("a").length > 0
"""


def test_the_expression_goes_to_the_page_and_not_into_the_store():
    session = screen(SCRIPT)
    assert session.field("b").script == 'val("a") === "x" && val("a").length > 0'
    assert "script" not in str(session.screen.asked.fields[1].condition.__dict__)


def test_the_page_says_that_such_a_field_is_hidden():
    session = screen(SCRIPT)
    session.post({control_name("a"): ["y"], control_name("b"): ["typed before"], "_visible": visible("a")})
    assert reached_the_end(session)
    assert "b" not in session.answers


def test_such_a_field_is_required_where_the_page_says_that_it_is_there():
    session = screen(SCRIPT)
    session.post({control_name("a"): ["x"], control_name("b"): [""], "_visible": visible("a", "b")})
    assert session.field("b").error


def test_without_javascript_such_a_field_may_be_left_empty():
    session = posted(screen(SCRIPT), a="x", b=" ")
    assert reached_the_end(session)
    assert "b" not in session.answers


def test_without_javascript_such_a_field_counts_if_something_is_typed():
    assert posted(screen(SCRIPT), a="x", b="y").answers["b"] == "y"


def test_without_javascript_rules_hold_for_what_is_typed():
    session = screen("- A: a\n- B: b\n  datatype: integer\n  js show if: val('a') === 'x'")
    assert posted(session, a="x", b="no number").field("b").error


def test_the_page_decides_nothing_else():
    session = screen(FRUIT)
    session.post({control_name("likes"): ["True"], "_visible": visible("likes")})
    assert session.field("which").error
    session.post({control_name("likes"): ["False"], control_name("which"): ["x"], "_visible": visible("likes", "which", "z")})
    assert set(session.answers) == {"likes"}


@pytest.mark.parametrize(
    "said", ["", "x", "é", "bnVsbA==", "e30=", "WzEsIFtdLCB7fV0=", base64.b64encode(b"[" * 200_000).decode(), "/w==", "IiI="]
)
def test_nonsense_about_what_is_there_breaks_nothing(said):
    session = screen(SCRIPT)
    session.post({control_name("a"): ["x"], "_visible": [said]})
    assert reached_the_end(session)
    session = screen(SCRIPT)
    session.post({control_name("a"): ["x"], "_visible": []})
    assert reached_the_end(session)


def test_what_depends_on_such_a_field_follows_what_the_page_says_of_it():
    fields = "- A: a\n- B: b\n  datatype: yesno\n  js show if: val('a')\n- C: c\n  show if: b"
    session = screen(fields)
    session.post({control_name("a"): ["x"], control_name("b"): ["True"], "_visible": visible("a")})
    assert reached_the_end(session)
    session = screen(fields)
    session.post({control_name("a"): ["x"], control_name("b"): ["True"], "_visible": visible("a", "b", "c")})
    assert session.field("c").error


def test_whatever_is_posted_sets_nothing_but_what_was_asked():
    random = Random(1)
    fields = f"{NESTED}- E: e\n  js show if: val('a')\n- F: f\n  enable if: g\n- G: g\n  datatype: yesno\n  disable if: f\n"
    names = [*(control_name(name) for name in "abcdefgh"), "_visible", "_varnames", "_datatypes", ""]
    texts = ["", "True", "False", "x", "None", *visible("a"), *visible("e", "h"), "\x00", "[" * 5000]
    asked, refused = set("abcdefg"), 0
    for _ in range(400):
        session = screen(fields)
        try:
            session.post({random.choice(names): random.choices(texts, k=random.randrange(3)) for _ in range(6)})
        except NotAsked:
            refused += 1
        assert set(session.answers) <= asked
    assert 0 < refused < 400


HOSTILE = """
    question: Name?
    fields:
      - Name: name
    ---
    mandatory: True
    question: Q
    fields:
      - A: a
      - B: b
        js show if: |
          val("a") === "${ name }" || ${ name }
"""


@pytest.mark.parametrize(
    "typed", ['"; alert(1); "', "'); alert(1); ('", "</script><script>alert(1)", "alert(1)", "`${alert(1)}`"]
)
def test_what_was_typed_is_no_code(typed):
    session = interview(HOSTILE)
    script = session.post({control_name("name"): [typed]}).field("b").script
    assert "alert(" not in script
    assert "<" not in script


# --- mistakes of authors --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "modifiers",
    [
        "show if: a\n  hide if: a",
        "show if: a\n  disable if: a",
        "js show if: val('a')\n  js disable if: val('a')",
        "show if: a\n  js show if: val('a')",
        "show if:\n    code: a\n  hide if:\n    code: b",
    ],
)
def test_conditions_that_contradict_each_other_are_a_mistake(modifiers):
    lines = "".join(f"      {line}\n" for line in f"- A: a\n- B: b\n  {modifiers}".splitlines())
    assert "can't be combined" in source_mistake(FIRST + lines + END).message


@pytest.mark.parametrize(
    "modifier",
    [
        "show if: a > 5",
        "show if: ''",
        "show if: 5",
        "show if:\n    - a",
        "show if:\n    is: 5",
        "show if:\n    variable: a\n    not: 5",
        "show if:\n    variable: a\n    code: b",
        "show if:\n    variable: a + 1\n    is: 5",
        "show if:\n    variable: a\n    is:\n      - 1\n      - 2",
        "show if:\n    code: a b",
        "js show if:\n    - a",
    ],
)
def test_a_condition_that_can_not_be_understood_is_a_mistake_with_a_hint(modifier):
    lines = "".join(f"      {line}\n" for line in f"- A: a\n- B: b\n  {modifier}".splitlines())
    mistake = source_mistake(FIRST + lines + END)
    assert mistake.line >= 6
    assert mistake.hint
