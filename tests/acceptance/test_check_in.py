"""Check-ins are never in the way of the person who is on the screen: asked of a real browser."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import Page, Request, Route, expect

from tests.acceptance.playing import PATIENCE, begin, fill, go_on, press, record, see, see_message, text_of, told
from tests.acceptance.preview import take_complaints
from tests.conftest import Server

pytestmark = pytest.mark.browser

# a screen with something above the last field, whose action does what its test says
CALM = """\
question: Calm
subquestion: |
  [TARGET top]
fields:
  - First: first
    required: False
  - Size: size
    input type: radio
    choices: [S, M]
    required: False
  - Story: story
    input type: area
    required: False
  - Last: last
    required: False
check in: look
---
event: look
code: |
  if action_argument('_changed') is None:
    background_response()
  {answer}
---
mandatory: True
question: Done with ${{ story }}
"""
GROWS = "background_response(target='top', content='<p>more</p>' * len(action_argument('first')))"
FILLS = "background_response({'first': 'ours', 'story': 'ours', 'last': 'done'}, 'fields')"
CHOOSES = "background_response({'size': {'choices': ['M', 'L', 'XL', 'XXL']}, 'last': 'done'}, 'fields')"
FLASHES = "background_response('You said ' + action_argument('first'), 'flash')"
OCCASIONS = """\
mandatory: True
code: |
  seen = []
---
question: One
fields:
  - First: first
    required: False
  - Second: second
    required: False
check in: look
---
question: Two
fields:
  - Third: third
    required: False
check in: look
---
event: look
code: |
  if action_argument('_initial') or action_argument('_changed'):
    seen.append([action_argument('_initial'), action_argument('_changed')])
  background_response()
---
mandatory: True
code: |
  first
  third
---
mandatory: True
question: Seen
subquestion: |
  ${ seen }
"""
LOOP = """\
question: Loop
fields:
  - Number: number
check in: turn
---
event: turn
code: |
  background_response("setField('number', " + str(int(action_argument('number') or 0) + 1) + ")", 'javascript')
---
mandatory: True
question: Out with ${ number }
"""
SILENT = "features:\n  checkin interval: 0\n---\n" + CALM.format(answer=FLASHES)
BROKEN = CALM.format(answer="1 / 0")
# one screen for each form of choices, with each kind of control
KINDS = {
    "menu": "input type: dropdown",
    "radios": "input type: radio",
    "boxes": "datatype: checkboxes",
    "combo": "input type: combobox",
    "many": "datatype: multiselect",
}
FORMS = {
    "texts": "['one', 'two', 'three']",
    "dictionary": "{'one': 'Number 1', 'two': 'Number 2', 'three': 'Number 3'}",
    "dictionaries": "[{'one': 'Number 1'}, {'two': 'Number 2'}, {'three': 'Number 3'}]",
    "pairs": "[['one', 'Number 1'], ['two', 'Number 2'], ['three', 'Number 3']]",
}
CHOICES = (
    "question: Choose\nfields:\n  - Go: go\n    required: False\n  - Must: must\n    datatype: integer\n"
    + "".join(f"  - {name.title()}: {name}\n    {kind}\n    choices: [zero]\n" for name, kind in KINDS.items())
    + """\
check in: look
---
event: look
code: |
  given = FORM
  if action_argument('_changed') != 'go':
    background_response()
  with_value = action_argument('go') == 'value'
  boxes = {'one': False, 'two': True, 'three': False}
  values = {'menu': 'two', 'radios': 'two', 'boxes': boxes, 'combo': 'two', 'many': ['two']}
  background_response({
    name: {'choices': given, 'value': values[name]} if with_value else {'choices': given} for name in values
  }, 'fields')
---
mandatory: True
code: |
  go
---
mandatory: True
question: Chosen
subquestion: |
  ${ menu } ${ radios } ${ ','.join(boxes.true_values()) } ${ combo } ${ ','.join(many.true_values()) }
"""
)
EVERY_DATATYPE = """\
question: Values
fields:
  - Go: go
    required: False
  - Text: text
  - Area: area
    input type: area
  - Whole: whole
    datatype: integer
  - Broken: broken
    datatype: number
  - Money: money
    datatype: currency
  - Day: day
    datatype: date
  - Hour: hour
    datatype: time
  - Moment: moment
    datatype: datetime
  - Mail: mail
    datatype: email
  - Slide: slide
    datatype: range
    min: 0
    max: 10
  - Sure: sure
    datatype: yesno
  - Unsure: unsure
    datatype: yesnoradio
  - Maybe: maybe
    datatype: yesnomaybe
check in: look
---
event: look
code: |
  if action_argument('_changed') != 'go':
    background_response()
  background_response({
    'text': 'A <b>"\\'&', 'area': 'a\\nb', 'whole': 5, 'broken': 2.5, 'money': 7.5, 'day': '2031-01-05', 'hour': '10:30',
    'moment': '2031-01-05 10:30', 'mail': 'ann@example.com', 'slide': 3, 'sure': True, 'unsure': False, 'maybe': None,
    'nowhere': 5}, 'fields')
---
mandatory: True
question: Got
subquestion: |
  ${ [whole, broken, money, slide, sure, unsure, maybe] } ${ day.format('yyyy-MM-dd') } ${ hour } ${ moment } ${ mail }
"""
TASK = """\
mandatory: True
code: |
  task = background_action('work', 'fields')
---
event: work
code: |
  background_response({'menu': {'choices': {'one': 'Number 1', 'two': 'Number 2'}, 'value': 'two'}, 'text': 'ours'}, 'fields')
---
question: Filled
fields:
  - Menu: menu
    choices: [zero]
  - Text: text
  - Must: must
    datatype: integer
    default: 1
---
mandatory: True
code: |
  text
---
mandatory: True
question: Chosen ${ menu } ${ text }
"""
PLACES = ("question", "subquestion", "under", "pre", "post", "right", "help", "label", "note", "fieldhelp", "fieldunder")
EVERYWHERE = """\
question: Places [TARGET question]
subquestion: |
  [TARGET subquestion]
under: |
  [TARGET under]
pre: |
  [TARGET pre]
post: |
  [TARGET post]
right: |
  [TARGET right]
help: |
  [TARGET help]
fields:
  - Label [TARGET label]: first
    required: False
    help: |
      [TARGET fieldhelp]
    under text: |
      [TARGET fieldunder]
  - note: |
      [TARGET note]
check in: look
---
event: look
code: |
  background_response([{'target': name, 'content': 'in ' + name} for name in NAMES])
---
mandatory: True
question: Done ${ first }
""".replace("NAMES", repr(PLACES))
# counts what is put into a place, and when the page asks
COUNT_MUTATIONS = """() => {
    window.mutations = 0;
    new MutationObserver((found) => { window.mutations += found.length; })
        .observe(document.querySelector(".datarget"), { childList: true, subtree: true, characterData: true });
}"""
TOP = "control => control.getBoundingClientRect().top"


@pytest.fixture(scope="module")
def running(shared_server: Callable[..., Any]) -> Server:
    """A server with all interviews of this file."""
    answers = {"grows": GROWS, "fills": FILLS, "chooses": CHOOSES, "flashes": FLASHES}
    texts = {f"{name}.yml": CALM.format(answer=answer) for name, answer in answers.items()}
    texts |= {f"{name}.yml": CHOICES.replace("FORM", form) for name, form in FORMS.items()}
    others = {"occasions": OCCASIONS, "loop": LOOP, "silent": SILENT, "broken": BROKEN, "values": EVERY_DATATYPE}
    others |= {"task": TASK, "everywhere": EVERYWHERE}
    texts |= {f"{name}.yml": text for name, text in others.items()}
    # no check-in as time passes comes between those that the tests are about
    server: Server = shared_server(texts, checkin_interval=3_600_000)
    return server


class Gate:
    """Holds the check-ins of a tab that run the screen's action, each until it is let through."""

    def __init__(self, tab: Page) -> None:
        self.tab = tab
        self.held: list[Route] = []
        self.open = True
        tab.route("**/checkin?**", self._pass)

    def _pass(self, route: Route) -> None:
        if self.open or occasion_of(route.request) is None:
            route.continue_()
        else:
            self.held.append(route)

    def wait(self) -> None:
        """Until one is held."""
        wait_for(self.tab, lambda: bool(self.held), "the page checks in")

    def let_through(self) -> None:
        """One of them, and wait for its answer."""
        self.wait()
        with self.tab.expect_response("**/checkin?**"):
            self.held.pop(0).continue_()


def wait_for(tab: Page, condition: Callable[[], bool], what: str) -> None:
    """Let the tab go on until something is so."""
    for _ in range(PATIENCE // 20):
        if condition():
            return
        tab.wait_for_timeout(20)
    pytest.fail(f"It never came true that {what}.")


def occasion_of(request: Request) -> dict[str, Any] | None:
    """What a page says when it has the screen's action run: the values of its controls, `_initial` and `_changed`."""
    posted = parse_qs(request.post_data or "")
    return json.loads(posted["parameters"][0]) if "do_action" in posted else None


def arrive(tab: Page, running: Server, interview: str) -> None:
    """Come to an interview, and be there when its first check-in is over."""
    with tab.expect_response("**/checkin?**"):
        begin(tab, running, interview)


def change(tab: Page, label: str, text: str) -> None:
    """Fill in a field so that the page notices the change."""
    fill(tab, label, text)
    tab.get_by_label(label, exact=True).press("Tab")


# --- what the person is doing ------------------------------------------------------------------------------------------


def test_what_is_being_typed_stays_and_keeps_its_caret(running: Server, tab: Page) -> None:
    arrive(tab, running, "fills.yml")
    gate = Gate(tab)
    gate.open = False
    change(tab, "First", "mine")
    story = tab.get_by_label("Story", exact=True)
    story.click()
    tab.keyboard.type("abc")
    tab.keyboard.press("ArrowLeft")
    gate.let_through()
    gate.open = True
    expect(tab.get_by_label("Last", exact=True)).to_have_value("done")
    expect(tab.get_by_label("First", exact=True)).to_have_value("ours")
    tab.keyboard.type("X")
    assert story.input_value() == "abXc"
    expect(story).to_be_focused()


def test_what_grows_above_moves_nothing(running: Server, tab: Page) -> None:
    tab.set_viewport_size({"width": 800, "height": 400})
    arrive(tab, running, "grows.yml")
    change(tab, "First", "12345")
    expect(tab.locator(".datargettop p")).to_have_count(5)
    gate = Gate(tab)
    gate.open = False
    change(tab, "First", "1234567890")
    last = tab.get_by_label("Last", exact=True)
    last.click()
    before = last.evaluate(TOP)
    gate.let_through()
    expect(tab.locator(".datargettop p")).to_have_count(10)
    assert abs(last.evaluate(TOP) - before) <= 1
    expect(last).to_be_focused()


def test_other_choices_above_move_nothing(running: Server, tab: Page) -> None:
    tab.set_viewport_size({"width": 800, "height": 400})
    arrive(tab, running, "chooses.yml")
    gate = Gate(tab)
    gate.open = False
    change(tab, "First", "x")
    story = tab.get_by_label("Story", exact=True)
    story.click()
    story.evaluate("control => control.scrollIntoView({ block: 'center' })")
    before = story.evaluate(TOP)
    gate.let_through()
    expect(tab.get_by_role("radio")).to_have_count(4)
    assert abs(story.evaluate(TOP) - before) <= 1
    expect(story).to_be_focused()


@pytest.mark.parametrize(("before", "after"), [("M", "M"), ("S", "M")])
def test_the_focus_stays_within_a_group_with_other_choices(running: Server, tab: Page, before: str, after: str) -> None:
    arrive(tab, running, "chooses.yml")
    gate = Gate(tab)
    gate.open = False
    change(tab, "First", "x")
    gate.wait()
    tab.get_by_label(before, exact=True).focus()
    gate.let_through()
    expect(tab.get_by_role("radio")).to_have_count(4)
    expect(tab.get_by_label(after, exact=True)).to_be_focused()


def test_what_is_there_already_is_not_announced_again(running: Server, tab: Page) -> None:
    arrive(tab, running, "grows.yml")
    change(tab, "First", "1")
    expect(tab.locator(".datargettop p")).to_have_count(1)
    assert tab.locator(".datargettop").get_attribute("aria-live") == "polite"
    tab.evaluate(COUNT_MUTATIONS)
    with tab.expect_response("**/checkin?**"):
        change(tab, "First", "2")
    with tab.expect_response("**/checkin?**"):
        change(tab, "First", "22")
    expect(tab.locator(".datargettop p")).to_have_count(2)
    assert tab.evaluate("window.mutations") == 1


def test_an_answer_for_a_screen_that_has_gone_is_dropped(running: Server, tab: Page) -> None:
    arrive(tab, running, "flashes.yml")
    gate = Gate(tab)
    gate.open = False
    change(tab, "First", "x")
    gate.wait()
    held_posts: list[Route] = []
    tab.route("**/interview?**", lambda route: held_posts.append(route))
    tab.get_by_role("button", name="Continue", exact=True).click(no_wait_after=True)
    wait_for(tab, lambda: bool(held_posts), "the form is sent")
    # the form is on its way
    gate.held.pop(0).continue_()
    answered: list[str] = []
    tab.on("requestfinished", lambda request: answered.append(request.url))
    wait_for(tab, lambda: any("/checkin?" in address for address in answered), "the check-in is answered")
    tab.wait_for_timeout(100)
    held_posts[0].continue_()
    see(tab, "Done with")
    assert told(tab) == []


# --- when the page asks ------------------------------------------------------------------------------------------------


def test_one_check_in_at_a_time_and_the_newest_values_win(running: Server, tab: Page) -> None:
    arrive(tab, running, "flashes.yml")
    gate = Gate(tab)
    gate.open = False
    change(tab, "First", "1")
    gate.wait()
    for label, text in (("Story", "x"), ("Last", "y"), ("First", "2"), ("First", "3")):
        change(tab, label, text)
    occasions = []
    while len(occasions) < 4:
        gate.wait()
        tab.wait_for_timeout(50)
        assert len(gate.held) == 1
        occasions.append(occasion_of(gate.held[0].request))
        gate.let_through()
    gate.open = True
    assert [item and item["_changed"] for item in occasions] == ["first", "story", "last", "first"]
    assert [item and item["first"] for item in occasions] == ["1", "3", "3", "3"]
    expect(tab.locator(".da-notice").last).to_have_text("You said 3")


def test_every_change_has_its_name_and_only_the_first_check_in_of_a_screen_is_initial(running: Server, tab: Page) -> None:
    arrive(tab, running, "occasions.yml")
    for label in ("First", "Second"):
        with tab.expect_response("**/checkin?**"):
            change(tab, label, "x")
    with tab.expect_response("**/checkin?**"):
        go_on(tab)
    see(tab, "Two")
    with tab.expect_response("**/checkin?**"):
        change(tab, "Third", "x")
    go_on(tab)
    see(tab, "Seen")
    shown = text_of(tab)
    assert "[[True, None], [False, 'first'], [False, 'second'], [True, None], [False, 'third']]" in shown


def test_check_ins_that_lead_to_each_other_are_braked_and_reported_once(running: Server, page: Page) -> None:
    record(page)
    warnings: list[str] = []
    page.on("console", lambda said: warnings.append(said.text) if said.type == "warning" else None)
    page.add_init_script("""
        window.asked = [];
        const original = window.fetch;
        window.fetch = (...all) => { window.asked.push(performance.now()); return original(...all); };
    """)
    arrive(page, running, "loop.yml")
    wait_for(page, lambda: page.evaluate("window.asked.length") >= 12, "the action has led to itself some times")
    asked = page.evaluate("window.asked")[3:]
    # any three take a second, less what a timer may be early
    assert all(third - first >= 900 for first, third in zip(asked, asked[2:], strict=False))
    assert len(warnings) == 1
    assert "turn" in warnings[0]
    go_on(page)
    page.get_by_role("heading", name="Out with").wait_for()


def test_an_interval_of_zero_is_no_check_in(running: Server, tab: Page) -> None:
    asked: list[str] = []
    tab.on("request", lambda request: asked.append(request.url) if "/checkin?" in request.url else None)
    begin(tab, running, "silent.yml")
    change(tab, "First", "x")
    change(tab, "Story", "mine")
    go_on(tab)
    see(tab, "Done with mine")
    assert asked == []


# --- mistakes, other tabs, Back ------------------------------------------------------------------------------------------


def test_a_mistake_of_the_action_stops_nobody(running: Server, page: Page) -> None:
    record(page)
    complaints = take_complaints(page)
    arrive(page, running, "broken.yml")
    with page.expect_response("**/checkin?**") as failed:
        change(page, "First", "x")
    assert failed.value.status == 500
    assert failed.value.json()["commands"] == []
    change(page, "Story", "mine")
    go_on(page)
    see(page, "Done with mine")
    assert [text for text in complaints if "The check in “look” failed." in text]
    assert told(page) == []


def test_what_a_server_that_was_away_has_missed_is_told_once_it_is_back(running: Server, page: Page) -> None:
    record(page)
    arrive(page, running, "flashes.yml")
    page.route("**/checkin?**", lambda route: route.fulfill(status=503, body="away"), times=2)
    change(page, "First", "this")
    see_message(page, "You said this")
    assert told(page) == ["You said this"]


def test_what_is_refused_is_not_said_again(running: Server, page: Page) -> None:
    record(page)
    arrive(page, running, "flashes.yml")
    page.route("**/checkin?**", lambda route: route.fulfill(status=403, body="no"))
    with page.expect_response("**/checkin?**"):
        change(page, "First", "this")
    page.unroute("**/checkin?**")
    with page.expect_response("**/checkin?**"):
        change(page, "Last", "that")
    see_message(page, "You said this")
    go_on(page)
    see(page, "Done with")
    assert told(page) == ["You said this"]


def test_another_tab_is_shown_where_the_session_is(running: Server, tab: Page) -> None:
    arrive(tab, running, "flashes.yml")
    other = tab.context.new_page()
    arrive(other, running, "flashes.yml")
    change(other, "First", "other")
    see_message(other, "You said other")
    fill(tab, "Story", "mine")
    go_on(tab)
    see(tab, "Done with mine")
    other.get_by_label("Last", exact=True).fill("late")
    with other.expect_response("**/checkin?**") as answer:
        other.get_by_label("Last", exact=True).press("Tab")
    assert answer.value.json()["reload"] is True
    # what was typed there isn't thrown away; the new screen is offered
    press(other, "Show it")
    see(other, "Done with mine")


def test_back_leads_to_a_screen_that_checks_in_anew(running: Server, tab: Page) -> None:
    arrive(tab, running, "flashes.yml")
    change(tab, "First", "x")
    see_message(tab, "You said x")
    fill(tab, "Story", "mine")
    go_on(tab)
    see(tab, "Done with mine")
    with tab.expect_request("**/checkin?**") as asked:
        press(tab, "Back")
    occasion = occasion_of(asked.value)
    assert occasion
    assert (occasion["_initial"], occasion["first"], occasion["story"]) == (True, "x", "mine")


def test_without_scripts_the_screen_is_a_screen(running: Server, plain_page: Page) -> None:
    begin(plain_page, running, "grows.yml")
    fill(plain_page, "Story", "mine")
    go_on(plain_page)
    see(plain_page, "Done with mine")


# --- choices and values ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", ["value", "choices"])
@pytest.mark.parametrize("form", FORMS)
def test_new_choices_are_kept_by_mistakes_and_by_back(running: Server, page: Page, form: str, value: str) -> None:
    """In each kind of control they can be chosen, are accepted, and are there whenever the screen is shown again."""
    tab = page
    record(tab)
    arrive(tab, running, f"{form}.yml")
    with tab.expect_response("**/checkin?**"):
        change(tab, "Go", value)
    expect(tab.locator("select option[value=three]")).to_have_count(2)
    label = "two" if form == "texts" else "Number 2"
    if value == "choices":
        tab.get_by_label("Menu", exact=True).select_option("two")
        tab.get_by_role("radio", name=label, exact=True).check()
        tab.get_by_role("checkbox", name=label, exact=True).check()
        fill(tab, "Combo", label)
        tab.get_by_label("Many", exact=True).select_option("two")
    assert_two_is_chosen(tab, label)
    fill(tab, "Must", "many")
    go_on(tab)
    tab.locator("#da-errors").wait_for()
    tab.wait_for_load_state()
    assert tab.locator("#da-errors a").count() == 1
    assert_two_is_chosen(tab, label)
    fill(tab, "Must", "5")
    go_on(tab)
    see(tab, "Chosen")
    assert "two two two two two" in text_of(tab)
    press(tab, "Back")
    see(tab, "Choose")
    assert_two_is_chosen(tab, label)


def assert_two_is_chosen(tab: Page, label: str) -> None:
    expect(tab.get_by_label("Menu", exact=True)).to_have_value("two")
    expect(tab.get_by_role("radio", name=label, exact=True)).to_be_checked()
    expect(tab.get_by_role("checkbox", name=label, exact=True)).to_be_checked()
    expect(tab.get_by_label("Combo", exact=True)).to_have_value(label)
    expect(tab.get_by_label("Many", exact=True)).to_have_values(["two"])
    expect(tab.get_by_role("radio")).to_have_count(3)


def test_fields_of_every_datatype_are_filled_in(running: Server, tab: Page) -> None:
    arrive(tab, running, "values.yml")
    change(tab, "Go", "x")
    expect(tab.get_by_label("Text", exact=True)).to_have_value("A <b>\"'&")
    expect(tab.get_by_label("Area", exact=True)).to_have_value("a\nb")
    go_on(tab)
    see(tab, "Got")
    shown = text_of(tab)
    assert "[5, 2.5, 7.5, 3.0, True, False, None] 2031-01-05" in shown
    assert "ann@example.com" in shown


def test_a_task_fills_in_fields_and_their_choices(running: Server, tab: Page) -> None:
    begin(tab, running, "task.yml")
    expect(tab.get_by_label("Menu", exact=True)).to_have_value("two")
    expect(tab.get_by_label("Text", exact=True)).to_have_value("ours")
    go_on(tab)
    see(tab, "Chosen two ours")


def test_what_a_task_gave_to_choose_from_is_kept_by_mistakes_and_by_back(running: Server, page: Page) -> None:
    tab = page
    record(tab)
    begin(tab, running, "task.yml")
    menu = tab.get_by_label("Menu", exact=True)
    expect(menu).to_have_value("two")
    tab.reload()
    expect(menu.locator("option")).to_have_text(["Select...", "Number 1", "Number 2"])
    menu.select_option("Number 1")
    fill(tab, "Text", "mine")
    fill(tab, "Must", "many")
    go_on(tab)
    tab.locator("#da-errors").wait_for()
    tab.wait_for_load_state()
    assert tab.locator("#da-errors a").count() == 1
    expect(menu).to_have_value("one")
    fill(tab, "Must", "5")
    go_on(tab)
    see(tab, "Chosen one mine")
    press(tab, "Back")
    expect(menu).to_have_value("one")
    expect(menu.locator("option")).to_have_text(["Number 1", "Number 2"])


def test_many_fields_that_are_filled_in_at_once_are_one_change(running: Server, tab: Page) -> None:
    occasions: list[Any] = []
    tab.on(
        "request",
        lambda request: occasions.append(occasion_of(request)) if "/checkin?" in request.url and occasion_of(request) else None,
    )
    arrive(tab, running, "values.yml")
    change(tab, "Go", "x")
    expect(tab.get_by_label("Text", exact=True)).to_have_value("A <b>\"'&")
    wait_for(tab, lambda: len(occasions) >= 3, "the page has told of what was filled in")
    change(tab, "Mail", "bob@example.com")
    wait_for(tab, lambda: len(occasions) >= 4, "the page has told of the last change")
    first, go, filled_in, last = occasions
    assert [item["_changed"] for item in (first, go, last)] == [None, "go", "mail"]
    assert filled_in["text"] == "A <b>\"'&"
    assert filled_in["mail"] == "ann@example.com"


def test_places_are_filled_wherever_text_goes(running: Server, tab: Page) -> None:
    arrive(tab, running, "everywhere.yml")
    for place in PLACES:
        expect(tab.locator(f".datarget{place}").first).to_have_text(f"in {place}")
        assert tab.locator(f".datarget{place}[aria-live=polite]").count() >= 1
