"""`review` blocks: what is shown of the answers, and how one goes back to them."""

from __future__ import annotations

import pytest

from docassemble_lite.engine.screen import ReviewItem
from tests.unit.engine.interviewing import Interview, failure, source_mistake
from tests.unit.engine.linking import follow, follow_from_web, with_links

FOOD = """
    event: look
    question: Your answers
    review:
      {entries}
    {more}
    ---
    question: Fruit?
    fields:
      - F: fruit
    ---
    question: Nuts?
    fields:
      - N: nuts
    if: fruit == 'none'
    ---
    question: Fungus?
    fields:
      - F: fungus
    ---
    code: |
      salad = fruit + ' salad'
    ---
    mandatory: True
    code: |
      menu_items = [action_menu_item('Review', 'look')]
    ---
    mandatory: True
    question: Thanks for ${{ salad }} and ${{ fungus }}
"""


def food(entries: str, more: str = "") -> Interview:
    indented = [text.strip().replace("\n", "\n    ") for text in (entries.replace("\n", "\n  "), more)]
    return with_links(FOOD.format(entries=indented[0], more=indented[1]))


def items(session: Interview) -> tuple[ReviewItem, ...]:
    assert session.screen.review
    return session.screen.review.items


def test_a_review_leaves_out_what_hasnt_been_answered():
    session = food("- Fruit: fruit\n- Fungus: fungus").answer(fruit="Kiwi").act("look")
    assert [item.label_html for item in items(session)] == ["Fruit"]


def test_a_link_of_a_review_asks_again_and_leads_back_to_the_review():
    session = food("- Change: fruit\n  button: You like ${ fruit }.").answer(fruit="Kiwi").act("look")
    follow_from_web(session, items(session)[0].url)
    assert session.question == "Fruit?"
    session.answer(fruit="Fig")
    assert session.question == "Your answers"
    assert items(session)[0].text_html == "<p>You like Fig.</p>\n"


def test_resume_leads_back_to_where_the_person_was():
    session = food("- Change: fruit").answer(fruit="Kiwi").act("look")
    assert session.screen.continue_label_html == "Resume"
    assert session.answer().question == "Fungus?"


def test_a_review_in_the_course_of_an_interview_goes_on_with_continue():
    session = with_links("""
        mandatory: True
        question: Your answers
        review:
          - Change: fruit
        continue button field: reviewed
        ---
        mandatory: True
        question: Done
        ---
        code: fruit = 'Fig'
    """)
    assert session.screen.continue_label_html == ""
    assert session.answer().question == "Done"
    assert session.answers["reviewed"] is True


def test_a_review_of_several_variables_is_seen_when_all_are_there_and_asks_for_each():
    session = food("- Edit:\n    - fruit\n    - fungus").answer(fruit="Kiwi").act("look")
    assert items(session) == ()
    session.answer().answer(fungus="Morel").act("look")
    follow(session, items(session)[0].url)
    assert session.question == "Fruit?"
    assert session.answer(fruit="Fig").question == "Fungus?"
    assert session.answer(fungus="Cep").question == "Your answers"


def test_commands_of_a_review_are_carried_out_after_its_questions():
    session = food("- Edit:\n    - fruit\n    - recompute: salad\n    - set:\n        - seen: True\n    - undefine: fungus")
    session.answer(fruit="Kiwi").answer(fungus="Morel").act("look")
    follow_from_web(session, items(session)[0].url)
    session.answer(fruit="Fig")
    assert session.question == "Your answers"
    assert session.answers["seen"] is True
    assert session.answer().question == "Fungus?"
    assert session.answer(fungus="Cep").question == "Thanks for Fig salad and Cep"


def test_a_follow_up_is_asked_only_where_a_question_is_there_for_it():
    session = food("- Edit:\n    - fruit\n    - follow up:\n        - nuts").answer(fruit="Kiwi").act("look")
    follow(session, items(session)[0].url)
    assert session.answer(fruit="Fig").question == "Your answers"
    follow(session, items(session)[0].url)
    assert session.answer(fruit="none").question == "Nuts?"
    assert session.answer(nuts="none").question == "Your answers"


@pytest.mark.parametrize(("fruit", "shown"), [("Kiwi", 1), ("", 0)])
def test_an_entry_is_shown_if_its_expression_is_there_and_true(fruit, shown):
    session = food("- note: Hello\n  show if: fruit")
    session.answer({"fruit": "x"})
    session.act("_da_set", variables=[{"fruit": fruit}]).act("look")
    assert len(items(session)) == shown


def test_with_skip_undefined_false_everything_is_asked_first():
    session = food("- Change: fungus", "skip undefined: False").answer(fruit="Kiwi").act("look")
    assert session.question == "Fungus?"


def test_an_error_in_a_review_isnt_taken_for_something_that_is_missing():
    text = "mandatory: True\nquestion: Q\nreview:\n  - note: ${ 1 / 0 }"
    assert "division" in str(failure(text))


def test_what_was_typed_stays_text_in_a_review():
    session = food("- Change ${ fruit }: fruit\n  button: |\n    ${ fruit }\n  note: |\n    ${ fruit }")
    session.answer(fruit="*a* & b").act("look")
    item = items(session)[0]
    assert all("*a* &amp; b" in html for html in (item.label_html, item.text_html, item.note_html))


def test_help_notes_classes_and_colors_are_shown():
    item = ReviewItem("item", "", "Fruit", "", "<p>H</p>\n", "<p>N</p>\n", "danger", "mine")
    session = food("- Fruit: fruit\n  help: H\n  note: N\n  css class: mine\n  color: danger").answer(fruit="Kiwi").act("look")
    assert items(session)[0] == ReviewItem(**{**vars(item), "url": items(session)[0].url})


@pytest.mark.parametrize(("tabular", "css_class"), [("True", "table"), ("table table-sm", "table table-sm"), ("False", "")])
def test_a_review_can_be_a_table(tabular, css_class):
    session = food("- Fruit: fruit", f"tabular: {tabular}").answer(fruit="Kiwi").act("look")
    assert session.screen.review.table_class == css_class


def test_the_menu_has_what_the_interview_adds():
    assert food("- Fruit: fruit").screen.menu == (("Review", "action:look?"),)


def test_an_entry_of_the_menu_never_runs_code():
    session = with_links("""
        mandatory: True
        code: |
          menu_items = [{'label': 'a', 'url': 'javascript:alert(1)'}, {'label': 'b'}, 'c']
        ---
        mandatory: True
        question: Q
    """)
    assert session.screen.menu == ()


@pytest.mark.parametrize(
    ("review", "message"),
    [
        ("review:\n  - Fruit: fruit", "needs a question"),
        ("question: Q\nreview: fruit", "must be a list"),
        ("question: Q\nreview:\n  - fruit", "of the form"),
        ("question: Q\nreview:\n  - Fruit: fruit\n    butten: B", "one label"),
        ("question: Q\nreview:\n  - Fruit: 1 + 1", "isn't the name of a variable"),
        ("question: Q\nreview:\n  - Fruit:\n      - forget: fruit", "nothing that an entry"),
        ("question: Q\nreview:\n  - label: Fruit", "doesn't say"),
        ("question: Q\nreview:\n  - button: B", "neither a label nor a text"),
        ("question: Q\nreview:\n  - Fruit: fruit\nfields:\n  - F: fruit", "can't have “fields”"),
    ],
)
def test_a_review_that_cant_be_read_is_a_mistake(review, message):
    assert message in source_mistake(review).message
