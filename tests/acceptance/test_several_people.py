"""Several people in one session: each has a page, and nobody's page is spoilt by what others do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests.acceptance.accounts import PASSWORD
from tests.acceptance.in_process import Client, application, store_of
from tests.acceptance.visitor import Page, interview_path

AUCTION = """\
default role: seller
code: |
  multi_user = True
  role = 'seller'
  if thing:
    if user_info().email == 'ann@example.com':
      role = 'ann'
    elif user_info().email == 'bob@example.com':
      role = 'bob'
---
event: role_event
question: It isn't your turn
subquestion: |
  We wait for ${ role_needed[0] }.
buttons:
  - Check: refresh
---
mandatory: True
code: |
  if role == 'ann':
    bid_of_ann
  if role == 'bob':
    bid_of_bob
  sold
---
question: What is for sale?
fields:
  - Thing: thing
---
role: ann
question: Your bid, Ann?
fields:
  - Bid: bid_of_ann
    datatype: integer
---
role: bob
question: Your bid, Bob?
fields:
  - Bid: bid_of_bob
    datatype: integer
---
event: sold
role: [seller, ann, bob]
question: |
  Sold to ${ 'Ann' if bid_of_ann > bid_of_bob else 'Bob' }
subquestion: |
  The thing was a ${ thing }.
"""
SHARED = """\
mandatory: True
code: multi_user = True
---
mandatory: True
question: Which colour?
fields:
  - Colour: colour
---
mandatory: True
question: It is ${ colour }
"""


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """A server that knows Ann and Bob."""
    with application(tmp_path_factory.mktemp("several"), {"auction.yml": AUCTION, "shared.yml": SHARED}) as running:
        for email in ("ann@example.com", "bob@example.com"):
            store_of(running).people.add(email, PASSWORD)
        yield running


@pytest.fixture(scope="module")
def ann(app: Flask) -> Client:
    """Ann's browser."""
    return Client(app).sign_in("ann@example.com")


@pytest.fixture(scope="module")
def bob(app: Flask) -> Client:
    """Bob's browser."""
    return Client(app).sign_in("bob@example.com")


@pytest.fixture
def seller(app: Flask) -> Client:
    """The browser of somebody who hasn't signed in."""
    return Client(app)


def begun(seller: Client) -> tuple[Page, str]:
    """An auction that waits for bids, as the seller sees it, and its session."""
    page = seller.answer(seller.get(interview_path("auction.yml", new_session=1)), thing="lamp")
    assert page.heading == "It isn't your turn"
    with seller.flask.session_transaction() as cookie:
        return page, cookie["sessions"]["auction.yml"]


def joined(browser: Client, session: str) -> Page:
    return browser.get(interview_path("auction.yml", session=session))


def test_an_auction_goes_from_person_to_person(seller, ann, bob):
    _, session = begun(seller)
    assert joined(ann, session).heading == "Your bid, Ann?"
    after = ann.answer(joined(ann, session), bid_of_ann="20")
    assert (after.heading, "We wait for bob." in after.words) == ("It isn't your turn", True)
    assert bob.answer(joined(bob, session), bid_of_bob="10").heading == "Sold to Ann"
    assert seller.get(interview_path("auction.yml")).heading == "Sold to Ann"


def test_somebody_who_only_looks_spoils_no_page(seller, ann, bob):
    _, session = begun(seller)
    page = joined(ann, session)
    seller.get(interview_path("auction.yml"))
    joined(bob, session)
    assert ann.answer(page, bid_of_ann="20").status == 200


def test_two_people_answer_at_the_same_time(seller, ann, bob):
    _, session = begun(seller)
    pages = joined(ann, session), joined(bob, session)
    ann.answer(pages[0], bid_of_ann="20")
    after = bob.answer(pages[1], bid_of_bob="30")
    assert (after.status, after.heading) == (200, "Sold to Bob")


def test_a_page_that_asks_what_somebody_else_has_answered_is_out_of_date(app):
    one, other = Client(app), Client(app)
    first = one.get(interview_path("shared.yml", new_session=1))
    with one.flask.session_transaction() as cookie:
        session = cookie["sessions"]["shared.yml"]
    second = other.get(interview_path("shared.yml", session=session))
    assert first.heading == second.heading == "Which colour?"
    assert one.answer(first, colour="red").heading == "It is red"
    late = other.answer(second, colour="blue")
    assert (late.status, late.heading) == (409, "It is red")


def test_nobody_answers_for_somebody_else(seller, ann, bob):
    _, session = begun(seller)
    page = joined(ann, session)
    late = bob.answer(page, bid_of_ann="1")
    assert late.status in (403, 409)
    assert "bid_of_ann" not in store_of(bob.flask.application).sessions.load_plain(session).answers


def test_back_undoes_nothing_that_came_after_the_page(seller, ann, bob):
    _, session = begun(seller)
    page = joined(ann, session)
    bob.answer(joined(bob, session), bid_of_bob="30")
    assert ann.flask.post(page.url, data=dict(page.forms["dabackform"])).status_code == 409
    assert store_of(ann.flask.application).sessions.load_plain(session).answers["bid_of_bob"] == 30


def test_the_shipped_example_goes_from_client_to_adviser_and_back(tmp_path):
    shipped = Path(__file__).resolve().parents[2] / "interviews/people/second_opinion.yml"
    with application(tmp_path, {"opinion.yml": shipped.read_text(encoding="utf-8")}) as running:
        store_of(running).people.add("ada@example.com", PASSWORD, privileges=["advocate"])
        client = Client(running)
        page = client.answer(client.get(interview_path("opinion.yml")), contract="A loan of *1000*")
        assert page.heading == "An adviser is looking at it"
        with client.flask.session_transaction() as cookie:
            session = cookie["sessions"]["opinion.yml"]
        adviser = Client(running).sign_in("ada@example.com")
        page = adviser.get(interview_path("opinion.yml", session=session))
        assert page.heading == "What do you think of this contract?"
        assert "A loan of *1000*" in page.words
        assert adviser.answer(page, advised="False", opinion="Too dear").heading == "Don’t sign it"
        assert "Too dear" in client.get(interview_path("opinion.yml")).words
