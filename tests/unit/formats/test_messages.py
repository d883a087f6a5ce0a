"""E-mails from outside: what is read of them."""

from __future__ import annotations

from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP

import pytest

from docassemble_lite.emails import EmailAddress
from docassemble_lite.formats.messages import (
    MessageLimits,
    MessageRefused,
    ReadMessage,
    decoded_words,
    read_message,
    recipients_named,
)


def message(*attachments: tuple[str, bytes], text: str = "Good morning\n", html: str = "", **headers: str) -> bytes:
    made = EmailMessage(policy=SMTP)
    for name, value in {"From": "Ada <ada@example.com>", "To": "box@in.example.com", "Subject": "Hello", **headers}.items():
        made[name.replace("_", "-")] = value
    made.set_content(text)
    if html:
        made.add_alternative(html, subtype="html")
    for name, content in attachments:
        made.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return made.as_bytes()


def read(raw: bytes) -> ReadMessage:
    return read_message(raw)


def written(headers: bytes, body: bytes = b"text") -> ReadMessage:
    return read_message(headers.replace(b"\n", b"\r\n") + b"\r\n\r\n" + body)


def test_a_message_has_a_sender_recipients_and_a_subject() -> None:
    found = read(
        message(To="Bob <bob@example.com>, carol@example.com", Cc='"Doe, Jane" <jane@example.com>', Reply_To="x@example.com")
    )
    assert found.sender == EmailAddress("ada@example.com", "Ada")
    assert found.to == (EmailAddress("bob@example.com", "Bob"), EmailAddress("carol@example.com"))
    assert found.cc == (EmailAddress("jane@example.com", "Doe, Jane"),)
    assert found.reply_to == EmailAddress("x@example.com")
    assert found.return_path is None
    assert found.subject == "Hello"


def test_its_text_and_its_html_are_found() -> None:
    found = read(message(text="Grüße\n", html="<p>Grüße</p>\n"))
    assert found.text
    assert found.html
    assert (found.text.text(), found.html.text(), found.attachments) == ("Grüße\n", "<p>Grüße</p>\n", ())


def test_its_attachments_have_names_and_contents() -> None:
    content = bytes(range(256)) * 40
    found = read(message(("a.bin", content), ("ünï.pdf", b"%PDF-1.4")))
    assert [(part.name, part.content()) for part in found.attachments] == [("a.bin", content), ("ünï.pdf", b"%PDF-1.4")]


def test_a_message_without_text_has_none() -> None:
    assert read(message(text="\n", html="<p>x</p>")).text is None
    assert written(b"Subject: x", b"").text is None


def test_a_text_that_is_attached_is_an_attachment() -> None:
    raw = message()
    made = EmailMessage(policy=SMTP)
    made["Subject"] = "notes"
    made.set_content("see there")
    made.add_attachment("the notes", filename="notes.txt")
    assert [part.name for part in read(made.as_bytes()).attachments] == ["notes.txt"]
    assert read(raw).attachments == ()


def test_a_message_in_a_message_is_an_attachment() -> None:
    inner, outer = EmailMessage(policy=SMTP), EmailMessage(policy=SMTP)
    inner["Subject"] = "inside"
    inner.set_content("inside")
    outer.set_content("outside")
    outer.add_attachment(inner)
    found = read(outer.as_bytes())
    assert found.text
    assert found.text.text() == "outside\n"
    assert [part.mimetype for part in found.attachments] == ["message/rfc822"]
    assert b"Subject: inside" in found.attachments[0].content()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("=?utf-8?q?J=C3=B6rg?=", "Jörg"),
        ("=?UTF-8?B?SMOkbGzDtg==?= there", "Hällö there"),
        ("=?utf-8?q?one?= =?utf-8?q?_two?=", "one two"),
        ("=?iso-8859-1?q?=E9t=E9?=", "été"),
        ("=?utf-8*de?q?x?=", "x"),
        ("=?klingon?q?x=41?=", "xA"),
        ("=?utf-8?b?!!!?=", ""),
        ("=?unicode_escape?q?=5Cx41?=", "\\x41"),
        ("=?idna?q?x?=", "x"),
        ("=?", "=?"),
    ],
)
def test_encoded_words_are_what_they_stand_for(text: str, expected: str) -> None:
    assert decoded_words(text) == expected


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("bob@example.com (Bob)", [("bob@example.com", "")]),
        ("undisclosed-recipients:;", []),
        ("friends: a@b.c, d@e.f;", [("a@b.c", ""), ("d@e.f", "")]),
        ('"a\\"b, c" <a@b.c>', [("a@b.c", 'a"b, c')]),
        ("not an address", [("not an address", "")]),
        ("=?utf-8?q?a=2Cb?= <a@b.c>", [("a@b.c", "a,b")]),
        ("<>", []),
        (", ,", []),
        ("((((( a@b.c", []),
        ("x" * 500, [("x" * 254, "")]),
    ],
)
def test_addresses_are_told_apart(header: str, expected: list[tuple[str, str]]) -> None:
    assert [(item.address, item.name) for item in written(b"To: " + header.encode()).to] == expected


def test_addresses_beyond_a_hundred_are_left_in_the_headers() -> None:
    found = written(b"To: " + b", ".join(b"p%d@example.com" % number for number in range(500)))
    assert len(found.to) == 100
    assert "p499@example.com" in dict(found.headers)["To"]


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("Thu, 26 Nov 2026 04:00:00 +0100", datetime(2026, 11, 26, 3, tzinfo=UTC)),
        ("26 Nov 2026 04:00:00 -0000", datetime(2026, 11, 26, 4, tzinfo=UTC)),
        ("yesterday", None),
        ("Thu, 99 Nov 2026 04:00:00 +0100", None),
        ("31 Dec 9999 23:59:59 +0000", None),
        ("9" * 6000, None),
    ],
)
def test_a_date_is_a_moment_or_nothing(header: str, expected: datetime | None) -> None:
    assert written(b"Date: " + header.encode()).date == expected


@pytest.mark.parametrize("end", [b"\r\n", b"\n"])
def test_lines_may_end_either_way(end: bytes) -> None:
    found = read(message(("a.txt", b"x"), html="<p>x</p>").replace(b"\r\n", end))
    assert found.text
    assert found.text.text() == "Good morning\n"
    assert [part.name for part in found.attachments] == ["a.txt"]


def test_a_message_of_nothing_is_a_message() -> None:
    found = read(b"")
    assert (found.subject, found.text, found.attachments) == ("", None, ())


def test_a_body_without_headers_is_a_body() -> None:
    found = read(b"what is this\r\n\r\nnothing")
    assert found.text
    assert found.text.text() == "what is this\n\nnothing"


def test_a_part_without_an_end_ends_with_the_message() -> None:
    found = written(b"Content-Type: multipart/mixed; boundary=b", b"--b\r\nContent-Type: text/plain\r\n\r\nto the end")
    assert found.text
    assert found.text.text() == "to the end"


def test_a_boundary_that_is_nowhere_makes_the_whole_an_attachment() -> None:
    found = written(b"Content-Type: multipart/mixed; boundary=b", b"no parts")
    assert [part.content() for part in found.attachments] == [b"no parts"]


@pytest.mark.parametrize("charset", ["klingon", "", "idna", "unicode_escape", "utf-16", "\x00", "x" * 1000])
def test_a_strange_charset_does_no_harm(charset: str) -> None:
    found = written(b"Content-Type: text/plain; charset=" + charset.encode(), b"plain \xff\x00")
    assert found.text
    assert "\x00" not in found.text.text()


@pytest.mark.parametrize("encoding", [b"base64", b"quoted-printable", b"x-uuencode", b"", b"\xff"])
@pytest.mark.parametrize("body", [b"A", b"A===", b"=", b"=\r\n=G", b"\xff\xfe" * 30, b"QUJD\r\n!QUJD"])
def test_a_broken_encoding_does_no_harm(encoding: bytes, body: bytes) -> None:
    found = written(b"Content-Transfer-Encoding: " + encoding, body)
    assert found.text is not None
    assert isinstance(found.text.text(), str)


def test_headers_cannot_be_put_in_by_a_line_break_in_an_encoded_word() -> None:
    assert written(b"Subject: =?utf-8?q?one=0D=0ABcc:_x@y.z?=").subject == "one Bcc: x@y.z"


# --- P20: limits


def multipart(parts: int, depth: int = 0) -> bytes:
    raw = b"Content-Type: text/plain\r\n\r\nx\r\n"
    for number in range(depth):
        raw = b"Content-Type: multipart/mixed; boundary=d%d\r\n\r\n--d%d\r\n%b\r\n--d%d--\r\n" % (number, number, raw, number)
    piece = b"--b\r\n" + raw + b"\r\n"
    return b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + piece * parts + b"--b--\r\n"


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"Subject: x\r\n\r\n" + b"x" * 1001, "too large"),
        (b"Subject: " + b"x" * 201 + b"\r\n\r\n", "headers"),
        (b"".join(b"X-%d: x\r\n" % number for number in range(40)) + b"\r\n", "headers"),
        (multipart(10), "too many parts"),
        (multipart(1, depth=4), "too deeply"),
        (multipart(1).replace(b"text/plain", b"text/plain" + b" " * 300), "headers"),
        (multipart(9).replace(b"text/plain", b"image/png"), "too many attachments"),
    ],
)
def test_p20_what_is_beyond_a_limit_is_refused(raw: bytes, why: str) -> None:
    with pytest.raises(MessageRefused, match=why):
        read_message(raw, MessageLimits(size=1000, headers=200, parts=10, depth=4, attachments=5))


def test_p20_what_is_just_within_the_limits_is_read() -> None:
    raw = multipart(2, depth=2)
    found = read_message(raw, MessageLimits(size=len(raw), headers=200, parts=7, depth=4, attachments=1))
    assert (found.text is not None, len(found.attachments)) == (True, 1)


# --- which are the same


def test_p19_a_message_that_comes_again_by_another_way_is_the_same() -> None:
    raw = message(Message_ID="<1@example.com>")
    again = b"Received: from elsewhere\r\nX-Spam: no\r\n" + raw + b"\r\n"
    assert read(raw).digest == read(again).digest


@pytest.mark.parametrize(
    "other",
    [{"Message_ID": "<2@example.com>"}, {"text": "Another morning\n", "Message_ID": "<1@example.com>"}],
    ids=["another id", "another body"],
)
def test_p19_another_id_or_body_makes_another_message(other: dict[str, str]) -> None:
    text = other.pop("text", "Good morning\n")
    assert read(message(Message_ID="<1@example.com>")).digest != read(message(text=text, **other)).digest


def test_p19_messages_without_an_id_are_told_apart_by_who_wrote_them() -> None:
    assert read(message(From="a@example.com")).digest != read(message(From="b@example.com")).digest
    assert read(message()).digest == read(message()).digest


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        (b"To: a@b.c\r\nDelivered-To: d@e.f\r\n", ["d@e.f"]),
        (b"To: a@b.c\r\nX-Original-To: d@e.f\r\n", ["d@e.f"]),
        (b"To: A <a@b.c>, d@e.f\r\n", ["a@b.c", "d@e.f"]),
        (b"Cc: a@b.c\r\n", []),
    ],
)
def test_whom_a_message_was_delivered_to_is_in_its_headers(headers: bytes, expected: list[str]) -> None:
    assert recipients_named(headers + b"\r\nx") == expected
