"""`send_email()`: who gets it, what is in it, and what becomes of its task."""

from __future__ import annotations

from html import unescape
from typing import Any

import pytest

from docassemble_lite.emails import Delivery, Email, EmailAddress
from docassemble_lite.host import Person
from tests.unit.engine.interviewing import Interview, failure, interview, program


def _sent(*blocks: str, code: str, **options: Any) -> Email:
    """The one e-mail that the code sends."""
    session = _session(*blocks, code=code, **options)
    ((email, _),) = session.host.emails
    return email


def _session(*blocks: str, code: str, **options: Any) -> Interview:
    lines = "\n".join("  " + line for line in code.splitlines())
    return interview(
        "\n---\n".join([*blocks, f"mandatory: True\ncode: |\n{lines}\n", "mandatory: True\nquestion: Done"]), **options
    )


TEMPLATE = """\
template: letter
subject: |
  Hello, **you**
content: |
  Dear reader,

  this is *important*: [see](https://example.com/x).

  * one
  * two
"""


def test_a_text_goes_to_an_address() -> None:
    email = _sent(code="result = send_email(to='a@example.com', subject='Hi', body='Text')")
    assert (email.to, email.subject, email.text, email.html) == ((EmailAddress("a@example.com"),), "Hi", "Text", "")


@pytest.mark.parametrize(
    "to",
    [
        "['a@example.com', 'b@example.com']",
        "('a@example.com', ['b@example.com'])",
        "DAList('x', elements=['a@example.com', 'b@example.com'])",
        "[DAEmailRecipient('y', address='a@example.com'), 'b@example.com']",
        "[Individual('z', email='a@example.com'), 'b@example.com']",
    ],
)
def test_there_may_be_several_recipients_of_all_kinds(to: str) -> None:
    email = _sent(code=f"send_email(to={to})")
    assert email.recipients == ("a@example.com", "b@example.com")


def test_a_person_and_a_recipient_are_addressed_by_name() -> None:
    people = "objects:\n  - ann: Individual\n  - bob: DAEmailRecipient"
    names = "ann.name.first = 'Ann'\nann.name.last = 'Lee'\nbob.name = 'Bob'\n"
    names += "ann.email = 'ann@example.com'\nbob.address = 'bob@example.com'\n"
    email = _sent(people, code=names + "send_email(to=ann, cc=bob, bcc=[bob], sender=ann, reply_to=ann)")
    ann, bob = EmailAddress("ann@example.com", "Ann Lee"), EmailAddress("bob@example.com", "Bob")
    assert (email.to, email.cc, email.bcc, email.sender, email.reply_to) == ((ann,), (bob,), (bob,), ann, ann)


def test_the_address_of_a_person_is_asked_for_before_anything_is_sent() -> None:
    session = _session(
        "objects:\n  - ann: Individual",
        "question: Your address?\nfields:\n  - E-mail: ann.email\n    datatype: email",
        code="send_email(to=ann, body='x')",
    )
    assert (session.question, session.host.emails) == ("Your address?", [])
    session.answer({"ann.email": "ann@example.com"})
    assert [email.recipients for email, _ in session.host.emails] == [("ann@example.com",)]


def test_a_template_gives_subject_text_and_html() -> None:
    email = _sent(TEMPLATE, code="send_email(to='a@example.com', template=letter)")
    assert email.subject == "Hello, you"
    assert email.text == "Dear reader,\n\nthis is important: see <https://example.com/x>.\n\n* one\n* two"
    assert "<p>this is <em>important</em>:" in email.html
    assert "<li>one</li>" in email.html


def test_what_is_given_takes_the_place_of_the_templates_parts() -> None:
    email = _sent(TEMPLATE, code="send_email(to='a@example.com', template=letter, subject='S', body='B', html='<b>H</b>')")
    assert (email.subject, email.text) == ("S", "B")
    assert "<b>H</b>" in email.html


def test_html_alone_comes_with_its_text() -> None:
    email = _sent(code="send_email(to='a@example.com', html='<h1>Hi</h1><p>a<br>b</p>')")
    assert email.text == "Hi\n\na\nb"


def test_addresses_of_this_server_are_whole() -> None:
    email = _sent(code="send_email(to='a@example.com', html='<a href=\"/interview?i=x\">Go on</a>')")
    assert 'href="http://localhost/interview?i=x"' in email.html
    assert email.text == "Go on <http://localhost/interview?i=x>"


PAYLOAD = "<img src=x onerror=alert(1)> **b** [l](javascript:x)"


@pytest.mark.parametrize(
    "argument", ["template=letter", "html='<p>' + url_args['w'] + '</p>'", "html=letter.content", "body='x', html=url_args['w']"]
)
def test_what_was_typed_is_no_markup_in_an_email(argument: str) -> None:
    """P27"""
    made = program(
        "template: letter\nsubject: |\n  ${ url_args['w'] }\ncontent: |\n  ${ url_args['w'] }\n---\n"
        f"mandatory: True\ncode: |\n  send_email(to='a@example.com', {argument})\n---\nmandatory: True\nquestion: Done"
    )
    ((email, _),) = Interview(made, url_args={"w": PAYLOAD}).host.emails
    assert "<img" not in email.html
    assert "<strong" not in email.html
    assert "<a " not in email.html
    assert "onerror=alert(1)" in unescape(email.html)


def test_what_was_typed_stands_in_subject_and_text_as_it_was_typed() -> None:
    session = _session(
        "question: Q\nfields:\n  - W: typed_word",
        "template: letter\nsubject: |\n  On ${ typed_word }\ncontent: |\n  On ${ typed_word }\n",
        code="send_email(to='a@example.com', template=letter)\n"
        "send_email(to='b@example.com', subject=typed_word, body=typed_word)",
    )
    session.answer(typed_word="a *b* & c_d_")
    made, given = (email for email, _ in session.host.emails)
    assert (made.subject, made.text) == ("On a *b* & c_d_", "On a *b* & c_d_")
    assert (given.subject, given.text) == ("a *b* & c_d_", "a *b* & c_d_")


def test_a_line_break_in_a_subject_or_name_is_a_blank() -> None:
    email = _sent(
        code="send_email(to=DAEmailRecipient('r', name='A\\r\\nBcc: x', address='a@example.com'), subject='S\\nBcc: y@z')"
    )
    assert (email.subject, email.to[0].name) == ("S Bcc: y@z", "A Bcc: x")


@pytest.mark.parametrize(
    "address", ["nobody", "a@example.com, b@example.com", "a@example.com\\nBcc: b@example.com", "@", "a@b c"]
)
def test_what_is_not_one_address_is_not_sent_to(address: str) -> None:
    session = _session(code=f"result = send_email(to='{address}', body='x')")
    assert (session.answers["result"], session.host.emails) == (False, [])
    assert address not in str(session.host.messages)


def test_without_recipients_nothing_is_sent() -> None:
    session = _session(code="result = send_email(to=[], body='x')")
    assert (session.answers["result"], session.host.emails) == (False, [])


def test_what_can_be_no_address_is_a_mistake_of_the_author() -> None:
    error = failure("mandatory: True\ncode: |\n  send_email(to=5)\n")
    assert "not to int" in error.message
    assert error.line == 3


# --- attachments -----------------------------------------------------------------------------------------------------

FILES = "objects:\n  - one: DAFile\n  - many: DAFileList\n  - letter: DAFileCollection"
MAKE = """\
one.initialize(filename='one.txt', content='1')
many.there_are_any = True
many.appendObject().initialize(filename='two.bin', content='2')
many.appendObject().initialize(filename='three.csv', content='3')
many.gathered = True
"""


def test_files_lists_and_paths_are_attached(tmp_path: Any) -> None:
    (tmp_path / "four.json").write_text("{}")
    email = _sent(FILES, code=MAKE + f"send_email(to='a@example.com', attachments=[one, many, '{tmp_path}/four.json'])")
    assert [(item.name, item.mimetype, item.content) for item in email.attachments] == [
        ("one.txt", "text/plain", b"1"),
        ("two.bin", "application/octet-stream", b"2"),
        ("three.csv", "text/csv", b"3"),
        ("four.json", "application/json", b"{}"),
    ]


@pytest.mark.parametrize(("formats", "sent"), [("docx pdf", "pdf"), ("rtf docx", "docx"), ("md", "md"), ("", "")])
def test_of_a_document_its_pdf_is_attached_if_it_has_one(formats: str, sent: str) -> None:
    make = "".join(
        f"letter.add('{name}', DAFile('f'))\nletter.{name}.initialize(filename='l.{name}')\n" for name in formats.split()
    )
    email = _sent(FILES, code=make + "send_email(to='a@example.com', attachments=letter)")
    assert [item.name for item in email.attachments] == ([f"l.{sent}"] if sent else [])


def test_static_files_are_attached_under_their_own_names(tmp_path: Any) -> None:
    (tmp_path / "form.csv").write_text("a,b")
    session = interview(
        "objects:\n  - form: DAStaticFile.using(filename='pack:data/static/form.csv')\n---\n"
        "question: Go\nfields:\n  - Go: go\n---\nmandatory: True\ncode: |\n  go\n"
        "  send_email(to='a@b.c', attachments=[form, 'form.csv'])\n---\nmandatory: True\nquestion: Done"
    )
    session.host.static_file = lambda reference: tmp_path / "form.csv"  # type: ignore[method-assign]
    session.answer(go="x")
    ((email, _),) = session.host.emails
    assert [(item.name, item.mimetype, item.content) for item in email.attachments] == [("form.csv", "text/csv", b"a,b")] * 2


def test_a_path_that_is_not_whole_is_a_mistake() -> None:
    assert "whole path" in failure("mandatory: True\ncode: |\n  send_email(to='a@b.c', attachments='x.pdf')\n").message


# --- whether, and how often ------------------------------------------------------------------------------------------


def test_a_task_is_performed_when_the_email_was_accepted() -> None:
    session = _session(code="result = send_email(to='a@example.com', task='t')")
    assert (session.answers["result"], session.internal["tasks"]) == (True, {"t": 1})


@pytest.mark.parametrize("state", ["refused", "away", "unconfigured"])
def test_a_task_is_not_performed_when_it_was_not(state: Any) -> None:
    session = interview(
        "mandatory: True\nquestion: First\nfields:\n  - First: first\n---\nmandatory: True\ncode: |\n"
        "  result = send_email(to='a@example.com', task='t')\n---\nmandatory: True\nquestion: Done"
    )
    session.host.delivery = Delivery(state)
    session.answer(first="x")
    assert (session.answers["result"], session.internal["tasks"]) == (False, {})


@pytest.mark.parametrize("persistent", [False, True])
def test_code_that_runs_again_sends_and_marks_once(persistent: bool) -> None:
    session = _session(
        "code: |\n  late = 1",
        code=f"result = send_email(to='a@example.com', task='t', task_persistent={persistent})\nlate\ndel late\nresult",
    )
    assert len(session.host.emails) == 1
    assert (session.host.performed if persistent else session.internal["tasks"]) == {("session", "t") if persistent else "t": 1}


def test_a_dry_run_needs_everything_and_sends_nothing() -> None:
    session = _session(
        "question: Word?\nfields:\n  - Word: missing",
        "template: letter\ncontent: |\n  ${ missing }",
        code="result = send_email(to='a@example.com', template=letter, task='t', dry_run=True)",
    )
    assert session.question == "Word?"
    session.answer(missing="x")
    assert (session.answers["result"], session.host.emails, session.internal["tasks"]) == (True, [], {})


def test_the_account_is_that_of_the_call_or_of_the_metadata() -> None:
    text = "metadata:\n  email config: abc\n---\nmandatory: True\ncode: |\n  send_email(to='a@b.c')\n"
    text += "  send_email(to='a@b.c', config='x')\n"
    session = interview(text + "---\nmandatory: True\nquestion: Done")
    assert [account for _, account in session.host.emails] == ["abc", "x"]


@pytest.mark.parametrize(
    ("interface", "header"), [("web", ""), ("worker", ""), ("cron", "auto-generated"), ("mail", "auto-replied")]
)
def test_an_email_that_no_person_caused_says_so(interface: Any, header: str) -> None:
    made = program("mandatory: True\ncode: |\n  send_email(to='a@b.c')\n---\nmandatory: True\nquestion: Done")
    ((email, _),) = Interview(made, Person(), {}, interface=interface).host.emails
    assert email.auto_submitted == header


@pytest.mark.parametrize("call", ["send_sms(to='1', body='x', task='t')", "send_fax('1', None)"])
def test_other_messages_are_not_sent_and_that_is_said(call: str) -> None:
    session = _session(code=f"result = {call}")
    assert (session.answers["result"], session.internal["tasks"]) == (False, {})
    assert "nothing was sent" in session.host.messages[0][0]


def test_mailgun_variables_have_no_effect() -> None:
    session = _session(code="send_email(to='a@b.c', mailgun_variables={'secret': 'x'})")
    assert [level for _, level in session.host.messages] == ["warning"]
    assert len(session.host.emails) == 1


def test_recipients_print_as_addresses() -> None:
    session = _session(
        "objects:\n  - r: DAEmailRecipientList",
        code="""\
r.appendObject()
there = r[0].exists()
r[0].address = 'ann@example.com'
plain = [str(r[0]), r[0].exists()]
r[0].name = 'Lee, Ann'
named = [str(r[0]), r[0].email_address(include_name=False)]
""",
    )
    answers = session.answers
    assert (answers["there"], answers["plain"]) == (False, ["ann@example.com", True])
    assert answers["named"] == ['"Lee, Ann" <ann@example.com>', "ann@example.com"]
