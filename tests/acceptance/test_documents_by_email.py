"""Documents that people have sent to themselves, as they arrive at a real mail server."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page
from pypdf import PdfReader

from docassemble_lite.visit.emailing_documents import MOST_OF_SESSION
from tests.acceptance.playing import begin, record, told
from tests.acceptance.visitor import Page as Answered
from tests.acceptance.visitor import Visitor, form_without
from tests.browsing import open_tab
from tests.conftest import Server, eventually
from tests.mailbox import Mailbox

LETTER = """\
mandatory: True
question: Here is your letter
attachment:
  name: Letter
  filename: letter
  valid formats: [pdf, md]
  content: |
    Will you marry me?
"""
ADDRESS = "_attachment_email_address"


@pytest.fixture(scope="module")
def running(shared_server: Callable[..., Server], mailbox: Mailbox) -> Server:
    mail = mailbox.directives("The Office <office@example.com>")
    return shared_server({"letter.yml": LETTER}, mail=mail)


def sent_to(mailbox: Mailbox, address: str) -> list[object]:
    return [item for item in mailbox.arrived if item.recipients == [address]]


def order(visitor: Visitor, page: Answered, address: str, **more: str) -> Answered:
    posted = [*form_without(page.forms["da-email-form"], ADDRESS, *more), (ADDRESS, address), *more.items()]
    return visitor.post("/documents-by-email?i=letter.yml", posted)


@pytest.mark.browser
def test_a_person_sends_a_document_and_is_told_when_it_has_left(running: Server, mailbox: Mailbox, page: Page) -> None:
    record(page)
    begin(page, running, "letter.yml")
    mailbox.answering.clear()
    page.get_by_label("E-mail address").fill("ann@example.com")
    page.get_by_role("button", name="Send").click()
    # the page is there while the server still talks to the other one
    page.locator(".da-emailed").get_by_text("Being sent to ann@example.com …").wait_for()
    mailbox.answering.set()
    page.locator(".da-emailed").get_by_text("Sent to ann@example.com.").wait_for()
    eventually(lambda: told(page) == ["Sent to ann@example.com."], "the message has come up")
    (arrived,) = sent_to(mailbox, "ann@example.com")
    message = arrived.message  # type: ignore[attr-defined]
    assert (message["Subject"], message["From"]) == ("Letter", "The Office <office@example.com>")
    assert message.get_body(("plain",)).get_content().strip() == "Your document, Letter, is attached."
    (attachment,) = message.iter_attachments()
    assert attachment.get_filename() == "letter.pdf"
    assert "Will you marry me?" in PdfReader(io.BytesIO(attachment.get_payload(decode=True))).pages[0].extract_text()


@pytest.mark.browser
def test_without_scripts_too_what_could_not_be_sent_is_said(running: Server, browser: Browser) -> None:
    with open_tab(browser, java_script_enabled=False) as tab:
        begin(tab, running, "letter.yml")
        tab.get_by_label("E-mail address").fill("refused@example.com")
        tab.get_by_role("button", name="Send").click()

        def is_told() -> bool:
            tab.goto(running.url + "/interview?i=letter.yml")
            return tab.locator(".da-emailed").inner_text().startswith("This could not be sent to refused@example.com.")

        eventually(is_told, "what became of it is said")


def test_what_is_no_address_is_refused_and_stays_in_the_form(running: Server, mailbox: Mailbox) -> None:
    visitor, before = Visitor(running.url), len(mailbox.arrived)
    page = visitor.show("letter.yml")
    for typed in (
        "",
        "ann",
        "ann@example.com, bob@example.com",
        "Ann <ann@example.com>",
        "ann@example.com\r\nBcc: bob@example.com",
    ):
        answered = order(visitor, page, typed)
        assert answered.status == 422
        assert "E-mail address" in answered.words
        assert (ADDRESS, typed) in answered.forms["da-email-form"]
    assert len(mailbox.arrived) == before


def test_a_session_sends_so_many_in_an_hour_and_then_no_more(running: Server, mailbox: Mailbox) -> None:
    visitor = Visitor(running.url)
    page = visitor.show("letter.yml")
    for number in range(MOST_OF_SESSION):
        assert order(visitor, page, f"many{number}@example.com").status == 200
    refused = order(visitor, page, "one-too-many@example.com")
    assert (refused.status, bool(re.search(r"Try again in (60|5\d) minutes\.", refused.words))) == (422, True)
    eventually(
        lambda: all(sent_to(mailbox, f"many{number}@example.com") for number in range(MOST_OF_SESSION)), "all have arrived"
    )
    assert not sent_to(mailbox, "one-too-many@example.com")


def test_nobody_sends_the_documents_of_somebody_else(running: Server, mailbox: Mailbox) -> None:
    alice, bob = Visitor(running.url), Visitor(running.url)
    page, other = alice.show("letter.yml"), bob.show("letter.yml")
    own = dict(other.forms["da-email-form"])
    foreign = dict(page.forms["da-email-form"])
    answered = order(bob, other, "mallory@example.com", _session=foreign["_session"], _tracker=foreign["_tracker"])
    assert (answered.status, own["_session"] != foreign["_session"]) == (404, True)
    stale = order(alice, page, "mallory@example.com", _tracker="another")
    assert (stale.status, "out of date" in stale.words) == (409, True)
    assert not sent_to(mailbox, "mallory@example.com")


def test_where_there_is_no_mail_server_there_is_no_form(server: Callable[..., Server]) -> None:
    page = Visitor(server({"letter.yml": LETTER}).url).show("letter.yml")
    assert "da-email-form" not in page.forms
    assert "Download PDF" in page.words
