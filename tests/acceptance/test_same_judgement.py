"""Browser and server judge alike which fields can be answered, whatever depends on what and whatever is entered."""

from __future__ import annotations

import base64
import json
from collections import defaultdict
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
from flask import Flask, render_template

from docassemble_lite.engine.fields.conditions import PostedForm
from docassemble_lite.engine.fields.control_name import control_of
from docassemble_lite.engine.screen import Screen
from docassemble_lite.web.page import PageContext
from tests.acceptance.preview import create_bare_app, serve, take_complaints
from tests.unit.engine.interviewing import interview

pytestmark = pytest.mark.browser

CHOICES = "    choices:\n      - One: one\n      - Two: two\n      - 3\n"
# the lines of a field → what a condition may compare it with
KINDS: dict[str, tuple[str, ...]] = {
    "    datatype: yesno\n": ("True", "False", "null"),
    "    datatype: noyes\n": ("True", "False"),
    "    datatype: yesnoradio\n": ("True", "False", "null"),
    "    datatype: yesnomaybe\n": ("True", "False", "null"),
    "    datatype: text\n": ("one", "''", "two"),
    "    datatype: integer\n": ("1", "2"),
    f"    input type: radio\n{CHOICES}": ("one", "two", "3", "null"),
    f"    input type: dropdown\n{CHOICES}": ("one", "3", "''"),
    f"    input type: combobox\n{CHOICES}": ("one", "two", "other"),
    f"    datatype: checkboxes\n{CHOICES}": ("one", "null"),
    f"    datatype: multiselect\n{CHOICES}": ("two", "3"),
}
ENTERED = ("one", "two", "One", "3", "1", "other", "", " two ")

ENTER = """([number, text, on]) => {
    const controls = [...document.querySelectorAll("#daform .da-form-group [name]")].filter((each) => !each.disabled);
    const control = controls[number % controls.length];
    if (control.type === "checkbox" || control.type === "radio") control.checked = on;
    else if (control.localName === "select") control.selectedIndex = number % control.options.length;
    else control.value = text;
    control.dispatchEvent(new Event("input", { bubbles: true }));
    control.dispatchEvent(new Event("change", { bubbles: true }));
    return [...new FormData(document.getElementById("daform"))];
}"""


def a_form(random: Random, size: int, disabling: float) -> Any:
    """A screen whose fields depend on any others, but not in circles: there it may matter what came first."""
    kinds = [random.choice(list(KINDS)) for _ in range(size)]
    fields = []
    order = list(range(size))
    random.shuffle(order)
    for number, kind in enumerate(kinds):
        lines = f"  - F{number}: f{number}\n{kind}    required: False\n"
        # only on fields that come earlier in an order of their own
        earlier = order[: order.index(number)]
        if earlier and random.random() < 0.8:
            parent = random.choice(earlier)
            effect = random.choice(("show", "hide", "enable", "disable"))
            name = f"f{parent}"
            wanted = random.choice(KINDS[kinds[parent]])
            if "checkboxes" in kinds[parent] and random.random() < 0.5:
                name, wanted = f"f{parent}[{random.choice(('nota', repr('one')))}]", random.choice(("True", "False"))
            lines += f"    {effect} if:\n      variable: {json.dumps(name)}\n      is: {wanted}\n"
        later = order[order.index(number) + 1 :]
        if later and random.random() < disabling:
            lines += f"    disable others:\n      - f{random.choice(later)}\n"
        fields.append(lines)
    return interview("mandatory: True\nquestion: Q\nfields:\n" + "".join(fields))


@pytest.fixture
def site() -> Iterator[dict[str, Any]]:
    app: Flask = create_bare_app()
    shown: dict[str, Any] = {}

    @app.get("/")
    def show() -> str:
        screen: Screen = shown["screen"]
        return render_template("screen.html", screen=screen, page=PageContext(action_url="/", csrf_token="c", nonce="preview"))

    shown["address"], stop = serve(app)
    yield shown
    stop()


@pytest.mark.parametrize(("seed", "disabling"), [*((seed, 0.0) for seed in range(5)), *((seed, 0.3) for seed in range(5))])
def test_browser_and_server_judge_alike(site: dict[str, Any], page: Any, seed: int, disabling: float) -> None:
    random = Random(seed)
    complaints = take_complaints(page)
    site["screen"] = a_form(random, 24, disabling).screen
    asked = site["screen"].asked.fields
    page.goto(site["address"])
    page.wait_for_function("document.querySelector('[name=_visible]').value !== ''")
    for _ in range(60):
        entries = page.evaluate(ENTER, [random.randrange(1000), random.choice(ENTERED), random.random() < 0.6])
        posted: dict[str, list[str]] = defaultdict(list)
        for name, text in entries:
            posted[name].append(text)
        form = PostedForm(asked, posted, lambda _: False)
        there = {control_of(item) for item in asked if form.asks(item)}
        assert there == set(json.loads(base64.b64decode(posted["_visible"][0]))), dict(posted)
    assert complaints == []
