"""Fields that depend on others, in a real browser against a real server, with its script and without it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.acceptance.playing import PATIENCE, begin, fill, go_on, press, see, tasks_held, text_of
from tests.conftest import Server

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def running(shared_server: Callable[..., Any]) -> Server:
    return shared_server(ROOT / "interviews")


def labelled(tab: Page, label: str) -> Any:
    return tab.get_by_label(label, exact=True)


def test_fields_come_and_go_with_the_answers_above_them(running: Server, tab: Page) -> None:
    begin(tab, running, "fields/bicycle_accident.yml")
    fill(tab, "Your name", "Ada")
    assert not labelled(tab, "What was it?").is_visible()
    labelled(tab, "Who else was involved?").select_option("Something else")
    fill(tab, "What was it?", "a dog")
    labelled(tab, "Somebody was hurt").check()
    assert not labelled(tab, "A helmet was worn").is_visible()
    labelled(tab, "Head").check()
    assert tab.get_by_text("should see a doctor").is_visible()
    labelled(tab, "A helmet was worn").check()
    labelled(tab, "Yes").check()
    assert labelled(tab, "File number").is_visible()
    labelled(tab, "I don't know").check()
    assert not labelled(tab, "File number").is_visible()
    fill(tab, "Why don't you know?", "I had left.")
    go_on(tab)
    see(tab, "The report of Ada")
    for words in ("Involved: a dog.", "Hurt: head.", "Helmet: yes.", "because: I had left."):
        assert words in text_of(tab)


def test_what_is_hidden_is_not_sent_although_it_was_typed(running: Server, tab: Page) -> None:
    begin(tab, running, "fields/bicycle_accident.yml")
    fill(tab, "Your name", "Ada")
    labelled(tab, "Who else was involved?").select_option("Something else")
    fill(tab, "What was it?", "a dog")
    labelled(tab, "Who else was involved?").select_option("a car")
    labelled(tab, "Somebody was hurt").check()
    labelled(tab, "Head").check()
    labelled(tab, "Somebody was hurt").uncheck()
    assert not labelled(tab, "A helmet was worn").is_visible()
    assert not tab.get_by_text("should see a doctor").is_visible()
    labelled(tab, "No").check()
    assert tab.get_by_text("take pictures").is_visible()
    with tab.expect_request(lambda request: request.method == "POST") as sent:
        go_on(tab)
    assert "a+dog" not in (sent.value.post_data or "")
    see(tab, "The report of Ada")
    assert "Involved: a car. Nobody was hurt." in text_of(tab)


def test_what_was_shown_is_shown_again_after_a_mistake(running: Server, page: Page) -> None:
    begin(page, running, "fields/bicycle_accident.yml")
    labelled(page, "Who else was involved?").select_option("Something else")
    labelled(page, "No").check()
    go_on(page)
    page.locator("#da-errors").wait_for()
    page.wait_for_load_state()
    assert page.locator("#da-errors a").count() == 2
    fill(page, "What was it?", "a dog")
    fill(page, "Your name", "Ada")
    go_on(page)
    see(page, "The report of Ada")


def test_what_was_shown_is_shown_again_after_back(running: Server, tab: Page) -> None:
    begin(tab, running, "fields/bicycle_accident.yml")
    fill(tab, "Your name", "Ada")
    labelled(tab, "Who else was involved?").select_option("Something else")
    fill(tab, "What was it?", "a dog")
    labelled(tab, "Yes").check()
    fill(tab, "File number", "17")
    go_on(tab)
    see(tab, "The report of Ada")
    press(tab, "Back")
    see(tab, "What happened?")
    assert labelled(tab, "What was it?").input_value() == "a dog"
    assert labelled(tab, "File number").is_visible()
    assert not labelled(tab, "Head").is_visible()


def test_a_field_that_waits_for_another_is_seen_and_disabled(running: Server, tab: Page) -> None:
    begin(tab, running, "fields/parcel.yml")
    labelled(tab, "a person").check()
    go_on(tab)
    see(tab, "The parcel")
    assert labelled(tab, "VAT number").count() == 0
    worth, neighbours = labelled(tab, "What are they worth?"), labelled(tab, "My neighbours may take it")
    assert worth.is_visible()
    assert worth.is_disabled()
    labelled(tab, "The contents are insured").check()
    assert worth.is_enabled()
    assert neighbours.is_disabled()
    assert tab.evaluate("[val('neighbours'), getField('neighbours'), val('insured')]") == [None, None, True]
    fill(tab, "What are they worth?", "50")
    labelled(tab, "Country").select_option("Austria")
    labelled(tab, "Land").select_option("Wien")
    assert tab.evaluate("val('region')") == "Wien"
    assert not labelled(tab, "Canton").is_visible()
    go_on(tab)
    see(tab, "Your parcel is on its way")
    assert "by a person to Austria, Wien, and is only given to you. Its contents are insured for $50.00." in text_of(tab)


def test_the_fields_that_ask_for_one_variable_take_turns(running: Server, tab: Page) -> None:
    begin(tab, running, "fields/parcel.yml")
    labelled(tab, "a company").check()
    go_on(tab)
    fill(tab, "VAT number", "CHE-1")
    labelled(tab, "Country").select_option("Switzerland")
    labelled(tab, "Canton").select_option("Bern")
    labelled(tab, "Country").select_option("Elsewhere")
    fill(tab, "Region", "Bavaria")
    go_on(tab)
    see(tab, "Your parcel is on its way")
    assert "by a company to elsewhere, Bavaria, and is only given to you. The VAT number is CHE-1." in text_of(tab)


def test_expressions_look_at_several_fields_and_at_earlier_answers(running: Server, tab: Page) -> None:
    begin(tab, running, "fields/holiday_flat.yml")
    go_on(tab)
    see(tab, "When do you come, and how many?")
    last, shared = labelled(tab, "Last day"), labelled(tab, "We take the second flat too, and share its entrance")
    assert last.is_disabled()
    assert not shared.is_visible()
    fill(tab, "First day", "2031-07-01")
    fill(tab, "Last day", "2031-07-01")
    assert tab.get_by_text("rather short").is_visible()
    fill(tab, "Last day", "2031-07-08")
    assert not tab.get_by_text("rather short").is_visible()
    assert not tab.get_by_role("group", name="What do the children need?").is_visible()
    fill(tab, "Children", "3")
    shared.check()
    labelled(tab, "A cot").check()
    fill(tab, "How many cots?", "2")
    go_on(tab)
    see(tab, "Your booking")
    assert "five guests, from July 1, 2031 to July 8, 2031. You asked for the second flat, and will share" in text_of(tab)
    assert "There will be two cots." in text_of(tab)


def test_an_expression_hides_what_is_then_neither_required_nor_sent(running: Server, tab: Page) -> None:
    begin(tab, running, "fields/holiday_flat.yml")
    go_on(tab)
    fill(tab, "First day", "2031-07-01")
    fill(tab, "Last day", "2031-07-08")
    go_on(tab)
    see(tab, "Your booking")
    assert "two guests, from July 1, 2031 to July 8, 2031." in text_of(tab)


def test_a_field_that_an_expression_shows_is_required(running: Server, page: Page) -> None:
    begin(page, running, "fields/holiday_flat.yml")
    go_on(page)
    fill(page, "First day", "2031-07-01")
    fill(page, "Last day", "2031-07-08")
    fill(page, "Children", "1")
    labelled(page, "A cot").check()
    go_on(page)
    page.locator("#da-errors").wait_for()
    page.wait_for_load_state()
    expect(labelled(page, "How many cots?")).to_be_visible()
    assert page.locator("#da-errors a").count() == 1


def test_without_scripts_everything_is_there_and_the_server_judges(running: Server, plain_tab: Page) -> None:
    begin(plain_tab, running, "fields/bicycle_accident.yml")
    fill(plain_tab, "Your name", "Ada")
    assert labelled(plain_tab, "What was it?").is_visible()
    assert labelled(plain_tab, "A helmet was worn").is_visible()
    labelled(plain_tab, "Who else was involved?").select_option("a car")
    labelled(plain_tab, "A helmet was worn").check()
    labelled(plain_tab, "No").check()
    go_on(plain_tab)
    see(plain_tab, "The report of Ada")
    assert "Involved: a car. Nobody was hurt." in text_of(plain_tab)


def test_without_scripts_what_an_expression_could_hide_may_be_left_empty(running: Server, plain_tab: Page) -> None:
    begin(plain_tab, running, "fields/holiday_flat.yml")
    go_on(plain_tab)
    assert labelled(plain_tab, "Last day").is_enabled()
    fill(plain_tab, "First day", "2031-07-01")
    fill(plain_tab, "Last day", "2031-07-08")
    go_on(plain_tab)
    see(plain_tab, "Your booking")


# --- what scripts do, and screens that are replaced in place -----------------------------------------------------------------


WATCHED = """
metadata:
  title: Watched
---
mandatory: True
code: |
  if task.ready():
    pass
  asked
---
code: |
  import time
  task = background_action('slow', 'refresh')
---
event: slow
code: |
  background_response()
---
question: |
  Questions ${ visits() }
reload: 4
fields:
  - A: a
    required: False
  - Told: told
    datatype: yesno
  - B: b
    js show if: val("a") === "x" && val("c") !== "</script>" && ${ visits() } > 0
  - C: c
    show if: told
  - Hidden: secret
    input type: hidden
    default: "1"
  - Maybe: maybe
    datatype: yesnomaybe
  - Boxes: boxes
    datatype: checkboxes
    required: False
    choices:
      - one
      - two
    js show if: val("a") === "boxes"
continue button field: asked
---
initial: True
code: |
  count = (count if defined('count') else 0) + 1
  def visits():
    return count
"""

POPULATED = """
mandatory: True
code: |
  task
  asked
---
code: |
  task = background_action('fill_in', 'fields')
---
event: fill_in
code: |
  background_response({'extra': 'from afar', 'told': True}, 'fields')
---
question: A form
fields:
  - Told: told
    datatype: yesno
  - Extra: extra
    show if: told
  - Other: other
    js hide if: val("extra") === "from afar"
continue button field: asked
"""

BROKEN = """
mandatory: True
question: Broken
fields:
  - A: a
  - B: b
    js show if: val("a") ===
  - C: c
    js show if: val("a").nothing.at.all
  - D: d
    js show if: val("a") === "x"
"""


@pytest.fixture(scope="module")
def scripted(shared_server: Callable[..., Any]) -> Server:
    return shared_server({"watched.yml": WATCHED, "populated.yml": POPULATED, "broken.yml": BROKEN}, task_sweep=3600)


def test_a_screen_that_took_the_place_of_another_has_its_conditions(scripted: Server, tab: Page) -> None:
    with tasks_held(scripted):
        begin(tab, scripted, "watched.yml")
        before = tab.locator("#daMainQuestion").inner_text()
        labelled(tab, "Told").check()
        fill(tab, "A", "x")
        fill(tab, "C", "typed")
        labelled(tab, "B").focus()
    expect(tab.locator("#daMainQuestion")).not_to_have_text(before, timeout=PATIENCE)
    assert labelled(tab, "C").input_value() == "typed"
    assert labelled(tab, "B").is_visible()
    assert tab.evaluate("document.activeElement.name") == "Yg"
    fill(tab, "A", "y")
    assert not labelled(tab, "B").is_visible()
    labelled(tab, "Told").uncheck()
    assert not labelled(tab, "C").is_visible()


def test_val_and_setfield_do_as_they_are_described(scripted: Server, tab: Page) -> None:
    begin(tab, scripted, "watched.yml")
    tab.evaluate("setField('a', 'boxes')")
    assert labelled(tab, "one").is_visible()
    tab.evaluate("""setField("boxes['two']", true)""")
    assert tab.evaluate("""[val("boxes"), val("boxes['one']"), val('boxes["two"]'), val("boxes[nota]")]""") == [
        ["two"],
        False,
        True,
        False,
    ]
    assert tab.evaluate("""[val("maybe"), val("told"), val("secret")]""") == [None, False, "1"]
    tab.evaluate("""setField("maybe", null); setField("boxes", ["one"]); setField("told", true)""")
    assert tab.evaluate("""[val("maybe"), val("boxes"), val("told"), val("c"), val("b")]""") == ["None", ["one"], True, "", None]
    assert {"a", "boxes", 'boxes["one"]', "secret"} <= set(tab.evaluate("getFields()"))
    assert "boxes[nota]" not in tab.evaluate("getFields()")
    tab.evaluate("""setField("boxes[nota]", true)""")
    assert tab.evaluate("""[val("boxes"), val("boxes[nota]"), getField("boxes").tagName]""") == [[], True, "FIELDSET"]
    tab.evaluate("setField('secret', '2')")
    assert labelled(tab, "C").is_visible()


def test_what_the_server_fills_in_shows_and_hides_fields(scripted: Server, tab: Page) -> None:
    begin(tab, scripted, "populated.yml")
    expect(labelled(tab, "Extra")).to_be_visible(timeout=PATIENCE)
    assert labelled(tab, "Extra").input_value() == "from afar"
    assert not labelled(tab, "Other").is_visible()


def test_an_expression_that_fails_hides_its_own_field_only(scripted: Server, page: Page) -> None:
    said: list[str] = []
    page.on("pageerror", lambda error: said.append(f"{error.name}: {error.message}"))
    page.on("console", lambda message: said.append(message.text))
    begin(page, scripted, "broken.yml")
    fill(page, "A", "x")
    assert labelled(page, "D").is_visible()
    assert not labelled(page, "B").is_visible()
    assert not labelled(page, "C").is_visible()
    assert "SyntaxError" in " ".join(said)


def test_what_is_chosen_makes_up_for_what_would_be_typed(running: Server, any_tab: Page) -> None:
    begin(any_tab, running, "fields/order_form.yml")
    any_tab.get_by_role("radio", name="Office").check()
    go_on(any_tab)
    fill(any_tab, "First name", "Ada")
    fill(any_tab, "Last name", "Lovelace")
    labelled(any_tab, "blue").check()
    fill(any_tab, "How many?", "2")
    go_on(any_tab)
    see(any_tab, "Your order goes to 12 Main Street, Shelbyville")


def test_fields_that_others_disable_come_back(running: Server, tab: Page) -> None:
    begin(tab, running, "fields/order_form.yml")
    tab.get_by_role("radio", name="Office").check()
    expect(labelled(tab, "Street")).to_be_disabled()
    tab.get_by_role("radio", name="Somewhere else").check()
    expect(labelled(tab, "Street")).to_be_enabled()
    fill(tab, "Street", "1 First Street")
    fill(tab, "Town", "Ogdenville")
    go_on(tab)
    see(tab, "What do you order?")
