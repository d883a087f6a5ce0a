"""P32: actions, arguments and check-ins as nobody's page would send them.

Each block writes down that it ran. `note_run('forged')` stands in many of the texts that are sent: were one of them ever
evaluated, it would be on the list.
"""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from docassemble_lite.engine.actions import BUILT_IN, FROM_OUTSIDE
from tests.acceptance.in_process import Client, application, store_of
from tests.acceptance.visitor import Page, interview_path, value_of
from tests.faults import tracing

BLOCKS = """
modules:
  - tests.faults.tracing
---
mandatory: True
code: |
  secret = 'untouched'
  people = DAList('people', object_type=DAObject, there_are_any=True, auto_gather=False)
  people.appendObject()
  table = {'a': 1}
---
question: ${ note_run('main') } The secret is ${ secret }
fields:
  - Food: food
  - Fruit: fruit
    datatype: checkboxes
    choices: [apple, "it's a pear"]
    required: False
check in: listen
---
mandatory: True
code: |
  food
---
event: listen
code: |
  note_run('listen')
  note_arguments(action_arguments())
  background_response()
---
event: helped
question: ${ note_run('helped') } Help
---
event: told
code: |
  note_run('told')
  note_arguments(action_arguments())
  response(str(action_argument('text')))
---
event: spoil
code: |
  note_run('spoil')
  secret = 'spoilt'
---
question: ${ note_run('color') } Color?
fields:
  - Color: color
---
question: ${ note_run('people[i].nick') } Who?
fields:
  - Name: people[i].nick
---
template: letter
content: ${ note_run('letter') } Dear
"""
FEATURES = "features:\n  allowed actions: [helped, 'people[i].nick']\n---\n"
# what a block defines is a name of it, too
ALSO_CALLED = {"secret": "spoil"}
LISTED = {"helped", "people[i].nick"}
CODE = "note_run('forged')"
NAMES = [
    *("helped", "told", "spoil", "color", "people[0].nick", "letter", "listen", "food", "secret", "people", "table['a']"),
    *("people[i].nick", "people[7].nick", "people[0].other", "people.gathered", "nobody", "", " spoil", "spoil ", "x", "i"),
    *("x.nick", "table", "table['b']", "url_args", "url_args['a']", "_internal", "_internal['typed']", "__builtins__"),
    *("note_run", "response", "format_date", "None", "True", "self", "people[0].__class__", "people[0]._uid", "multi_user"),
    *(CODE, f"people[{CODE}].nick", f"[{CODE}]", f"secret.x({CODE})", f"${{ {CODE} }}", f"spoil\n{CODE}", f"lambda: {CODE}"),
    *("a[b()]", "spoil.x.y", "\0", "é", "ﬁ", "\u202e", "🍎", "<b>", "-" * 600, "a" * 600, "(" * 300, "-" * 20_000),
    *("a" + ".a" * 9000, "food" + "[0]" * 30, "[0]", "food[", "'", '"', "\\", "food;spoil", "food=1", "1", "1.5", "b'x'"),
]
KEYS = ["variables", "_action", "_arguments", "action", "arguments", "text", "follow up", "set", "undefine", "recompute"]
PLAIN = [None, True, False, 0, -1, 10**30, 1.5, 1e308]


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Callable[..., Flask]]:
    """`served(text)`: the web application with that interview."""
    with ExitStack() as stack:
        yield lambda text: stack.enter_context(application(tmp_path, {"made.yml": text}))


class Forger:
    """Somebody in a session of the interview, who knows what stands on its page."""

    def __init__(self, app: Flask) -> None:
        self.store = store_of(app)
        self.client = Client(app)
        self.path = interview_path("made.yml")
        self.page = self.client.get(self.path)
        self.session = value_of(self.page.form, "_session")

    @property
    def version(self) -> int:
        """How often the session has been saved."""
        return self.store.sessions.peek(self.session).version

    def ask(self, encoded: str) -> Page:
        """Go to an address with an action, as it is."""
        return self.client.get(interview_path("made.yml", action=encoded))

    def check_in(self, sent: dict[str, str]) -> tuple[int, Any]:
        """Post to `/checkin`; the status and the answer."""
        answer = self.client.flask.post(self.path.replace("interview?", "checkin?"), data=sent)
        return answer.status_code, answer.json


def some_value(chance: random.Random, depth: int = 0) -> Any:
    """Something that JSON has."""
    kind = chance.random()
    if depth > 3 or kind < 0.5:
        return chance.choice(NAMES if chance.random() < 0.8 else PLAIN)
    if kind < 0.75:
        return [some_value(chance, depth + 1) for _ in range(chance.randrange(4))]
    return some_arguments(chance, depth + 1)


def some_arguments(chance: random.Random, depth: int = 0) -> dict[str, Any]:
    """A mapping, often with the names that the built-in actions look for."""
    keys = [chance.choice(KEYS if chance.random() < 0.8 else NAMES) for _ in range(chance.randrange(4))]
    return {key: chance.choice([*BUILT_IN]) if chance.random() < 0.15 else some_value(chance, depth) for key in keys}


def some_action(chance: random.Random) -> tuple[str, Any]:
    """A name and arguments."""
    name = chance.choice([*FROM_OUTSIDE, *FROM_OUTSIDE, *BUILT_IN] if chance.random() < 0.5 else NAMES)
    return name, some_arguments(chance) if chance.random() < 0.95 else some_value(chance)


def encoded(chance: random.Random, action: Any, arguments: Any) -> str:
    """As it stands in an address; now and then with a mistake in it."""
    posted = json.dumps({"action": action, "arguments": arguments}).encode()
    text = base64.urlsafe_b64encode(posted).decode().rstrip("=")
    if chance.random() < 0.05:
        place = chance.randrange(len(text))
        text = text[:place] + chance.choice("=%é \0A_") + text[place + 1 :]
    return text


def names_in(value: Any) -> set[str]:
    """All texts in it, with `i` for the index of a person."""
    if isinstance(value, dict):
        return {name for item in value.items() for part in item for name in names_in(part)}
    if isinstance(value, list):
        return {name for item in value for name in names_in(item)}
    if not isinstance(value, str):
        return set()
    name = value.strip()
    return {name, name.replace("[0]", "[i]").replace("[7]", "[i]"), ALSO_CALLED.get(name, "")}


@pytest.mark.parametrize("listing", [False, True], ids=["all names", "allowed actions"])
def test_p32_forged_actions_run_nothing_but_blocks_of_that_name(
    served: Callable[[str], Flask], long_form: bool, measured: Callable[..., None], listing: bool
) -> None:
    app, chance = served((FEATURES if listing else "") + BLOCKS), random.Random(32)
    posts, refused, acted = 10_000 if long_form else 300, 0, 0
    for number in range(posts):
        if number % 10 == 0:
            forger, mentioned = Forger(app), {"main"}
        action, arguments = some_action(chance)
        version = forger.version
        tracing.ran.clear()
        answer = forger.ask(encoded(chance, action, arguments))
        note = f"{number}: {action[:100]!r} {str(arguments)[:500]}\n{answer.text[:2000]}"
        assert answer.status < 500, note
        if answer.status == 400:
            refused += 1
            assert (forger.version, tracing.ran) == (version, set()), note
            continue
        acted += bool(tracing.ran - {"main"})
        mentioned |= names_in([action, arguments])
        assert tracing.ran <= mentioned, note
        assert not listing or tracing.ran <= LISTED | {"main"}, note
    measured("P32", listing=listing, posts=posts, refused=refused, ran_a_block=acted, server_errors=0)
    assert 0 < refused < posts
    assert acted


def test_p32_arguments_are_json_data_only(served: Callable[[str], Flask]) -> None:
    forger, chance = Forger(served(BLOCKS)), random.Random(1)
    for _ in range(50):
        arguments = some_arguments(chance)
        tracing.arguments_seen.clear()
        assert forger.ask(encoded(random.Random(1), "told", arguments)).status == 200
        assert tracing.arguments_seen == [arguments]


# --- check-ins -----------------------------------------------------------------------------------------------------------


def some_parameters(chance: random.Random) -> str:
    """What stands in the controls, or something else."""
    if chance.random() < 0.15:
        return chance.choice(
            ["", "[", "5", "null", '"x"', "NaN", '{"food": NaN}', "[" * 5000, "1" * 5000, "\0", '{"food": "\\ud800"}']
        )
    names = ["food", "fruit", "fruit['apple']", "_initial", "_changed", *NAMES]
    keys = [chance.choice(names[:5] if chance.random() < 0.5 else names) for _ in range(chance.randrange(5))]
    return json.dumps({key: some_value(chance) for key in keys})


def some_check_in(chance: random.Random, page: Page) -> dict[str, str]:
    """A check-in of that page, of which anything may be something else."""
    known = {name: value_of(page.form, name) for name in ("csrf_token", "_session", "_tracker")}
    other = {
        "action": chance.choice(["checkin", *NAMES]),
        "do_action": chance.choice(["listen", "listen", "spoil", *NAMES, *BUILT_IN]),
        "parameters": some_parameters(chance),
        "checkinCode": chance.choice(NAMES),
        "awaits": " ".join(chance.choices(NAMES, k=3)),
        "told": " ".join(chance.choices(NAMES, k=3)),
    }
    sent = known | {key: value for key, value in other.items() if chance.random() < 0.8}
    for key in ("_tracker", "_session"):
        if chance.random() < 0.15:
            sent[key] = chance.choice(["", sent[key][:-1], sent[key].upper(), *NAMES])
    return sent


def test_p32_forged_check_ins_run_nothing_but_the_action_of_the_screen(
    served: Callable[[str], Flask], long_form: bool, measured: Callable[..., None]
) -> None:
    forger, chance = Forger(served(FEATURES + BLOCKS)), random.Random(33)
    posts, out_of_date, acted = 10_000 if long_form else 300, 0, 0
    known = {"food", "fruit", "fruit['apple']", 'fruit["it\'s a pear"]'}
    for number in range(posts):
        sent = some_check_in(chance, forger.page)
        version = forger.version
        tracing.ran.clear()
        tracing.arguments_seen.clear()
        status, answer = forger.check_in(sent)
        note = f"{number}: {str(sent)[:1000]} {answer}"
        assert status < 500, note
        assert forger.version == version, note
        assert tracing.ran <= {"listen"}, note
        acted += bool(tracing.ran)
        if sent["_tracker"] != value_of(forger.page.form, "_tracker"):
            assert tracing.ran == set(), note
            out_of_date += bool((answer or {}).get("reload"))
        for arguments in tracing.arguments_seen:
            assert arguments.keys() <= known, note
            texts = [text for value in arguments.values() for text in (value if isinstance(value, list) else [value])]
            assert all(isinstance(text, str) for text in texts), note
    measured("P32", check_ins=posts, ran_the_action=acted, out_of_date=out_of_date, server_errors=0)
    assert acted
    assert out_of_date
    assert "The secret is untouched" in forger.client.get(forger.path).words
