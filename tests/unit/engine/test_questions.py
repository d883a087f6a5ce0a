"""Screens: what they show, the ways in which they can be answered, and choices that hold blocks."""

from __future__ import annotations

import pytest

from docassemble_lite.engine.fields.control_name import control_name
from docassemble_lite.engine.screen import Exit, Redirect, Refresh
from tests.unit.engine.interviewing import failure, interview, source_mistake

END = "\n    ---\n    mandatory: True\n    question: The end"


def asking(question: str, wanted: str = "a") -> str:
    """An interview that needs the variable, with this question."""
    return f"    mandatory: True\n    code: |\n      {wanted}\n    ---\n{question}{END}"


# --- texts -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "part"),
    [
        ("subquestion", "subquestion_html"),
        ("under", "under_html"),
        ("right", "right_html"),
        ("pre", "pre_html"),
        ("post", "post_html"),
        ("help", "help_html"),
    ],
)
def test_the_texts_of_a_question_are_markdown_with_mako(key, part):
    session = interview(f"    mandatory: True\n    question: Q\n    {key}: |\n      *${{ 1 + 1 }}*")
    assert "<em>2</em>" in getattr(session.screen, part)


def test_the_label_of_the_help_can_be_set():
    session = interview("    mandatory: True\n    question: Q\n    help:\n      label: Why?\n      content: Because")
    assert session.screen.help_label == "Why?"


def test_a_question_without_an_answer_offers_none():
    assert interview("    mandatory: True\n    question: Q").screen.button_style == "none"


def test_the_continue_button_sets_its_variable():
    session = interview(asking("    question: Q\n    continue button field: a"))
    assert session.screen.button_style == "continue"
    assert session.answer().answers["a"] is True


def test_a_field_without_choices_is_the_variable_of_the_continue_button():
    assert interview(asking("    question: Q\n    field: a")).answer().answers["a"] is True


@pytest.mark.parametrize(("condition", "style"), [("1 == 1", "none"), ("1 == 2", "continue")])
def test_the_continue_button_can_be_hidden(condition, style):
    question = f"    question: Q\n    continue button field: a\n    hide continue button: {condition}"
    assert interview(asking(question)).screen.button_style == style


def test_labels_and_colors_of_the_buttons_can_be_set():
    session = interview(
        asking(
            """
    question: Q
    field: a
    continue button label: Go
    continue button color: success
    back button label: Back!
    """
        )
    )
    assert (session.screen.continue_label_html, session.screen.continue_color, session.screen.back_label_html) == (
        "Go",
        "success",
        "Back!",
    )


@pytest.mark.parametrize(("written", "seconds"), [("True", 10.0), ("False", 0.0), ("1", 4.0), ("30", 30.0), ("${ 5 + 1 }", 6.0)])
def test_a_screen_can_load_again_by_itself(written, seconds):
    assert interview(f"    mandatory: True\n    question: Q\n    reload: {written}").screen.reload == seconds


def test_a_reload_that_is_no_number_is_a_mistake():
    assert "reload" in failure("    mandatory: True\n    question: Q\n    reload: ${ 'soon' }").message


@pytest.mark.parametrize(("condition", "offered"), [("True", True), ("False", False), ("1 == 2", False)])
def test_the_back_button_can_be_left_out(condition, offered):
    assert interview(f"    mandatory: True\n    question: Q\n    back button: {condition}").screen.asked.back is offered


def test_a_question_has_its_id():
    assert interview("    id: my id\n    mandatory: True\n    question: Q").screen.id == "my id"


# --- yes or no -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "label", "value"),
    [
        ("yesno", "Yes", True),
        ("yesno", "No", False),
        ("noyes", "Yes", False),
        ("noyes", "No", True),
        ("yesnomaybe", "I don't know", None),
        ("noyesmaybe", "Yes", False),
    ],
)
def test_yes_or_no_sets_its_variable(key, label, value):
    assert interview(asking(f"    question: Q\n    {key}: a")).answer(label).answers["a"] is value


# --- choices -------------------------------------------------------------------------------------------------------------


LISTS = ["buttons", "choices", "dropdown", "combobox"]


@pytest.mark.parametrize("kind", LISTS)
def test_a_choice_sets_the_variable_to_its_value(kind):
    session = interview(asking(f"    question: Q\n    field: a\n    {kind}:\n      - Red: r\n      - Blue: b"))
    if kind == "buttons":
        session.answer("Blue")
    else:
        session.answer(a="Blue")
    assert session.answers["a"] == "b"


@pytest.mark.parametrize("kind", LISTS)
def test_a_choice_may_be_its_own_value(kind):
    session = interview(asking(f"    question: Q\n    field: a\n    {kind}:\n      - Red\n      - Blue"))
    session.answer("Blue") if kind == "buttons" else session.answer(a="Blue")
    assert session.answers["a"] == "Blue"


@pytest.mark.parametrize("kind", LISTS)
def test_choices_can_be_made_by_code(kind):
    session = interview(
        asking(
            f"""
    question: Q
    field: a
    {kind}:
      - code: |
          [['r', 'Red'], ['b', 'Blue']]
      - Green: g
    """
        )
    )
    assert session.labels == ["Red", "Blue", "Green"]
    session.answer("Blue") if kind == "buttons" else session.answer(a="Blue")
    assert session.answers["a"] == "b"


@pytest.mark.parametrize(
    "made",
    [
        "['Red', 'Blue']",
        "[['r', 'Red'], ['b', 'Blue']]",
        "[('r', 'Red'), ('b', 'Blue')]",
        "[{'r': 'Red'}, {'b': 'Blue'}]",
        "{'r': 'Red', 'b': 'Blue'}",
        "[{'value': 'r', 'label': 'Red'}, {'value': 'b', 'label': 'Blue'}]",
        "[{'r': 'Red', 'help': 'warm'}, {'b': 'Blue', 'default': True}]",
        "(name for name in ['Red', 'Blue'])",
    ],
)
def test_code_for_choices_may_give_lists_of_many_kinds(made):
    assert interview(asking(f"    question: Q\n    field: a\n    choices:\n      code: |\n        {made}")).labels == [
        "Red",
        "Blue",
    ]


def test_code_for_choices_that_gives_no_list_is_an_error():
    assert "no list" in failure(asking("    question: Q\n    field: a\n    choices:\n      code: |\n        5")).message


def test_a_choice_can_be_left_out_by_a_condition():
    session = interview(
        asking("    question: Q\n    field: a\n    buttons:\n      - Red: r\n        show if: 1 == 2\n      - Blue: b")
    )
    assert session.labels == ["Blue"]


def test_labels_of_choices_are_templates_and_what_code_made_is_not():
    text = "    question: Q\n    field: a\n    choices:\n      - R${ 1 + 1 }: r\n      - code: |\n          ['$' + '{ 1 + 1 }']"
    assert interview(asking(text)).labels == ["R2", "${ 1 + 1 }"]


def test_buttons_with_nothing_but_true_and_false_stand_for_these():
    session = interview(asking("    question: Q\n    field: a\n    buttons:\n      - Sure: True\n      - Never: False"))
    assert session.answer("Never").answers["a"] is False


def test_numbers_as_choices_are_texts_without_a_datatype():
    session = interview(asking("    question: Q\n    field: a\n    buttons:\n      - One: 1\n      - Two: 2"))
    assert session.answer("Two").answers["a"] == "2"


def test_numbers_as_choices_are_numbers_with_a_datatype():
    session = interview(
        asking("    question: Q\n    field: a\n    datatype: integer\n    buttons:\n      - One: 1\n      - Two: 2")
    )
    assert session.answer("Two").answers["a"] == 2


def test_a_question_for_which_there_is_nothing_to_choose_is_skipped():
    session = interview(asking("    question: Q\n    field: a\n    choices:\n      code: |\n        []"))
    assert session.question == "The end"
    assert session.answers["a"] is None


def test_a_list_that_is_left_without_an_answer_says_so():
    session = interview(asking("    question: Q\n    field: a\n    choices:\n      - Red\n      - Blue"))
    session.post({})
    assert session.screen.has_errors
    assert "a" not in session.answers


def test_the_default_of_a_list_is_selected():
    session = interview(asking("    question: Q\n    field: a\n    default: Blue\n    choices:\n      - Red\n      - Blue"))
    assert session.answer().answers["a"] == "Blue"


def test_choices_can_be_shuffled():
    session = interview(
        asking("    question: Q\n    field: a\n    shuffle: True\n    choices:\n      code: |\n        range(40)")
    )
    first = session.labels
    assert sorted(first, key=int) == [str(n) for n in range(40)]
    assert any(session.show().labels != first for _ in range(5))


# --- special buttons -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["restart", "exit", "leave", "logout", "exit_logout", "new_session", "signin", "register"])
def test_a_special_button_does_what_it_says(kind):
    session = interview(f"    mandatory: True\n    question: Q\n    buttons:\n      - Do it: {kind}")
    session.answer("Do it")
    assert session.outcome == Exit(kind)


def test_a_special_button_may_have_an_address():
    session = interview(
        "    mandatory: True\n    question: Q\n    buttons:\n      - Out: exit\n        url: https://example.com/${ 1 + 1 }"
    )
    session.answer("Out")
    assert session.outcome == Exit("exit", "https://example.com/2")


def test_a_refresh_button_shows_the_screen_again():
    session = interview("    mandatory: True\n    question: Q\n    buttons:\n      - Again: refresh")
    session.answer("Again")
    assert session.outcome == Refresh()


def test_a_button_with_an_address_leads_there():
    session = interview(
        "    mandatory: True\n    question: Q\n    buttons:\n      - Elsewhere: url\n        url: https://example.com/"
    )
    session.answer("Elsewhere")
    assert session.outcome == Redirect("https://example.com/")


def test_a_continue_button_goes_on_past_a_mandatory_question():
    session = interview("    mandatory: True\n    question: Q\n    buttons:\n      - Go on: continue" + END)
    assert session.answer("Go on").question == "The end"


def test_special_choices_can_be_a_list():
    session = interview("    mandatory: True\n    question: Q\n    choices:\n      - Leave: leave\n      - Restart: restart")
    session.answer("Restart")
    assert session.outcome == Exit("restart")


def test_a_button_that_does_nothing_known_is_a_mistake():
    error = source_mistake("    mandatory: True\n    question: Q\n    buttons:\n      - Do it: restrat")
    assert error.line == 4


# --- blocks in choices -------------------------------------------------------------------------------------------------


CARS = """
    id: car
    question: Car?
    buttons:
      - Fiat:
          code: |
            make = 'Fiat'
            model = '500'
      - Ford:
          question: Which Ford?
          fields:
            - Model: model
            - Make: make
              default: Ford
"""


def test_code_in_a_button_runs_when_it_is_pressed():
    session = interview(asking(CARS, "model"))
    assert session.answer("Fiat").question == "The end"
    assert (session.answers["make"], session.answers["model"]) == ("Fiat", "500")


def test_a_question_in_a_button_is_asked_when_it_is_pressed():
    session = interview(asking(CARS, "model"))
    assert session.answer("Ford").question == "Which Ford?"
    assert session.answer(model="T").question == "The end"
    assert session.answers["model"] == "T"


def test_a_question_in_a_choice_of_a_list_is_asked():
    session = interview(asking(CARS.replace("buttons", "choices"), "model"))
    assert session.answer("Ford").question == "Which Ford?"


def test_the_question_in_a_button_stays_when_the_page_is_loaded_again():
    session = interview(asking(CARS, "model")).answer("Ford")
    assert session.show().question == "Which Ford?"


def test_code_in_a_button_that_needs_something_asks_for_it_first():
    text = """
    question: Neighbor?
    buttons:
      - "Yes":
          code: |
            cats = own + 1
      - "No":
          code: |
            cats = own
    ---
    question: How many?
    fields:
      - N: own
        datatype: integer
"""
    session = interview(asking(text, "cats")).answer("Yes")
    assert session.question == "How many?"
    assert session.answer(own="2").answers["cats"] == 3


def test_a_mandatory_question_with_blocks_is_done_once_its_code_ran():
    text = """
    mandatory: True
    question: Which?
    buttons:
      - A:
          code: |
            chosen = 'a'
      - B:
          code: |
            chosen = 'b'
"""
    session = interview(text + END).answer("B")
    assert session.question == "The end"
    assert session.show().question == "The end"


def test_the_choice_among_blocks_can_be_forgotten():
    again = "    event: again\n    code: |\n      undefine('make', 'model')\n      forget_result_of('car')\n    ---\n"
    session = interview(again + asking(CARS, "model")).answer("Fiat")
    session.act("again")
    assert "make" not in session.answers


def test_a_choice_with_another_block_is_a_mistake():
    assert (
        source_mistake("    question: Q\n    buttons:\n      - A:\n          template: x\n          content: y").line is not None
    )


# --- posts ---------------------------------------------------------------------------------------------------------------


def test_a_button_that_is_not_there_is_refused():
    from docassemble_lite.engine.submission import NotAsked

    session = interview(asking("    question: Q\n    field: a\n    buttons:\n      - Red: r"))
    with pytest.raises(NotAsked):
        session.post({control_name("a"): ["b"]})


def test_a_choice_that_is_not_there_is_refused():
    session = interview(asking("    question: Q\n    field: a\n    choices:\n      - Red: r"))
    session.post({control_name("a"): ["b"]})
    assert session.screen.has_errors


def test_the_tables_of_a_question_can_have_a_class_of_their_own():
    text = "mandatory: True\nquestion: Hi\nsubquestion: |\n  a|b\n  -|-\n  1|2\n"
    assert '<table class="table table-striped">' in interview(text).screen.subquestion_html
    own = interview(text + "table css class: table table-${ 'bordered' }, table-dark").screen.subquestion_html
    assert '<table class="table table-bordered">' in own
    assert '<thead class="table-dark">' in own
    everywhere = interview("default screen parts:\n  table css class: plain\n---\n" + text).screen.subquestion_html
    assert '<table class="plain">' in everywhere
