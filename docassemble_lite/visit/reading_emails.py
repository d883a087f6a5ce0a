"""E-mails as a session reads them: the parts become files of the session once, and what was read is kept beside the message."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import Any

from docassemble_lite.emails import EmailAddress
from docassemble_lite.formats.kinds import KINDS, UNKNOWN, bears_out, usual_extension
from docassemble_lite.formats.messages import MessageLimits, Part, ReadMessage, read_message
from docassemble_lite.host import InterviewMailbox, ReceivedEmail, ReceivedFile
from docassemble_lite.objects.file_names import clean_name, extension_for, extension_of
from docassemble_lite.settings import Settings
from docassemble_lite.store.database import Store
from docassemble_lite.store.freezer import thaw
from docassemble_lite.store.mailboxes import Key, Mailbox, StoredEmail

# what was taken in once is read, whatever the limits have become since
_ANY = MessageLimits(size=2**40, headers=2**40, parts=10_000, depth=100, attachments=10_000)
_UNKNOWN_EXTENSION = "bin"


class EmailReader:
    """Reads the e-mails of one session."""

    def __init__(self, store: Store, settings: Settings, session_id: str, data_key: bytes) -> None:
        self._store = store
        self._settings = settings
        self._session_id = session_id
        self._data_key = data_key

    def mailboxes(self, key: Key, index: Key) -> list[InterviewMailbox]:
        """The mailboxes for `key` and `index` (None: any) with all that is in them."""
        found = [
            mailbox
            for mailbox in self._store.mailboxes.of_session(self._session_id, self._data_key)
            if key in (None, mailbox.key) and index in (None, mailbox.index)
        ]
        return [self._with_emails(mailbox) for mailbox in found]

    def email(self, number: int) -> ReceivedEmail | None:
        """The e-mail of that number, if it is still there."""
        stored = self._store.mailboxes.email(self._session_id, number)
        mailboxes = self._store.mailboxes.of_session(self._session_id, self._data_key) if stored else []
        mailbox = next((item for item in mailboxes if stored and item.local_part == stored.local_part), None)
        return self._read(mailbox, stored) if mailbox and stored else None

    def _with_emails(self, mailbox: Mailbox) -> InterviewMailbox:
        emails = tuple(self._read(mailbox, stored) for stored in self._store.mailboxes.emails_of(mailbox))
        address = f"{mailbox.local_part}@{self._settings.mail_domain}"
        return InterviewMailbox(address, mailbox.key, mailbox.index, emails)

    def _read(self, mailbox: Mailbox, stored: StoredEmail) -> ReceivedEmail:
        mailboxes = self._store.mailboxes
        kept = mailboxes.reading(mailbox, stored, self._data_key)
        if kept is None:
            made = self._first_reading(mailbox, stored)
            if mailboxes.keep_reading(mailbox, stored, self._data_key, _packed(made)):
                return made
            # somebody else was faster: what is made twice is thrown away
            self._store.files.remove(self._session_id, [file.number for file in _files_of(made)])
            again = mailboxes.email(self._session_id, stored.number)
            kept = mailboxes.reading(mailbox, again, self._data_key) if again else None
            if kept is None:
                return made
        return _unpacked(kept)

    def _first_reading(self, mailbox: Mailbox, stored: StoredEmail) -> ReceivedEmail:
        message = read_message(self._store.mailboxes.message(mailbox, stored), _ANY)
        headers = json.dumps(message.headers, ensure_ascii=False, indent=1).encode("utf-8", "replace")
        names: set[str] = set()
        return ReceivedEmail(
            short=mailbox.local_part,
            key=mailbox.key,
            index=mailbox.index,
            address_owner=_owner_of(mailbox),
            received=stored.received.replace(tzinfo=UTC),
            written=message.date,
            headers=self._kept("headers.json", headers),
            text=self._text("message.txt", message.text),
            html=self._text("message.html", message.html),
            attachments=tuple(self._attachment(part, place, names) for place, part in enumerate(message.attachments, 1)),
            **_said(message),
        )

    def _text(self, name: str, part: Part | None) -> ReceivedFile | None:
        return None if part is None else self._kept(name, part.text().encode("utf-8", "replace"))

    def _attachment(self, part: Part, place: int, names: set[str]) -> ReceivedFile:
        content = part.content()
        name = _unique(_name_of(part, content, place), names)
        names.add(name.casefold())
        return self._kept(name, content)

    def _kept(self, name: str, content: bytes) -> ReceivedFile:
        kind = KINDS.get(extension_of(name))
        mimetype = kind.mimetype if kind and bears_out(content, kind) else UNKNOWN
        file = self._store.files.add(self._session_id, self._data_key, content, name=name, mimetype=mimetype)
        return ReceivedFile(file.number, file.name, file.extension, file.mimetype)


def _said(message: ReadMessage) -> dict[str, Any]:
    names = ("subject", "to", "cc", "sender", "reply_to", "return_path")
    return {name: getattr(message, name) for name in names}


def _owner_of(mailbox: Mailbox) -> str | None:
    kept = thaw(mailbox.owner)[0]
    return (kept.get("person") or {}).get("email") or None


def _name_of(part: Part, content: bytes, place: int) -> str:
    """What an attachment is called: as the sender said, but no path, and nothing whose content is something else."""
    name = clean_name(part.name.replace("\\", "/").rpartition("/")[2], default="")
    if not name:
        name = f"attachment-{place}"
    if not extension_of(name):
        known = extension_for(part.mimetype)
        name = f"{name}.{usual_extension(content) or ('eml' if part.mimetype == 'message/rfc822' else known)}"
    kind = KINDS.get(extension_of(name))
    return name if kind is None or bears_out(content, kind) else f"{name}.{_UNKNOWN_EXTENSION}"


def _unique(name: str, names: set[str]) -> str:
    path, number, found = PurePosixPath(name), 1, name
    while found.casefold() in names:
        number += 1
        found = f"{path.stem}-{number}{path.suffix}"
    return found


def _files_of(email: ReceivedEmail) -> list[ReceivedFile]:
    return [file for file in (email.headers, email.text, email.html, *email.attachments) if file is not None]


# --- kept as JSON ------------------------------------------------------------------------------------------------------


def _packed(email: ReceivedEmail) -> bytes:
    written = email.written.isoformat() if email.written else None
    return json.dumps({**asdict(email), "received": email.received.isoformat(), "written": written}).encode()


def _unpacked(kept: bytes) -> ReceivedEmail:
    values = json.loads(kept)
    for name in ("received", "written"):
        values[name] = datetime.fromisoformat(values[name]) if values[name] else None
    for name in ("to", "cc"):
        values[name] = tuple(EmailAddress(**item) for item in values[name])
    for name in ("sender", "reply_to", "return_path"):
        values[name] = EmailAddress(**values[name]) if values[name] else None
    for name in ("headers", "text", "html"):
        values[name] = _file(values[name])
    values["attachments"] = tuple(ReceivedFile(**item) for item in values["attachments"])
    return ReceivedEmail(**values)


def _file(value: Mapping[str, Any] | None) -> ReceivedFile | None:
    return ReceivedFile(**value) if value else None
