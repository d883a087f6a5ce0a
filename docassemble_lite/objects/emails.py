"""`DAEmail`: an e-mail that was sent to an interview."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from docassemble_lite.emails import EmailAddress
from docassemble_lite.host import ReceivedEmail, ReceivedFile, current
from docassemble_lite.language.moment import DADateTime, as_moment
from docassemble_lite.objects.base import DAObject
from docassemble_lite.objects.files import DAFile, DAFileList
from docassemble_lite.objects.recipients import DAEmailRecipient, DAEmailRecipientList


class DAEmail(DAObject):
    """An e-mail. Nobody has checked that it comes from whom it says.

    `short`, `key`, `index` and `address_owner` say to which address it was sent; `subject`, `from_address`, `to_address`,
    `cc_address`, `reply_to`, `return_path`, `datetime_message`, `datetime_received` what its headers say, all of which are
    in the file `headers` as JSON; `body_text` and `body_html` are files or None, `attachment` is a list of files.
    """

    subject: str

    @property
    def cc_addresses(self) -> DAEmailRecipientList:
        """`cc_address`, by the name that says that there can be several."""
        found: DAEmailRecipientList = self.cc_address
        return found

    def __str__(self) -> str:
        return str(self.subject)


@dataclass(frozen=True)
class InterviewAddress:
    """An e-mail address of an interview, and what was sent to it, oldest first."""

    address: str
    key: str | int | None
    index: str | int | None
    emails: list[DAEmail]


def made_email(given: ReceivedEmail, zone: ZoneInfo) -> DAEmail:
    """The object of an e-mail, with moments in a time zone. What is in it counts as typed by somebody."""
    _note_outside(given)
    email = DAEmail()
    email.short = given.short
    email.key, email.index = given.key, given.index
    email.address_owner = given.address_owner
    email.subject = given.subject
    email.to_address = _recipients(given.to)
    email.cc_address = _recipients(given.cc)
    email.from_address = _recipient(given.sender)
    email.reply_to = _recipient(given.reply_to)
    email.return_path = _recipient(given.return_path)
    email.datetime_message = _moment(given.written, zone)
    email.datetime_received = _moment(given.received, zone)
    email.headers = _file(given.headers)
    email.body_text = _file(given.text) if given.text else None
    email.body_html = _file(given.html) if given.html else None
    email.attachment = _files(given.attachments)
    return email


def outside_texts(given: ReceivedEmail) -> list[str]:
    """What somebody outside wrote, except what is in the files."""
    addresses = [*given.to, *given.cc, *(item for item in (given.sender, given.reply_to, given.return_path) if item)]
    said = [text for item in addresses for text in (item.address, item.name)]
    return [given.subject, *said, *(file.name for file in given.attachments)]


def _note_outside(given: ReceivedEmail) -> None:
    evaluation = current().evaluation
    if evaluation is not None:
        evaluation.note_outside(outside_texts(given))


def _recipient(given: EmailAddress | None) -> DAEmailRecipient:
    if given is None:
        return DAEmailRecipient(absent=True)
    return DAEmailRecipient(address=given.address, name=given.name or None)


def _recipients(given: Iterable[EmailAddress]) -> DAEmailRecipientList:
    return DAEmailRecipientList(elements=[_recipient(item) for item in given])


def _file(given: ReceivedFile) -> DAFile:
    known: dict[str, Any] = {"filename": given.name, "extension": given.extension, "mimetype": given.mimetype}
    return DAFile(**known, number=given.number, initialized=True, from_outside=True)


def _files(given: Iterable[ReceivedFile]) -> DAFileList:
    return DAFileList(elements=[_file(item) for item in given])


def _moment(moment: datetime | None, zone: ZoneInfo) -> DADateTime | None:
    return None if moment is None else as_moment(moment.astimezone(zone))
