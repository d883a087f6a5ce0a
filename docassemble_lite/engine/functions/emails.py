"""Sending e-mails, and saying of other messages that they can't be sent."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from docassemble_lite.emails import Delivery, Email, EmailAddress, EmailAttachment, one_line, read_address
from docassemble_lite.engine.functions.performed_tasks import mark_task_as_performed, task_performed
from docassemble_lite.engine.lazy import DALazyTemplate
from docassemble_lite.engine.markup import shown, to_html, to_plain, to_raw_html, unescape_typed
from docassemble_lite.engine.plain_text import text_of_html
from docassemble_lite.host import current
from docassemble_lite.objects import DAFileCollection, DAList, Person
from docassemble_lite.objects.file_names import extension_of, mimetype_of
from docassemble_lite.objects.recipients import DAEmailRecipient

__all__ = ["send_email", "send_fax", "send_sms"]

#: What a document in several formats is sent as: the first of these that it has.
_FORMATS = ("pdf", "docx", "rtf", "html", "md")
# addresses of this server that only a page of it can follow
_OWN_ADDRESS = re.compile(r"""(\b(?:href|src)\s*=\s*["']?)(?=/(?!/))""", re.IGNORECASE)
_AUTOMATIC = {"cron": "auto-generated", "mail": "auto-replied"}


class _NoAddress(Exception):
    """Somebody's address, as it was entered, isn't one."""


def send_email(
    to: Any = None,
    sender: Any = None,
    reply_to: Any = None,
    cc: Any = None,
    bcc: Any = None,
    body: Any = None,
    html: Any = None,
    subject: Any = None,
    template: Any = None,
    task: str | None = None,
    task_persistent: bool | str = False,
    attachments: Any = None,
    mailgun_variables: Mapping[str, Any] | None = None,
    dry_run: bool = False,
    config: str | None = None,
) -> bool:
    """Send an e-mail; whether the server accepted it for all recipients. If it didn't, none of them gets it.

    Recipients are e-mail addresses, people, `DAEmailRecipient`s, or lists of these. A `template` gives subject, text and HTML;
    `subject`, `body` and `html` take the place of its parts. `attachments` are `DAFile`s, lists and collections of them (of a
    document in several formats its PDF, if it has one), paths, and names of static files. If it was accepted, the `task` is
    marked as performed. With `dry_run` all of it is made and nothing is sent. `config` names an account of the configuration.

    An e-mail that is equal to one that was sent in the same visit isn't sent again.
    """
    if mailgun_variables:
        current().host.log("send_email(): mailgun_variables have no effect, for e-mails are sent by SMTP.", "warning")
    try:
        email = Email(
            to=tuple(_addresses(to)),
            cc=tuple(_addresses(cc)),
            bcc=tuple(_addresses(bcc)),
            sender=_one_address(sender),
            reply_to=_one_address(reply_to),
            subject=_subject(subject, template),
            **_texts(body, html, template),
            attachments=tuple(_files(attachments)),
            auto_submitted=_AUTOMATIC.get(current().request.interface, ""),
        )
    except _NoAddress:
        current().host.log("send_email(): an address is not exactly one e-mail address, so nothing was sent.", "warning")
        return False
    if not email.recipients:
        current().host.log("send_email(): there is nobody to send the e-mail to.", "warning")
        return False
    if dry_run:
        return True
    account = config or current().evaluation.program.metadata.get("email config")
    delivery = current().host.send_email(email, account)
    if task and delivery.sent:
        _mark(task, task_persistent, delivery)
    return delivery.sent


def send_sms(
    to: Any = None,
    body: Any = None,
    template: Any = None,
    task: str | None = None,
    task_persistent: bool | str = False,
    attachments: Any = None,
    config: str = "default",
    dry_run: bool = False,
) -> bool:
    """False: this server sends no text messages."""
    current().host.log("send_sms(): this server can't send text messages, so nothing was sent.", "warning")
    return False


def send_fax(fax_number: Any = None, file_object: Any = None, config: str = "default", country: str | None = None) -> bool:
    """False: this server sends no faxes."""
    current().host.log("send_fax(): this server can't send faxes, so nothing was sent.", "warning")
    return False


def _mark(task: str, persistent: bool | str, delivery: Delivery) -> None:
    """One e-mail marks a task once, however often the code runs: the answers in each evaluation, what is beside them at once."""
    marked = current().evaluation.marked_by_emails
    if (task, delivery.id) in marked or (persistent and delivery.again and task_performed(task, persistent)):
        return
    marked.add((task, delivery.id))
    mark_task_as_performed(task, persistent)


# --- who gets it -----------------------------------------------------------------------------------------------------


def _addresses(given: Any) -> Iterator[EmailAddress]:
    if given is None or given == "":
        return
    if isinstance(given, (DAList, list, tuple, set, frozenset)):
        for item in given:
            yield from _addresses(item)
        return
    yield _address(given)


def _one_address(given: Any) -> EmailAddress | None:
    found = list(_addresses(given))
    if len(found) > 1:
        raise ValueError("An e-mail has one sender, and one address for replies.")
    return found[0] if found else None


def _address(given: Any) -> EmailAddress:
    """Raises `_NoAddress` for what may have been typed, and `TypeError` for what can't be an address."""
    if isinstance(given, Person):
        found = read_address(str(given.email), given.name.full() if given.identified() else "")
    elif isinstance(given, DAEmailRecipient):
        found = read_address(str(given.address), str(given.attr("name") or ""))
    elif isinstance(given, str):
        found = read_address(unescape_typed(given))
    elif hasattr(type(given), "email_address"):
        found = read_address(str(given.email_address()))
    else:
        raise TypeError(f"An e-mail goes to an address, a person or a list of these, not to {type(given).__name__}.")
    if found is None:
        raise _NoAddress
    return found


# --- what is in it ---------------------------------------------------------------------------------------------------


def _subject(subject: Any, template: Any) -> str:
    if subject is not None:
        return one_line(unescape_typed(str(subject)))
    return one_line(to_plain(template.subject)) if isinstance(template, DALazyTemplate) else ""


def texts_of_markdown(markdown: str) -> tuple[str, str]:
    """Markdown as the plain text and as the HTML of an e-mail."""
    markup = _with_root(to_html(markdown))
    return text_of_html(markup), _page(markup)


def _texts(body: Any, html: Any, template: Any) -> dict[str, str]:
    """The e-mail as plain text and as HTML. Each is made from the other parts if it isn't given; a text alone has no HTML."""
    markup = None if html is None else to_raw_html(shown(str(html)))
    if template is not None:
        if not isinstance(template, DALazyTemplate):
            raise TypeError(f"“template” takes what a template block defines, not {type(template).__name__}.")
        if markup is None or body is None:
            made = to_html(template.content)
            markup = made if markup is None else markup
            body = text_of_html(_with_root(made)) if body is None else body
    if markup is None:
        return {"text": unescape_typed(str(body or "")), "html": ""}
    markup = _with_root(markup)
    text = text_of_html(markup) if body is None else unescape_typed(str(body))
    return {"text": text, "html": markup if "<html" in markup.lower() else _page(markup)}


def _with_root(markup: str) -> str:
    """The HTML with addresses of this server made whole, as a mail program is nowhere in it."""
    return _OWN_ADDRESS.sub(lambda match: match[1] + current().request.url_root, markup)


def _page(markup: str) -> str:
    head = f'<!DOCTYPE html>\n<html lang="{current().language}">\n<head><meta charset="utf-8"></head>\n'
    return f"{head}<body>\n{markup}\n</body>\n</html>\n"


# --- what goes with it -----------------------------------------------------------------------------------------------


def _files(given: Any) -> Iterator[EmailAttachment]:
    if given is None:
        return
    if isinstance(given, DAFileCollection):
        yield from _files(_one_format(given))
    elif hasattr(type(given), "slurp") and not isinstance(given, Iterable):
        # that of a file of a package has the package and folders before it
        name = re.split("[:/]", str(given.filename))[-1]
        yield EmailAttachment(name, str(given.mimetype), _bytes(given.slurp(auto_decode=False)))
    elif isinstance(given, (str, Path)):
        yield _file_at(given)
    elif isinstance(given, Iterable):
        for item in given:
            yield from _files(item)
    else:
        raise TypeError(f"Attachments are files, lists of files and paths, not {type(given).__name__}.")


def _one_format(document: DAFileCollection) -> Any:
    """The format in which a document is sent."""
    formats = list(document.info.get("formats", []))
    wanted = next((name for name in _FORMATS if name in formats), formats[0] if formats else None)
    return None if wanted is None else getattr(document, wanted)


def _bytes(content: Any) -> bytes:
    return content if isinstance(content, bytes) else str(content).encode()


def _file_at(given: str | Path) -> EmailAttachment:
    """The file of a whole path, or a static file by the name by which interviews know it."""
    path = Path(given) if Path(given).is_absolute() else current().host.static_file(str(given))
    if path is None or not path.is_file():
        raise ValueError("An attachment is a file of the interview, a static file, or the whole path of a file that is there.")
    return EmailAttachment(path.name, mimetype_of(extension_of(path.name)), path.read_bytes())
