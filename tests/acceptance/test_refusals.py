"""What the server doesn't take, and what it then says: to everybody, and to developers."""

from __future__ import annotations

import http.client
import urllib.parse
from collections.abc import Callable
from typing import Any

import pytest

from tests.acceptance.visitor import Page, Visitor, control, filled, interview_path, path_of

ORDER = """\
question: What is your name?
fields:
  - Name: full_name
---
question: Hello, ${ full_name }. How many?
fields:
  - Number: how_many
    datatype: integer
    max: 10
---
code: |
  price = 100
---
mandatory: True
question: ${ full_name } pays ${ price * how_many }.
"""
# what only its author may see
BROKEN = """\
question: Which colour?
fields:
  - Colour: colour
---
mandatory: True
code: |
  secret_formula = 1 +
"""
FAILING = """\
mandatory: True
code: |
  hidden_divisor = 0
  secret_formula = 42 / hidden_divisor
"""
MISSING = """\
mandatory: True
question: ${ nobody_defines_this }
"""
INTERVIEWS = {"order.yml": ORDER, "broken.yml": BROKEN, "failing.yml": FAILING, "missing.yml": MISSING}


@pytest.fixture(scope="module")
def public(shared_server: Callable[..., Any]) -> Any:
    return shared_server(INTERVIEWS, debug=False, maximum_content_length=100_000)


@pytest.fixture(scope="module")
def developers(shared_server: Callable[..., Any]) -> Any:
    return shared_server(INTERVIEWS, debug=True)


@pytest.fixture
def alice(public: Any) -> Visitor:
    return Visitor(public.url)


@pytest.fixture
def author(developers: Any) -> Visitor:
    return Visitor(developers.url)


def assert_nothing_changed(visitor: Visitor) -> None:
    assert visitor.show("order.yml").heading == "What is your name?"


# --- forms that aren't ours ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("token", ["", "wrong", "é", "x" * 10_000])
def test_p29_a_form_with_a_wrong_token_is_refused(alice: Visitor, token: str) -> None:
    page = alice.show("order.yml")
    posted = [item for item in filled(page, full_name="Ada") if item[0] != "csrf_token"]
    assert alice.post(path_of(page), [*posted, ("csrf_token", token)]).status == 403
    assert_nothing_changed(alice)


def test_p29_a_form_without_a_token_is_refused(alice: Visitor) -> None:
    page = alice.show("order.yml")
    refused = alice.post(path_of(page), [item for item in filled(page, full_name="Ada") if item[0] != "csrf_token"])
    assert (refused.status, refused.heading) == (403, "This form has expired")
    assert_nothing_changed(alice)


def test_p29_the_token_of_another_browser_is_refused(public: Any, alice: Visitor) -> None:
    bob = Visitor(public.url)
    foreign = next(item for item in bob.show("order.yml").form if item[0] == "csrf_token")
    page = alice.show("order.yml")
    posted = [item for item in filled(page, full_name="Ada") if item[0] != "csrf_token"]
    assert alice.post(path_of(page), [*posted, foreign]).status == 403
    assert_nothing_changed(alice)


# --- pages that are out of date --------------------------------------------------------------------------------------


def test_p14_an_old_page_is_not_applied_to_another_question(alice: Visitor) -> None:
    """P14: the current screen is shown with a notice, and nothing is changed."""
    first = alice.show("order.yml")
    alice.answer(first, full_name="Ada")
    late = alice.answer(first, full_name="Eve")
    assert late.status == 409
    assert late.heading == "Hello, Ada. How many?"
    assert "out of date" in late.words


def test_p14_back_on_an_old_page_changes_nothing(alice: Visitor) -> None:
    second = alice.answer(alice.show("order.yml"), full_name="Ada")
    alice.answer(second, how_many="2")
    late = alice.back(second)
    assert (late.status, late.heading) == (409, "Ada pays 200.")


def test_a_page_that_was_only_loaded_again_stays_valid(alice: Visitor) -> None:
    page = alice.show("order.yml")
    alice.show("order.yml")
    assert alice.answer(page, full_name="Ada").heading == "Hello, Ada. How many?"


# --- what was not asked ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        control("price"),
        control("how_many"),
        control("_internal"),
        control("full_name.__class__"),
        control("x[__import__('os').system('true')]"),
        "price",
        "",
        "_something",
        "é",
        "=" * 5000,
    ],
)
def test_p28_a_post_that_names_what_was_not_asked_is_refused(alice: Visitor, name: str) -> None:
    """P28: nothing of such a post is used, not even what was asked."""
    page = alice.show("order.yml")
    refused = alice.post(path_of(page), [*filled(page, full_name="Eve"), (name, "1")])
    assert refused.status == 400
    assert_nothing_changed(alice)


def test_p28_what_is_typed_is_never_run_as_a_template(alice: Visitor) -> None:
    """P28: it is shown as it was typed."""
    page = alice.answer(alice.show("order.yml"), full_name="${ 6 * 7 } {{ 6 * 7 }} {0.__class__} % endif")
    assert page.heading == "Hello, ${ 6 * 7 } {{ 6 * 7 }} {0.__class__} % endif. How many?"


@pytest.mark.parametrize("hidden", ["_datatypes", "_varnames", "_question_name", "_event", "_checkboxes", "_empties"])
def test_p28_hidden_inputs_decide_nothing(alice: Visitor, hidden: str) -> None:
    page = alice.show("order.yml")
    posted = [(name, value) for name, value in filled(page, full_name="Ada") if name != hidden]
    assert alice.post(path_of(page), [*posted, (hidden, "eyJwcmljZSI6ICJpbnRlZ2VyIn0")]).heading == "Hello, Ada. How many?"


def test_what_will_not_do_is_shown_again_with_what_was_typed(alice: Visitor) -> None:
    page = alice.answer(alice.answer(alice.show("order.yml"), full_name="Ada"), how_many="eleven")
    assert page.status == 422
    assert page.heading == "Hello, Ada. How many?"
    assert page.typed("how_many") == "eleven"


# --- too much --------------------------------------------------------------------------------------------------------


def test_a_body_that_is_too_large_is_refused_with_a_page(alice: Visitor) -> None:
    page = alice.show("order.yml")
    refused = alice.answer(page, full_name="x" * 150_000)
    assert (refused.status, refused.heading) == (413, "This is more than can be sent at once")
    assert_nothing_changed(alice)


def test_a_body_that_would_fill_the_disk_is_refused_before_it_is_sent(public: Any, alice: Visitor) -> None:
    alice.show("order.yml")
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(public.url).netloc, timeout=60)
    connection.putrequest("POST", interview_path("order.yml"))
    connection.putheader("Content-Length", str(10**12))
    connection.endheaders()
    assert connection.getresponse().status == 413
    connection.close()
    assert_nothing_changed(alice)


@pytest.mark.parametrize("path", ["/interview?i=%00", "/interview?i=%ff", "/interview?i=" + "a" * 3000, "/interview?action=%%%"])
def test_odd_addresses_are_no_errors_of_the_server(alice: Visitor, path: str) -> None:
    assert 400 <= alice.get(path).status < 500


@pytest.mark.parametrize(
    "action", ["x", "e30", "W10", "bnVsbA", "%00", "eyJhY3Rpb24iOiAxfQ", "eyJhY3Rpb24iOiAieCIsICJhcmd1bWVudHMiOiBbMV19"]
)
def test_p32_an_address_that_names_no_action_is_refused(alice: Visitor, action: str) -> None:
    assert alice.get(f"/interview?i=order.yml&action={action}").status == 400


# --- interviews that aren't there or don't work ----------------------------------------------------------------------


@pytest.mark.parametrize("name", ["none.yml", "../config.yml", "/etc/passwd", "os:path.yml", "no.such:file.yml", "order"])
def test_an_unknown_interview_is_not_found(alice: Visitor, name: str) -> None:
    page = alice.show(name)
    assert (page.status, page.heading) == (404, "There is no such interview")


def test_developers_are_shown_the_line_that_does_not_parse(author: Visitor) -> None:
    page = author.show("broken.yml")
    assert page.status == 500
    assert "broken.yml:7" in page.words
    assert "secret_formula = 1 +" in page.text


def test_developers_are_told_what_to_write_instead(author: Visitor) -> None:
    assert 'class="da-hint"' in author.show("missing.yml").text


def test_developers_are_shown_where_code_failed(author: Visitor) -> None:
    page = author.show("failing.yml")
    assert page.status == 500
    assert "ZeroDivisionError" in page.words
    assert "failing.yml:4" in page.words


def assert_tells_no_source(page: Page) -> None:
    assert page.status == 500
    for word in ("secret_formula", "hidden_divisor", "Traceback", "ZeroDivision", "SyntaxError", ".yml:", "line 4", "line 7"):
        assert word not in page.text


@pytest.mark.parametrize("name", ["broken.yml", "failing.yml"])
def test_the_public_is_shown_nothing_of_the_source(alice: Visitor, name: str) -> None:
    page = alice.show(name)
    assert_tells_no_source(page)
    assert page.heading == "The interview has a mistake"


@pytest.mark.parametrize("name", ["broken.yml", "failing.yml"])
def test_the_operator_finds_the_mistake_in_the_log(public: Any, alice: Visitor, name: str) -> None:
    alice.show(name)
    assert f"{name}:" in public.log


def test_the_list_shows_the_public_no_source(alice: Visitor) -> None:
    page = alice.get("/list")
    assert page.status == 200
    assert "secret_formula" not in page.text


def test_an_error_page_offers_another_try(alice: Visitor) -> None:
    assert 'id="da-retry"' in alice.show("failing.yml").text
