"""`features: allowed actions`: which names a browser may have an interview act on."""

from __future__ import annotations

import pytest

from docassemble_lite.engine.actions import ActionRefused
from tests.unit.engine.interviewing import Interview, program, source_mistake

BLOCKS = """
    mandatory: True
    code: |
      secret = 'untouched'
      people = DAList('people', object_type=DAObject, there_are_any=True, auto_gather=False)
      people.appendObject()
    ---
    mandatory: True
    question: The secret is ${ secret }
    ---
    event: helped
    question: Help
    ---
    event: spoil
    code: |
      secret = 'spoilt'
    ---
    event: led_on
    code: |
      force_ask({'follow up': ['spoil']})
    ---
    question: Who?
    fields:
      - Name: people[i].nick
    ---
    generic object: DAObject
    question: Word?
    fields:
      - Word: x.word
"""


def restricted(*names: str) -> str:
    listed = "".join(f"\n        - {name}" for name in names)
    return f"features:\n      allowed actions: {listed or '[]'}\n    ---{BLOCKS}"


def session(*names: str) -> Interview:
    return Interview(program("    " + restricted(*names)), interface="web")


def test_what_is_listed_can_be_asked_for():
    assert session("helped").act("helped").question == "Help"


def test_without_a_list_everything_can_be_asked_for():
    free = Interview(program(BLOCKS), interface="web")
    assert free.act("spoil").question == "The secret is spoilt"


@pytest.mark.parametrize("names", [(), ("helped",), ("people[i].nick",)])
@pytest.mark.parametrize(
    ("action", "arguments"),
    [
        ("spoil", {}),
        (" spoil", {}),
        ("secret", {}),
        ("people[0].word", {}),
        ("spoil.x", {}),
        ("", {}),
        ("a" * 600, {}),
        ("x()", {}),
        ("need", {"variables": ["spoil"]}),
        ("need", {"variables": "spoil"}),
        ("_da_force_ask", {"variables": ["spoil"]}),
        ("_da_force_ask", {"variables": ["helped", "spoil"]}),
        ("_da_force_ask", {"variables": [{"action": "spoil", "arguments": {}}]}),
        ("_da_force_ask", {"variables": [{"follow up": ["spoil"]}]}),
        ("_da_priority_action", {"_action": "spoil"}),
        ("_da_priority_action", {"_action": "need", "_arguments": {"variables": ["spoil"]}}),
        ("_da_priority_action", {}),
    ],
)
def test_nothing_else_can_in_whatever_it_is_wrapped(names, action, arguments):
    running = session(*names)
    with pytest.raises(ActionRefused):
        running.act(action, **arguments)
    assert running.show().question == "The secret is untouched"


def test_links_that_lead_to_what_is_listed_work():
    running = session("helped")
    assert running.act("_da_priority_action", _action="helped", _arguments={}).question == "Help"
    assert running.act("_da_force_ask", variables=["helped"]).question == "Help"


def test_an_iterator_in_the_list_stands_for_all_indices():
    assert session("people[i].nick").act("people[0].nick").question == "Who?"
    assert session("x.word").act("people[0].word").question == "Word?"


def test_what_an_action_itself_leads_to_is_the_interviews_own_choice():
    assert session("led_on").act("led_on").question == "The secret is spoilt"


def test_the_lists_of_several_sections_add_up():
    more = "---\n    features:\n      allowed actions:\n        - spoil\n    ---"
    running = Interview(program("    " + restricted("helped").replace("---", more, 1)), interface="web")
    assert running.act("spoil").question == "The secret is spoilt"
    with pytest.raises(ActionRefused):
        running.act("led_on")


@pytest.mark.parametrize("interface", ["worker", "cron", "test"])
def test_only_browsers_are_restricted(interface):
    running = session()
    running.interface = interface
    assert running.act("spoil").question == "The secret is spoilt"


@pytest.mark.parametrize("value", ["helped", "5", "", "{a: b}", "True"])
def test_a_list_that_is_none_is_a_mistake(value):
    mistake = source_mistake(f"""
    features:
      allowed actions: {value}
    """)
    assert mistake.message == "“allowed actions” must be a list of names."
    assert "allowed actions: []" in mistake.hint
    assert mistake.line == 2


@pytest.mark.parametrize("name", ["5", "a b", "f()", "[x]", "_da_set", "''"])
def test_what_is_no_name_is_a_mistake(name):
    mistake = source_mistake(f"""
    features:
      allowed actions:
        - {name}
    """)
    assert "is no name of an action" in mistake.message


def test_a_name_that_no_block_has_is_a_warning():
    (warning,) = program("    " + restricted("helped", "people[2].nick", "spoill")).warnings
    assert warning.message == "No block has the name “spoill”, which is in “allowed actions”."
    assert "“spoil”" in warning.hint
