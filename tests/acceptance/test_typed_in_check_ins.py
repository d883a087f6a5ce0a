"""P27: what people type stays harmless wherever a check-in or a task puts it on the page, asked of a real browser."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.acceptance.playing import begin, record

pytestmark = pytest.mark.browser

INTERVIEW = """\
mandatory: True
question: Type
subquestion: |
  [TARGET place]
fields:
  - Html: html
    input type: area
    required: False
  - Choices: choices
    input type: area
    required: False
  - Message: message
    input type: area
    required: False
  - Script: script
    input type: area
    required: False
  - Menu: menu
    choices: [zero]
    required: False
  - Radios: radios
    input type: radio
    choices: [zero]
    required: False
  - Copy: copy
    required: False
check in: look
---
template: note
target: place
content: |
  ${ action_argument('html') } **and** ${ action_argument('html') }
---
event: look
code: |
  changed = action_argument('_changed')
  typed = action_argument(changed) if changed else ''
  if changed == 'html':
    html = '<p title="' + typed + '">' + typed + '</p><a href="' + typed + '">link</a><textarea>' + typed + '</textarea>'
    background_response(target='place', content=html)
  elif changed == 'choices':
    offered = {'key': typed, typed: 'label'}
    background_response({'menu': {'choices': offered}, 'radios': {'choices': offered}, 'copy': typed}, 'fields')
  elif changed == 'message':
    background_response(typed, 'flash')
  elif changed == 'script':
    background_response('window.said = "' + typed + '"; window.json = ' + repr({'typed': typed}) + ';', 'javascript')
  background_response()
---
mandatory: True
question: The end
"""
BEGINNINGS = ("", '"', "'", "`", "\\", '">', "'>", "-->", "</p>", "</textarea>", "</script>", "*/", "${", "]]>", "\n", "&quot;>")
ACTS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<iframe srcdoc='<script>parent.alert(1)</script>'></iframe>",
    "javascript:alert(1)",
    " onfocus=alert(1) autofocus x=",
    "; alert(1); //",
    "+alert(1)+",
    "); alert(1); (",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "[x](javascript:alert(1))",
    "<details open ontoggle=alert(1)>",
)
ACTIVE = """() => [...document.querySelectorAll("main *")].filter((node) =>
    /^(script|iframe|object|embed|svg|math|details|img)$/.test(node.localName) && !node.nonce
    || [...node.attributes].some(({ name, value }) => name.startsWith("on") || /^\\s*javascript:/i.test(value) && name === "href")
).map((node) => node.outerHTML.slice(0, 200))"""


def payloads(long_form: bool) -> list[str]:
    """Each beginning and each act once; in the long form 10,000 of their combinations."""
    if not long_form:
        return [BEGINNINGS[number % len(BEGINNINGS)] + ACTS[number % len(ACTS)] for number in range(len(BEGINNINGS))]
    chance = random.Random(27)
    parts = (*BEGINNINGS, *ACTS)
    return ["".join(chance.choice(parts) for _ in range(chance.randint(1, 4))) for _ in range(10_000)]


@pytest.mark.parametrize("field", ["Html", "Choices", "Message", "Script"])
def test_p27_what_is_typed_is_text_wherever_it_is_put(
    shared_server: Callable[..., Any], page: Page, long_form: bool, field: str
) -> None:
    record(page)
    said: list[str] = []
    page.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("console", lambda line: said.append(line.text) if line.type in ("error", "warning") else None)
    with page.expect_response("**/checkin?**"):
        begin(page, shared_server({"type.yml": INTERVIEW}, checkin_interval=3_600_000), "type.yml")
    control = page.get_by_label(field, exact=True)
    for payload in payloads(long_form):
        control.fill(payload)
        with page.expect_response("**/checkin?**") as answer:
            control.press("Tab")
        assert answer.value.ok
        assert page.evaluate(ACTIVE) == [], payload
        assert said == [], payload
        if field == "Message":
            page.evaluate("document.querySelectorAll('.da-notice').forEach((notice) => notice.remove())")
    if field == "Html":
        expect(page.locator(".datargetplace p")).to_have_count(1)
    elif field == "Choices":
        expect(page.get_by_role("radio")).to_have_count(2)
    elif field == "Script":
        assert page.evaluate("typeof window.said") == "string"
