"""Gathered lists that are changed: by buttons, by questions about all items at once, by code."""

from __future__ import annotations

import re

import pytest

from tests.unit.engine.interviewing import Interview
from tests.unit.engine.test_gathering import go
from tests.unit.engine.test_tables import follow, html, with_links

PEOPLE = """
    objects:
      - people: DAList.using(object_type=Individual, complete_attribute='complete'{more})
    ---
    mandatory: True
    code: people.gather()
    ---
    mandatory: True
    question: |
      ${{ people.number() }}: ${{ people }}
    subquestion: |
      ${{ people.table }}

      ${{ people.add_action('Add a person') }}
    ---
    table: people.table
    rows: people
    columns:
      - Name: row_item
      - Age: row_item.age
    edit:
      - name.first
    ---
    code: |
      people[i].name.first
      people[i].age
      people[i].complete = True
    ---
    question: Anybody?
    yesno: people.there_are_any
    ---
    question: How many?
    fields:
      - Number: people.target_number
        datatype: integer
    ---
    question: Person ${{ i + 1 }}
    fields:
      - Name: people[i].name.first
    ---
    question: Age of ${{ people[i] }}
    fields:
      - Age: people[i].age
        datatype: integer
    ---
    question: Besides ${{ people }}?
    yesno: people.there_is_another
"""


def people(more: str = "") -> Interview:
    return with_links(PEOPLE.format(more=f", {more}" if more else ""))


def two(more: str = "") -> Interview:
    """Ann and Bob, who have been gathered."""
    session = people(more)
    if "ask_number" in more:
        go(session, (2,), ("Ann",), (30,), ("Bob",), (40,))
    else:
        go(session, "Yes", ("Ann",), (30,), "Yes", ("Bob",), (40,), "No")
    assert session.question == "2: Ann and Bob"
    return session


def press(session: Interview, label: str, number: int = 0) -> Interview:
    """Follow the link with that label; of several, the one at this place."""
    urls = re.findall(rf'<a href="([^"]*)"[^>]*>{label}</a>', html(session))
    return follow(session, urls[number])


@pytest.mark.parametrize("more", ["", "ask_number=True"])
def test_an_added_person_is_asked_for_in_full_and_nobody_is_asked_about_others(more: str) -> None:
    session = press(two(more), "Add a person")
    assert go(session, ("Cleo",), (50,)) == ["Person 3", "Age of Cleo", "3: Ann, Bob, and Cleo"]


def test_one_person_after_the_other_can_be_added() -> None:
    session = two()
    for name in ("Cleo", "Dora"):
        press(session, "Add a person")
        go(session, (name,), (50,))
    assert session.question == "4: Ann, Bob, Cleo, and Dora"


def test_somebody_can_be_added_where_there_was_nobody() -> None:
    session = people()
    go(session, "No")
    press(session, "Add a person")
    assert go(session, ("Ann",), (30,)) == ["Person 1", "Age of Ann", "1: Ann"]


def test_somebody_can_be_added_where_nobody_is_asked_for() -> None:
    session = press(people("minimum_number=0"), "Add a person")
    assert go(session, ("Ann",), (30,)) == ["Person 1", "Age of Ann", "1: Ann"]


def test_an_edited_person_is_completed_again() -> None:
    session = press(two(), "Edit")
    assert go(session, ("Anna",)) == ["Person 1", "2: Anna and Bob"]
    assert session.answers["people"].gathered


@pytest.mark.parametrize("more", ["", "ask_number=True"])
def test_whoever_is_deleted_is_not_asked_for_again(more: str) -> None:
    session = press(two(more), "Delete")
    assert session.question == "1: Bob"
    assert press(session, "Delete").question == "0:"


def test_what_is_deleted_while_more_is_gathered_leaves_no_gap() -> None:
    session = two()
    press(session, "Add a person")
    go(session, ("Cleo",), (50,))
    press(session, "Delete", 1)
    assert session.question == "2: Ann and Cleo"
    assert [person.instanceName for person in session.answers["people"]] == ["people[0]", "people[1]"]


def test_back_from_an_added_person_leads_to_the_list_as_it_was() -> None:
    session = press(two(), "Add a person")
    assert session.back().question == "2: Ann and Bob"


def test_a_question_knows_whether_it_is_asked_for_the_sake_of_an_addition() -> None:
    session = people().answer("No")
    press(session, "Add a person")
    assert session.answers["people"].has_been_gathered()
    assert go(session, ("Ann",), (30,))[-1] == "1: Ann"


def test_while_a_list_is_gathered_for_the_first_time_it_has_not_been_gathered() -> None:
    session = people()
    go(session, "Yes", ("Ann",))
    assert not session.answers["people"].has_been_gathered()


CANCEL = """
    ---
    event: cancel
    code: |
      people.cancel_add_or_edit()
"""


@pytest.mark.parametrize("more", ["", ", ask_number=True"])
def test_adding_a_person_can_be_given_up(more: str) -> None:
    session = with_links(PEOPLE.format(more=more) + CANCEL)
    go(session, *(["Yes", ("Ann",), (30,), "No"] if not more else [(1,), ("Ann",), (30,)]))
    press(session, "Add a person")
    session.answer({"people[1].name.first": "Bo"})
    assert session.question == "Age of Bo"
    assert session.act("cancel").question == "1: Ann"
    press(session, "Add a person")
    assert go(session, ("Cleo",), (50,)) == ["Person 2", "Age of Cleo", "2: Ann and Cleo"]


def test_adding_the_first_person_can_be_given_up() -> None:
    session = with_links(PEOPLE.format(more="") + CANCEL)
    go(session, "No")
    press(session, "Add a person")
    assert session.act("cancel").question == "0:"


def test_editing_a_person_can_be_given_up() -> None:
    session = with_links(PEOPLE.format(more="") + CANCEL)
    go(session, "Yes", ("Ann",), (30,), "No")
    press(session, "Edit")
    assert session.act("cancel").question == "1: Ann"


# --- values ----------------------------------------------------------------------------------------------------------

WORDS = """
    objects:
      - words: {made}
    ---
    mandatory: True
    question: |
      ${{ words.number() }}: ${{ words }}
    subquestion: |
      ${{ words.add_action('Add a word') }}
    ---
    question: Any?
    yesno: words.there_are_any
    ---
    question: Which key?
    fields:
      - Key: words.new_item_name
    ---
    question: Which word for ${{ i }}?
    fields:
      - Word: words[i]
    ---
    question: More?
    yesno: words.there_is_another
"""


def test_a_word_is_added_to_a_list_of_words() -> None:
    session = with_links(WORDS.format(made="DAList"))
    go(session, "Yes", ("fig",), "No")
    press(session, "Add a word")
    assert go(session, ("nut",)) == ["Which word for 1?", "2: fig and nut"]


def test_a_key_and_its_word_are_added_to_a_dictionary() -> None:
    session = with_links(WORDS.format(made="DADict"))
    go(session, "Yes", ("a",), ("fig",), "No")
    press(session, "Add a word")
    assert go(session, ("b",), ("nut",)) == ["Which key?", "Which word for b?", "2: a and b"]


# --- all items on one screen -----------------------------------------------------------------------------------------

COLLECTED = """
    objects:
      - words: DAList.using({made})
    ---
    mandatory: True
    question: |
      ${{ words.number() }}: ${{ words }}
    ---
    question: Any?
    yesno: words.there_are_any
    ---
    question: Which words?
    fields:
      - Word: words[i]
    list collect:
      is final: {final}
    ---
    question: More than ${{ words }}?
    yesno: words.there_is_another
"""


def collected(made: str = "", final: bool = True) -> Interview:
    return with_links(COLLECTED.format(made=made, final=final))


def collect(session: Interview, *words: str) -> Interview:
    """Fill in so many items."""
    posted = session.form()
    for view in session.screen.fields:
        posted.pop(view.name, None)
    views = {view.item: view for view in session.screen.fields}
    posted["_list_collect_list"] = [""]
    posted["_list_collect_item"] = [str(number) for number in range(len(words))]
    posted |= {views[number].name: [word] for number, word in enumerate(words)}
    return session.post(posted)


def test_a_screen_for_all_items_gathers_the_list() -> None:
    session = collected()
    go(session, "Yes")
    assert collect(session, "fig", "nut", "pea").question == "3: fig, nut, and pea"


def test_after_a_screen_that_is_not_final_it_is_asked_whether_there_are_others() -> None:
    session = collected(final=False)
    go(session, "Yes")
    assert collect(session, "fig", "nut").question == "More than fig and nut?"
    go(session, "Yes")
    assert collect(session, "fig", "nut", "pea").question == "More than fig, nut, and pea?"
    assert go(session, "No")[-1] == "3: fig, nut, and pea"


def test_items_taken_away_on_such_a_screen_are_not_due_any_more() -> None:
    session = collected(final=False)
    go(session, "Yes")
    collect(session, "fig", "nut")
    go(session, "Yes")
    assert collect(session, "fig").question == "More than fig?"


def test_such_a_screen_settles_the_number_that_was_asked_for() -> None:
    session = collected("ask_number=True, target_number=2")
    assert collect(session, "fig", "nut", "pea").question == "3: fig, nut, and pea"
