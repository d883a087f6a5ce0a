"""Scripts and styles of an interview's author, in a real browser: when they run, how often, and that nobody else's do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from docassemble_lite.engine.markup import strip_html
from tests.acceptance.playing import fill, go_on, see
from tests.acceptance.preview import take_complaints
from tests.acceptance.visitor import Visitor, interview_path
from tests.conftest import Server, eventually

pytestmark = pytest.mark.browser

RECORD = """
var ran = [];
document.addEventListener("daPageLoad", function () { ran.push("plain handler"); });
document.addEventListener("daCheckIn", function (event) { ran.push(["plain", event.detail[0], event.detail[1]].join(" ")); });
"""
WITH_JQUERY = """
$(document).on("daPageLoad", function () { ran.push("jQuery handler"); $(".groovy").html("I am purple"); });
$(document).on("daCheckIn", function (event, action, value) { ran.push(["jQuery", action, value].join(" ")); });
"""
ORDER = """
    features:
      javascript:
        - record.js
        - deep/with_jquery.js
      css: style.css
    ---
    mandatory: True
    question: First
    subquestion: |
      <span class="groovy"></span>
      <script>ran.push("in the text");</script>
    fields:
      - html: |
          <script type="application/json" id="data">{"a": [1]}</script>
          <script>ran.push("in a field " + JSON.parse(document.getElementById("data").textContent).a);</script>
    css: |
      <style>
        #daMainQuestion { color: rgb(1, 2, 3); }
      </style>
    script: |
      ran.push("script " + typeof flash + " " + document.querySelectorAll("#daMainQuestion").length);
      flash("Hello, user!");
"""
AGAIN = """
    initial: True
    code: |
      count = 1 if not defined('count') else 2
    ---
    mandatory: True
    question: |
      Time ${ count }
    reload: 4
    html: x
    buttons:
      - Refresh: refresh
    css: |
      <style>
      #daMainQuestion { color: rgb(${ count }, 0, 0); }
      </style>
    script: |
      <script>
        window.seen = (window.seen || []).concat([${ count }]);
      </script>
"""
TYPED = """
    mandatory: True
    code: |
      typed
      the_end
    ---
    question: What?
    fields:
      - Text: typed
    ---
    event: the_end
    question: The end
    subquestion: |
      ${ typed }
    css: |
      <style>#daquestion::after { content: "${ typed }"; }</style>
    script: |
      <script>
        var plain = "${ typed }";
        var packed = ${ json.dumps(typed) };
      </script>
"""
FOREIGN = """
    features:
      javascript: https://cdn.example.com/lib.js
    ---
    mandatory: True
    question: Elsewhere
    script: |
      <script src="https://cdn.example.com/other.js"></script>
      <script>window.after = 1;</script>
"""


@pytest.fixture(scope="module")
def running(shared_server: Callable[..., Server], tmp_path_factory: pytest.TempPathFactory) -> Server:
    folder = tmp_path_factory.mktemp("interviews")
    texts = {"order": ORDER, "again": AGAIN.replace("    html: x\n", ""), "typed": TYPED, "foreign": FOREIGN}
    for name, text in texts.items():
        _write(folder / f"{name}.yml", text)
        _write(folder / "sub" / "deeper" / f"{name}.yml", text)
    for place in (folder, folder / "sub" / "deeper"):
        _write(place / "static" / "record.js", RECORD)
        _write(place / "static" / "deep" / "with_jquery.js", WITH_JQUERY)
        _write(place / "static" / "style.css", ".groovy { color: rgb(128, 0, 128); }")
    return shared_server(folder)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(line.removeprefix("    ") for line in text.splitlines()) if path.suffix == ".yml" else text)


def color(tab: Page, selector: str) -> str:
    return str(tab.eval_on_selector(selector, "element => getComputedStyle(element).color"))


@pytest.mark.parametrize("name", ["order.yml", "sub/deeper/order.yml"])
def test_scripts_run_once_in_their_order_and_before_the_page_says_that_it_is_there(running: Server, tab: Page, name: str) -> None:
    tab.goto(running.url + interview_path(name))
    tab.get_by_text("I am purple").wait_for()
    assert tab.evaluate("ran") == ["in the text", "in a field 1", "script function 1", "plain handler", "jQuery handler"]
    tab.get_by_role("status").get_by_text("Hello, user!").wait_for()
    assert (color(tab, ".groovy"), color(tab, "#daMainQuestion")) == ("rgb(128, 0, 128)", "rgb(1, 2, 3)")


def test_handlers_get_what_a_check_in_brings_along_however_they_were_attached(running: Server, tab: Page) -> None:
    tab.goto(running.url + interview_path("order.yml"))
    tab.get_by_text("I am purple").wait_for()
    tab.evaluate("document.dispatchEvent(new CustomEvent('daCheckIn', { detail: ['flash', 'Hi'] }))")
    assert tab.evaluate("ran.slice(-2)") == ["plain flash Hi", "jQuery flash Hi"]
    tab.evaluate("$(document).trigger('daCheckIn', ['refresh', 1])")
    assert tab.evaluate("ran.at(-1)") == "jQuery refresh 1"


def test_jquery_comes_only_with_interviews_that_use_it(running: Server) -> None:
    visitor = Visitor(running.url)
    assert "/jquery.js" in visitor.show("order.yml").text
    assert "/jquery.js" not in visitor.show("again.yml").text
    assert "jQuery" in visitor.get("/jquery.js").text[:100]


def test_a_screen_that_takes_the_place_of_another_runs_its_own_scripts_once(running: Server, tab: Page) -> None:
    tab.add_init_script(
        """document.addEventListener('daPageLoad', () => {
            window.loads = (window.loads || 0) + 1;
            const heading = document.getElementById('daMainQuestion');
            window.first ??= [heading.innerText, [...seen], loads, getComputedStyle(heading).color];
        })"""
    )
    tab.goto(running.url + interview_path("again.yml"))
    see(tab, "Time 2")
    eventually(lambda: tab.evaluate("loads") == 2, "the second screen is there")
    assert tab.evaluate("first") == ["Time 1", [1], 1, "rgb(1, 0, 0)"]
    assert (tab.evaluate("seen"), color(tab, "#daMainQuestion")) == ([1, 2], "rgb(2, 0, 0)")
    assert tab.evaluate("document.head.querySelectorAll('style').length") == 1


@pytest.mark.parametrize(
    "typed",
    [
        "</script><script>window.evil = 1</script>",
        "<script type=text/da-script>window.evil = 1</script>",
        '"; window.evil = 1; "',
        '\\"; window.evil = 1; //',
        "`${window.evil = 1}`",
        "</style><script>window.evil = 1</script><style>",
        '"; } * { display: none } x { content: "',
        "</script x onload=window.evil=1 ",
        "<img src=x onerror='window.evil = 1' ",
    ],
)
def test_p27_what_people_type_runs_nowhere(running: Server, page: Page, typed: str) -> None:
    page.goto(running.url + interview_path("typed.yml", new_session=1))
    fill(page, "Text", typed)
    go_on(page)
    see(page, "The end")
    eventually(lambda: page.evaluate("typeof packed") == "string", "the script has run")
    kept = strip_html(typed).strip()
    assert page.evaluate("[window.evil, plain]") == [None, kept]
    if "\\" not in typed:
        # of a text that was typed, JSON makes one that isn't recognised any more, and escapes a backslash that stays
        assert page.evaluate("packed") == kept
    assert page.evaluate("document.querySelectorAll('#daquestion img, #daquestion script, #daquestion style').length") == 0


def test_scripts_from_other_hosts_are_not_loaded_and_the_console_says_so(running: Server, page: Page) -> None:
    complaints = take_complaints(page)
    page.goto(running.url + interview_path("foreign.yml"))
    eventually(lambda: page.evaluate("window.after") == 1, "the script that follows has run")
    assert len(complaints) == 1
    assert "https://cdn.example.com/other.js isn't run" in complaints[0]


def test_a_script_without_the_pages_mark_does_not_run(running: Server, page: Page) -> None:
    """Were there a hole through which an answer becomes markup, it would still not act."""
    hole = "<script>window.evil = 1</script><script type='text/da-script'>window.evil = 2</script>"
    page.route("**/interview*", lambda route: _with_a_hole(route, hole))
    page.goto(running.url + interview_path("again.yml"))
    eventually(lambda: page.evaluate("window.seen") is not None, "the author's script has run")
    assert page.evaluate("[window.evil, document.querySelectorAll('#dabody script').length]") == [None, 3]


def _with_a_hole(route: Any, hole: str) -> None:
    answer = route.fetch()
    route.fulfill(response=answer, body=answer.text().replace("<h1", f"{hole}<h1", 1))
