"""E-mails as servers pass them on."""

from __future__ import annotations

from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, default
from typing import Any

import pytest

from docassemble_lite.emails import Email, EmailAddress, EmailAttachment
from docassemble_lite.mail.message import composed, new_message_id

OFFICE = EmailAddress("office@example.com", "The Office")
ANN = EmailAddress("ann@example.com", "Ann Lee")
BOB = EmailAddress("bob@example.com")
PLAIN = Email(to=(ANN,), subject="Hello", text="Text\n")


def _message(email: Email) -> EmailMessage:
    raw = composed(email, OFFICE, "<1@example.com>")
    assert raw.count(b"\n") == raw.count(b"\r\n")
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    message = message_from_bytes(raw, policy=default)
    assert isinstance(message, EmailMessage)
    assert not message.defects
    return message


def test_a_text_has_its_headers_and_no_others() -> None:
    message = _message(PLAIN)
    assert (message["From"], message["To"], message["Subject"]) == (
        "The Office <office@example.com>",
        "Ann Lee <ann@example.com>",
        "Hello",
    )
    assert (message["Message-ID"], message["Date"].datetime.tzinfo is not None) == ("<1@example.com>", True)
    assert (message.get_content_type(), message.get_content()) == ("text/plain", "Text\r\n")
    for name in ("Sender", "Cc", "Bcc", "Reply-To", "Auto-Submitted"):
        assert message[name] is None


def test_text_and_html_are_alternatives_with_the_attachments_beside_them() -> None:
    pdf = EmailAttachment("Brief an Zoë.pdf", "application/pdf", b"%PDF\n\r\0")
    text = EmailAttachment("a.txt", "text/plain", "ä\n".encode())
    message = _message(replace(PLAIN, html="<p>Hallo ä</p>", attachments=(pdf, text)))
    assert message.get_content_type() == "multipart/mixed"
    body, *attached = message.iter_parts()
    assert [part.get_content_type() for part in body.iter_parts()] == ["text/plain", "text/html"]
    html = message.get_body(("html",))
    assert html is not None
    assert "<p>Hallo ä</p>" in html.get_content()
    assert [(part.get_filename(), part.get_content_type(), part.get_payload(decode=True)) for part in attached] == [
        (pdf.name, pdf.mimetype, pdf.content),
        (text.name, text.mimetype, text.content),
    ]


def test_those_who_get_it_unseen_are_not_in_it() -> None:
    raw = composed(replace(PLAIN, bcc=(BOB,)), OFFICE, "<1@example.com>")
    assert b"bob" not in raw
    only = _message(replace(PLAIN, to=(), bcc=(BOB,)))
    assert only["To"] == "undisclosed-recipients:;"


def test_an_email_in_somebody_else_s_name_says_who_answers_for_it() -> None:
    message = _message(replace(PLAIN, sender=ANN, reply_to=BOB))
    assert (message["From"], message["Sender"]) == ("Ann Lee <ann@example.com>", "The Office <office@example.com>")
    assert message["Reply-To"] == "bob@example.com"


def test_an_email_that_nobody_caused_says_so() -> None:
    assert _message(replace(PLAIN, auto_submitted="auto-generated"))["Auto-Submitted"] == "auto-generated"


@pytest.mark.parametrize(
    "evil", ["x\r\nBcc: eve@example.com", "x\nBcc: eve@example.com", "x\rBcc: eve@example.com\0", "x\u2028\x85y"]
)
def test_no_text_becomes_a_header(evil: str) -> None:
    email = Email(
        to=(EmailAddress("ann@example.com", evil),),
        cc=(EmailAddress("cc@example.com", evil),),
        sender=EmailAddress("s@example.com", evil),
        reply_to=EmailAddress("r@example.com", evil),
        subject=evil,
        text=evil,
        html=evil,
        attachments=(EmailAttachment(evil, evil, b"x"), EmailAttachment("a", "text/plain; name=\r\nBcc: e", b"x")),
    )
    raw = composed(email, OFFICE, "<1@example.com>")
    message = message_from_bytes(raw, policy=SMTP)
    assert all("Bcc" not in part for part in message.walk())
    assert set(message.keys()) == {
        *("From", "Sender", "To", "Cc", "Reply-To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type")
    }


@pytest.mark.parametrize("name", ["Zoë Müller", "李雷", "O'Neil, Ann (x) <y@z>", '"', "a" * 250, "أحمد"])
def test_names_of_all_languages_come_through(name: str) -> None:
    message = _message(replace(PLAIN, to=(EmailAddress("ann@example.com", name),), subject=name))
    assert [(item.display_name, item.addr_spec) for item in message["To"].addresses] == [(name, "ann@example.com")]
    assert message["Subject"] == name


def test_what_was_typed_is_no_encoded_word() -> None:
    message = _message(replace(PLAIN, to=(EmailAddress("ann@example.com", "=?utf-8?q?x?="),), subject="=?utf-8?q?x?="))
    assert (message["To"].addresses[0].display_name, message["Subject"]) == ("= ?utf-8?q?x?=", "= ?utf-8?q?x?=")


def test_an_email_is_ascii_where_nothing_else_is_asked_for() -> None:
    raw = composed(replace(PLAIN, text="ä" * 400, html="<p>李</p>", subject="ö"), OFFICE, "<1@example.com>")
    assert raw.isascii()
    body = message_from_bytes(raw, policy=default).get_body(("plain",))
    assert body is not None
    assert body.get_content().strip() == "ä" * 400


def test_an_address_with_other_letters_is_written_in_utf_8() -> None:
    raw = composed(replace(PLAIN, to=(EmailAddress("zoë@example.com", "Zoë"),)), OFFICE, "<1@example.com>")
    assert "To: Zoë <zoë@example.com>".encode() in raw


@pytest.mark.parametrize("mimetype", ["", "x", "message/rfc822", "multipart/mixed", "text/", "a b/c", "text/ä"])
def test_what_is_no_type_of_a_file_is_a_file_of_any_type(mimetype: str) -> None:
    message = _message(replace(PLAIN, attachments=(EmailAttachment("a", mimetype, b"x\0"),)))
    (part,) = message.iter_attachments()
    assert (part.get_content_type(), part.get_payload(decode=True)) == ("application/octet-stream", b"x\0")


def test_no_two_emails_have_the_same_id(**_: Any) -> None:
    ids = {new_message_id(OFFICE) for _ in range(100)}
    assert len(ids) == 100
    assert all(item.endswith("@example.com>") for item in ids)
