"""Somebody who wants to run code, read what isn't theirs, or keep others out, with nothing but HTTP."""

from __future__ import annotations

import base64
import json
import urllib.parse
import urllib.request
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.visitor import Page, Visitor, control, filled, path_of

MAIN = """\
question: Who?
fields:
  - Name: full_name
  - Story: story
    input type: area
    required: False
---
question: What next, ${ full_name }?
fields:
  - Password: pass_phrase
    datatype: password
  - Number: number
    datatype: integer
---
mandatory: True
question: ${ full_name }
subquestion: |
  <a id="there" href="${ full_name }" title="${ full_name }">there</a> [mark](${ full_name })

  | Name |
  |------|
  | ${ full_name } |

  ${ story }

  ${ number }
under: ${ summary }
---
template: summary
content: ${ full_name }
---
event: changed
question: Changed
subquestion: |
  ${ story.upper() }

  ${ full_name.title() }

  ${ full_name + " " + story }
---
event: told
question: Told
subquestion: ${ action_argument("text") }
---
event: valued
code: |
  response(str(value(action_argument("name"))))
---
event: drawn
code: |
  response("<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", content_type="image/svg+xml")
---
event: numbered
code: |
  half = int(full_name) / 2
"""
# fields that code makes out of an answer
MADE = """\
mandatory: True
code: |
  typed
  picked_once
  picked_often
  written
  end_of_it
---
question: Type
fields:
  - Anything: typed
---
question: One
sets: picked_once
fields:
  - code: |
      [{"label": typed, "field": "picked_once", "choices": [typed, "other"]}]
---
question: Several
sets: picked_often
fields:
  - code: |
      [{"label": "x", "field": "picked_often", "datatype": "checkboxes", "choices": ["other"], "default": [typed]}]
---
question: Text
sets: written
fields:
  - code: |
      [{"label": "x", "field": "written", "validation messages": {"required": "Not without " + typed}}]
---
event: end_of_it
question: The end
"""
GREETING = """\
mandatory: True
question: Welcome
subquestion: |
  Hello, ${ url_args.get("name", "stranger") }!

  Loudly: ${ url_args.get("name", "stranger").upper() }
"""
SHARED = """\
mandatory: True
code: |
  multi_user = keep == "shared"
  the_end
---
question: Keep it how?
fields:
  - How: keep
---
event: the_end
question: It is ${ keep }
"""
INTERVIEWS = {"main.yml": MAIN, "made.yml": MADE, "greeting.yml": GREETING, "shared.yml": SHARED}
PAYLOADS = (
    '<a href="//evil.example">in</a>',
    "<img src=x onerror=alert(1)>",
    "<iframe src=//evil.example/ ",
    "[in](//evil.example)",
    "javascript:alert(1)",
    '" onmouseover="alert(1)',
)


@pytest.fixture(scope="module")
def public(shared_server: Callable[..., Any]) -> Any:
    return shared_server(INTERVIEWS, debug=False, data="court/data")


@pytest.fixture
def eve(public: Any) -> Visitor:
    return Visitor(public.url)


def encoded(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def perform(visitor: Visitor, action: str, interview: str = "main.yml", **arguments: Any) -> Page:
    """Follow a link that asks for an action."""
    return visitor.show(interview, action=encoded(json.dumps({"action": action, "arguments": arguments})))


def answered(visitor: Visitor, full_name: str, story: str = "") -> Page:
    return visitor.answer(visitor.show("main.yml"), full_name=full_name, story=story)


def assert_harmless(page: Page) -> None:
    for markup in ("<img src=x", "<iframe", 'href="//evil', 'href="javascript', '" onmouseover="'):
        assert markup not in page.text.lower()


# --- running code ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("screen", ["picked_once", "picked_often", "written"])
def test_p28_an_answer_that_code_puts_into_a_field_is_no_template(eve: Visitor, tmp_path: Path, screen: str) -> None:
    trace = tmp_path / "it_ran"
    eve.answer(eve.show("made.yml"), typed=f"${{ open({str(trace)!r}, 'w').close() }}")
    assert perform(eve, screen, "made.yml").status == 200
    assert not trace.exists()


@pytest.mark.parametrize("form", ["url_args[{}]", "{}", "full_name.lower({})", "[{} for full_name in 'a'][0]"])
def test_p28_a_name_from_outside_runs_no_code_in_value(eve: Visitor, tmp_path: Path, form: str) -> None:
    trace = tmp_path / "it_ran"
    answered(eve, "Eve")
    perform(eve, "valued", name=form.format(f"open({str(trace)!r}, 'w').close()"))
    assert not trace.exists()


@pytest.mark.parametrize(
    "action", ["__import__('os')._exit(1)", "full_name.__class__", "_internal", "a[b()]", "-" * 5000, "\0", "(" * 300]
)
def test_p32_an_action_that_is_no_name_changes_nothing(eve: Visitor, action: str) -> None:
    answered(eve, "Eve")
    assert perform(eve, action).status < 500
    assert eve.show("main.yml").heading == "What next, Eve?"


@pytest.mark.parametrize("action", ["_da_set", "_da_undefine", "_da_compute", "_da_define", "_da_invalidate"])
def test_p32_actions_that_change_answers_are_refused_however_they_are_wrapped(eve: Visitor, action: str) -> None:
    answered(eve, "Eve")
    inner = {"variables": [{"full_name": "Mallory"}, "full_name"]}
    wrapped = {"_action": action, "_arguments": inner}
    assert perform(eve, action, **inner).status == 400
    assert perform(eve, "_da_priority_action", **wrapped).status == 400
    assert perform(eve, "_da_priority_action", _action="_da_priority_action", _arguments=wrapped).status == 400
    perform(eve, "_da_force_ask", variables=[action])
    assert eve.show("main.yml").heading == "What next, Eve?"


# --- reading what isn't theirs ---------------------------------------------------------------------------------------


def test_no_address_leads_to_the_data_of_the_server(public: Any, eve: Visitor) -> None:
    """A folder beside the working directory must not pass for a Python package."""
    assert (public.folder / "court" / "data" / "server.key").is_file()
    for name in ("server.key", "store.sqlite3"):
        assert eve.get(f"/packagestatic/court/data/{name}").status == 404


@pytest.mark.parametrize(
    "path",
    [
        "/packagestatic/any/%2e%2e/%2e%2e/main.yml",
        "/packagestatic/./%2e%2e/main.yml",
        "/packagestatic/%2e%2e/config.yml",
        "/packagestatic/docassemble_lite/%2e%2e/%2e%2e/settings.py",
        "/packagestatic/os/path.py",
        "/static/%2e%2e/application.py",
        "/interview?i=court:data/x.yml",
        "/interview?i=%2e%2e/config.yml",
        "/interview?i=os:../config.yml",
    ],
)
def test_no_address_leads_to_a_source(eve: Visitor, path: str) -> None:
    assert eve.get(path).status == 404


def test_a_session_that_turned_private_is_closed_to_those_who_had_joined_it(public: Any, eve: Visitor) -> None:
    """Its code alone opens it no more."""
    alice = Visitor(public.url)
    alice.answer(alice.show("shared.yml"), keep="shared")
    code = session_of(alice, "shared.yml")
    assert eve.show("shared.yml", session=code).heading == "It is shared"
    alice.answer(perform(alice, "keep", "shared.yml"), keep="private")
    assert alice.show("shared.yml").heading == "It is private"
    assert eve.show("shared.yml").heading == "Keep it how?"
    assert eve.show("shared.yml", session=code).status == 404


def session_of(visitor: Visitor, interview: str) -> str:
    """The code of a browser's session, which its own cookie holds in the clear."""
    content = visitor.cookie("da_session")
    packed = content.lstrip(".").split(".")[0]
    found = base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4))
    if content.startswith("."):
        found = zlib.decompress(found)
    return str(json.loads(found)["sessions"][interview])


@pytest.mark.parametrize("value", ["", "abc", "é", '"', "%00", "A" * 5000])
def test_an_odd_cookie_opens_nothing_and_breaks_nothing(eve: Visitor, value: str) -> None:
    quoted = urllib.parse.quote(value)
    request = urllib.request.Request(
        f"{eve.url}/interview?i=main.yml", headers={"Cookie": f"secret={quoted}; da_session={quoted}"}
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        assert answer.status == 200


# --- markup ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("payload", PAYLOADS)
def test_p27_an_answer_stays_text_wherever_it_is_shown(eve: Visitor, payload: str) -> None:
    second = answered(eve, payload, payload)
    assert_harmless(second)
    assert_harmless(eve.answer(second, pass_phrase="x", number="1"))


@pytest.mark.parametrize("payload", PAYLOADS)
def test_p27_an_answer_that_code_changed_stays_text(eve: Visitor, payload: str) -> None:
    answered(eve, payload, payload)
    assert_harmless(perform(eve, "changed"))


@pytest.mark.parametrize("begin", [{}, {"new_session": "1"}, {"reset": "1"}])
@pytest.mark.parametrize("payload", PAYLOADS)
def test_p27_what_an_address_says_stays_text(eve: Visitor, payload: str, begin: dict[str, str]) -> None:
    eve.show("greeting.yml")
    assert_harmless(eve.show("greeting.yml", name=payload, **begin))


def test_a_picture_that_an_interview_makes_runs_no_script(eve: Visitor) -> None:
    answered(eve, "Eve")
    assert "default-src 'none'" in (perform(eve, "drawn").headers["Content-Security-Policy"] or "")


def test_a_page_cannot_be_framed_and_no_typed_script_would_run(eve: Visitor) -> None:
    headers = eve.show("main.yml").headers
    policy = headers["Content-Security-Policy"]
    assert "frame-ancestors 'self'" in policy
    assert "'unsafe-inline'" not in policy.partition("script-src")[2].partition(";")[0]
    assert headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("path", ["//evil.example/", "/%5cevil.example", "//evil.example/interview?i=main.yml"])
def test_p33_an_error_page_leads_nowhere_else(eve: Visitor, path: str) -> None:
    page = eve.get(path)
    assert page.status == 404
    assert 'href="//' not in page.text


# --- forms and secrets -----------------------------------------------------------------------------------------------


def test_p29_a_token_in_the_address_is_not_enough(eve: Visitor) -> None:
    page = eve.show("main.yml")
    token = dict(page.form)["csrf_token"]
    posted = [item for item in filled(page, full_name="Eve") if item[0] != "csrf_token"]
    assert eve.post(f"{path_of(page)}&csrf_token={token}", posted).status == 403


def test_a_password_is_never_sent_back(eve: Visitor) -> None:
    page = eve.answer(answered(eve, "Eve"), pass_phrase="geheim-9173", number="many")
    assert page.status == 422
    assert "geheim-9173" not in page.text


def test_p36_what_python_says_of_a_mistake_puts_no_answer_into_the_log(public: Any, eve: Visitor) -> None:
    answered(eve, "kanarienvogel")
    assert perform(eve, "numbered").status == 500
    assert "numbered" in public.log or "main.yml:" in public.log
    assert "kanarienvogel" not in public.log


# --- keeping others out ----------------------------------------------------------------------------------------------


def test_a_name_with_very_many_indices_fills_no_memory(public: Any, eve: Visitor) -> None:
    """Trying all variants of this one would take 200 megabytes, and ten times as many with eight indices more."""
    answered(eve, "Eve")
    before = public.child("web").memory_info().rss
    name = "full_name" + "[0]" * 20
    assert perform(eve, name).status < 500
    assert perform(eve, "_da_force_ask", variables=[name]).status < 500
    assert public.child("web").memory_info().rss - before < 50_000_000


@pytest.mark.parametrize("name", ["full_name" + ".a" * 10_000, "full_name" + "+a" * 10_000, "-" * 20_000 + "a"])
def test_a_very_long_name_is_no_error_of_the_server(eve: Visitor, name: str) -> None:
    answered(eve, "Eve")
    assert perform(eve, name).status < 500
    assert perform(eve, "need", variables=[name]).status < 500
    assert eve.show("main.yml").heading == "What next, Eve?"


def test_half_a_character_does_not_spoil_a_session(eve: Visitor) -> None:
    answered(eve, "Eve")
    refused = eve.show("main.yml", action=encoded('{"action": "told", "arguments": {"text": "\\ud800<b>"}}'))
    assert refused.status == 400
    assert eve.show("main.yml").heading == "What next, Eve?"


@pytest.mark.parametrize("number", ["NaN", "1" * 5000, "[" * 5000])
def test_p32_arguments_that_are_no_json_are_refused(eve: Visitor, number: str) -> None:
    assert eve.show("main.yml", action=encoded(f'{{"action": "told", "arguments": {{"text": {number}}}}}')).status == 400


def test_an_argument_of_the_address_that_is_called_interview_is_no_mistake(public: Any, eve: Visitor) -> None:
    eve.answer(eve.show("shared.yml"), keep="shared")
    assert eve.get(f"/interview?i=shared.yml&session={session_of(eve, 'shared.yml')}&interview=1").status == 200


def test_a_form_of_very_many_fields_is_refused_before_it_is_read(eve: Visitor) -> None:
    page = eve.show("main.yml")
    posted = [*filled(page, full_name="Eve"), *((f"x{number}", "") for number in range(20_000))]
    assert eve.post(path_of(page), posted).status == 413


def test_repetitive_answers_are_shown_in_reasonable_time(eve: Visitor) -> None:
    """Were each of their overlaps looked at, this would take longer than a visitor waits."""
    answered(eve, "*" * 100_000, "*" * 200_000)
    assert perform(eve, "changed").status == 200


@pytest.mark.parametrize("typed", ["1e999", "9" * 100_000, "1" * 99 + "e999", "\u202e1", "0x10", "1_000", "nan", "٣٣٣x"])
def test_odd_numbers_are_mistakes_of_the_person(eve: Visitor, typed: str) -> None:
    page = eve.answer(answered(eve, "Eve"), pass_phrase="x", number=typed)
    assert page.status == 422
    assert control("number") in page.text
