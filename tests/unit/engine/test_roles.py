"""Interviews that several people answer: who is asked what, and who has to wait for somebody else."""

from __future__ import annotations

import re

import pytest

from docassemble_lite.host import Person
from tests.acceptance.specification import SPECIFICATION, needs_specification
from tests.unit.engine.interviewing import Interview, failure, interview, source_mistake

SELLER = Person()
ANN = Person(id=1, email="ann@example.com")
BOB = Person(id=2, email="bob@example.com")

AUCTION = """
    default role: seller
    code: |
      multi_user = True
      role = 'seller'
      if offered:
        if user_info().email == 'ann@example.com':
          role = 'ann'
        elif user_info().email == 'bob@example.com':
          role = 'bob'
    ---
    event: role_event
    question: It isn't your turn
    subquestion: |
      We wait for ${ ' and '.join(role_needed) }.
    buttons:
      - Check: refresh
    ---
    mandatory: True
    code: |
      if role == 'ann':
        bid_of_ann
      if role == 'bob':
        bid_of_bob
      sold
    ---
    question: What is for sale?
    fields:
      - Thing: offered
    ---
    role: ann
    question: Your bid for the ${ offered }, Ann?
    fields:
      - Bid: bid_of_ann
        datatype: integer
    ---
    role:
      - bob
    question: Your bid for the ${ offered }, Bob?
    fields:
      - Bid: bid_of_bob
        datatype: integer
    ---
    sets: sold
    role:
      - seller
      - ann
      - bob
    question: |
      Sold to ${ 'Ann' if bid_of_ann > bid_of_bob else 'Bob' }
"""


def coming_in(session: Interview, person: Person) -> Interview:
    """The person in the same session, who sees what there is for this person."""
    session.person = person
    session.browser = person.email or "test"
    return session.show()


def test_each_person_is_asked_what_is_theirs_and_all_see_the_end():
    session = interview(AUCTION, person=SELLER)
    assert session.question == "What is for sale?"
    session.answer(offered="lamp")
    assert session.question == "It isn't your turn"
    assert "We wait for ann." in session.screen.subquestion_html
    assert coming_in(session, ANN).question == "Your bid for the lamp, Ann?"
    session.answer(bid_of_ann="20")
    assert session.question == "It isn't your turn"
    assert "We wait for bob." in session.screen.subquestion_html
    assert coming_in(session, BOB).question == "Your bid for the lamp, Bob?"
    session.answer(bid_of_bob="10")
    assert [coming_in(session, person).question for person in (BOB, ANN, SELLER)] == ["Sold to Ann"] * 3
    assert session.answers["role_needed"] == ["bob"]


def test_whoever_waits_can_look_again_by_a_button():
    session = interview(AUCTION).answer(offered="lamp")
    session.answer("Check")
    assert session.show().question == "It isn't your turn"


def waiting(head: str, more: str = "") -> str:
    return f"""{head}
    ---
    event: role_event
    question: Wait for ${{ role_needed }}
    ---
    mandatory: True
    code: |
      name
      the_end
    ---
    question: Name?
    fields:
      - Name: name
    ---
    event: the_end
    role: [judge, clerk]
    question: The end
    {more}"""


CLERK = """
    default role: clerk
    code: |
      role = 'clerk'"""


def test_a_question_without_roles_is_for_the_default_role():
    assert interview(waiting(CLERK)).question == "Name?"
    assert interview(waiting(CLERK.replace("= 'clerk'", "= 'judge'"))).question == "Wait for ['clerk']"


def test_a_question_with_roles_is_for_these_alone():
    assert interview(waiting(CLERK)).answer(name="Ida").question == "The end"
    other = waiting(CLERK.replace("role: clerk", "role: [clerk, guest]").replace("= 'clerk'", "= 'guest'"))
    assert interview(other).answer(name="Ida").question == "Wait for ['judge', 'clerk']"


def test_the_code_of_the_default_role_runs_in_every_request():
    text = waiting("""
    default role: clerk
    code: |
      role = 'judge' if user_logged_in() else 'clerk'""")
    session = interview(text)
    assert session.question == "Name?"
    assert coming_in(session, ANN).question == "Wait for ['clerk']"


def test_as_long_as_nobody_has_a_role_everybody_is_asked():
    assert interview(waiting("    default role: clerk")).answer(name="Ida").question == "The end"


def test_the_code_that_says_who_somebody_is_may_ask_first():
    text = waiting("""
    default role: clerk
    code: |
      if are_you_sure:
        role = 'judge'
    ---
    question: Are you sure?
    yesno: are_you_sure""")
    session = interview(text)
    assert session.question == "Are you sure?"
    assert session.answer("Yes").question == "Wait for ['clerk']"


def test_code_can_answer_for_those_who_have_to_wait():
    text = waiting(CLERK.replace("= 'clerk'", "= 'guest'"))
    text = text.replace(
        "    event: role_event\n    question: Wait for ${ role_needed }",
        "    event: role_event\n    code: |\n      message(f'Come again, {role}', f'{role_needed}')",
    )
    assert interview(text).question == "Come again, guest"


def test_an_action_leads_those_whom_it_is_not_for_to_the_same_screen():
    text = (
        waiting(CLERK)
        + """
    ---
    event: verdict
    role: judge
    question: The verdict"""
    )
    assert interview(text).act("verdict").question == "Wait for ['judge']"


def test_what_a_question_is_about_is_sought_before_it_is_said_whose_it_is():
    text = (
        AUCTION.replace("Your bid for the ${ offered }, Ann?", "Your bid for the ${ colour } ${ offered }, Ann?")
        + """
    ---
    role: seller
    question: Colour?
    fields:
      - Colour: colour
    """
    )
    session = interview(text).answer(offered="lamp")
    assert session.question == "Colour?"


def test_an_interview_without_a_screen_for_waiting_says_what_is_missing():
    error = failure(waiting(CLERK.replace("= 'clerk'", "= 'guest'")).replace("event: role_event", "event: other"))
    assert "role_event" in error.message


@pytest.mark.parametrize("roles", ["{clerk: 1}", "[clerk, 5]", "''", "[[clerk]]"])
def test_roles_must_be_words(roles):
    assert "“default role” must be a role" in source_mistake(f"    default role: {roles}").message
    assert "“role” must be a role" in source_mistake(f"    role: {roles}\n    question: Hello").message


# --- the specification's examples --------------------------------------------------------------------------------------


ADDED = """
---
code: |
  ready_for_other_people = False
---
event: say_goodbye_to_user
role: [organizer, first_person, second_person]
question: Goodbye
---
code: |
  introduction_made = True
---
code: |
  participants_invited = True
---
code: |
  first_person_email = 'ann@example.com'
---
code: |
  second_person_email = 'bob@example.com'
---
code: |
  def do_something_important():
    log('done')
---
mandatory: True
role: [organizer, first_person, second_person]
question: Hello
subquestion: |
  ${ role }
"""
CRON = Person(id=9, email="cron@example.com", privileges=("cron",))


def cron_examples() -> list[str]:
    """The examples of the section about the cron user: a whole interview, and two ways to change its screening."""
    text = SPECIFICATION.read_text(encoding="utf-8")
    section = text.partition("\nThe cron user\n")[2].partition("\nLong-running scheduled tasks\n")[0]
    # two slips of the pen that make no YAML and no Python
    section = section.replace("initial: True:", "initial: True").replace(" first_person' and", " 'first_person' and")
    found = re.findall(r"^---\n(.*?)^---(?=[A-Z])", section, re.DOTALL | re.MULTILINE)
    assert len(found) == 3
    return found


def screened(number: int) -> Interview:
    """The example with the screening of that number, in which Ann is the first person."""
    whole, *changed = cron_examples()
    head, screening, acting, event = whole.split("---\n")
    screening = "---\n".join([changed[0]] if number == 1 else [changed[1], acting] if number == 2 else [screening, acting])
    return interview("---\n".join([head, screening, event]) + ADDED, person=ANN)


@needs_specification
@pytest.mark.parametrize(
    ("number", "is_run"), [(0, False), (1, True), (2, True)], ids=["screened", "actions first", "but for its privilege"]
)
def test_a_scheduled_task_runs_as_the_cron_user_unless_the_screening_turns_it_away(number, is_run):
    session = screened(number)
    assert session.question == "Hello"
    assert "first_person" in session.screen.subquestion_html
    assert coming_in(session, BOB).question == "Goodbye"
    session.person = CRON
    session.interface = "cron"
    session.act("cron_daily")
    assert [text for text, _ in session.host.messages] == ["done"] * is_run
