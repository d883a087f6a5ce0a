"""Every place at which an interview can show what somebody typed. A new place is one more row in one of the tables."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from email.message import Message
from typing import Any

import yaml

from docassemble_lite.visit.addresses import encoded_action
from tests.acceptance.in_process import Client
from tests.acceptance.visitor import Page, value_of
from tests.faults.active_nodes import Nodes, nodes_of_fragment, nodes_of_page

# --- how authors put an answer into a text -------------------------------------------------------------------------------

#: What an author writes for an answer. It stands in the place of SAID.
WAYS: Mapping[str, str] = {
    "as typed": "${ one }${ two }",
    "put together": "${ one + two }",
    "in a sentence": "${ 'Dear ' + one + two + ' and others' }",
    "filtered": "${ one + two | trim,h }",
    "in lower case": "${ (one + two).lower() }",
    "in upper case": "${ (one + two).upper() }",
    "cut": "${ (one + two)[:40] + '…' }",
    "without its beginning": "${ '… ' + (one + two)[7:] }",
    "in one line": "${ ' '.join((one + two).split()) }",
    "listed": "${ comma_and_list(one, two, 'Ann') }",
    "of an object": "${ person }",
    "of a template": "${ letter }",
}
SAID = "SAID"

# --- places on a screen --------------------------------------------------------------------------------------------------

#: Texts in the subquestion: Markdown, HTML that an author wrote, scripts and styles.
IN_TEXT: Mapping[str, str] = {
    "paragraph": "SAID",
    "emphasis": "**SAID** and *SAID*",
    "list": "* SAID\n* SAID",
    "heading": "## SAID",
    "quotation": "> SAID",
    "code": "`SAID`\n\n```\nSAID\n```",
    "table cell": "| SAID | b |\n|---|---|\n| SAID | y |",
    "two columns": "[BEGIN_TWOCOL] SAID [BREAK] SAID [END_TWOCOL]",
    "definition": "SAID\n:   SAID",
    "footnote": "see[^1]\n\n[^1]: SAID",
    "text of a link": "[SAID](https://example.com)",
    "address of a link": "[in](SAID)\n\n[in](https://example.com/?q=SAID)",
    "picture": "![SAID](SAID)",
    "attributes of Markdown": 'text {: title="SAID" }',
    "element": "<div>SAID</div>",
    "Markdown in an element": '<div markdown="1">\nSAID\n</div>',
    "attribute": "<p title=\"SAID\">x</p> <p title='SAID'>x</p>",
    "attributes for scripts": '<p data-said="SAID" aria-label="SAID" class="SAID" id="SAID">x</p>',
    "address": '<a href="SAID">x</a> <a href="/a?b=SAID">x</a> <a href=\'SAID\'>x</a>',
    "source": '<img src="SAID" srcset="SAID" alt="SAID"> <button type="button" formaction="SAID">x</button>',
    "drawing": '<svg><a xlink:href="SAID"><text>SAID</text></a><title>SAID</title></svg>',
    "frame": '<iframe srcdoc="<p>SAID</p>"></iframe>',
    "style of an element": '<p style="color: SAID">x</p>',
    "handler": '<button type="button" onclick="say(\'SAID\')">x</button>',
    "text area": "<textarea>SAID</textarea> <pre>SAID</pre>",
    "JSON in an attribute": "<p data-said='${ json.dumps([one, two]) }' title='${ json.dumps(one + two) }'>x</p>",
    "JSON in a text": '<pre>${ json.dumps({"a": one, two: [1, one]}) }</pre>',
    "a list of Python": "${ [one, two] }",
}
#: Scripts and styles, which an author may write into any text.
SCRIPTS: Mapping[str, str] = {
    "text in a script": "window.saidDouble = \"SAID\"; window.saidSingle = 'SAID';",
    "JSON in a script": "window.whole = ${ json.dumps(one + two) };",
    "JSON of two answers": 'window.both = ${ json.dumps({"one": one, "two": [two, 1, None]}) };',
    "JSON in Unicode": "window.unicode = ${ json.dumps(one + two, ensure_ascii=False) };",
    "representation": "window.python = ${ repr(one + two) };",
}
#: Keys of a question.
KEYS: Mapping[str, Any] = {
    "question": "So SAID",
    "under": "SAID",
    "right": "SAID",
    "pre": "SAID",
    "post": "SAID",
    "help": {"label": "SAID", "content": "SAID"},
    "css": '.x::after { content: "SAID"; color: SAID }',
    "css class": "SAID",
    "title": "SAID",
    "tab title": "SAID",
    "logo": "SAID",
    "continue button label": "SAID",
    "back button label": "SAID",
    "action buttons": [{"label": "SAID", "action": "nothing", "color": "SAID", "icon": "SAID"}],
}
#: Entries of `fields`; those with a variable of its own.
FIELDS: Mapping[str, Mapping[str, Any]] = {
    "label": {"label": "SAID", "field": "f_label"},
    "hint": {"label": "x", "field": "f_hint", "hint": "SAID"},
    "default": {"label": "x", "field": "f_default", "required": False, "default": "SAID"},
    "default of an area": {"label": "x", "field": "f_area", "required": False, "input type": "area", "default": "SAID"},
    "help": {"label": "x", "field": "f_help", "help": "SAID"},
    "under text": {"label": "x", "field": "f_under", "under text": "SAID"},
    "note": {"note": "SAID"},
    "html": {"html": "<p title='SAID'>SAID</p>"},
    "choice": {"label": "x", "field": "f_choice", "choices": [{"label": "SAID", "value": "a", "help": "SAID"}]},
    "radio": {"label": "x", "field": "f_radio", "input type": "radio", "choices": [{"SAID": "a", "help": "SAID"}]},
    "check boxes": {"label": "SAID", "field": "f_boxes", "datatype": "checkboxes", "choices": [{"SAID": "a"}]},
    "choices by code": {"label": "x", "field": "f_code", "code": "[{one + two: one + two}, {'a': one + two}]"},
    "yes or no": {"label": "SAID", "field": "f_yes", "datatype": "yesno"},
    "condition": {"label": "x", "field": "f_if", "js show if": 'val("f_hint") == "SAID"'},
    "message of a mistake": {"label": "x", "field": "f_message", "validation messages": {"required": "SAID"}},
}
#: What isn't shown by a screen of its own.
BEGINNING = """\
modules:
  - json
---
mandatory: True
code: |
  one
  two
  person = Individual()
  person.name.first = one
  person.name.last = two
  person.name.text = one + ' ' + two
  flash(one + two)
  log(one + two, 'info')
  value('shown_' + way)
---
question: What?
fields:
  - One: one
    input type: area
    required: False
  - Two: two
    input type: area
    required: False
  - Way: way
---
template: letter
subject: ${ one }
content: ${ one }${ two }
---
template: told
target: place
content: |
  ${ action_argument('f_label') } **and** ${ action_argument('f_label').lower() }

  <a href="${ action_argument('f_label') }" title="${ action_argument('f_label') }">x</a>
---
event: look
code: |
  if action_argument('f_hint') == 'fields':
    said = action_argument('f_label')
    background_response({'f_choice': {'choices': {'key': said, said: 'label'}}, 'f_under': said}, 'fields')
  told
---
event: nothing
code: |
  pass
---
event: broken
code: |
  raise Exception(one + two)
---
event: wrong
code: |
  value(one + two)
---
event: over
code: |
  message(one + two, one + two)
---
event: named
code: |
  kept = DAFile('kept')
  kept.initialize(filename=(one + two) or 'x', reinitialize=True)
  kept.write('x')
  kept.commit()
  shown_file
---
event: shown_file
question: ${ kept.filename }
subquestion: |
  ${ kept } ${ kept.show(alt_text=one + two) } [x](${ kept.url_for() })
"""


def interview(ways: Mapping[str, str] = WAYS) -> str:
    """An interview that asks for `one`, `two` and the number of a way, and shows all that in all places."""
    screens = [_screen(number, way) for number, way in enumerate(ways.values())]
    return "\n---\n".join([BEGINNING, *(yaml.safe_dump(screen, allow_unicode=True, sort_keys=False) for screen in screens)])


def _screen(number: int, way: str) -> dict[str, Any]:
    scripts = "".join(f"<script>{script}</script>\n" for script in SCRIPTS.values())
    text = "[TARGET place]\n\n" + "\n\n".join([*IN_TEXT.values(), scripts])
    screen = {"event": f"shown_{number}", **KEYS, "subquestion": text, "fields": [*map(dict, FIELDS.values())]}
    screen |= {"script": "\n".join(SCRIPTS.values()), "validation code": "validation_error(one + two)", "check in": "look"}
    filled: dict[str, Any] = _said(screen, way)
    return filled


def _said(value: Any, way: str) -> Any:
    if isinstance(value, str):
        return value.replace(SAID, way)
    if isinstance(value, dict):
        return {_said(key, way): _said(item, way) for key, item in value.items()}
    return [_said(item, way) for item in value] if isinstance(value, list) else value


# --- places elsewhere ----------------------------------------------------------------------------------------------------


class Shown:
    """Somebody who typed that, and is on the screen that shows it."""

    def __init__(self, client: Client, path: str, one: str, two: str, way: int) -> None:
        self.client = client
        self.path = path
        self.typed = one + two
        asked = client.get(f"{path}&new_session=1")
        self.page = client.answer(asked, one=one, two=two, way=str(way))
        assert self.page.status == 200, self.page.words

    def check_in(self, **controls: str) -> list[dict[str, Any]]:
        """What the page is told to do when these are typed into its controls."""
        known = {name: value_of(self.page.form, name) for name in ("csrf_token", "_session", "_tracker")}
        sent = known | {"do_action": "look", "parameters": json.dumps({"_initial": False, "_changed": "f_label"} | controls)}
        answer = self.client.flask.post(self.path.replace("interview?", "checkin?"), data=sent)
        assert answer.status_code == 200, answer.text
        commands: list[dict[str, Any]] = answer.json["commands"]
        return commands

    def act(self, action: str) -> Page:
        """Follow a link that asks for an action."""
        return self.client.get(f"{self.path}&action={encoded_action(action, {})}")


def _nodes(page: Page) -> Nodes:
    found = re.search(r"'nonce-([^']+)'", page.headers["Content-Security-Policy"])
    assert found is not None
    return nodes_of_page(page.text, found[1])


def _screen_nodes(shown: Shown) -> Nodes:
    return _nodes(shown.page)


def _refused_nodes(shown: Shown) -> Nodes:
    """The screen with the message that an answer can't be taken."""
    page = shown.client.answer(shown.page)
    assert page.status == 422
    return _nodes(page)


def _target_nodes(shown: Shown) -> Nodes:
    told = shown.check_in(f_label=shown.typed)
    assert [command["extra"] for command in told] == ["backgroundresponse"], told
    return nodes_of_fragment(told[0]["value"]["content"])


def _error_nodes(shown: Shown) -> Nodes:
    page = shown.act("broken")
    assert page.status == 500
    return _nodes(page)


def _message_nodes(shown: Shown) -> Nodes:
    return _nodes(shown.act("over"))


def _file_nodes(shown: Shown) -> Nodes:
    """The screen with the file; when it is saved its name is one plain word of a header."""
    page = shown.act("named")
    assert page.status == 200, page.words
    address = re.search(r'href="(/uploadedfile/[^"]+)"', page.text)
    assert address is not None
    answer = shown.client.flask.get(address[1])
    assert answer.headers["Content-Disposition"].startswith("attachment; filename")
    name = Message()
    name["Content-Disposition"] = answer.headers["Content-Disposition"]
    assert re.fullmatch(r"[\w .()+,-]+", str(name.get_filename())), name.get_filename()
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    return _nodes(page)


#: What each of the other places shows.
ELSEWHERE: Mapping[str, Callable[[Shown], Nodes]] = {
    "screen": _screen_nodes,
    "refused answer": _refused_nodes,
    "target of a check-in": _target_nodes,
    "error page": _error_nodes,
    "message": _message_nodes,
    "file": _file_nodes,
}
