"""Documents that a person has sent by e-mail from a screen."""

from __future__ import annotations

from typing import Any

import pytest

from docassemble_lite.emails import Delivery, read_address
from docassemble_lite.engine.document_emails import ACTION, order_email
from docassemble_lite.engine.screen import DocumentEmails
from docassemble_lite.host import Person, entered
from tests.unit.engine.interviewing import Interview, failure, interview

SCREEN = """
mandatory: True
question: Ready
{more}
attachments:
  - name: A *letter* to ${{ whom }}
    filename: letter
    valid formats: {formats}
    content: x
---
code: |
  whom = 'Ann'
---
template: cover
subject: About ${{ whom }}
content: |
  Dear **${{ whom }}**
"""


def screen(more: str = "", formats: str = "[md, html]", **options: Any) -> Interview:
    return interview(SCREEN.format(more=more, formats=formats), **options)


def form(session: Interview) -> DocumentEmails:
    assert session.screen.documents
    assert session.screen.documents.emailing
    return session.screen.documents.emailing


def order(session: Interview, address: str = "ann@example.com", *, editable: bool = False) -> None:
    """Fill in the form, as the visit of a person does."""
    evaluation = session._begin()
    with entered(evaluation.current):
        to = read_address(address)
        assert to
        order_email(evaluation, session.screen.asked.block, form(session), to, editable=editable)
    session._finish(evaluation, new_step=False)


def said(session: Interview) -> list[str]:
    return [item.text for item in form(session).sent]


def test_documents_are_sent_in_the_background_with_their_names() -> None:
    session = screen()
    order(session)
    (task,) = session.tasks
    assert (task.action, task.mode, said(session)) == (ACTION, "flash", ["Being sent to ann@example.com …"])
    assert session.host.emails == []
    session.run_tasks().show()
    ((email, account),) = session.host.emails
    assert account is None
    assert (email.recipients, email.subject) == (("ann@example.com",), "A letter to Ann")
    assert email.text == "Your document, A letter to Ann, is attached."
    assert "<em>letter</em>" in email.html
    assert [item.name for item in email.attachments] == ["letter.md", "letter.html"]
    assert (task.report.result, said(session)) == ("Sent to ann@example.com.", ["Sent to ann@example.com."])
    assert form(session).tasks == ()


@pytest.mark.parametrize("state", ["refused", "away"])
def test_what_was_not_sent_is_said_not_to_be(state: Any) -> None:
    session = screen()
    session.host.delivery = Delivery(state)
    order(session)
    session.run_tasks().show()
    assert said(session) == ["This could not be sent to ann@example.com. Look at the address, and try again later."]


def test_what_is_on_its_way_is_not_sent_once_more() -> None:
    session = screen()
    order(session)
    order(session)
    order(session, "bob@example.com")
    assert [task.arguments["address"]["address"] for task in session.tasks] == ["ann@example.com", "bob@example.com"]
    session.run_tasks()
    order(session)
    assert len(session.tasks) == 3


def test_files_for_changes_go_along_if_the_person_or_the_author_wants_it() -> None:
    session = screen(formats="[pdf, md]")
    assert form(session).has_choice
    order(session)
    order(session, "bob@example.com", editable=True)
    session.run_tasks()
    assert [[item.name for item in email.attachments] for email, _ in session.host.emails] == [
        ["letter.pdf"],
        ["letter.pdf", "letter.md"],
    ]
    always = form(screen("always include editable files: True", formats="[pdf, md]"))
    assert (always.has_choice, len(always.letter.numbers)) == (False, 2)


@pytest.mark.parametrize(
    ("more", "subject", "text"),
    [
        ("email template: cover", "About Ann", "Dear Ann"),
        ("email template: cover\nemail subject: For *${ whom }*", "For Ann", "Dear Ann"),
        ("email template: cover\nemail body: |\n  Hello `${ whom }`", "About Ann", "Hello Ann"),
    ],
)
def test_the_author_says_what_is_in_the_email(more: str, subject: str, text: str) -> None:
    letter = form(screen(more)).letter
    assert (letter.subject, letter.text) == (subject, text)


def test_the_address_in_the_form_is_the_authors_or_that_of_who_is_signed_in() -> None:
    ann = Person(id=1, email="ann@example.com")
    assert form(screen(person=ann)).address == "ann@example.com"
    assert form(screen("email address default: ${ whom }@example.org", person=ann)).address == "Ann@example.org"
    assert form(screen("email address default: ${ whom }")).address == ""


def test_there_is_no_form_where_the_author_or_the_server_has_none() -> None:
    for session in (screen("allow emailing: False"), screen("allow emailing: whom == 'Bob'"), screen(settings={"mail": False})):
        assert session.screen.documents
        assert (session.screen.documents.emailing, session.screen.documents.problem) == (None, "")


def test_a_form_that_the_author_has_promised_is_said_to_be_missing() -> None:
    session = screen("allow emailing: True", settings={"mail": False})
    assert session.screen.documents
    assert session.screen.documents.problem == "This server can't send e-mails."


def test_a_template_is_named_and_not_written() -> None:
    error = failure(SCREEN.format(more="email template: [cover]", formats="[md]"))
    assert "must be an expression" in error.message
