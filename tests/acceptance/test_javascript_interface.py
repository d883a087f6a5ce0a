"""What scripts of interviews can call: values of fields, actions, the answers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.acceptance.in_process import Client, application, store_of
from tests.acceptance.playing import fill, go_on, see
from tests.acceptance.visitor import interview_path
from tests.conftest import Server, eventually

FIELDS = """\
mandatory: True
question: Fields
fields:
  - Text: text
  - Area: area
    input type: area
  - Number: number
    datatype: number
  - Date: date
    datatype: date
  - Slider: slider
    datatype: range
    min: 0
    max: 10
  - Yes: yes
    datatype: yesno
  - No: no
    datatype: noyes
  - Really: really
    datatype: yesnoradio
  - Perhaps: perhaps
    datatype: yesnomaybe
  - Fruit: fruit
    datatype: checkboxes
    all of the above: True
    choices:
      - Apple
      - Pear
  - Only one: lone
    datatype: checkboxes
    none of the above: False
    choices:
      - Alone
  - Radio: radio
    datatype: radio
    choices:
      - One
      - Two
  - Dropdown: dropdown
    choices:
      - Red
      - Blue
  - Languages: languages
    datatype: multiselect
    choices:
      - en
      - de
  - Combo: combo
    input type: datalist
    choices:
      - A
      - B
  - Off: off
    disabled: True
  - Kept: kept
    datatype: hidden
    default: secret
"""
PEOPLE = """\
objects:
  - people: DAList.using(object_type=DAObject, there_are_any=True, there_is_another=False)
---
mandatory: True
code: |
  people.appendObject()
  people[0].name
  the_end
---
question: Person
fields:
  - Name: people[i].name
  - Town: people[i].address["town"]
---
code: |
  people[i].address = DADict()
---
event: the_end
question: The end
"""
ACTIONS = """\
mandatory: True
code: |
  count = 0
  multi_user = shared if defined('shared') else False
---
mandatory: True
question: |
  Counted ${ count }
---
event: count_up
code: |
  count += action_argument('by')
  json_response({'count': count})
---
event: ask_twice
code: |
  log('asked')
---
question: First
fields:
  - One: one
---
question: Second
fields:
  - Two: two
---
event: leave_for_good
code: |
  command('exit')
"""
HIDDEN = """\
mandatory: True
code: |
  set_status(variable_access=False)
  answer = 42
---
mandatory: True
question: |
  Hidden ${ get_status('variable_access') }
"""
CALLED = """\
mandatory: True
code: |
  asked = 0
---
mandatory: True
code: |
  weight
  the_end
---
question: How heavy?
fields:
  - Weight: weight
    datatype: integer
---
event: price
code: |
  asked += 1
  json_response({'price': int(action_argument('weight')) * 2})
---
event: the_end
question: |
  It weighs ${ weight }, asked ${ asked } times
"""
INTERVIEWS = {"called.yml": CALLED, "fields.yml": FIELDS, "people.yml": PEOPLE, "actions.yml": ACTIONS, "hidden.yml": HIDDEN}


@pytest.fixture(scope="module")
def running(shared_server: Callable[..., Server]) -> Server:
    return shared_server(INTERVIEWS)


@pytest.fixture
def on(running: Server, tab: Page) -> Callable[..., Page]:
    def opened(name: str) -> Page:
        tab.goto(running.url + interview_path(name, new_session=1))
        return tab

    return opened


VALUES: list[tuple[str, Any, Any, Any]] = [
    # variable, val() at first, what is set, val() afterwards
    ("text", "", "Hello <b>", "Hello <b>"),
    ("text", "", None, ""),
    ("area", "", "two\nlines", "two\nlines"),
    ("number", "", 5, "5"),
    ("date", "", "2026-05-04", "2026-05-04"),
    ("slider", "0", 7, "7"),
    ("yes", False, True, True),
    ("yes", False, "True", True),
    ("no", True, False, False),
    ("no", True, True, True),
    ("really", None, True, True),
    ("really", None, False, False),
    ("perhaps", None, None, "None"),
    ("perhaps", None, "None", "None"),
    ("fruit", [], ["Pear"], ["Pear"]),
    ("fruit", [], ["Apple", "Pear"], ["Apple", "Pear"]),
    ("fruit['Apple']", False, True, True),
    ('fruit["Pear"]', False, True, True),
    ("fruit[nota]", False, True, True),
    ("fruit[aota]", False, True, True),
    ("lone", [], ["Alone"], ["Alone"]),
    ("lone['Alone']", False, True, True),
    ("radio", None, "Two", "Two"),
    ("dropdown", "", "Blue", "Blue"),
    ("languages", [], ["de"], ["de"]),
    ("combo", "", "B", "B"),
    ("kept", "secret", "changed", "changed"),
    ("off", None, "x", None),
    ("nowhere", None, "x", None),
    ("fruit['Fig']", None, True, None),
]


@pytest.mark.browser
def test_val_gives_what_a_field_says_and_set_field_changes_it(on: Callable[..., Page]) -> None:
    tab = on("fields.yml")
    see(tab, "Fields")
    script = "([name, value]) => [val(name), value, (setField(name, value), val(name))]"
    found = []
    for variable, _, new, _ in VALUES:
        tab.reload()
        see(tab, "Fields")
        tab.wait_for_load_state()
        found.append(
            (
                variable,
                *tab.evaluate(script, [variable, new]),
            )
        )
    assert found == VALUES


@pytest.mark.browser
def test_one_box_of_a_group_changes_what_the_group_says(on: Callable[..., Page]) -> None:
    tab = on("fields.yml")
    see(tab, "Fields")
    script = """(steps) => steps.map(([name, value]) => {
        setField(name, value);
        return [val("fruit"), val("fruit[nota]"), val("fruit[aota]")];
    })"""
    steps = [["fruit[aota]", True], ["fruit['Apple']", False], ["fruit[nota]", True], ["fruit", ["Pear", "Apple"]], ["fruit", []]]
    assert tab.evaluate(script, steps) == [
        [["Apple", "Pear"], False, True],
        [["Pear"], False, False],
        [[], True, False],
        [["Apple", "Pear"], False, True],
        [[], False, False],
    ]


@pytest.mark.browser
def test_setting_a_field_is_a_change_like_a_persons(on: Callable[..., Page]) -> None:
    tab = on("fields.yml")
    see(tab, "Fields")
    tab.evaluate(
        "() => { window.changes = []; document.addEventListener('change', (event) => changes.push(event.target.value)); }"
    )
    tab.evaluate(
        "() => { setField('text', 'a'); setField('radio', 'Two'); setField('radio', 'Two'); setField('fruit', ['Pear']); }"
    )
    assert tab.evaluate("changes") == ["a", "Two", "Pear"]


@pytest.mark.browser
def test_fields_are_elements_with_names(on: Callable[..., Page]) -> None:
    tab = on("fields.yml")
    see(tab, "Fields")
    kinds = "(names) => names.map((name) => getField(name) && getField(name).localName + ':' + (getField(name).value || ''))"
    names = ["text", "area", "fruit", "lone", "radio", "dropdown", "fruit['Apple']", "off", "nowhere"]
    assert tab.evaluate(kinds, names) == [
        "input:",
        "textarea:",
        "fieldset:",
        "fieldset:",
        "fieldset:",
        "select:",
        "input:Apple",
        None,
        None,
    ]
    fields = tab.evaluate("getFields()")
    assert fields[:5] == ["text", "area", "number", "date", "slider"]
    assert fields[fields.index("fruit") :][:5] == ["fruit", 'fruit["Apple"]', 'fruit["Pear"]', "lone", 'lone["Alone"]']


@pytest.mark.browser
def test_a_variable_is_called_as_its_question_writes_it(on: Callable[..., Page]) -> None:
    tab = on("people.yml")
    fill(tab, "Name", "Ada")
    names = ["people[i].name", "people[0].name", 'people[i].address["town"]', "people[0].address['town']"]
    tab.evaluate("setField('people[i].address[\"town\"]', 'London')")
    assert tab.evaluate("(names) => names.map(val)", names) == ["Ada", "Ada", "London", "London"]
    go_on(tab)
    see(tab, "The end")


def of_messages(what: str) -> str:
    """The script that says this of each message that is there."""
    return f"() => [...document.querySelectorAll('.da-notice')].map((notice) => {what})"


@pytest.mark.browser
def test_messages_come_and_go(on: Callable[..., Page]) -> None:
    tab = on("fields.yml")
    see(tab, "Fields")
    classes = of_messages("notice.className.split(' ')[1]")
    tab.evaluate("() => { flash('One'); flash('Two', 'danger'); da_flash('Three', 'dark'); }")
    assert tab.evaluate(classes) == ["alert-info", "alert-danger", "alert-dark"]
    assert tab.evaluate(f"() => {{ flash('Four', 'success', true); return ({classes})(); }}") == ["alert-success"]
    eventually(lambda: tab.evaluate(classes) == [], "a message of success goes by itself")
    tab.evaluate("() => { flash('Five'); flash(null, null, true); }")
    assert tab.evaluate(classes) == []


@pytest.mark.browser
def test_the_same_message_stands_there_once(on: Callable[..., Page]) -> None:
    tab = on("fields.yml")
    see(tab, "Fields")
    texts = of_messages("notice.innerText.trim()")
    tab.evaluate("() => { flash('One'); flash('Two'); flash('One', 'danger'); flash(3); }")
    tab.get_by_role("status").filter(has_text="One").get_by_role("button", name="Close").focus()
    tab.evaluate("() => { flash('One'); flash('3'); }")
    assert tab.evaluate(texts) == ["Two", "One", "One", "3"]
    tab.keyboard.press("Enter")
    assert tab.evaluate(texts) == ["Two", "One", "3"]
    assert tab.get_by_role("alert").inner_text().strip() == "One"


CALL = "(args) => new Promise((done) => action_call('count_up', {by: 2}, done, ...args))"


@pytest.mark.browser
def test_an_action_is_called_and_saved_unless_it_only_reads(on: Callable[..., Page]) -> None:
    tab = on("actions.yml")
    see(tab, "Counted 0")
    assert tab.evaluate(CALL, [False, True]) == {"count": 2}
    assert tab.evaluate(CALL, []) == {"count": 2}
    assert tab.evaluate("() => new Promise((done) => url_action_call('count_up', {by: 1}, done, true))") == {"count": 3}
    tab.evaluate("() => new Promise((done) => action_call('leave_for_good', {}, done, false, true))")
    tab.reload()
    see(tab, "Counted 3")


@pytest.mark.browser
def test_an_action_is_performed_and_another_one_after_it(on: Callable[..., Page]) -> None:
    tab = on("actions.yml")
    see(tab, "Counted 0")
    tab.evaluate("action_perform_with_next('one', {}, {action: 'two', arguments: {}})")
    see(tab, "First")
    fill(tab, "One", "1")
    go_on(tab)
    see(tab, "Second")
    tab.evaluate("action_perform('one', {})")
    see(tab, "First")
    assert tab.evaluate("url_action('one', {a: 1}).startsWith('/interview?i=actions.yml&action=')")


@pytest.mark.browser
def test_the_answers_can_be_had(on: Callable[..., Page]) -> None:
    tab = on("actions.yml")
    see(tab, "Counted 0")
    found = tab.evaluate("() => new Promise((done) => get_interview_variables(done))")
    uid = tab.locator("#daform [name=_session]").get_attribute("value")
    assert {key: found[key] for key in ("success", "i", "uid", "encrypted", "steps")} == {
        "success": True,
        "i": "actions.yml",
        "uid": uid,
        "encrypted": True,
        "steps": 1,
    }
    assert (found["variables"]["count"], "_internal" in found["variables"]) == (0, False)
    assert tab.evaluate("daYamlFilename") == "actions.yml"


@pytest.mark.browser
def test_an_interview_can_keep_its_answers_to_itself(on: Callable[..., Page]) -> None:
    tab = on("hidden.yml")
    see(tab, "Hidden False")
    assert tab.evaluate("() => new Promise((done) => get_interview_variables(done))") == {"success": False}


@pytest.mark.browser
def test_a_page_can_be_sent_after_its_script_has_called_an_action(on: Callable[..., Page]) -> None:
    tab = on("called.yml")
    fill(tab, "Weight", "20")
    script = "() => new Promise((done) => action_call('price', {weight: val('weight')}, done))"
    assert tab.evaluate(script) == {"price": 40}
    go_on(tab)
    see(tab, "It weighs 20, asked 1 times")


# --- who may have the answers --------------------------------------------------------------------------------------------


def _variables(client: Client, session: str, token: str = "") -> Any:
    data = {"csrf_token": token or client.token(), "_session": session}
    return client.flask.post("/vars?i=actions.yml", data=data)


def test_p31_only_who_can_open_a_session_gets_its_answers(tmp_path: Path) -> None:
    with application(tmp_path, INTERVIEWS) as app:
        alice, eve = Client(app), Client(app)
        form = dict(alice.get("/interview?i=actions.yml").form)
        assert _variables(alice, form["_session"]).json["variables"]["count"] == 0
        assert _variables(eve, form["_session"]).json == {"success": False}
        assert _variables(eve, "").json == {"success": False}
        assert _variables(alice, form["_session"], token="guessed").status_code == 403
        assert alice.flask.get("/vars?i=actions.yml").status_code == 405
        assert alice.flask.post("/vars?i=hidden.yml", data={**form}).json == {"success": False}


def test_in_a_debugging_server_nothing_is_kept_from_scripts(tmp_path: Path) -> None:
    with application(tmp_path, INTERVIEWS, debug=True) as app:
        alice = Client(app)
        form = dict(alice.get("/interview?i=hidden.yml").form)
        data = {"csrf_token": form["csrf_token"], "_session": form["_session"]}
        assert alice.flask.post("/vars?i=hidden.yml", data=data).json["variables"]["answer"] == 42


def test_an_action_that_only_reads_saves_nothing(tmp_path: Path) -> None:
    with application(tmp_path, INTERVIEWS) as app:
        alice = Client(app)
        session = dict(alice.get("/interview?i=actions.yml").form)["_session"]
        before = store_of(app).sessions.peek(session).version
        action = "eyJhY3Rpb24iOiAiY291bnRfdXAiLCAiYXJndW1lbnRzIjogeyJieSI6IDF9fQ"
        answer = alice.flask.get(f"/interview?i=actions.yml&action={action}", headers={"X-Read-Only": "1"})
        assert answer.json == {"count": 1}
        assert store_of(app).sessions.peek(session).version == before
