"""The kinds of controls that authors choose by `input type`, in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.acceptance.playing import PATIENCE, begin, fill, go_on, see, text_of
from tests.acceptance.preview import take_complaints
from tests.conftest import Server

pytestmark = pytest.mark.browser

KINDS = """
objects:
  - nobody: DAList.using(gathered=True)
---
question: Colours
fields:
  - By list: by_list
    input type: dropdown
    choices:
      - Red: r
      - Blue: b
  - By code: by_code
    code: |
      [{'r': 'Red'}, {'b': 'Blue'}]
  - By buttons: by_buttons
    input type: radio
    code: |
      ['Red', 'Blue']
  - As number: as_number
    datatype: integer
    input type: radio
    choices:
      - One: 1
      - Two: 2
  - Free: free
    input type: combobox
    choices:
      - Red: r
      - Blue: b
  - Own: own
    input type: combobox
    choices:
      - Red: r
  - Suggested: suggested
    input type: datalist
    code: |
      {'r': 'Red', 'b': 'Blue'}
  - Story: story
    input type: area
    rows: 6
  - Unseen: unseen
    input type: hidden
    default: before
  - Nobody: chosen_person
    datatype: object_radio
    choices: nobody
  - Nothing: nothing
    code: |
      []
  - None of them: none_of_them
    datatype: checkboxes
    code: |
      []
---
mandatory: True
question: Seen
subquestion: |
  ${ [by_list, by_code, by_buttons, as_number, free, own, suggested, story, unseen] }
  ${ [chosen_person, nothing, none_of_them.any_true()] }
"""


@pytest.fixture(scope="module")
def running(shared_server: Callable[..., Any]) -> Server:
    return shared_server({"kinds.yml": KINDS})


def test_each_input_type_has_its_control_and_gives_its_value(running: Server, page: Page) -> None:
    page.set_default_timeout(PATIENCE)
    complaints = take_complaints(page)
    begin(page, running, "kinds.yml")
    assert page.locator("#daform [name=bm90aGluZw], #daform [name=Y2hvc2VuX3BlcnNvbg]").count() == 0
    assert not page.get_by_text("None of them").is_visible()
    page.get_by_label("By list", exact=True).select_option("Blue")
    page.get_by_label("By code", exact=True).select_option("Red")
    page.get_by_role("radiogroup", name="By buttons").get_by_label("Blue", exact=True).check()
    page.get_by_role("radiogroup", name="As number").get_by_label("Two", exact=True).check()
    fill(page, "Free", "Blue")
    fill(page, "Own", "Ochre")
    fill(page, "Suggested", "Red")
    assert page.get_by_label("Story", exact=True).get_attribute("rows") == "6"
    fill(page, "Story", "one\ntwo")
    assert page.evaluate("val('unseen')") == "before"
    page.evaluate("setField('unseen', 'after')")
    go_on(page)
    see(page, "Seen")
    assert "['b', 'r', 'Blue', 2, 'b', 'Ochre', 'r', 'one\\ntwo', 'after'] [None, None, False]" in text_of(page)
    page.get_by_role("button", name="Back", exact=True).click()
    see(page, "Colours")
    shown = [page.get_by_label(label, exact=True).input_value() for label in ("By list", "Free", "Own", "Suggested", "Story")]
    assert shown == ["b", "Blue", "Ochre", "Red", "one\ntwo"]
    assert page.evaluate("val('unseen')") == "after"
    assert complaints == []
